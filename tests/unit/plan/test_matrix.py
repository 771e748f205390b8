"""Samples times targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.model.matrix import Context, Lane, Target
from harness.model.source import Language, PageInfo, Part
from harness.plan.contexts import PageContext
from harness.plan.matrix import plan, published_on

if TYPE_CHECKING:
    from tests.unit.plan.conftest import MakeSample


def test_every_sample_meets_every_target(make: MakeSample) -> None:
    samples = [make("import zenml\n", index=0, updated="2025-06-01"), make("import nosuchthing\n", index=1)]
    jobs = plan(samples, [Lane.CURRENT, Lane.NEXT], ["3.11", "3.13"])
    assert [job.id for job in jobs] == [
        f"page#{index}@{lane}-{python}"
        for index in (0, 1)
        for lane in ("current", "next")
        for python in ("3.11", "3.13")
    ]
    assert {job.requirements for job in jobs[:4]} == {("zenml",)}
    assert {job.unknown[0].module for job in jobs[4:]} == {"nosuchthing"}
    assert {job.skip for job in jobs} == {""}


def test_by_default_the_newest_python_and_the_current_lane(make: MakeSample) -> None:
    (job,) = plan([make("import zenml\n")])
    assert job.target == Target(Lane.CURRENT)
    assert job.id == "page#0@current"


def test_published_needs_a_date(make: MakeSample) -> None:
    dated, undated = plan(
        [make("import a\n", index=0, updated="2024-05-06T10:00:00Z"), make("import a\n", index=1, updated="May 2024")],
        [Lane.PUBLISHED],
    )
    assert published_on(dated.sample.page) == "2024-05-06"
    assert dated.skip == ""
    assert "lastUpdated" in undated.skip


@pytest.mark.parametrize(
    ("updated", "published", "expected"),
    [
        ("2024-05-06", "2023-01-01", "2024-05-06"),
        ("", "2023-01-01", "2023-01-01"),
        ("2024-13-01", "", ""),
        ("", "", ""),
    ],
)
def test_date_of_a_page(updated: str, published: str, expected: str) -> None:
    assert published_on(PageInfo("p.md", "p", updated=updated, published=published)) == expected


def test_python_that_the_script_block_rules_out_is_skipped(make: MakeSample) -> None:
    text = '# /// script\n# requires-python = "<3.13"\n# ///\nimport zenml\n'
    newest, old, new = (*plan([make(text)]), *plan([make(text)], pythons=["3.12", "3.13"]))
    assert [job.requires_python for job in (newest, old, new)] == ["<3.13"] * 3
    assert (newest.skip, old.skip) == ("", "")
    assert "<3.13" in new.skip


def test_context_of_the_slug_and_index_is_used(make: MakeSample) -> None:
    contexts = {"page": PageContext(Context(requires=("mlflow",)), {1: Context(timeout=5.0)})}
    first, second = plan([make("x = 1\n", index=0), make("x = 1\n", index=1)], contexts=contexts)
    assert (first.requirements, first.context.timeout) == (("mlflow",), None)
    assert (second.requirements, second.context.timeout) == (("mlflow",), 5.0)


def test_what_has_no_python_has_one_job(make: MakeSample) -> None:
    lanes = [Lane.PUBLISHED, Lane.CURRENT]
    (job,) = plan([make("a: 1\n", language=Language.YAML)], lanes, ["3.11", "3.13"])
    assert (job.target, job.skip) == (Target(Lane.PUBLISHED), "")
    parts = [Part("a.yaml", Language.YAML, "a: 1\n"), Part("b.py", Language.PYTHON, "import zenml\n", 2)]
    assert len(plan([make("", parts=parts, language=Language.YAML)], lanes, ["3.11", "3.13"])) == 4


def test_language_that_is_not_checked_has_no_job(make: MakeSample) -> None:
    assert plan([make("console.log(1)\n", language=Language.JAVASCRIPT)]) == ()
