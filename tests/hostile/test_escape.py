"""Attacks that try to see or change what is outside; each is named by how it comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.model.execution import Ending
from harness.sandbox import policy
from tests.processes import within
from tests.sandboxes import LIMITS, WRITE

if TYPE_CHECKING:
    from tests.sandboxes import Bench

SYSCALL = """
import ctypes, os, json
libc = ctypes.CDLL(None, use_errno=True)
def refused(call, *args):
    ctypes.set_errno(0)
    return getattr(libc, call)(*args) == -1
"""


# Files


def test_host_files_are_not_there(bench: Bench, tmp_path: Path) -> None:
    secret = tmp_path / "id_ed25519"
    secret.write_text("KEY")
    tmp_path.chmod(0o777)
    places = [str(secret), str(Path(__file__)), "/etc/shadow", "/root/.ssh", "/root/.bashrc", "/etc/machine-id"]
    places += ["/var/run/docker.sock", "/run/docker.sock", "/run/systemd", "/var/lib/docker", "/boot/vmlinuz"]
    code = """
import json, sys
def readable(path):
    try: open(path).read(); return True
    except OSError: return False
print(json.dumps([path for path in sys.argv[1:] if readable(path)]))
"""
    assert bench.says(code, *places) == []


def test_no_listing_shows_a_home_of_the_hosts(bench: Bench) -> None:
    code = "import os, json; print(json.dumps([os.listdir('/home'), os.path.exists('/mnt/host')]))"
    assert bench.says(code) == [["sample"], False]


def test_a_link_out_leads_nowhere(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("KEY")
    code = """
import os, json, sys
os.symlink(sys.argv[1], "link"); os.symlink("../" * 40 + sys.argv[1].lstrip("/"), "up")
print(json.dumps([os.path.exists("link"), os.path.exists("up")]))
"""
    assert bench.says(code, str(tmp_path / "secret")) == [False, False]


def test_a_link_in_the_store_does_not_lead_out_for_the_next(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("KEY")
    bench.run("import os, sys; os.symlink(sys.argv[1], '/store/out')", str(tmp_path / "secret"), store=WRITE)
    assert bench.says("import os, json; print(json.dumps(os.path.exists('/store/out')))") is False


def test_open_files_of_the_host_are_not_inherited(bench: Bench) -> None:
    code = "import os, json; print(json.dumps(sorted(int(n) for n in os.listdir('/proc/self/fd'))[:3]))\n"
    code += "assert len(os.listdir('/proc/self/fd')) <= 4"
    with open(__file__) as leaked:  # noqa: PTH123 - an inheritable one
        os.set_inheritable(leaked.fileno(), True)
        assert bench.says(code) == [0, 1, 2]


def test_files_of_the_sandbox_cannot_be_replaced(bench: Bench) -> None:
    code = """
import os, json
def ok(act, *args):
    try: act(*args); return True
    except OSError: return False
targets = ["/opt/harness/probe/supervisor.py", "/opt/harness/bin/uv", "/etc/passwd", "/etc/harness/ca.pem", "/usr/bin/env"]
print(json.dumps([[p for p in targets if ok(os.unlink, p)], [p for p in targets if ok(os.rename, p, p + "x")],
    [p for p in targets if ok(os.chmod, p, 0o777)], [p for p in targets if ok(open, p, "r+")]]))
"""
    assert bench.says(code) == [[], [], [], []]


def test_a_descriptor_on_a_read_only_file_cannot_be_reopened_for_writing(bench: Bench) -> None:
    code = (
        "import os\nfd = os.open('/usr/bin/env', os.O_RDONLY)\n"
        "try: os.open(f'/proc/self/fd/{fd}', os.O_WRONLY); print('opened')\nexcept OSError: print('refused')"
    )
    assert bench.run(code).stdout == b"refused\n"


def test_block_devices_cannot_be_made_or_opened(bench: Bench) -> None:
    code = """
import os, stat, glob
try:
    os.mknod("disk", stat.S_IFBLK | 0o666, os.makedev(254, 0)); os.open("disk", os.O_RDONLY); print("made")
