"""Attacks on the probe, each named by its outcome: the evidence is always well formed and soon there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.judge.spec import evidence
from harness.model.execution import Completed, Ending, Outcome
from tests.unit.judge.cases import sample
from tests.unit.probe.running import SUPERVISOR, interpreter, orders, probe, supervise

LINGER = "import time\nopen('pid', 'w').write(str(__import__('os').getpid()))\ntime.sleep(60)\n"


def test_an_endless_sample_is_stopped(tmp_path: Path) -> None:
    found = probe(tmp_path, "x = 1\nwhile True:\n    pass\n", timeout=4.0)
    assert (found["ending"], found["exit_code"]) == ("timeout", None)
    assert found["executed"]["sample.py"][0] == 1


def test_a_sample_that_ignores_signals_is_stopped(tmp_path: Path) -> None:
    text = "import signal, time\nfor n in (1, 2, 15):\n    signal.signal(n, signal.SIG_IGN)\ntime.sleep(60)\n"
    assert probe(tmp_path, text, timeout=3.0)["ending"] == "timeout"


def test_a_flood_of_output_is_stopped(tmp_path: Path) -> None:
    assert probe(tmp_path, "while True:\n    print('x' * 10000)\n", output=1 << 20)["ending"] == "output"


def test_a_segmentation_fault_leaves_evidence(tmp_path: Path) -> None:
    found = probe(tmp_path, "print('x', flush=True)\nimport ctypes\nctypes.string_at(0)\n")
    assert (found["ending"], found["exit_code"], found["stdout"]) == ("killed", -11, "x\n")
    assert found["executed"]["sample.py"] == [1, 2, 3]


def test_a_sample_that_kills_its_group_leaves_evidence(tmp_path: Path) -> None:
    found = probe(tmp_path, "import os, signal\nos.killpg(0, signal.SIGKILL)\n")
    assert (found["ending"], found["exit_code"]) == ("killed", -9)


def test_closing_every_descriptor_loses_records_only(tmp_path: Path) -> None:
    text = "import os\nos.closerange(3, 256)\nmine = [open(f'mine{n}', 'w') for n in range(20)]\nx = 1\n1 / 0\n"
    found = probe(tmp_path, text)
    assert found["exit_code"] == 1
    # One of these got the number of the probe's descriptor: nothing of the probe's may land in it.
    assert [(tmp_path / f"mine{n}").read_text() for n in range(20)] == [""] * 20
    assert found["fault"] == ""


FORGERY = """
import os, json, socket
def all_sockets():
    for fd in range(3, 64):
        try:
            yield socket.socket(fileno=os.dup(fd))
        except OSError:
            continue
ours = list(all_sockets())
for s in ours:
    for message in ({messages}):
        try:
            s.send(message)
        except OSError:
            pass
