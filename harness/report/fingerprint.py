"""What a finding is known again by: in a baseline, in code scanning, from one run to the next.

A fingerprint is made of what stays when a page is edited around a finding: the
page's slug, the code, the symbol, and the line of code itself without its
layout. Where these are equal on one page, the first from above has number 0.
So neither lines that come or go above, nor another number of the sample, nor
another name or place of the file change it (a page that states no slug has
its file's name for one). The line of code itself does: whoever rewrites it has
to look at the finding again.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model.verdict import PageFault, PlacedFinding, Report, SampleReport

Traits = tuple[str, ...]
"""What is said of a finding, all but its place."""
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"\d+")


def fingerprinted(report: Report) -> Report:
    """Return a report whose findings and faults have their fingerprints.

    Args:
        report: What a check found.
    """
    slugs = {sample.page.path: sample.page.slug for sample in report.samples}
    marked = [
        *(
            _Marked(sample.page.path, one.page_line, one.page_column, (number, at), _of_finding(sample, one))
            for number, sample in enumerate(report.samples)
            for at, one in enumerate(sample.findings)
        ),
        *(
            _Marked(fault.page, fault.line, fault.column, (-1, at), _of_fault(fault, slugs.get(fault.page, fault.page)))
            for at, fault in enumerate(report.faults)
        ),
    ]
    names = _numbered(sorted(marked))
    samples = tuple(
        replace(
            sample,
            findings=tuple(replace(one, fingerprint=names[number, at]) for at, one in enumerate(sample.findings)),
        )
        for number, sample in enumerate(report.samples)
    )
    faults = tuple(replace(fault, fingerprint=names[-1, at]) for at, fault in enumerate(report.faults))
    return replace(report, samples=samples, faults=faults)


class _Marked(NamedTuple):
    """A finding on its page, sorted from above."""

    page: str
    line: int
    column: int
    place: tuple[int, int]
    """Where it stands in the report: number of the sample, -1 for faults; number of the finding."""
    traits: Traits


def _numbered(ordered: Iterable[_Marked]) -> dict[tuple[int, int], str]:
    """Return the fingerprint of each finding, those with equal traits told apart by their order."""
    seen: Counter[Traits] = Counter()
    names = {}
    for one in ordered:
        text = "\0".join([*one.traits, str(seen[one.traits])])
        names[one.place] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[one.traits] += 1
    return names


def _of_finding(sample: SampleReport, placed: PlacedFinding) -> Traits:
    # what concerns a sample as a whole stands on no line of its own: its first one tells it from its neighbours
    line = placed.source.strip() or next((line for line in sample.code.splitlines() if line.strip()), "")
    return (sample.page.slug, placed.finding.code, placed.finding.symbol, _plain(line))


def _of_fault(fault: PageFault, slug: str) -> Traits:
    # messages name lines and offsets
    return (slug, fault.code, "", _NUMBER.sub("0", _plain(fault.message)))


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
