"""A spreadsheet: one row for each finding, one for each sample without any."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from harness.report.entries import Entry, entries
from harness.report.words import history

if TYPE_CHECKING:
    from harness.report.wire import Page, Report, Sample

COLUMNS = (
    "page", "line", "column", "sample", "role", "verdict", "code", "kind", "symbol", "message", "confidence",
    "excused", "distribution", "last_good", "first_bad", "first_bad_date", "history", "suggestion", "replacement",
    "verified", "tool", "category", "updated", "fingerprint",
)  # fmt: skip
"""The columns, in their order; new ones are added behind the last."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - wide ones count for some spreadsheets
"""What makes a spreadsheet compute a cell in place of showing it."""


def render(report: Report) -> bytes:
    """Return a report as CSV (RFC 4180, UTF-8 with a mark, which spreadsheets need to see it).

    No cell can be taken for a formula: what begins like one has an apostrophe in front.

    Args:
        report: The report.
    """
    pages = {page.path: page for page in report.pages}
    found = entries(report)
    told = {one.sample.id for one in found if one.sample}
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    table.writeheader()
    rows = [_of_entry(one, pages.get(one.page)) for one in found]
    rows += [_of_sample(one, pages.get(one.page)) for one in report.samples if one.id not in told]
    for row in rows:
        table.writerow({name: _cell(value) for name, value in row.items()})
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if isinstance(value, str):
        value = value.replace("\0", "")
        return "'" + value if value.lstrip(" ").startswith(_FORMULA) else value
    return value


def _of_entry(entry: Entry, page: Page | None) -> dict[str, object]:
    row: dict[str, object] = _of_sample(entry.sample, page) if entry.sample else _of_page(page)
    row |= {
        "page": entry.page, "line": entry.line, "column": entry.column, "code": entry.code, "symbol": entry.symbol,
        "message": entry.message, "excused": entry.excused, "fingerprint": entry.fingerprint,
    }  # fmt: skip
    finding = entry.finding
    if finding:
        row |= {"kind": str(finding.kind), "confidence": str(finding.confidence)}
        if finding.history:
            past = finding.history
            row |= {
                "distribution": past.distribution, "last_good": past.last_good or "", "first_bad": past.first_bad or "",
                "first_bad_date": past.first_bad_date or "", "history": history(past),
            }  # fmt: skip
        if finding.suggestion:
            said = finding.suggestion
            verified = "yes" if said.verified else "no"
            row |= {"suggestion": said.text, "replacement": said.replacement or "", "verified": verified}
    return row


def _of_sample(sample: Sample, page: Page | None) -> dict[str, object]:
    told = {
        "page": sample.page, "line": sample.page_line, "sample": sample.id, "role": sample.role,
        "verdict": str(sample.verdict), "message": sample.reason,
    }  # fmt: skip
    return _of_page(page) | told


def _of_page(page: Page | None) -> dict[str, object]:
    return {"tool": page.tool, "category": page.category, "updated": page.updated} if page else {}
