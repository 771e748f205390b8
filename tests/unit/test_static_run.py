"""One look as a task: what it is given, what is kept of it, and that a failure of ours is no verdict."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from harness.errors import SandboxError
from harness.ledger.results import ResultsCache
from harness.model.environment import Environment, Lock
from harness.model.execution import Completed, Ending, StoreAccess, Task
from harness.model.matrix import Job, Lane, Target
from harness.model.source import Language, PageInfo, Part, Sample, SourceMap
from harness.static_run import Kept, static

LOCK = Lock("3.13", "here", (("lib", "1.0"),), "")
ANSWER = {"introspected": 1, "seen": [{"note": "lib.x could not be imported"}], "ty": [], "notes": []}


class Sandbox:
    """Answers every task, and remembers it."""

    def __init__(self, answer: object = ANSWER) -> None:
        self.tasks: list[Task] = []
        self.answer = answer

    def __call__(self, task: Task) -> Completed:
        self.tasks.append(task)
        return Completed(Ending.EXITED, 0, msgspec.json.encode(self.answer), b"", 1.5)


def _job(text: str = "import lib\n", language: Language = Language.PYTHON) -> Job:
    page = PageInfo("page.md", "page")
    part = Part("sample.py", language, text)
    return Job(Sample("page#0", page, 0, "sample", language, text, SourceMap(()), (part,)), Target(Lane.CURRENT))


def _environment() -> Environment:
    return Environment(LOCK, "/store/envs/x")


def _never() -> Environment:
    raise AssertionError("the environment is not needed where the answer is known")


def test_a_look_has_no_network_and_reads_the_store() -> None:
    sandbox = Sandbox()
    seen = static(_job(), LOCK, _environment, run=sandbox)
    assert seen is not None
    assert seen.notes == ("lib.x could not be imported",)
    (task,) = sandbox.tasks
    assert (task.network, task.store) == (False, StoreAccess.READ)
    assert task.argv[0] == "/store/envs/x/bin/python"
    assert msgspec.json.decode(task.stdin)["files"] == {"sample.py": "import lib\n"}


def test_what_holds_no_python_is_not_looked_at() -> None:
    sandbox = Sandbox()
    assert static(_job("a: 1\n", Language.YAML), LOCK, _never, run=sandbox) is None
    assert not sandbox.tasks


def test_a_look_is_kept_and_found_by_all_it_depends_on(tmp_path: Path) -> None:
    sandbox = Sandbox()
    kept = Kept(ResultsCache(tmp_path), reuse=True, probe="p", sandbox="fake")
    first = static(_job(), LOCK, _environment, run=sandbox, kept=kept)
    assert static(_job(), LOCK, _never, run=sandbox, kept=kept) == first
    assert len(sandbox.tasks) == 1
    others = (
        (_job("import lib  # changed\n"), LOCK, kept),
        (_job(), Lock("3.13", "here", (("lib", "2.0"),), ""), kept),
        (_job(), LOCK, Kept(kept.results, reuse=True, probe="other", sandbox="fake")),
        (_job(), LOCK, Kept(kept.results, reuse=True, probe="p", sandbox="other")),
        (_job(), LOCK, Kept(kept.results, reuse=False, probe="p", sandbox="fake")),
    )
    for number, (job, lock, other) in enumerate(others, 2):
        static(job, lock, _environment, run=sandbox, kept=other)
        assert len(sandbox.tasks) == number


def test_a_look_that_was_cut_short_is_kept_for_a_while(tmp_path: Path) -> None:
    sandbox = Sandbox(ANSWER | {"ty": None, "notes": ["the type checker took too long"]})
    kept = Kept(ResultsCache(tmp_path), reuse=True, probe="p", sandbox="fake")
    for _ in range(2):
        seen = static(_job(), LOCK, _environment, run=sandbox, kept=kept)
        assert seen is not None
        assert seen.notes
    assert len(sandbox.tasks) == 1
    (file,) = tmp_path.glob("results/*/*.json")
    os.utime(file, (0, 0))
    static(_job(), LOCK, _environment, run=sandbox, kept=kept)
    assert len(sandbox.tasks) == 2


@pytest.mark.parametrize(("ending", "code", "tasks"), [(Ending.EXITED, 127, 2), (Ending.TIMEOUT, None, 1)])
def test_a_look_that_failed_before_it_began_is_not_kept(
    ending: Ending, code: int | None, tasks: int, tmp_path: Path
) -> None:
    asked: list[Task] = []

    def run(task: Task) -> Completed:
        asked.append(task)
        return Completed(ending, code, b"", b"", 1.0)

    kept = Kept(ResultsCache(tmp_path), reuse=True, probe="p", sandbox="fake")
    for _ in range(2):
        static(_job(), LOCK, _environment, run=run, kept=kept)
    assert len(asked) == tasks


def test_a_sandbox_that_fails_leaves_a_note_and_no_verdict() -> None:
    def fail(task: Task) -> Completed:
        raise SandboxError("the engine is gone")

    seen = static(_job(), LOCK, _environment, run=fail)
    assert seen is not None
    assert seen.notes == ("the static look did not run: the engine is gone",)
    assert not seen.sightings
