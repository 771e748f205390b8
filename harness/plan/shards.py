"""Parts of a plan: for machines that share the work, each with what stands together.

Everything is put in one row, by environment and within it by sample, both in
the order of their hashes, and the row is cut into pieces of equal length. So an
environment is split only where a cut goes through it, the pieces are equal to
within one, and what is added moves few others: one more sample shifts every cut
by one place at most.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from harness.model.matrix import Lane
from harness.plan.matrix import published_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.model.matrix import Job, Shard
    from harness.model.source import Sample

Item = TypeVar("Item")


def take(jobs: Iterable[Job], shard: Shard) -> tuple[Job, ...]:
    """Return the jobs of one shard, in their order; all jobs of a sample are in the same one.

    Args:
        jobs: What is to run.
        shard: Which part of it.
    """
    jobs = tuple(jobs)
    places: dict[str, tuple[str, str]] = {}
    for job in jobs:
        places.setdefault(job.sample.id, place(job))
    row = sorted(places, key=lambda name: places[name])
    mine = frozenset(pieces(row, shard.of)[shard.number - 1])
    return tuple(job for job in jobs if job.sample.id in mine)


def take_left_out(samples: Sequence[tuple[Sample, str]], shard: Shard) -> tuple[tuple[Sample, str], ...]:
    """Return the samples of one shard among those that are not run, each with why."""
    row = sorted(samples, key=lambda one: _hash(one[0].id))
    mine = frozenset(sample.id for sample, _ in pieces(row, shard.of)[shard.number - 1])
    return tuple(one for one in samples if one[0].id in mine)


def place(job: Job) -> tuple[str, str]:
    """Return what a job is put in the row by: jobs that ask for the same environment stand together."""
    return _hash(environment(job)), _hash(job.id)


def environment(job: Job) -> str:
    """Return what stands for the environment that a job asks for, before anything is resolved."""
    published = published_on(job.sample.page) if job.target.lane is Lane.PUBLISHED else ""
    return "\0".join([job.target.lane, job.target.python or "", job.requires_python, published, *job.requirements])


def pieces(row: Sequence[Item], count: int) -> tuple[Sequence[Item], ...]:
    """Return a row in so many pieces, in order, none longer than another by more than one."""
    cuts = [len(row) * number // count for number in range(count + 1)]
    return tuple(row[begin:end] for begin, end in pairwise(cuts))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
