"""``pytest --samples`` over a real sandbox, in processes of their own: workers, and ^C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.processes import runs, within

PLUGIN = ("-p", "harness.pytest_plugin", "-p", "xdist", "--samples-sandbox", "process")
"""In the weakest sandbox, where no stubs are made ready: what is looked at here is the same in all of them."""
WATCH = """\
import os
from pathlib import Path
from harness.sandbox.process import ProcessSandbox

run = ProcessSandbox.run

def told(self, task, cancel=None):
    with Path("tasks.txt").open("a") as file:
        print(os.environ.get("PYTEST_XDIST_WORKER"), task.label, file=file)
    return run(self, task, cancel)

ProcessSandbox.run = told
"""


@pytest.fixture(autouse=True)
def _here(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_STORE", str(pytester.path / "store"))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.mark.network
def test_two_workers_make_one_environment_once(pytester: pytest.Pytester) -> None:
    # each waits for the other, so that both want the environment while nobody has it
    pytester.makeconftest(
        WATCH
        + """
import time
from harness.pytest_plugin.items import SampleItem

setup = SampleItem.setup

def together(self):
    Path(os.environ["PYTEST_XDIST_WORKER"] + ".here").touch()
    deadline = time.monotonic() + 60
    while len(list(Path().glob("*.here"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    setup(self)

SampleItem.setup = together
"""
    )
    fence = "```python\nimport six\nprint({})\n```\n"
    pytester.path.joinpath("a.md").write_text("\n".join(fence.format(n) for n in range(4)), encoding="utf-8")
    result = pytester.runpytest_subprocess(
        *PLUGIN, "--samples", "a.md", "-n", "2", "--dist", "loadgroup", "--junitxml", "out.xml"
    )
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["4 ok", "sandbox: process: NO ISOLATION *"])
    tasks = [line.split(" ", 1) for line in pytester.path.joinpath("tasks.txt").read_text().splitlines()]
    assert {worker for worker, label in tasks if label.startswith("a#")} == {"gw0", "gw1"}
    assert len([label for _, label in tasks if label.startswith("environment ")]) == 1
    assert "a.md:2" in pytester.path.joinpath("out.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_an_interruption_leaves_nothing_running(workers: str, pytester: pytest.Pytester) -> None:
    mark = f"p{os.getpid()}w{workers}"[:15]
    named = f"import ctypes\nctypes.CDLL(None).prctl(15, b'{mark}', 0, 0, 0)"
    pytester.path.joinpath("a.md").write_text(f"```python\n{named}\nwhile True: pass\n```\n", encoding="utf-8")
    program = ["env", "--default-signal=INT", sys.executable, "-m", "pytest", *PLUGIN]
    command = [*program, "--samples", "a.md", "-n", workers]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as process:
        assert within(120, lambda: runs(mark)), "the sample was never seen running"
        # as a terminal does: to the workers too
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=120)
    assert process.returncode == pytest.ExitCode.INTERRUPTED, output.decode()
    assert within(60, lambda: not runs(mark)), "the sample outlived pytest"