except OSError: print("refused", [p for p in glob.glob("/dev/*") if stat.S_ISBLK(os.stat(p).st_mode)])
"""
    assert bench.run(code).stdout == b"refused []\n"


def test_every_mount_is_read_only_but_its_folders(bench: Bench) -> None:
    if bench.name == "docker":
        pytest.skip("an engine's own mounts (/dev, /proc) are written to by nobody but root")
    lines = [
        line.split() for line in bench.run("print(open('/proc/mounts').read())").stdout.decode().splitlines() if line
    ]
    writable = {target for _, target, _, options, *_ in lines if "rw" in options.split(",")}
    folders = {policy.WORK, policy.HOME, "/tmp", "/dev/shm"}
    assert {path for path in writable if not path.startswith(("/proc", "/dev/"))} == folders - {"/dev/shm"}
    assert all("nosuid" in options for _, target, _, options, *_ in lines if not target.startswith(("/dev/", "/proc/")))


# Privileges


def test_there_are_no_capabilities(bench: Bench) -> None:
    lines = bench.shell("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status").stdout.decode().split("\n")
    status = dict(line.split(":\t") for line in lines if line)
    assert {int(value, 16) for key, value in status.items() if key.startswith("Cap")} == {0}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


def test_a_setuid_program_gives_nothing(bench: Bench) -> None:
    code = (
        "import os, shutil, subprocess, json\nshutil.copy('/usr/bin/id', 'me'); os.chmod('me', 0o6755)\n"
        "done = [subprocess.run([p, '-u'], capture_output=True, text=True).stdout for p in ('./me', '/usr/bin/id')]\n"
        "print(json.dumps(done))"
    )
    assert bench.says(code) == [f"{policy.UID}\n"] * 2
    assert bench.shell("su -c id; sudo -n id; mount; echo end").stdout.decode().count("uid=0") == 0


def test_becoming_another_user_is_refused(bench: Bench) -> None:
    code = SYSCALL + "print(json.dumps([refused(c, 0) for c in ('setuid', 'setgid', 'seteuid')]))"
    assert bench.says(code) == [True] * 3


def test_mounting_is_refused(bench: Bench) -> None:
    code = SYSCALL + (
        "print(json.dumps([refused('mount', b'tmpfs', b'/tmp', b'tmpfs', 0, None), refused('umount2', b'/usr', 2),"
        " refused('mount', None, b'/usr', None, 32 | 4096, None), refused('chroot', b'/tmp')]))"
    )
    assert bench.says(code) == [True] * 4


@pytest.mark.parametrize("flag", [0x10000000, 0x00020000, 0x40000000, 0x20000000])
def test_new_namespaces_are_refused(bench: Bench, flag: int) -> None:
    code = SYSCALL + f"print(json.dumps([refused('unshare', {flag}), refused('syscall', 56, {flag} | 17, 0, 0, 0, 0)]))"
    assert bench.says(code) == [True, True]


def test_dangerous_calls_are_refused(bench: Bench) -> None:
    # by number on x86-64: bpf, userfaultfd, keyctl, perf_event_open, init_module, kexec_load, reboot, swapon
    code = SYSCALL + (
        "calls = [321, 323, 250, 298, 175, 246, 169, 167]\n"
        "print(json.dumps([n for n in calls if not refused('syscall', n, 0, 0, 0, 0, 0)]))"
    )
    assert os.uname().machine == "x86_64", "give this machine's numbers"
    assert bench.says(code) == []


def test_switches_of_the_kernel_cannot_be_written(bench: Bench) -> None:
    code = """
import json, os
def writable(path):
    try: os.write(os.open(path, os.O_WRONLY), b"1"); return True
    except OSError: return False
places = ["/proc/sys/kernel/core_pattern", "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger",
    "/proc/sys/net/ipv4/ip_forward", "/proc/sys/kernel/hostname", "/sys/kernel/uevent_helper", "/proc/self/uid_map"]
print(json.dumps([p for p in places if writable(p)]))
"""
    before = Path("/proc/sys/vm/overcommit_memory").read_text()
    # what is hidden behind /dev/null takes writes, to no effect
    assert set(bench.says(code)) <= {"/proc/sysrq-trigger"}
    assert Path("/proc/sys/vm/overcommit_memory").read_text() == before


def test_its_bounds_cannot_be_raised(bench: Bench) -> None:
    code = """
