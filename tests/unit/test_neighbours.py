"""Libraries that fail by themselves as they resolve today."""

from __future__ import annotations

from pathlib import Path

from harness import neighbours
from harness.errors import ResolutionError
from harness.extract import extract
from harness.judge.verdict import verdict
from harness.model.environment import Lock, Request
from harness.model.execution import Completed, Outcome
from harness.model.matrix import Job, Lane
from harness.model.verdict import Code, Verdict
from harness.plan.matrix import plan
from harness.sandbox.fake import FakeSandbox
from tests.fakes import FakeResolver, answer, equipment, raised

SAMPLE = {"file": "/work/sample.py", "line": 1, "name": "<module>", "owner": "sample"}
OUTER = {"file": "/s/zenml/__init__.py", "line": 3, "name": "<module>", "module": "zenml", "owner": "zenml"}
INNER = {"file": "/s/sqlmodel/a.py", "line": 9, "name": "check", "module": "sqlmodel.a", "owner": "sqlmodel"}
IMPORT_FAILS = answer(
    exit_code=1,
    modules=[["zenml", "zenml"]],
    raised=[
        raised(
            "ImportError",
            "cannot import name 'old' from 'sqlmodel'",
            SAMPLE,
            OUTER,
            INNER,
            bases=["Exception"],
            attributes=[["name", "sqlmodel"], ["name_from", "old"]],
        )
    ],
)


class Moving(FakeResolver):
    """Serves sqlmodel 2 today, and 1 as of any earlier day."""

    def lock(self, request: Request) -> Lock:
        self.requests.append(request)
        then = bool(request.before)
        return Lock("3.13", "fake:3.13", (("sqlmodel", "1" if then else "2"), ("zenml", "0.98.0")), "")


def job() -> Job:
    return plan(extract("a.md", b"```python\nimport zenml\n```\n").samples)[0]


def on_a_day(_name: str, _version: str) -> str:
    return "2026-03-01T10:00:00Z"


def test_a_clash_is_proved_by_the_day_of_the_release(tmp_path: Path) -> None:
    resolver = Moving()
    ran = neighbours.run(job(), equipment(tmp_path, FakeSandbox([IMPORT_FAILS, answer()]), resolver), on_a_day)
    assert resolver.requests[-1].requirements == ("zenml==0.98.0",)
    assert resolver.requests[-1].before == "2026-03-03"
    assert ran.evidence is not None
    assert ran.evidence.outcome is Outcome.PASSED
    assert ran.clash is not None
    assert (ran.clash.code, ran.clash.settled) == (Code.ENVIRONMENT, True)
    assert "sqlmodel 2 (then 1)" in ran.clash.message
    assert verdict([ran.clash]) is Verdict.OK


def test_what_fails_then_too_is_no_clash(tmp_path: Path) -> None:
    ran = neighbours.run(job(), equipment(tmp_path, FakeSandbox([IMPORT_FAILS] * 2), Moving()), on_a_day)
    assert ran.clash is None
    assert ran.lock is not None
    assert ran.lock.version("sqlmodel") == "2"


def test_a_day_on_which_nothing_resolves_leaves_today(tmp_path: Path) -> None:
    class Refusing(Moving):
        def lock(self, request: Request) -> Lock:
            if request.before:
                raise ResolutionError("nothing fits", unsatisfiable=True)
            return super().lock(request)

    ran = neighbours.run(job(), equipment(tmp_path, FakeSandbox([IMPORT_FAILS]), Refusing()), on_a_day)
    assert ran.clash is None
    assert ran.fault is None


def test_a_sample_that_passes_or_fails_by_itself_is_run_once(tmp_path: Path) -> None:
    def scripted(done: Completed) -> int:
        sandbox = FakeSandbox([done])
        neighbours.run(job(), equipment(tmp_path / str(id(done)), sandbox, Moving()), on_a_day)
        return len(sandbox.tasks)

    own = answer(
        exit_code=1, raised=[raised("NameError", "name 'x' is not defined", SAMPLE, attributes=[["name", "x"]])]
    )
    assert scripted(answer()) == 1
    assert scripted(own) == 1


def test_a_release_whose_day_is_not_known_is_not_tried(tmp_path: Path) -> None:
    sandbox = FakeSandbox([IMPORT_FAILS])
    ran = neighbours.run(job(), equipment(tmp_path, sandbox, Moving()), lambda _name, _version: "")
    assert ran.clash is None
    assert len(sandbox.tasks) == 1


def test_what_a_repair_added_is_held_with_the_rest() -> None:
    request = Request(("Tool", "tool[local]", "tool[aws]>=1", "other"), Lane.CURRENT)
    assert neighbours.pinned(request, "tool", "2.0", "").requirements == ("other", "tool[aws,local]==2.0")
    assert neighbours.pinned(request, "third", "1", "").requirements == tuple(
        sorted((*request.requirements, "third==1"))
    )
