"""One job's way: repairs, reuse, and faults that stop nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness import jobs, judging
from harness.errors import SandboxError
from harness.extract import extract
from harness.model.execution import Outcome
from harness.model.matrix import Job, Lane
from harness.model.verdict import Verdict
from harness.plan.matrix import plan
from harness.sandbox.fake import FakeSandbox, completed
from tests.fakes import FakeProvider, FakeResolver, answer, equipment, raised

IMPORTING = "```python\nimport zenml\n```\n"
SAMPLE_FRAME = {"file": "/work/sample.py", "line": 1, "name": "<module>", "owner": "sample"}
LIBRARY_FRAME = {"file": "/store/zenml/a.py", "line": 9, "name": "load", "module": "zenml.a", "owner": "zenml"}
ASKS = answer(
    exit_code=1,
    raised=[
        raised(
            "ModuleNotFoundError",
            "No module named 'mlflow'",
            SAMPLE_FRAME,
            LIBRARY_FRAME,
            bases=["ImportError", "Exception"],
            attributes=[["name", "mlflow"]],
        )
    ],
)


class NoStubs:
    """Stubs that have nothing to install and nothing to tell."""

    fault = ""

    def lacking(self, _python: str) -> str:
        return self.fault

    def orders(self, _interpreter: object) -> dict[str, str]:
        return {}


def job(text: str = IMPORTING, lane: Lane = Lane.CURRENT) -> Job:
    return plan(extract("a.md", text.encode()).samples, [lane])[0]


def test_a_sample_that_passes_runs_once(tmp_path: Path) -> None:
    sandbox = FakeSandbox([answer()])
    ran = jobs.run(job(), equipment(tmp_path, sandbox))
    assert ran.evidence is not None
    assert ran.evidence.outcome is Outcome.PASSED
    assert ran.lock is not None
    assert ran.lock.version("zenml") == "1"
    assert len(sandbox.tasks) == 1
    assert not sandbox.tasks[0].network


def test_a_quick_look_runs_nothing_of_the_sample(tmp_path: Path) -> None:
    seen = {"introspected": 1, "seen": [], "ty": [], "notes": []}
    sandbox = FakeSandbox([completed(json.dumps(seen).encode())])
    ran = jobs.run(job(), equipment(tmp_path, sandbox, execute=False))
    assert ran.static is not None
    assert ran.evidence is None
    assert [task.argv[2].rpartition("/")[2] for task in sandbox.tasks] == ["introspect.py"]
    report = judging.judged(ran.job.sample, [judging.weigh(ran, None)], ())
    assert report.verdict is Verdict.OK
    (record,) = report.runs
    assert record.outcome is Outcome.SKIPPED
    assert "looked at without running it" in record.notes


def test_what_a_library_asks_for_is_installed_and_the_job_runs_again(tmp_path: Path) -> None:
    resolver = FakeResolver()
    ran = jobs.run(job(), equipment(tmp_path, FakeSandbox([ASKS, answer()]), resolver))
    assert ran.repairs == ("mlflow",)
    assert list(dict.fromkeys(one.requirements for one in resolver.requests)) == [("zenml",), ("mlflow", "zenml")]
    assert ran.evidence is not None
    assert ran.evidence.outcome is Outcome.PASSED


def test_a_repair_that_does_not_resolve_leaves_the_answer_that_asked_for_it(tmp_path: Path) -> None:
    ran = jobs.run(job(), equipment(tmp_path, FakeSandbox([ASKS]), FakeResolver("mlflow")))
    assert ran.fault is None
    assert ran.repairs == ()
    assert ran.evidence is not None
    assert ran.evidence.raised[0].message == "No module named 'mlflow'"


def test_a_library_that_asks_for_what_is_there_is_not_asked_again(tmp_path: Path) -> None:
    sandbox = FakeSandbox([ASKS, ASKS])
    ran = jobs.run(job(), equipment(tmp_path, sandbox))
    assert len(sandbox.tasks) == 2
    assert ran.repairs == ("mlflow",)


def test_repairs_are_bounded(tmp_path: Path) -> None:
    names = ["mlflow", "pandas", "torch", "numpy", "scipy", "boto3", "redis", "flask", "django"]

    def asking(name: str) -> object:
        record = raised(
            "ModuleNotFoundError", f"No module named '{name}'", SAMPLE_FRAME, LIBRARY_FRAME,
            bases=["ImportError"], attributes=[["name", name]],
        )  # fmt: skip
        return answer(exit_code=1, raised=[record])

    sandbox = FakeSandbox([asking(name) for name in names])  # type: ignore[misc]
    jobs.run(job(), equipment(tmp_path, sandbox))
    assert len(sandbox.tasks) == jobs.MAX_REPAIRS + 1


def test_a_known_result_starts_no_task(tmp_path: Path) -> None:
    jobs.run(job(), equipment(tmp_path, FakeSandbox([answer()])))
    idle = FakeSandbox()
    ran = jobs.run(job(), equipment(tmp_path, idle))
    assert ran.cached
    assert idle.tasks == []


@pytest.mark.parametrize(
    "more",
    [{"digests": {"probe": "other", "stubs": "s"}}, {"digests": {"probe": "p", "stubs": "other"}}, {"reuse": False}],
    ids=["probe", "stubs", "no-cache"],
)
def test_a_result_is_not_reused_where_something_it_rests_on_changed(tmp_path: Path, more: dict[str, Any]) -> None:
    stubs = NoStubs()
    jobs.run(job(), equipment(tmp_path, FakeSandbox([answer()]), stubs=stubs))
    sandbox = FakeSandbox([answer()])
    ran = jobs.run(job(), equipment(tmp_path, sandbox, stubs=stubs, **more))
    assert not ran.cached
    assert len(sandbox.tasks) == 1


def test_another_sample_is_not_answered_by_it(tmp_path: Path) -> None:
    jobs.run(job(), equipment(tmp_path, FakeSandbox([answer()])))
    sandbox = FakeSandbox([answer()])
    jobs.run(job("```python\nimport zenml  # changed\n```\n"), equipment(tmp_path, sandbox))
    assert len(sandbox.tasks) == 1


def test_a_fault_of_the_engine_is_a_value(tmp_path: Path) -> None:
    gone = SandboxError("the engine went away")
    ran = jobs.run(job(), equipment(tmp_path, FakeSandbox([gone, gone])))
    assert isinstance(ran.fault, SandboxError)
    assert ran.evidence is None


def test_an_environment_that_has_gone_is_built_once_more(tmp_path: Path) -> None:
    provider = FakeProvider(FakeResolver())
    sandbox = FakeSandbox([SandboxError("the probe could not run the sample"), answer()])
    ran = jobs.run(job(), equipment(tmp_path, sandbox, provider=provider))
    assert provider.rebuilds == 1
    assert ran.evidence is not None
    assert ran.evidence.outcome is Outcome.PASSED


def test_the_python_that_the_sample_itself_asks_for_is_used(tmp_path: Path) -> None:
    text = (
        '```python\n# /// script\n# requires-python = "<3.12"\n# dependencies = ["zenml"]\n# ///\nimport zenml\n```\n'
    )
    sandbox = FakeSandbox([answer()])
    jobs.run(job(text), equipment(tmp_path, sandbox))
    assert sandbox.tasks[0].python == "3.11"


def test_the_published_lane_looks_no_later_than_the_page(tmp_path: Path) -> None:
    text = "---\nwebflow:\n  lastUpdated: 2024-08-21T14:42:12Z\n---\n" + IMPORTING
    resolver = FakeResolver()
    jobs.run(job(text, Lane.PUBLISHED), equipment(tmp_path, FakeSandbox([answer()]), resolver))
    assert resolver.requests[0].before == "2024-08-21"


@pytest.mark.parametrize(("lane", "before"), [(Lane.CURRENT, "2023-01-31"), (Lane.PUBLISHED, "2024-08-21")])
def test_an_earlier_day_bounds_what_is_current_and_leaves_a_page_its_own(
    lane: Lane, before: str, tmp_path: Path
) -> None:
    text = "---\nwebflow:\n  lastUpdated: 2024-08-21T14:42:12Z\n---\n" + IMPORTING
    resolver = FakeResolver()
    jobs.run(job(text, lane), equipment(tmp_path, FakeSandbox([answer()]), resolver, as_of="2023-01-31"))
    assert resolver.requests[0].before == before


def test_what_is_only_parsed_runs_nothing(tmp_path: Path) -> None:
    ran = jobs.run(job("```yaml\na: 1\n```\n"), equipment(tmp_path, FakeSandbox()))
    assert ran.evidence is None
    assert ran.fault is None