import json, resource
def raised(name):
    soft, hard = resource.getrlimit(name)
    try: resource.setrlimit(name, (hard, hard + 1 if hard >= 0 else hard)); return hard >= 0
    except (OSError, ValueError): return False
print(json.dumps([raised(n) for n in (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)]))
"""
    assert bench.says(code) == [False, False]


# Processes


def test_only_its_own_processes_are_seen(bench: Bench) -> None:
    code = "import os, json; print(json.dumps(sorted(int(n) for n in os.listdir('/proc') if n.isdigit())))"
    assert len(bench.says(code)) <= 3


def test_the_environment_of_process_1_is_no_help(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_TEST_SECRET", "leaked")
    code = "import sys\ntry: sys.stdout.write(open('/proc/1/environ').read())\nexcept OSError: pass"
    assert b"leaked" not in bench.run(code).stdout


def test_killing_everything_kills_nobody_else(bench: Bench) -> None:
    done = bench.shell("kill -9 -1; echo survived")
    assert done.ending in {Ending.KILLED, Ending.EXITED}
    assert bench.run("print('next')").stdout == b"next\n"


def test_process_1_cannot_be_killed_traced_or_read(bench: Bench) -> None:
    code = (
        SYSCALL
        + """
import signal
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGSTOP, signal.SIGKILL, signal.SIGUSR1):
    try: os.kill(1, number)
    except PermissionError: pass
def readable(path):
    try: open(path, "rb").read(1); return True
    except OSError: return False
traced = not refused("ptrace", 16, 1, 0, 0)
print(json.dumps([traced, readable("/proc/1/maps") and readable("/proc/1/environ")]))
"""
    )
    done = bench.run(code)
    if bench.name == "docker" and done.ending is not Ending.EXITED:
        return  # the engine's init passes signals on: it ended itself, which is all it may
    assert done.ending is Ending.EXITED
    traced, readable = json.loads(done.stdout)
    assert not traced
    # the engine's init is a stranger's program and holds nothing of ours
    assert not readable or bench.name == "docker"


def test_the_bounds_of_process_1_cannot_be_changed(bench: Bench) -> None:
    if bench.name == "docker":
        pytest.skip("process 1 of a container is the task's own init: the bounds are held from outside")
    code = (
        "import resource\ntry: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0)); print('changed')\n"
        "except OSError: print('refused')"
    )
    assert bench.run(code).stdout == b"refused\n"


def test_a_daemon_does_not_outlive_its_task(bench: Bench, tmp_path: Path) -> None:
    mark = f"harness-{os.getpid()}-{time.monotonic_ns()}"
    code = """
import os, subprocess, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3): os.close(number)
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(300)", sys.argv[1]])
    os._exit(0)
os.wait()
"""
    bench.run(code, mark)
    assert not eventually_running(mark)


def test_nothing_outlives_a_timeout(bench: Bench) -> None:
    mark = f"harness-{os.getpid()}-{time.monotonic_ns()}"
    code = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(5):
    if os.fork() == 0: os.setsid(); break
time.sleep(300)
"""
    assert bench.run(code, mark, limits=replace(LIMITS, seconds=2)).ending is Ending.TIMEOUT
    assert not eventually_running(mark)


def eventually_running(mark: str) -> list[str]:
    """Return the processes with a mark in their arguments, once the kernel had a moment to end them."""
    within(60, lambda: not _running(mark))
    return _running(mark)


def _running(mark: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if mark in line:
            found.append(line)
    return found


def test_nothing_outlives_a_killed_harness(tmp_path: Path, bench: Bench) -> None:
    if bench.name == "docker":
        pytest.skip("the engine outlives the harness: the reaper's own tests hold this")
    mark = f"harness-{os.getpid()}-{time.monotonic_ns()}"
    program = f"""
from pathlib import Path
from harness.model.execution import Task
from harness.sandbox.namespace import NamespaceSandbox
sandbox = NamespaceSandbox(Path({str(tmp_path)!r}))
python = sandbox.prepare()[0]
print("ready", flush=True)
sandbox.run(Task((python.executable, "-c", "import time; time.sleep(300)", {mark!r}), python.version))
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as harness:
        assert harness.stdout
        assert harness.stdout.readline() == b"ready\n"
        assert within(60, lambda: len(_running(mark)) > 1), "the task was never seen running"
        harness.kill()
    assert not eventually_running(mark)
