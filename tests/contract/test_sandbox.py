"""What every sandbox does alike; the layers above rely on this and on nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.errors import SandboxError
from harness.model.execution import Ending, Task
from harness.sandbox import policy
from tests.sandboxes import LIMITS, NONE, WRITE, Bench, open_bench, params

if TYPE_CHECKING:
    from collections.abc import Iterator

TRY = """
import json, os, sys
def attempt(path):
    try:
        with open(os.path.join(path, "probe"), "w") as f: f.write("x")
        return True
    except OSError: return False
"""


@pytest.fixture(params=params("namespace", "process"))
def own(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A sandbox that the test may close."""
    yield from open_bench(request.param, request, tmp_path_factory)


# How a task ends


@pytest.mark.parametrize("code", [0, 1, 2, 77, 255])
def test_an_exit_code_is_passed_on(bench: Bench, code: int) -> None:
    done = bench.run(f"raise SystemExit({code})")
    assert (done.ending, done.code) == (Ending.EXITED, code)


@pytest.mark.parametrize("number", [9, 11, 15])
def test_a_signal_is_told_from_an_exit_code(bench: Bench, number: int) -> None:
    done = bench.run(f"import os, signal; signal.signal(15, signal.SIG_DFL); os.kill(os.getpid(), {number})")
    assert (done.ending, done.code) == (Ending.KILLED, -number)


def test_a_program_that_is_not_there_is_the_tasks_failure(bench: Bench) -> None:
    done = bench.sandbox.run(Task(("/nowhere/program",), bench.interpreter.version, limits=LIMITS))
    assert (done.ending, done.code) == (Ending.EXITED, 127)


def test_time_is_bounded(bench: Bench) -> None:
    code = "import time; print('before', flush=True); time.sleep(60); print('after')"
    done = bench.run(code, limits=replace(LIMITS, seconds=3))
    assert done.ending is Ending.TIMEOUT
    assert done.stdout == b"before\n"


def test_time_is_bounded_for_who_ignores_signals(bench: Bench) -> None:
    code = "import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: time.sleep(1)"
    assert bench.run(code, limits=replace(LIMITS, seconds=2)).ending is Ending.TIMEOUT


def test_seconds_are_wall_time(bench: Bench) -> None:
    started = time.monotonic()
    done = bench.run("import time; time.sleep(1)")
    assert 1 <= done.seconds <= time.monotonic() - started


# What goes in and comes out


def test_input_of_any_size_arrives_whole(bench: Bench) -> None:
    data = os.urandom(5 << 20)
    code = "import sys, hashlib; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())"
    assert bench.run(code, stdin=data).stdout.decode().strip() == hashlib.sha256(data).hexdigest()


def test_input_that_is_not_read_does_no_harm(bench: Bench) -> None:
    done = bench.run("print('done')", stdin=b"x" * (5 << 20))
    assert (done.code, done.stdout) == (0, b"done\n")


def test_without_input_reading_ends_at_once(bench: Bench) -> None:
    assert bench.run("import sys; print(len(sys.stdin.read()))").stdout == b"0\n"


def test_both_outputs_come_back_byte_by_byte(bench: Bench) -> None:
    code = "import os; os.write(1, bytes(range(256))); os.write(2, b'\\xff\\x00\\r\\n')"
    done = bench.run(code)
    assert (done.stdout, done.stderr) == (bytes(range(256)), b"\xff\x00\r\n")


@pytest.mark.parametrize("number", [1, 2])
def test_output_is_bounded(bench: Bench, number: int) -> None:
    done = bench.run(f"import os\nwhile True: os.write({number}, b'x' * 65536)")
    assert done.ending is Ending.OUTPUT
    assert len(done.stdout if number == 1 else done.stderr) == LIMITS.output


def test_output_up_to_the_bound_is_whole(bench: Bench) -> None:
    done = bench.run(f"import sys; sys.stdout.write('x' * {LIMITS.output})")
    assert (done.ending, done.code, len(done.stdout)) == (Ending.EXITED, 0, LIMITS.output)


