"""Attacks that try to use up this machine; each is named by how it comes out."""

from __future__ import annotations

import resource
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.model.execution import Ending
from tests.sandboxes import LIMITS

if TYPE_CHECKING:
    from tests.sandboxes import Bench

SHORT = replace(LIMITS, seconds=5)


def test_a_fork_bomb_runs_dry(bench: Bench) -> None:
    code = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    assert bench.run(code, limits=SHORT).ending in {Ending.TIMEOUT, Ending.MEMORY, Ending.KILLED}


def test_a_shell_fork_bomb_runs_dry(bench: Bench) -> None:
    assert bench.shell(":(){ :|:& };:; sleep 60", limits=SHORT).ending is not Ending.OUTPUT


def test_a_thread_bomb_gets_no_more_threads_than_allowed(bench: Bench) -> None:
    code = """
import threading, time
made = 0
try:
    while made < 500:
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        made += 1
except RuntimeError: pass
import os
os.write(1, str(made).encode())
os._exit(0)
"""
    assert 0 < int(bench.run(code).stdout) <= LIMITS.processes


def test_zombies_are_bounded_and_reaped(bench: Bench) -> None:
    code = """
import os
made = 0
try:
    while made < 500:
        if os.fork() == 0: os._exit(0)
        made += 1
except OSError: pass
print(made)
"""
    assert 0 < int(bench.run(code).stdout) <= LIMITS.processes


def test_orphans_that_end_are_reaped(bench: Bench) -> None:
    code = """
import os, time
for number in range(300):
    if os.fork() == 0:
        if os.fork() == 0: os._exit(0)
        os._exit(0)
    os.wait()
    while number % 20 == 0 and sum(name.isdigit() for name in os.listdir("/proc")) > 8: time.sleep(0.01)
print("all")
"""
    assert bench.run(code).stdout == b"all\n"


def test_a_memory_bomb_is_stopped(bench: Bench) -> None:
    code = "kept = []\nwhile True: kept.append(b'x' * (16 << 20))"
    assert bench.run(code, limits=replace(LIMITS, memory=128 << 20)).ending is Ending.MEMORY


def test_a_memory_bomb_spread_over_processes_is_stopped(bench: Bench) -> None:
    code = """
import os, time
for _ in range(20):
    if os.fork() == 0:
        kept = os.urandom(1) * (32 << 20)
        time.sleep(60); os._exit(0)
    time.sleep(0.05)
os.wait()
"""
    assert bench.run(code, limits=replace(LIMITS, memory=200 << 20)).ending is Ending.MEMORY


def test_memory_in_anonymous_files_is_bounded(bench: Bench) -> None:
    code = """
import os
kept = []
try:
    for number in range(64):
        fd = os.memfd_create(str(number)); kept.append(fd)
        for _ in range(16): os.write(fd, bytes(1 << 20))
    print("had", number)
except OSError as error: print("refused")
"""
    done = bench.run(code, limits=replace(LIMITS, memory=200 << 20))
    assert done.ending is Ending.MEMORY or done.stdout == b"refused\n"


@pytest.mark.parametrize("folder", ["/work", "/home/sample", "/tmp", "/dev/shm"])
def test_a_full_disk_is_the_samples_own(bench: Bench, folder: str) -> None:
    code = (
        "import sys\nn = 0\ntry:\n    for i in range(300):\n        with open(f'{sys.argv[1]}/{i}', 'wb', buffering=0) as f: "
        "n += f.write(bytes(1 << 20))\nexcept OSError: pass\nprint(n >> 20)"
    )
    assert int(bench.run(code, folder).stdout) <= max(LIMITS.disk, 64 << 20) >> 20


def test_many_small_files_run_dry(bench: Bench) -> None:
    code = """
import os
made = 0
try:
    while made < 2_000_000:
        os.close(os.open(str(made), os.O_CREAT | os.O_WRONLY)); made += 1
except OSError: print("refused")
"""
    done = bench.run(code, limits=replace(LIMITS, seconds=60))
    assert done.ending in {Ending.TIMEOUT, Ending.MEMORY} or done.stdout == b"refused\n"


def test_a_sparse_file_is_no_larger_than_the_disk(bench: Bench) -> None:
    code = (
        "try:\n    with open('f', 'wb') as f: f.truncate(1 << 40)\n    print('made')\nexcept OSError: print('refused')"
    )
    done = bench.run(code)
    if bench.name == "docker":
        pytest.skip("engines bound what a tmpfs holds, not what a sparse file claims: nothing is used up")
    assert done.stdout == b"refused\n"


def test_a_flood_of_output_is_cut(bench: Bench) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = bench.shell("yes | head -c 4000000000")
    assert (done.ending, len(done.stdout)) == (Ending.OUTPUT, LIMITS.output)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64 << 10, "the harness must not hold what it drops (in KiB)"


def test_a_trickle_of_output_does_not_outlive_its_time(bench: Bench) -> None:
    code = "import time\nwhile True: print('.', flush=True); time.sleep(0.2)"
    assert bench.run(code, limits=replace(LIMITS, seconds=2)).ending is Ending.TIMEOUT


def test_an_endless_loop_is_stopped(bench: Bench) -> None:
    assert bench.run("while True: pass", limits=replace(LIMITS, seconds=2)).ending is Ending.TIMEOUT


def test_too_many_open_files_are_refused(bench: Bench) -> None:
    code = """
import os
kept = []
try:
    while len(kept) < 200_000: kept.append(os.open("/dev/null", os.O_RDONLY))
    print("had")
except OSError: print("refused")
"""
    assert bench.run(code).stdout == b"refused\n"


def test_a_huge_argument_list_is_the_tasks_failure(bench: Bench) -> None:
    code = "import subprocess\ntry: subprocess.run(['true', *['x' * 100_000] * 100])\nexcept OSError: print('refused')"
    assert bench.run(code).stdout == b"refused\n"
