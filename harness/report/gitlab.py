"""GitLab's code quality report: a JSON list of issues, known again by fingerprint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.report.entries import Entry, Level, entries
from harness.report.words import details

if TYPE_CHECKING:
    from harness.report.wire import Report

_SEVERITIES = {Level.ERROR: "major", Level.WARNING: "minor", Level.NOTE: "info"}


def render(report: Report) -> bytes:
    """Return a report as GitLab reads it; what counts for nothing and what is our own failure is left out.

    Args:
        report: The report.
    """
    issues = [_issue(entry) for entry in entries(report) if not entry.excused and not entry.ours]
    return (json.dumps(issues, ensure_ascii=False, indent=1) + "\n").encode()


def _issue(entry: Entry) -> dict[str, object]:
    return {
        "description": entry.message,
        "check_name": entry.code,
        "fingerprint": entry.fingerprint,
        "severity": _SEVERITIES[entry.level],
        "location": {"path": entry.page.removeprefix("./"), "lines": {"begin": max(entry.line, 1)}},
        "content": {"body": "\n".join(details(entry))},
    }
