"""One line for each finding, in the form that editors and compilers have in common: ``page.md:12:5: error: …``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.entries import Entry, entries
from harness.report.text import inert, plain

if TYPE_CHECKING:
    from harness.report.wire import Report


def render(report: Report) -> bytes:
    """Return a report as lines, in the order of the pages; what counts for nothing is left out.

    Args:
        report: The report.
    """
    return "".join(f"{_line(one)}\n" for one in entries(report) if not one.excused).encode()


def _line(entry: Entry) -> str:
    said = [entry.message]
    if entry.finding and (suggestion := entry.finding.suggestion):
        tried = suggestion.replacement if suggestion.verified else None
        said.append(f"instead: {tried.strip()} (tried: it works)" if tried else f"instead: {suggestion.text}")
    place = f"{plain(entry.page)}:{max(entry.line, 1)}:{max(entry.column, 1)}"
    return inert(f"{place}: {entry.level}: {entry.code} {'; '.join(map(plain, said))}")