print(len(ours))
"""


@pytest.mark.parametrize(
    "messages",
    [
        "b'nonsense', b'', b'[]', b'null', b'\\xff\\xfe', b'[' * 100000, b'1' * 10000",
        "json.dumps({'kind': ['x']}).encode(), json.dumps({'kind': 'line', 'file': [], 'line': {}}).encode()",
        "json.dumps({'kind': 'raised', 'number': 1, 'raised': {'type': 5, 'frames': 'x', 'cause': 7}}).encode(),",
        "json.dumps({'kind': 'left', 'number': 99}).encode(), json.dumps({'kind': 'fatal', 'raised': None}).encode()",
        "*[json.dumps({'kind': 'warned', 'message': 'x' * 100000, 'line': -1, 'bases': [None]}).encode()] * 300,",
        "json.dumps({'kind': 'executable', 'file': 'sample.py', 'lines': ['a', -1, 10**9, True]}).encode(),",
        "json.dumps({'kind': 'raised', 'raised': {'message': chr(0xd800) + chr(27), 'line': 2**70}}).encode(),",
    ],
)
def test_forged_records_stay_in_shape(tmp_path: Path, messages: str) -> None:
    found = probe(tmp_path, FORGERY.replace("{messages}", messages))
    assert found["stdout"] == "1\n"  # the attack did reach the socket
    assert found["fault"] == ""
    assert found["exit_code"] == 0
    text = json.dumps(found)
    assert len(text) < 8 << 20
    assert "\x1b" not in text
    for record in found["raised"]:
        assert isinstance(record["type"], str)
        assert 0 <= record["line"] < 1 << 31
    for lines in (found["executed"], found["executable"]):
        assert all(type(line) is int and line > 0 for found_lines in lines.values() for line in found_lines)


def test_a_flood_of_records_is_bounded(tmp_path: Path) -> None:
    messages = "*[json.dumps({'kind': 'warned', 'message': 'y' * 50000}).encode()] * 2000,"
    found = probe(tmp_path, FORGERY.replace("{messages}", messages))
    assert (found["ending"], found["truncated"]) == ("exited", True)
    assert len(json.dumps(found)) < 4 << 20


def test_exceptions_that_fight_back_are_described(tmp_path: Path) -> None:
    text = (
        "class Bad(Exception):\n    def __str__(self):\n        raise ValueError('no')\n    @property\n    def args(self):\n        raise KeyError\n"
        "class Deep(Exception):\n    pass\ntry:\n    raise Bad\nexcept Bad:\n    pass\ne = Deep()\nfor _ in range(2000):\n    n = Deep('x' * 500)\n    n.__cause__ = e\n    e = n\nraise e\n"
    )
    found = probe(tmp_path, text)
    assert [record["type"] for record in found["raised"]] == ["__main__.Bad", "__main__.Deep"]
    assert found["exit_code"] == 1


def test_no_process_outlives_the_run(tmp_path: Path) -> None:
    text = (
        "import os, subprocess, sys\n"
        f"open('daemon.py', 'w').write({LINGER!r})\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execv(sys.executable, [sys.executable, 'daemon.py'])\n    os._exit(0)\n"
        "import time\n"
        "while not os.path.exists('pid') or not open('pid').read():\n    time.sleep(0.02)\n"
    )
    # who waited for the daemon to end by itself would be over its time
    found = probe(tmp_path, text)
    assert (found["ending"], found["exit_code"]) == ("exited", 0)
    pid = int((tmp_path / "pid").read_text())
    assert not Path(f"/proc/{pid}").exists()


def test_the_supervisors_output_is_out_of_reach(tmp_path: Path) -> None:
    text = (
        "import os\n"
        "try:\n    print(os.listdir(f'/proc/{os.getppid()}/fd'))\nexcept PermissionError:\n    print('refused')\n"
    )
    if os.getuid() != 0:
        found = probe(tmp_path, text)
    else:
        # Root sees every process: become the user that a sandbox would use.
        tmp_path.chmod(0o777)
        python = "/usr/bin/python3"
        if not Path(python).exists():
            pytest.skip("no Python outside root's home to run as another user")
        copy = tmp_path.parent / "probe-copy"
        subprocess.run(["cp", "-r", str(SUPERVISOR.parent), str(copy)], check=True)
        for folder in (copy, *tmp_path.parents[:3]):
            if folder != Path("/tmp"):
                folder.chmod(0o755)
        given = json.dumps(orders(python, {"sample.py": text})).encode()
        argv = [python, "-I", str(copy / "supervisor.py")]
        done = subprocess.run(argv, input=given, capture_output=True, cwd=tmp_path, user=65534, group=65534, check=True)
        found = json.loads(done.stdout)["evidence"]
    assert found["stdout"] == "refused\n"


def test_what_is_written_to_the_output_of_an_engines_process_is_no_evidence(tmp_path: Path) -> None:
    """A container's process 1 has the sample's user and the supervisor's output: here a shell stands for it."""
    forged = json.dumps({**probe(tmp_path, "x = 1\n"), "stdout": "forged"})
    text = (
        "import os, signal\n"
        "parent = os.getppid()\n"
        "engine = int(open(f'/proc/{parent}/stat').read().rpartition(')')[2].split()[1])\n"
        f"os.write(os.open(f'/proc/{{engine}}/fd/1', os.O_WRONLY), {forged!r}.encode() + b'}}')\n"
        "os.kill(parent, signal.SIGKILL)\n"
    )
    given = json.dumps(orders(interpreter("3.13"), {"sample.py": text}, seal="known to us")).encode()
    engine = ["/bin/sh", "-c", '"$@"; exit 0', "sh", sys.executable, "-I", str(SUPERVISOR)]
    done = subprocess.run(engine, input=given, capture_output=True, cwd=tmp_path, timeout=60, check=True)
    assert json.loads(done.stdout)["evidence"]["stdout"] == "forged", "the attack did reach the output"
    seen = evidence(Completed(Ending.EXITED, 0, done.stdout, b"", 1.0), sample("x = 1\n"), "known to us")
    assert (seen.outcome, seen.ending, seen.stdout) == (Outcome.FAILED, Ending.KILLED, "")


def test_standard_input_holds_nothing(tmp_path: Path) -> None:
    found = probe(tmp_path, "import sys\nprint(repr(sys.stdin.read()))\ninput()\n")
    assert found["stdout"] == "''\n"
    assert found["raised"][-1]["type"] == "EOFError"


@pytest.mark.parametrize("name", ["../out.py", "/tmp/out.py", "a/../../out.py", ""])
def test_no_file_is_written_outside_the_folder(tmp_path: Path, name: str) -> None:
    found = probe(tmp_path, "print(1)\n", files={name: "x"})
    assert "outside the sample's folder" in found["fault"]
    assert not (tmp_path.parent / "out.py").exists()


def test_an_environment_without_python_is_our_fault(tmp_path: Path) -> None:
    done = supervise(orders(str(tmp_path / "gone/bin/python"), {"sample.py": "x = 1\n"}), tmp_path)
    assert "FileNotFoundError" in json.loads(done.stdout)["evidence"]["fault"]


def test_a_broken_prelude_is_not_the_samples_fault(tmp_path: Path) -> None:
    found = probe(tmp_path, "print(1)\n", prelude="nonsense(\n")
    assert "did not start" in found["fault"]
    assert "SyntaxError" in found["fault"]


def test_nothing_but_the_sample_is_written_to_its_folder(tmp_path: Path) -> None:
    done = supervise(orders(interpreter("3.13"), {"sample.py": "import sys\nprint(sys.path[0])\n"}), tmp_path)
    assert json.loads(done.stdout)["evidence"]["stdout"].strip() == str(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sample.py"]
