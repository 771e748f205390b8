"""Picks jobs by glob over their ids and the ids of their samples."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from harness.errors import NothingSelectedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.model.matrix import Job

_NEAR = 3


def select(jobs: Sequence[Job], patterns: Sequence[str]) -> tuple[Job, ...]:
    """Return the jobs that any pattern matches and no negated one does.

    Args:
        jobs: The jobs to pick from.
        patterns: Globs such as ``zenml-vs-*#1`` or ``*@next``; ``!`` before one
            takes away what it matches. With negated ones only, all others stay.
            The order does not matter.

    Raises:
        NothingSelectedError: If no job is left, or one pattern matches nothing; it names near misses.
    """
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    unwanted = [pattern.removeprefix("!") for pattern in patterns if pattern.startswith("!")]
    for pattern in wanted:
        if not any(_matches(job, [pattern]) for job in jobs):
            raise _nothing(pattern, jobs)
    picked = tuple(job for job in jobs if _matches(job, wanted or ["*"]) and not _matches(job, unwanted))
    if not picked and patterns:
        raise _nothing(" ".join(patterns), jobs)
    return picked


def _matches(job: Job, patterns: Iterable[str]) -> bool:
    """Say whether any pattern matches a job's id or its sample's."""
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in (job.id, job.sample.id))


def _nothing(pattern: str, jobs: Sequence[Job]) -> NothingSelectedError:
    """Return the error, with the ids that come nearest."""
    ids = list(dict.fromkeys(job.sample.id for job in jobs))
    bare = pattern.lstrip("!").replace("*", "").replace("?", "")
    near = [name for name in ids if bare and bare.casefold() in name.casefold()]
    near = near or get_close_matches(bare, ids, n=_NEAR, cutoff=0.4) or ids
    more = f" and {len(near) - _NEAR} more" if len(near) > _NEAR else ""
    there = f"near misses: {', '.join(near[:_NEAR])}{more}" if near else "there are no jobs at all"
    return NothingSelectedError(
        f"no job matches '{pattern}'", cause=there, next_step="`harness plan PAGES` lists the ids of all jobs"
    )
