"""Picking jobs by glob."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import NothingSelectedError
from harness.model.matrix import Lane
from harness.plan.matrix import plan
from harness.plan.selector import select

if TYPE_CHECKING:
    from harness.model.matrix import Job
    from tests.unit.plan.conftest import MakeSample


@pytest.fixture
def jobs(make: MakeSample) -> tuple[Job, ...]:
    slugs = ("zenml-vs-prefect", "zenml-vs-kedro", "a-blog-post")
    samples = [make("x = 1\n", slug=slug, index=index) for slug in slugs for index in (0, 1)]
    return plan(samples, [Lane.CURRENT, Lane.NEXT])


@pytest.mark.parametrize(
    ("patterns", "count"),
    [
        ([], 12),
        (["zenml-vs-*#1"], 4),
        (["zenml-vs-*#1", "a-blog-post#0"], 6),
        (["*@next"], 6),
        (["zenml-vs-prefect#1@current"], 1),
        (["!*@next"], 6),
        (["!zenml-*", "!*@next"], 2),
        (["!*#0", "zenml-vs-*"], 4),
        (["zenml-vs-?????#0"], 2),
    ],
)
def test_globs(jobs: tuple[Job, ...], patterns: list[str], count: int) -> None:
    picked = select(jobs, patterns)
    assert len(picked) == count
    assert list(picked) == [job for job in jobs if job in picked]


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        (["zenml-vs-prefekt#1"], "zenml-vs-prefect#1"),
        (["kedro"], "zenml-vs-kedro#0, zenml-vs-kedro#1"),
        (["zenml-vs-*#1", "blog#7"], "a-blog-post"),
        (["!*"], "and 3 more"),
        (["zenml-vs-kedro#0", "!zenml-*"], "zenml-vs-kedro#0"),
    ],
)
def test_nothing_selected_names_near_misses(jobs: tuple[Job, ...], patterns: list[str], said: str) -> None:
    with pytest.raises(NothingSelectedError) as caught:
        select(jobs, patterns)
    assert said in caught.value.cause
    assert "harness plan" in caught.value.next_step


def test_no_jobs_at_all() -> None:
    assert select((), []) == ()
    with pytest.raises(NothingSelectedError, match="no jobs at all"):
        select((), ["*"])