def test_long_arguments_arrive(bench: Bench) -> None:
    assert bench.says("import sys; print(len(sys.argv[1]))", "x" * 100_000) == 100_000


# What a task finds


def test_the_environment_is_exactly_what_was_given(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_TEST_SECRET", "leaked")
    found = bench.says("import os, json; print(json.dumps(dict(os.environ)))", env=(("GIVEN", "a=b c"),))
    expected = policy.environment(bench.task("", env=(("GIVEN", "a=b c"),)))
    assert found["GIVEN"] == "a=b c"
    # HOSTNAME is the engine's own, HARNESS_ROOT is where the process sandbox has the scheme, LC_CTYPE is Python's
    assert set(found) - {"HOSTNAME", "HARNESS_ROOT", "LC_CTYPE"} == set(expected)
    assert "leaked" not in found.values()


def test_the_scheme_is_there(bench: Bench) -> None:
    paths = (policy.WORK, policy.HOME, "/tmp", policy.STORE, policy.PROBE, f"{policy.HARNESS}/stubs", policy.UV)
    code = "import os, sys, json; print(json.dumps([os.path.exists(p) for p in sys.argv[1:]]))"
    assert bench.says(code, *paths, policy.CA_BUNDLE) == [True] * (len(paths) + 1)


def test_the_current_folder_is_empty_and_writable(bench: Bench) -> None:
    code = "import os, json; before = os.listdir(); open('f', 'w').close(); print(json.dumps([before, os.listdir()]))"
    assert bench.says(code) == [[], ["f"]]
    assert bench.says(code) == [[], ["f"]], "what one run wrote, the next must not find"


def test_home_and_scratch_are_empty_and_writable(bench: Bench) -> None:
    code = TRY + "print(json.dumps([[os.listdir(p), attempt(p)] for p in sys.argv[1:]]))"
    assert bench.says(code, policy.HOME, "/tmp") == [[[], True], [[], True]]
    assert bench.says("import os, json; print(json.dumps(os.path.expanduser('~') == os.environ['HOME']))")


def test_all_but_its_folders_is_read_only(bench: Bench) -> None:
    places = (
        "/",
        "/usr",
        "/usr/lib",
        "/etc",
        "/opt",
        "/home",
        policy.HARNESS,
        policy.PROBE,
        "/var",
        "/root",
        "/proc/sys",
    )
    code = TRY + "print(json.dumps([p for p in sys.argv[1:] if attempt(p)]))"
    assert bench.says(code, *places) == []


def test_programs_can_be_run_from_its_folders(bench: Bench) -> None:
    code = (
        "import os, subprocess\nopen('run', 'w').write('#!/bin/sh\\necho ran')\n"
        "os.chmod('run', 0o755)\nprint(subprocess.run(['./run'], capture_output=True, text=True).stdout)"
    )
    assert bench.run(code).stdout.split() == [b"ran"]


def test_it_is_not_root(bench: Bench) -> None:
    assert bench.says("import os, json; print(json.dumps([os.getuid(), os.getgid()]))") == [policy.UID, policy.UID]


def test_common_calls_work(bench: Bench) -> None:
    code = """
import multiprocessing, os, pwd, json, getpass, tempfile, threading, socket, subprocess, sys
a, b = socket.socketpair(); a.send(b"x")
with multiprocessing.get_context("fork").Pool(2) as pool: squares = pool.map(abs, [-1, -2])
thread = threading.Thread(target=lambda: None); thread.start(); thread.join()
with tempfile.NamedTemporaryFile() as f: f.write(b"x")
subprocess.run(["uv", "--version"], executable=sys.argv[1], check=True, stdout=subprocess.DEVNULL)
print(json.dumps([squares, pwd.getpwuid(os.getuid()).pw_uid == os.getuid(), os.cpu_count() > 0]))
"""
    assert bench.says(code, policy.UV) == [[1, 2], True, True]


# The store


def test_a_builder_writes_what_a_job_reads(bench: Bench) -> None:
    bench.run("import sys; open(sys.argv[1] + '/built', 'w').write('it')", policy.STORE, store=WRITE)
    assert bench.run("import sys; print(open(sys.argv[1] + '/built').read())", policy.STORE).stdout == b"it\n"


def test_a_job_cannot_write_to_the_store(bench: Bench) -> None:
    assert bench.says(TRY + "print(json.dumps(attempt(sys.argv[1])))", policy.STORE) is False


def test_the_store_is_absent_where_it_is_not_asked_for(bench: Bench) -> None:
    bench.run("import sys; open(sys.argv[1] + '/built', 'w').write('it')", policy.STORE, store=WRITE)
    code = "import os, json, sys; print(json.dumps(os.path.exists(sys.argv[1] + '/built')))"
    assert bench.says(code, policy.STORE, store=NONE) is False


def test_the_store_has_one_identity(bench: Bench) -> None:
    assert bench.sandbox.store_id() == bench.sandbox.store_id() != ""


# The network

CONNECT = """
import json, socket
def attempt(family, kind, address):
    try:
        with socket.socket(family, kind) as s:
            s.settimeout(3); s.connect(address); s.send(b"x")
        return True
    except OSError: return False
"""


def test_there_is_no_network(bench: Bench) -> None:
    code = CONNECT + (
        "i4, i6, tcp, udp = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM\n"
        "tries = [(i4, tcp, ('1.1.1.1', 443)), (i4, udp, ('1.1.1.1', 53)), (i4, tcp, ('169.254.169.254', 80)),\n"
        "         (i4, udp, ('192.0.2.1', 9)), (i6, tcp, ('2606:4700:4700::1111', 443)), (i6, udp, ('2001:db8::1', 9))]\n"
        "print(json.dumps([str(t) for t in tries if attempt(*t)]))"
    )
    assert bench.says(code) == []


def test_no_name_is_resolved(bench: Bench) -> None:
    code = "import socket\ntry: socket.getaddrinfo('example.org', 80)\nexcept socket.gaierror: print('refused')"
    assert bench.run(code).stdout == b"refused\n"


def test_the_loopback_works(bench: Bench) -> None:
    code = CONNECT + (
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "print(json.dumps(attempt(socket.AF_INET, socket.SOCK_STREAM, ('localhost', server.getsockname()[1]))))"
    )
    assert bench.says(code) is True


@pytest.mark.network
def test_a_builder_has_the_network(bench: Bench) -> None:
    code = CONNECT + "print(json.dumps(attempt(socket.AF_INET, socket.SOCK_DGRAM, ('192.0.2.1', 9))))"
    assert bench.says(code, network=True) is True
    lines = bench.run("print(open('/etc/resolv.conf').read())", network=True).stdout
    assert b"nameserver" in lines


# The bounds


def test_memory_is_bounded(bench: Bench) -> None:
    code = "kept = []\nwhile True: kept.append(b'x' * (8 << 20))"
    assert bench.run(code, limits=replace(LIMITS, memory=128 << 20)).ending is Ending.MEMORY


def test_memory_within_the_bound_is_had(bench: Bench) -> None:
    assert bench.run("b = b'x' * (256 << 20); print(len(b))").code == 0


@pytest.mark.parametrize(
    ("tries", "bound"),
    [pytest.param(400, LIMITS.processes, id="many"), pytest.param(24, 16, id="gone-within-a-moment")],
)
def test_processes_are_bounded(bench: Bench, tries: int, bound: int) -> None:
    code = f"""
import os, sys, time
made = 0
try:
    while made < {tries}:
        if os.fork() == 0: time.sleep(20); os._exit(0)
        made += 1
except OSError: pass
print(made)
"""
    done = bench.run(code, limits=replace(LIMITS, processes=bound))
    # a sandbox either refuses the next one or ends it all
    assert done.ending is Ending.KILLED or int(done.stdout) <= bound


def test_one_file_is_bounded(bench: Bench) -> None:
    code = (
        "n = 0\ntry:\n    with open('f', 'wb') as f:\n        while n < 200: n += f.write(bytes(1 << 20)) >> 20\n"
        "except OSError: pass\nprint(n)"
    )
    done = bench.run(code)
    assert done.ending is not Ending.EXITED or done.code != 0 or int(done.stdout) <= LIMITS.disk >> 20


def test_all_writable_folders_are_bounded_together(bench: Bench) -> None:
    code = """
import json, sys
written = 0
for folder in sys.argv[1:]:
    try:
        for number in range(200):
            with open(f"{folder}/{number}", "wb", buffering=0) as f: written += f.write(bytes(1 << 20))
    except OSError: pass
print(written >> 20)
"""
    done = bench.run(code, policy.WORK, policy.HOME, "/tmp", "/dev/shm")
    # engines bound each folder by itself and all by the memory; the namespaces have one bound for all
    most = LIMITS.disk if bench.name == "namespace" else 3 * LIMITS.disk + policy.SHARED_MEMORY
    assert int(done.stdout) <= most >> 20


def test_what_a_task_leaves_running_ends_with_it(bench: Bench) -> None:
    code = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3): os.close(number)
        time.sleep(300)
    os._exit(0)
