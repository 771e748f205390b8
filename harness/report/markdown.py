"""A comment for a pull request: what is wrong, the worst first, within the size that such a comment may have.

Everything that pages, samples and libraries say is made harmless: it forms no
link, no HTML and no heading, and calls nobody by ``@name``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.model.verdict import Verdict
from harness.report.entries import Entry, Level, entries, worst_first
from harness.report.text import plain
from harness.report.words import accuracy, details, totals

if TYPE_CHECKING:
    from harness.report.wire import Report

LIMIT = 65_536
"""Characters that GitHub takes in one comment."""
_RESERVE = 400
"""Characters kept for saying what was left out."""
_MESSAGE = 600
"""Characters of its message that one entry may show, and of its symbol."""
_DETAIL = 1_500
"""Characters of what was seen that one entry may show."""
_MARKS = {Level.ERROR: "❌", Level.WARNING: "⚠️", Level.NOTE: "i"}
_SPECIAL = re.compile(r"([\\*_\[\]<>#|~&$]|(?<=:)//|(?<=www)\.)")
"""What has a meaning inside a line; the last two would make a link of an address."""
_QUOTED = re.compile(r"`([^`]+)`")


def render(report: Report, limit: int = LIMIT) -> bytes:
    """Return a report as Markdown.

    Args:
        report: The report.
        limit: Characters that it may have.
    """
    found = worst_first(entries(report))
    open_ones = [one for one in found if not one.excused]
    head = _head(report, open_ones, len(found) - len(open_ones))
    shown, used = [head], len(head)
    for number, entry in enumerate(open_ones):
        item = _item(entry)
        if used + len(item) > limit - _RESERVE:
            shown.append(_left_out(open_ones[number:]))
            break
        shown.append(item)
        used += len(item)
    return "".join(shown)[:limit].encode()


def _head(report: Report, open_ones: list[Entry], excused: int) -> str:
    good, judged = accuracy(report)
    lines = [f"## Code samples: {good} of {judged} work", "", f"{totals(report)}."]
    errored = sum(sample.verdict is Verdict.ERROR for sample in report.samples)
    if errored:
        lines.append(f"The harness failed on {errored} of them, so this report is not whole.")
    if report.interrupted:
        lines.append("The check was interrupted: the rest was not run.")
    if excused:
        lines.append(f"{excused} more findings are accepted or expected and not listed.")
    lines += [f"Baseline: {spoken(one.message)}." for one in report.overdue[:20]]
    if len(report.overdue) > 20:  # noqa: PLR2004 - said in the same line
        lines.append(f"Baseline: {len(report.overdue) - 20} more entries are to be looked at.")
    lines += ["", "Nothing is wrong." if not open_ones else "", ""]
    return "\n".join(lines)


def _item(entry: Entry) -> str:
    symbol = f" {inline(_bounded(entry.symbol))}" if entry.symbol else ""
    message = spoken(_bounded(entry.message))
    lines = [f"- {_MARKS[entry.level]} {inline(entry.place)} **{entry.code}**{symbol}: {message}"]
    text = "\n".join(details(entry))
    if len(text) > _DETAIL:
        text = text[:_DETAIL] + "\n… the JSON report has the rest"
    fence = "`" * (max((len(run) for run in re.findall("`{3,}", text)), default=2) + 1)
    shown = [f"  {plain(line)}" for line in text.split("\n")]
    if text:
        lines += ["  <details><summary>more</summary>", "", f"  {fence}text", *shown, f"  {fence}", "", "  </details>"]
    return "\n".join(lines) + "\n"


def _bounded(text: str) -> str:
    return text if len(text) <= _MESSAGE else text[:_MESSAGE] + "…"


def _left_out(entries_left: list[Entry]) -> str:
    errors = sum(one.level is Level.ERROR for one in entries_left)
    weigh = f", {errors} of them errors" if errors else ", none of them an error"
    return f"\n{len(entries_left)} more findings did not fit into this comment{weigh}; the JSON report has them all.\n"


def inline(text: str) -> str:
    """Return text as a code span that nothing in it can leave."""
    text = plain(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"`{text or ' '}`"


def spoken(text: str) -> str:
    """Return a message in which only what stands in backticks has a form."""
    pieces = _QUOTED.split(plain(text))
    # what was split at a group has the group's text at every second place
    return "".join(inline(piece) if number % 2 else _escaped(piece) for number, piece in enumerate(pieces))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text.replace("`", "'")).replace("@", "@\u200b")
