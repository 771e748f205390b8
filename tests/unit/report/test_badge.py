"""The badge: what it counts and how it looks."""

from __future__ import annotations

import json

import pytest

from harness.model.verdict import Verdict
from harness.report import badge
from tests.unit.report.helpers import sample, told

GOOD, BAD, NONE = Verdict.OK, Verdict.OUTDATED, Verdict.UNRUNNABLE


@pytest.mark.parametrize(
    ("verdicts", "message", "color"),
    [
        ([], "none judged", "lightgrey"),
        ([NONE, Verdict.SKIPPED, Verdict.ERROR], "none judged", "lightgrey"),
        ([GOOD, GOOD, NONE], "2 of 2 ok", "brightgreen"),
        ([GOOD] * 9 + [BAD], "9 of 10 ok", "yellow"),
        ([GOOD] * 8 + [BAD, Verdict.INCOMPLETE], "8 of 10 ok", "red"),
    ],
)
def test_it_counts_what_could_be_judged(verdicts: list[Verdict], message: str, color: str) -> None:
    made = told(*(sample(verdict=one) for one in verdicts))
    data = json.loads(badge.endpoint(made))
    assert (data["message"], data["color"]) == (message, color)
    assert message in badge.svg(made).decode()