os.wait()
print("left")
"""
    # who waited for it to end by itself would be over its time
    done = bench.run(code)
    assert (done.ending, done.stdout) == (Ending.EXITED, b"left\n")


# Many at once, and stopping


def test_concurrent_runs_do_not_see_each_other(bench: Bench) -> None:
    code = """
import glob, json, os, sys, time
for folder in sys.argv[2:]: open(f"{folder}/{sys.argv[1]}", "w").close()
time.sleep(2)
seen = [path for folder in sys.argv[2:] for path in os.listdir(folder)]
lines = [open(path, "rb").read().decode() for path in glob.glob("/proc/[0-9]*/cmdline")]
print(json.dumps([sorted(set(seen)), sum("glob, json" in line and "fork" not in line for line in lines)]))
"""
    folders = (policy.WORK, policy.HOME, "/tmp", "/dev/shm")
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda name: bench.says(code, name, *folders), "abc"))
    assert [names for names, _ in found] == [["a"], ["b"], ["c"]]
    # its own line may show twice: the engine's init has it among its arguments
    assert all(lines <= 2 for _, lines in found)


def test_cancelling_stops_a_run(bench: Bench) -> None:
    cancel = threading.Event()
    threading.Timer(1, cancel.set).start()
    # who went on would end over its time, which is no error
    with pytest.raises(SandboxError):
        bench.run("import time; time.sleep(60)", cancel=cancel)


def test_closing_stops_what_runs_and_may_be_repeated(own: Bench) -> None:
    threading.Timer(1, own.sandbox.close).start()
    with pytest.raises(SandboxError):
        own.run("import time; time.sleep(60)")
    own.sandbox.close()


# The interpreters


def test_preparing_again_gives_the_same(bench: Bench) -> None:
    assert bench.sandbox.prepare() == bench.sandbox.prepare()


def test_interpreters_are_offered_newest_first(bench: Bench) -> None:
    versions = [tuple(map(int, offer.version.split("."))) for offer in bench.sandbox.prepare()]
    assert versions == sorted(set(versions), reverse=True)


def test_what_is_on_offer_is_what_can_be_made_ready(bench: Bench) -> None:
    versions = tuple(offer.version for offer in bench.sandbox.prepare())
    assert bench.sandbox.offers() == versions
    assert bench.sandbox.offers(["3.2", versions[-1]]) == versions[-1:]


def test_each_interpreter_is_the_version_it_says(bench: Bench) -> None:
    code = "import sys; print('.'.join(map(str, sys.version_info[:2])))"
    for offer in bench.sandbox.prepare():
        task = Task((offer.executable, "-c", code), offer.version, limits=LIMITS)
        assert bench.sandbox.run(task).stdout.decode().strip() == offer.version


def test_a_python_that_is_not_on_offer_is_our_failure(own: Bench) -> None:
    with pytest.raises(SandboxError):
        own.sandbox.prepare(["3.2"])
    with pytest.raises(SandboxError):
        own.sandbox.run(Task(("true",), "3.2"))


def test_a_sandbox_says_what_it_is(bench: Bench) -> None:
    assert bench.sandbox.unavailable() == ""
    assert len(bench.sandbox.strength) > 40
    assert json.dumps(bench.sandbox.name)
