from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.execution import Ending, Limits, Task
from harness.sandbox import launch
from harness.sandbox.process import ProcessSandbox, spec, translate

ROOT = Path("/r")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("/store", "/r/store"),
        ("/store/envs/a/bin/python", "/r/store/envs/a/bin/python"),
        ("/opt/harness/probe/supervisor.py", "/r/opt/harness/probe/supervisor.py"),
        ("--cache-dir=/store/uv-cache", "--cache-dir=/r/store/uv-cache"),
        ("/store/a:/usr/lib:/store/b", "/r/store/a:/usr/lib:/r/store/b"),
        ("/tmp", "/r/tmp"),
        ("/etc/harness/ca.pem", "/r/etc/harness/ca.pem"),
        ("/stores/a", "/stores/a"),
        ("/usr/store/a", "/usr/store/a"),
        ("print('/store/a')", "print('/store/a')"),
        ("https://host/store/a", "https://host/store/a"),
        ("/opt/other", "/opt/other"),
    ],
)
def test_paths_of_the_scheme_are_moved_and_nothing_else_is(given: str, expected: str) -> None:
    assert translate(given, ROOT) == expected


def test_arguments_and_environment_are_moved_and_the_root_is_told() -> None:
    task = Task(("/store/python", "/work/a.py"), "3.13", env=(("CACHE", "/store/uv"), ("WORD", "store")))
    told = spec(task, ROOT)
    assert told["argv"] == ["/r/store/python", "/r/work/a.py"]
    assert (told["env"]["CACHE"], told["env"]["WORD"]) == ("/r/store/uv", "store")
    assert (told["env"]["HOME"], told["env"]["HARNESS_ROOT"]) == ("/r/home/sample", "/r")
    assert told["env"]["PATH"] == "/usr/local/bin:/usr/bin:/bin"


def test_it_says_loudly_how_weak_it_is(tmp_path: Path) -> None:
    assert "NO ISOLATION" in ProcessSandbox(tmp_path).strength


def test_a_slow_start_of_the_launcher_is_not_of_the_tasks_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = ProcessSandbox(tmp_path)
    python = sandbox.prepare()[0].version
    monkeypatch.setattr(launch, "_CODE", f"import time; time.sleep(2.5)\n{launch._CODE}")
    done = sandbox.run(Task(("/bin/echo", "began"), python, limits=Limits(seconds=2)))
    assert (done.ending, done.stdout) == (Ending.EXITED, b"began\n")


def test_nothing_is_left_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    sandbox = ProcessSandbox(tmp_path / "store")
    python = sandbox.prepare()[0]
    code = "import os\nos.makedirs('a/b'); open('a/b/c', 'w').close(); os.chmod('a/b', 0); os.chmod('a', 0)"
    assert sandbox.run(Task((python.executable, "-c", code), python.version)).code == 0
    assert list(scratch.iterdir()) == []
