from __future__ import annotations

import subprocess
import sys

import pytest

from harness.model.execution import Ending, Limits
from harness.sandbox.pump import Pump, Pumped


def pump(code: str, stdin: bytes = b"", *, seconds: float = 20, output: int = 1000, give_up: bool = False) -> Pumped:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, stderr=pipe) as process:
        limits = Limits(seconds=seconds, output=output)
        return Pump(process, limits, process.terminate).run(stdin, lambda: give_up)


@pytest.mark.parametrize(
    ("code", "stdout", "stopped"),
    [
        ("print('x' * 999)", 1000, None),
        ("print('x' * 1000)", 1000, Ending.OUTPUT),
        ("import os; os.close(1); os.close(2)", 0, None),
        ("import os, time; os.close(0); print('x'); time.sleep(0.3)", 2, None),
    ],
)
def test_outputs_are_read_up_to_the_bound(code: str, stdout: int, stopped: Ending | None) -> None:
    done = pump(code, b"y" * 300_000)
    assert (len(done.stdout), done.stopped) == (stdout, stopped)


def test_a_process_that_closed_its_outputs_is_still_timed() -> None:
    done = pump("import os, time; os.close(1); os.close(2); time.sleep(60)", seconds=1)
    assert done.stopped is Ending.TIMEOUT


def test_giving_up_stops_it_and_is_no_ending() -> None:
    done = pump("import time; time.sleep(60)", give_up=True)
    assert (done.abandoned, done.stopped) == (True, None)


def test_who_ignores_being_stopped_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.sandbox.pump._PATIENCE", 0.5)
    code = "import time; print('ready', flush=True); time.sleep(60)"
    argv, pipe = ["env", "--ignore-signal=TERM", sys.executable, "-c", code], subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        done = Pump(process, Limits(seconds=0.1), process.terminate).run(b"", lambda: False)
    assert (process.returncode, done.stopped) == (-9, Ending.TIMEOUT)
