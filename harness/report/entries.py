"""A report as one flat list of what there is to tell, for formats that know no samples.

Findings, faults of pages, and samples that differ from what their author
expects all become entries; each says how much it weighs and, where it counts
for nothing, why.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from harness.model.verdict import Code

if TYPE_CHECKING:
    from harness.report.wire import Fault, Finding, Report, Sample

EXPECTATION = "expect"
"""Stands in place of a code where a sample differs from what its author expects."""


class Level(StrEnum):
    """How much an entry weighs."""

    ERROR = "error"
    """A reader's code fails, or nothing is known of a page."""
    WARNING = "warning"
    """Something is to be mended, and no API is gone."""
    NOTE = "note"
    """Nothing to mend on the page."""


_BROKEN = frozenset({Code.MODULE, Code.NAME, Code.SIGNATURE, Code.PROTOCOL, Code.UNREADABLE, Code.INTERNAL})
_NOTED = frozenset({Code.SERVICE, Code.LANGUAGE})


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to tell, at one place."""

    page: str
    """Path of the page, as it was given."""
    line: int
    """Line of the page, from 1; 0 where the page as a whole is meant."""
    column: int
    """Column of the page, from 1."""
    end_column: int
    """Column behind the marked text, 0 where not known."""
    code: str
    """A finding's code, or `EXPECTATION`."""
    symbol: str
    """The library's name, or empty."""
    message: str
    """What is wrong, one sentence without a full stop."""
    level: Level
    """How much it weighs."""
    fingerprint: str
    """What it is known again by."""
    accepted: str = ""
    """Why the baseline accepts it, or empty."""
    known: str = ""
    """Why it counts for nothing all the same (expected by the author, got around), or empty."""
    sample: Sample | None = None
    """The sample it was found in, or None."""
    finding: Finding | None = None
    """The finding, or None."""

    @property
    def excused(self) -> str:
        """Why it counts for nothing, or empty where it counts."""
        return f"accepted: {self.accepted}" if self.accepted else self.known

    @property
    def ours(self) -> bool:
        """True where the harness or its engine failed, which says nothing of the page."""
        return self.code == Code.INTERNAL

    @property
    def place(self) -> str:
        """``page:line:column``, or the page where it is meant as a whole."""
        return f"{self.page}:{self.line}:{self.column}" if self.line else self.page


def entries(report: Report) -> list[Entry]:
    """Return all that a report tells, in the order of its pages and their lines.

    Args:
        report: The report.
    """
    found = [
        *(_fault(fault) for fault in report.faults),
        *(_finding(sample, finding) for sample in report.samples for finding in sample.findings),
        *(_surprise(sample) for sample in report.samples if sample.surprise),
    ]
    pages = [page.path for page in report.pages] or [entry.page for entry in found]
    order = {path: number for number, path in enumerate(dict.fromkeys(pages))}
    return sorted(found, key=lambda one: (order.get(one.page, len(order)), one.line, one.column, one.code, one.symbol))


def worst_first(found: list[Entry]) -> list[Entry]:
    """Return entries by weight, those that count for nothing last; else in the order that they had."""
    levels = list(Level)
    return sorted(found, key=lambda one: (bool(one.excused), levels.index(one.level)))


def told_again(sample: Sample) -> str:
    """Return why nothing that is found in a sample counts, or an empty string where it does."""
    return f"expected: {sample.expected}" if sample.expected and not sample.surprise else ""


def _finding(sample: Sample, finding: Finding) -> Entry:
    width = finding.end_column - finding.column
    settled = "the harness found a way around it" if finding.settled else ""
    return Entry(
        page=sample.page,
        line=finding.page_line,
        column=finding.page_column,
        end_column=finding.page_column + width if width > 0 else 0,
        code=finding.code,
        symbol=finding.symbol,
        message=finding.message,
        level=level_of(finding.code),
        fingerprint=finding.fingerprint,
        accepted=finding.accepted,
        known=told_again(sample) or settled,
        sample=sample,
        finding=finding,
    )


def _fault(fault: Fault) -> Entry:
    return Entry(
        page=fault.page,
        line=fault.line,
        column=fault.column,
        end_column=0,
        code=fault.code,
        symbol="",
        message=fault.message,
        level=level_of(fault.code),
        fingerprint=fault.fingerprint,
        accepted=fault.accepted,
    )


def _surprise(sample: Sample) -> Entry:
    named = f"{sample.slug}\0{EXPECTATION}\0{sample.expected}\0{sample.code}"
    return Entry(
        page=sample.page,
        line=sample.page_line,
        column=1,
        end_column=0,
        code=EXPECTATION,
        symbol="",
        message=f"not as expected: {sample.surprise}",
        # what its author skips is not held against the page, only the skip is
        level=Level.ERROR if sample.expected else Level.WARNING,
        fingerprint=hashlib.sha256(named.encode()).hexdigest()[:32],
        sample=sample,
    )


def level_of(code: str) -> Level:
    """Return how much a finding of that code weighs."""
    if code in _BROKEN:
        return Level.ERROR
    return Level.NOTE if code in _NOTED else Level.WARNING
