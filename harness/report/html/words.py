"""A finding told as people speak of it: since when, beside the page's own date, and what the line becomes."""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
from typing import TYPE_CHECKING

from harness.model.verdict import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.report.wire import Finding, Page

_ENDED = {Kind.REMOVED: "gone in", Kind.DEPRECATED: "deprecated in"}
"""What a release did to what a page uses; any other kind broke."""


def month(date: str) -> str:
    """Return the month and year of an ISO date, or the text itself where it is none."""
    try:
        day = dt.date.fromisoformat(date[:10])
    except ValueError:
        return date
    return f"{calendar.month_name[day.month]} {day.year}"


def story(finding: Finding, page: Page) -> str:
    """Return a finding's history beside its page's, or an empty string where nothing is known.

    Args:
        finding: The finding.
        page: The page that it stands on.
    """
    told = finding.history
    if told is None:
        return ""
    updated = f"; the page was last updated {month(page.updated)}" if page.updated else ""
    if told.last_good is None:
        many = f"{told.releases_checked} release{'s' * (told.releases_checked != 1)} checked"
        return f"no release of {told.distribution} ever had it ({many}){updated}"
    if told.first_bad is None:
        return f"last seen in {told.distribution} {told.last_good}{updated}"
    when = f", {month(told.first_bad_date)}" if told.first_bad_date else ""
    return (
        f"worked until {told.distribution} {told.last_good}, "
        f"{_ENDED.get(finding.kind, 'broke in')} {told.first_bad}{when}{updated}"
    )


def difference(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of a change: ``-``, ``+`` or a space, and the line.

    Args:
        before: What stands on the page.
        after: What is to stand there.
    """
    changed = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="")
    for line in list(changed)[2:]:
        if not line.startswith("@@"):
            yield line[0], line[1:]
