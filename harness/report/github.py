"""Workflow commands that GitHub Actions shows beside the lines of a page, and the summary of a job.

A runner reads commands from whatever a step prints. So every text is escaped:
no message, path or name from a page can end its own command or begin another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report import markdown
from harness.report.entries import Entry, Level, entries, worst_first
from harness.report.text import plain
from harness.report.words import details, totals

if TYPE_CHECKING:
    from harness.report.wire import Report

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
"""Names the file that a step adds its summary to."""
SUMMARY_LIMIT = 200_000
"""Characters of a summary; GitHub takes a mebibyte of a step."""
MOST = 10
"""Annotations of one level that GitHub shows of a step."""
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def render(report: Report) -> bytes:
    """Return a report as workflow commands, the worst first, and how many GitHub would not show.

    Args:
        report: The report.
    """
    found = [one for one in worst_first(entries(report)) if not one.excused]
    lines = []
    for level, command in _COMMANDS.items():
        mine = [one for one in found if one.level is level]
        lines += [_command(command, one) for one in mine[:MOST]]
        if len(mine) > MOST:
            lines.append(f"{len(mine) - MOST} more of level {level} are in the job summary")
    return ("\n".join([*lines, f"harness: {totals(report)}"]) + "\n").encode()


def summary(report: Report) -> bytes:
    """Return what is added to the summary of a job.

    Args:
        report: The report.
    """
    return markdown.render(report, SUMMARY_LIMIT) + b"\n"


def _command(command: str, entry: Entry) -> str:
    properties = {
        "file": entry.page.removeprefix("./"),
        "line": str(entry.line) if entry.line else "",
        "col": str(entry.column) if entry.line else "",
        "endColumn": str(entry.end_column) if entry.line and entry.end_column else "",
        "title": f"{entry.code} {entry.symbol}".strip(),
    }
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    text = "\n".join(plain(line) for line in "\n".join([entry.message, *details(entry)]).split("\n"))
    return f"::{command} {given}::{_data(text)}"


def _data(text: str) -> str:
    """Escape what stands behind a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape what stands inside a command."""
    return _data(plain(text)).replace(":", "%3A").replace(",", "%2C")
