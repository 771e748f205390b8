"""Which libraries a job is about, and the sessions that a matrix of them has."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from harness.errors import NothingSelectedError
from harness.model.matrix import Session, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.model.matrix import Job

NO_LIBRARY = "no library"
"""Stands in place of a library for all that needs none; no distribution can be called so."""


def libraries(job: Job) -> tuple[str, ...]:
    """Return the normalised names of the distributions that a job needs, or that it needs none."""
    return tuple(sorted({canonicalize_name(Requirement(one).name) for one in job.requirements})) or (NO_LIBRARY,)


def needing(jobs: Sequence[Job], names: Iterable[str]) -> tuple[Job, ...]:
    """Return the jobs that need one of these libraries; all where none is named.

    Args:
        jobs: The jobs to pick from.
        names: Names of distributions, or `NO_LIBRARY`, for which there need be no job: what is not run is told there.

    Raises:
        NothingSelectedError: If no job needs one of them; it names near misses.
    """
    wanted = {canonicalize_name(name) for name in names}
    known = {name for job in jobs for name in libraries(job)}
    for name in sorted(wanted - known - {NO_LIBRARY}):
        near = get_close_matches(name, known, n=3) or sorted(known)[:3]
        raise NothingSelectedError(
            f"no sample needs {name!r}",
            cause=f"near misses: {', '.join(near)}" if near else "there are no jobs at all",
            next_step="`harness plan PAGES` lists what each job needs",
        )
    return tuple(job for job in jobs if not wanted or wanted & set(libraries(job)))


def sessions(jobs: Iterable[Job], first: Target) -> tuple[Session, ...]:
    """Return a session for each library, lane and Python, by library; what needs none comes last.

    Args:
        jobs: The jobs; one that needs two libraries is in the sessions of both.
        first: The target of the session that tells what is not run. Its Python is that of jobs that name none.
    """
    found: dict[tuple[str, Target], dict[str, None]] = {}
    for job in jobs:
        target = Target(job.target.lane, job.target.python or first.python)
        for library in libraries(job):
            found.setdefault((library, target), {})[job.sample.id] = None
    found.setdefault((NO_LIBRARY, first), {})
    made = [Session(library, target, tuple(ids)) for (library, target), ids in found.items()]
    # a stable sort: lanes and Pythons stay in the order in which they are asked for
    return tuple(sorted(made, key=lambda one: (one.library == NO_LIBRARY, one.library)))
