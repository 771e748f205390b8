"""The comment: the worst first, within its bounds, and it says what it leaves out."""

from __future__ import annotations

import re

import pytest

from harness.model.verdict import Code, PlacedFinding, Verdict
from harness.report import markdown
from tests.unit.report.helpers import finding, sample, told


def test_the_worst_comes_first_and_what_does_not_fit_is_counted() -> None:
    notes = [finding(f"note {number}", code=Code.SERVICE, line=number) for number in range(1, 200)]
    errors = [finding(f"error {number}", line=number) for number in range(300, 700)]
    made = told(sample(*notes, *errors))
    text = markdown.render(made).decode()
    assert len(text) <= markdown.LIMIT
    shown = len(re.findall(r"^- ", text, re.MULTILINE))
    assert "note 1" in text
    small = markdown.render(made, 20_000).decode()
    assert len(small) <= 20_000
    assert "note" not in small
    cut = len(re.findall(r"^- ", small, re.MULTILINE))
    assert f"{599 - cut} more findings did not fit into this comment, {400 - cut} of them errors" in small
    assert 0 < cut < shown


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_one_finding_cannot_take_all_the_room(size: int) -> None:
    made = told(sample(*[finding("long " + "x" * size, line=line) for line in range(1, 100)]))
    text = markdown.render(made).decode()
    assert len(text) <= markdown.LIMIT
    assert "## Code samples: 0 of 1 work" in text
    assert text.count("long xxx") > 10


def test_nothing_wrong_is_said() -> None:
    text = markdown.render(told(sample(verdict=Verdict.OK))).decode()
    assert "1 of 1 work" in text
    assert "Nothing is wrong." in text


def test_what_counts_for_nothing_is_counted_and_not_listed() -> None:
    accepted = PlacedFinding(finding().finding, 13, 1, "beta.x()", accepted="for now")
    text = markdown.render(told(sample(accepted))).decode()
    assert "1 more findings are accepted or expected and not listed" in text
    assert "beta.x" not in text
