"""What a finding is told in, alike in every format: its history, what to write instead, what was seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.model.verdict import JUDGED, Verdict

if TYPE_CHECKING:
    from harness.model import verdict as model
    from harness.report.entries import Entry
    from harness.report.wire import History, Report


BREAKS_NEXT = "will break with what is coming: "
"""How the note of a run begins that fails with pre-releases and not with today's versions."""


def history(told: History | model.History) -> str:
    """Put what the published releases say into words."""
    looked = f"{told.releases_checked} release{'s' * (told.releases_checked != 1)} checked"
    if told.last_good is None:
        return f"no release of {told.distribution} has it ({looked})"
    if told.first_bad is None:
        return f"last seen in {told.distribution} {told.last_good} ({looked})"
    date = f"{told.first_bad_date}, " if told.first_bad_date else ""
    return f"last worked in {told.distribution} {told.last_good}, broke with {told.first_bad} ({date}{looked})"


def details(entry: Entry) -> list[str]:
    """Return what else there is to say of an entry, a line each; the message is not among it."""
    lines = []
    if entry.finding is not None:
        finding = entry.finding
        lines += [history(finding.history)] if finding.history else []
        if finding.suggestion:
            lines.append(f"instead: {finding.suggestion.text}")
            proof = "tried: it works" if finding.suggestion.verified else "not tried"
            lines += [f"{finding.suggestion.replacement}   ({proof})"] if finding.suggestion.replacement else []
        lines += [f"seen: {finding.evidence.strip()}"] if finding.evidence.strip() else []
    lines += [f"in {entry.sample.id}"] if entry.sample else []
    return lines


def totals(report: Report) -> str:
    """Return how many samples have which verdict, as ``3 samples: 2 ok, 1 outdated``."""
    verdicts = Counter(sample.verdict for sample in report.samples)
    counted = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in Verdict if verdicts[verdict])
    many = f"{len(report.samples)} sample{'s' * (len(report.samples) != 1)}"
    return f"{many}: {counted}" if counted else many


def accuracy(report: Report) -> tuple[int, int]:
    """Return how many samples work, of how many that could be judged.

    What was skipped, what has no environment and what the harness failed on says nothing of the pages.
    """
    verdicts = Counter(sample.verdict for sample in report.samples)
    judged = sum(verdicts[one] for one in JUDGED)
    return verdicts[Verdict.OK], judged
