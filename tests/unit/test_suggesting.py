"""Replacements are tried on a copy: what counts as verified, and what does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import jobs, suggesting
from harness.judging import Weighed, weigh
from harness.model.edit import applied
from harness.model.execution import Completed, Task
from harness.model.matrix import Job, Lane, Need, Target
from harness.model.source import Directive, Language, PageInfo, Part, Sample, SourceMap
from harness.model.verdict import Suggestion
from harness.sandbox.fake import FakeSandbox, completed
from tests.fakes import FakeResolver, answer, equipment, raised

TEXT = "from prefect.old import Flow, run\nFlow(old=1)\n"
FIXED = "from prefect.new import Flow\nfrom prefect.old import run\nFlow(old=1)\n"


def job(text: str = TEXT, lane: Lane = Lane.CURRENT, skip: str | None = None) -> Job:
    python = Language.PYTHON
    sample = Sample(
        "p#0", PageInfo("p.md", "p"), 0, "sample", python, text, SourceMap(()), (Part("sample.py", python, text),),
        directive=Directive(skip=skip),
    )  # fmt: skip
    return Job(sample, Target(lane), (Need("prefect", "import prefect (line 1)"),))


class Library:
    """Runs samples against a made-up library, by what it says of a text."""

    def __init__(self, **says: Callable[[str], list[dict[str, object]]]) -> None:
        self.texts: list[str] = []
        self._says = says

    def __call__(self, task: Task) -> Completed:
        orders = json.loads(task.stdin)
        if "mode" not in orders:
            return completed(b"")  # the static look: it did not come to an end
        text = orders["files"]["sample.py"]
        self.texts.append(text)
        return answer(**{key: say(text) for key, say in self._says.items()})


def warned(text: str) -> list[dict[str, object]]:
    """Warn of every import that is deprecated."""
    return [
        {
            "category": "DeprecationWarning", "message": f"prefect.old.{name} is deprecated, use `prefect.new.{name}`.",
            "line": number, "file": "sample.py",
        }
        for number, line in enumerate(text.split("\n"), 1)
        if line.startswith("from prefect.old import")
        for name in ("Flow",)
        if name in line
    ]  # fmt: skip


def suggested(library: Library, store: Path, what: Job | None = None, **more: Any) -> Weighed:
    shared = equipment(store, FakeSandbox([library] * 60), **{"explore": True, **more})
    return suggesting.suggested(weigh(jobs.run(what or job(), shared), None), shared)


def advice(weighed: Weighed) -> list[Suggestion]:
    return [one.suggestion for one in weighed.findings if one.suggestion]


def test_what_holds_is_verified_and_its_edits_are_kept(tmp_path: Path) -> None:
    weighed = suggested(Library(warned=warned), tmp_path)
    (one,) = advice(weighed)
    assert one.verified
    assert one.replacement == "from prefect.new import Flow\nfrom prefect.old import run"
    assert one.replaced == "from prefect.old import Flow, run", "the lines as they are, to tell the change by"
    assert applied(TEXT, weighed.edits) == FIXED


def test_what_was_tried_and_failed_is_told_and_never_offered(tmp_path: Path) -> None:
    def still(text: str) -> list[dict[str, object]]:
        return [one | {"line": text[: text.index("Flow")].count("\n") + 1} for one in warned(TEXT)]

    weighed = suggested(Library(warned=still), tmp_path)
    (one,) = advice(weighed)
    assert not one.verified
    assert one.replacement is None
    assert one.text == "tried prefect.new.Flow: the copy fails with it"
    assert weighed.edits == ()


def test_a_replacement_that_brings_another_finding_is_not_verified(tmp_path: Path) -> None:
    def fails(text: str) -> list[dict[str, object]]:
        line = text.count("\n", 0, text.index("Flow(")) + 1
        message = "Flow.__init__() got an unexpected keyword argument 'old'"
        frames = ({"file": "sample.py", "line": line, "name": "<module>", "owner": "sample"},)
        return [raised("TypeError", message, *frames, line=line)] if "prefect.new" in text else []

    weighed = suggested(Library(warned=warned, raised=fails), tmp_path)
    (one,) = advice(weighed)
    assert not one.verified
    assert weighed.edits == ()


def test_a_copy_that_ends_otherwise_proves_nothing(tmp_path: Path) -> None:
    library = Library(warned=warned)

    def script(task: Task) -> Completed:
        return completed(b"") if b"prefect.new" in task.stdin else library(task)

    shared = equipment(tmp_path, FakeSandbox([script] * 60), explore=True)
    weighed = suggesting.suggested(weigh(jobs.run(job(), shared), None), shared)
    (one,) = advice(weighed)
    assert not one.verified
    assert one.replacement, "nothing speaks against it either"


def test_two_findings_of_one_import_are_mended_together(tmp_path: Path) -> None:
    def both(text: str) -> list[dict[str, object]]:
        return [
            {
                "category": "DeprecationWarning", "message": f"prefect.old.{name} is deprecated, use `prefect.new.{name}`.",
                "line": number, "file": "sample.py",
            }
            for number, line in enumerate(text.split("\n"), 1)
            for name in ("Flow", "run")
            if line.startswith("from prefect.old import") and name in line
        ]  # fmt: skip

    weighed = suggested(Library(warned=both), tmp_path)
    assert [one.verified for one in advice(weighed)] == [True, True]
    assert applied(TEXT, weighed.edits) == "from prefect.new import Flow, run\nFlow(old=1)\n"


def test_tries_are_bounded(tmp_path: Path) -> None:
    lines = [f"from prefect.old import a{n:02}" for n in range(10)]

    def all_of_them(text: str) -> list[dict[str, object]]:
        return [
            {
                "category": "DeprecationWarning", "message": f"prefect.old.a{n:02} is deprecated, use `prefect.new.a{n:02}`.",
                "line": n + 1, "file": "sample.py",
            }
            for n in range(10)
        ]  # fmt: skip

    library = Library(warned=all_of_them)
    weighed = suggested(library, tmp_path, job("\n".join(lines) + "\n"))
    assert len(advice(weighed)) == 10
    assert len({text for text in library.texts if "prefect.new" in text}) == suggesting.MAX_TRIES


@pytest.mark.parametrize(
    ("what", "more"),
    [
        pytest.param(job(), {"explore": False}, id="no exploratory run"),
        pytest.param(job(lane=Lane.PUBLISHED), {}, id="another lane"),
        pytest.param(job(skip="it needs a cluster"), {}, id="left out by its author"),
    ],
)
def test_nothing_is_tried(what: Job, more: dict[str, Any], tmp_path: Path) -> None:
    library = Library(warned=warned)
    weighed = suggested(library, tmp_path, what, **more)
    assert weighed.findings
    assert advice(weighed) == []
    assert set(library.texts) == {TEXT}


def test_what_holds_the_successor_is_installed_for_the_copy(tmp_path: Path) -> None:
    def says(text: str) -> list[dict[str, object]]:
        return [one | {"message": "prefect.old.Flow is deprecated, use `pydantic.Flow`."} for one in warned(text)]

    resolver = FakeResolver()
    weighed = suggested(Library(warned=says), tmp_path, resolver=resolver)
    assert [one.verified for one in advice(weighed)] == [True]
    assert resolver.requests[-1].requirements == ("prefect", "pydantic")
