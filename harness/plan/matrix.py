"""Samples times targets: the jobs, known before anything runs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from harness.model.matrix import Context, Job, Lane, Target
from harness.model.source import CHECKED, Language
from harness.plan.contexts import PageContext
from harness.plan.requirements import needs, requires_python

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from harness.model.source import PageInfo, Sample


def plan(
    samples: Iterable[Sample],
    lanes: Sequence[Lane] = (Lane.CURRENT,),
    pythons: Sequence[str] = (),
    contexts: Mapping[str, PageContext] | None = None,
    allow: Collection[str] = (),
) -> tuple[Job, ...]:
    """Return the jobs, in the order of the samples.

    Args:
        samples: The samples; those in a language that is not checked have no job.
        lanes: Which library versions to run against.
        pythons: Python versions (``3.13``); empty for the newest that the libraries support.
        contexts: Contexts by slug.
        allow: Names that may be installed though they are not known, see `needs`.
    """
    found = contexts or {}
    return tuple(
        job
        for sample in samples
        if sample.language in CHECKED
        for job in _jobs(sample, lanes, pythons, found.get(sample.page.slug, PageContext()).of(sample.index), allow)
    )


def published_on(page: PageInfo) -> str:
    """Return the ISO date that bounds the lane ``published``: the last update, else the last publication, or empty."""
    return next((text[:10] for text in (page.updated, page.published) if _is_date(text[:10])), "")


def _jobs(
    sample: Sample, lanes: Sequence[Lane], pythons: Sequence[str], context: Context, allow: Collection[str]
) -> Iterator[Job]:
    """Yield the jobs of one sample."""
    needed, unknown = needs(sample, context, allow)
    wanted = requires_python(sample)
    for target in _targets(sample, lanes, pythons):
        yield Job(
            sample=sample,
            target=target,
            needs=needed,
            unknown=unknown,
            context=context,
            requires_python=wanted,
            skip=_obstacle(sample, target, wanted),
        )


def _targets(sample: Sample, lanes: Sequence[Lane], pythons: Sequence[str]) -> Iterator[Target]:
    """Yield the targets of a sample; what has no Python in it is parsed once, whatever the libraries."""
    if not any(part.language is Language.PYTHON for part in sample.parts):
        yield Target(lanes[0])
        return
    for lane in lanes:
        yield from (Target(lane, python) for python in pythons or (None,))


def _obstacle(sample: Sample, target: Target, wanted: str) -> str:
    """Say why a job cannot run, or nothing."""
    python = any(part.language is Language.PYTHON for part in sample.parts)
    if python and target.lane is Lane.PUBLISHED and not published_on(sample.page):
        return "the page says no date (lastUpdated), so what the index served then is not known"
    if target.python and not SpecifierSet(wanted).contains(target.python):
        return f"the sample's PEP 723 block asks for Python {wanted}"
    return ""


def _is_date(text: str) -> bool:
    """Say whether a text is an ISO date."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
