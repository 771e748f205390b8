"""What a baseline makes of a report."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from harness.baseline import Accepted, Baseline, acceptable, applied, compare, entry_for, today
from harness.model.verdict import Report, Verdict
from harness.report.encode import to_wire
from tests.golden.made_up import report

DAY = dt.date(2026, 6, 1)
MADE = replace(report(), overdue=())
WITHOUT_ERRORS = replace(MADE, samples=tuple(one for one in MADE.samples if one.verdict is not Verdict.ERROR))


def baseline(made: Report, until: dt.date = DAY) -> Baseline:
    told = to_wire(made)
    return Baseline(Path("b.toml"), {}, {}).added(entry_for(told, one, "known", until) for one in acceptable(told))


def test_all_that_a_page_is_to_blame_for_can_be_accepted() -> None:
    codes = {one.code for one in acceptable(to_wire(MADE))}
    assert {"A001", "A005", "S101", "P401", "P403", "P404"} <= codes
    assert "X901" not in codes, "our own failures are never accepted"
    assert "expect" not in codes
    assert "E201" not in codes, "its author expects that already"


def test_nothing_is_new_when_all_is_accepted() -> None:
    found = compare(to_wire(MADE), baseline(MADE), DAY)
    assert not found.new
    assert not found.overdue
    assert set(found.accepted.values()) == {"known (until 2026-06-01)"}


def test_a_finding_that_nothing_accepts_is_new() -> None:
    known = baseline(MADE)
    gone = next(iter(known.entries))
    (new,) = compare(to_wire(MADE), known.without([gone]), DAY).new
    assert new.fingerprint == gone


def test_an_entry_holds_through_its_last_day() -> None:
    found = compare(to_wire(MADE), baseline(MADE), DAY + dt.timedelta(days=1))
    assert not found.accepted
    assert not found.new, "expired is not new"
    assert len(found.expired) == len(baseline(MADE).entries)
    assert "was accepted until 2026-06-01" in found.overdue[0].message


def only(made: Report, *ids: str) -> Report:
    return replace(made, samples=tuple(one for one in made.samples if one.id in ids), faults=())


def test_what_is_gone_from_a_page_that_was_looked_at_whole_is_stale() -> None:
    clean = replace(
        WITHOUT_ERRORS, samples=tuple(replace(one, findings=()) for one in WITHOUT_ERRORS.samples), faults=()
    )
    stale = compare(to_wire(clean), baseline(MADE), DAY).stale
    assert {one.page for one in stale} == {"alpha-vs-beta", "[bold]harm[/bold]"}, "site/broken.md was not looked at"


@pytest.mark.parametrize(
    "part",
    [
        only(MADE, "alpha-vs-beta#0", "alpha-vs-beta#5"),
        replace(MADE, samples=tuple(replace(one, findings=()) for one in MADE.samples), faults=(), interrupted=True),
    ],
    ids=["a sample errored", "interrupted"],
)
def test_nothing_is_stale_where_not_all_was_seen(part: Report) -> None:
    assert compare(to_wire(part), baseline(MADE), DAY).stale == ()


def test_nothing_is_stale_where_samples_of_the_page_were_not_selected() -> None:
    ids = [one.id for one in MADE.samples if one.id.startswith("alpha")]
    items = tuple(replace(MADE.inventory[0], sample=name) for name in ids)
    part = replace(only(MADE, "alpha-vs-beta#0"), inventory=items)
    assert compare(to_wire(part), baseline(MADE), DAY).stale == ()
    whole = replace(part, inventory=items[:1])
    assert compare(to_wire(whole), baseline(MADE), DAY).stale != ()


def test_an_entry_tells_a_person_what_it_accepts() -> None:
    told = to_wire(MADE)
    one = next(one for one in acceptable(told) if one.code == "A003")
    assert entry_for(told, one, "why", DAY) == Accepted(
        one.fingerprint, "alpha-vs-beta", "A003", "why", DAY, "beta.run(retries=)", "beta.run(retries=3)"
    )


def test_a_report_says_what_is_accepted() -> None:
    until = today() + dt.timedelta(days=1)
    told = applied(MADE, baseline(MADE, until))
    assert all(one.accepted for one in told.samples[1].findings)
    assert all(one.accepted for one in told.faults)
    late = applied(MADE, baseline(MADE, today() - dt.timedelta(days=1)))
    assert not any(one.accepted for one in late.samples[1].findings)
    assert late.overdue
    assert applied(MADE, Baseline(Path("b.toml"), {}, {})) is MADE
