"""Which libraries jobs are about, and the sessions that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import NothingSelectedError
from harness.model.matrix import Lane, Target
from harness.plan.libraries import NO_LIBRARY, libraries, needing, sessions
from harness.plan.matrix import plan
from harness.plan.names import listed

if TYPE_CHECKING:
    from harness.model.matrix import Job
    from tests.unit.plan.conftest import MakeSample

CODE = ("import prefect\n", "import prefect, sklearn\n", "x = 1\n")


@pytest.fixture
def jobs(make: MakeSample) -> tuple[Job, ...]:
    samples = [make(code, index=index) for index, code in enumerate(CODE)]
    return plan(samples, [Lane.CURRENT, Lane.NEXT])


def test_libraries_are_distributions_by_their_normalised_names(jobs: tuple[Job, ...]) -> None:
    assert [libraries(job) for job in jobs[::2]] == [("prefect",), ("prefect", "scikit-learn"), (NO_LIBRARY,)]


def test_no_distribution_is_called_what_stands_for_none() -> None:
    assert NO_LIBRARY not in listed()
    assert " " in NO_LIBRARY


@pytest.mark.parametrize(
    ("names", "indices"),
    [((), {0, 1, 2}), (("Prefect",), {0, 1}), (("Scikit_Learn",), {1}), ((NO_LIBRARY,), {2}), (("prefect", NO_LIBRARY), {0, 1, 2})],
)  # fmt: skip
def test_jobs_are_picked_by_what_they_need(jobs: tuple[Job, ...], names: tuple[str, ...], indices: set[int]) -> None:
    assert {job.sample.index for job in needing(jobs, names)} == indices


def test_a_name_that_nothing_needs_is_answered_with_near_ones(jobs: tuple[Job, ...]) -> None:
    with pytest.raises(NothingSelectedError, match="prefct") as caught:
        needing(jobs, ["prefct"])
    assert "near misses: prefect" in str(caught.value)
    assert needing(jobs[:1], [NO_LIBRARY]) == ()


def test_a_session_is_a_library_a_lane_and_a_python(jobs: tuple[Job, ...]) -> None:
    made = sessions(jobs, Target(Lane.CURRENT, "3.13"))
    assert [(one.name, len(one.samples)) for one in made] == [
        ("verify-3.13(prefect, current)", 2),
        ("verify-3.13(prefect, next)", 2),
        ("verify-3.13(scikit-learn, current)", 1),
        ("verify-3.13(scikit-learn, next)", 1),
        ("verify-3.13(no library, current)", 1),
        ("verify-3.13(no library, next)", 1),
    ]


def test_pythons_that_are_asked_for_have_a_session_each_and_what_is_not_run_has_one(make: MakeSample) -> None:
    jobs = plan([make("import prefect\n")], [Lane.CURRENT], ["3.11", "3.13"])
    made = sessions(jobs, Target(Lane.CURRENT, "3.11"))
    assert [one.name for one in made] == [
        "verify-3.11(prefect, current)",
        "verify-3.13(prefect, current)",
        "verify-3.11(no library, current)",
    ]
    assert made[-1].samples == ()
