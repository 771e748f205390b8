"""A night among the nights before it: what is news, what is open, what is told again and recorded once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from harness.ledger import database, read
from harness.ledger.night import night
from harness.ledger.origin import Origin
from harness.ledger.record import record
from harness.model.difference import ChangedSample
from harness.model.execution import Outcome
from harness.model.night import Night
from harness.model.verdict import Code, PageFault, RunRecord, SampleReport, Verdict
from harness.report import wire
from tests.unit.report.helpers import finding, sample, told

WHERE = Origin("pages")
GONE = sample(finding("beta has no x"))
WORSE = sample(finding("beta has no x"), finding("beta has no y", symbol="beta.y", line=4))
FINE = sample(verdict=Verdict.OK)
FAILED = sample(verdict=Verdict.ERROR)


@pytest.fixture
def ledger(tmp_path: Path) -> database.Database:
    return database.connect("", tmp_path)


def at(day: int, *samples: SampleReport, hour: int = 2, **more: object) -> wire.Report:
    """Return what the night of a day in March found."""
    when = f"2026-03-{day:02}T{hour:02}:00:00+00:00"
    return msgspec.structs.replace(told(*samples, **more), started=when, finished=when)


def last(ledger: database.Database, *reports: wire.Report, origin: Origin = WHERE) -> Night:
    """Return the last of some nights."""
    return [night(ledger, one, origin) for one in reports][-1]


def symbols(samples: Iterable[ChangedSample]) -> list[tuple[str, list[str]]]:
    return [(one.id, [found.finding.symbol for found in one.findings]) for one in samples]


def test_the_first_night_has_nothing_to_say(ledger: database.Database) -> None:
    first = last(ledger, at(1, GONE))
    assert (first.run.id, first.before, first.since) == (1, None, None)
    assert (first.broken, first.fixed, first.open) == ((), (), ())


def test_what_breaks_is_news_once_and_open_until_it_is_mended(ledger: database.Database) -> None:
    broke = last(ledger, at(1, FINE), at(2, GONE))
    assert symbols(broke.broken) == symbols(broke.open) == [("p#0", ["beta.x"])]
    assert (broke.before, broke.since) == (read.runs(ledger)[0], read.runs(ledger)[0])
    still = last(ledger, at(3, GONE))
    assert still.broken == ()
    assert symbols(still.open) == [("p#0", ["beta.x"])]
    more = last(ledger, at(4, WORSE))
    assert symbols(more.broken) == [("p#0", ["beta.y"])]
    assert symbols(more.open) == [("p#0", ["beta.x", "beta.y"])]
    assert more.since
    assert more.since.id == 1
    partly = last(ledger, at(5, GONE))
    assert symbols(partly.fixed) == [("p#0", ["beta.y"])]
    assert symbols(partly.open) == [("p#0", ["beta.x"])]
    mended = last(ledger, at(6, FINE))
    assert (mended.broken, mended.open) == ((), ())
    assert symbols(mended.fixed) == [("p#0", ["beta.x"])]
    again = last(ledger, at(7, FINE), at(8, GONE), at(9, GONE))
    assert symbols(again.open) == [("p#0", ["beta.x"])], "what broke once more is open once more"
    assert again.since
    assert again.since.id == 7


def test_what_was_broken_from_the_first_night_on_is_no_news(ledger: database.Database) -> None:
    told_last = last(ledger, at(1, GONE), at(2, GONE), at(3, GONE))
    assert (told_last.broken, told_last.open) == ((), ())


def test_the_same_night_is_recorded_once_and_says_the_same_again(ledger: database.Database) -> None:
    first = last(ledger, at(1, FINE), at(2, GONE))
    again = last(ledger, at(2, GONE, hour=9))
    assert not first.again
    assert again == replace(first, again=True)
    assert [one.id for one in read.runs(ledger)] == [1, 2]
    assert last(ledger, at(2, WORSE, hour=10)).run.id == 3, "another answer is another run"
    assert symbols(last(ledger, at(2, WORSE, hour=11)).broken) == [("p#0", ["beta.x", "beta.y"])]
    assert len(read.runs(ledger)) == 3
    jobs = [RunRecord("current", "3.13", "fake", Outcome.FAILED, seconds=9, cached=known) for known in (False, True)]
    ran = [at(2, sample(*WORSE.findings, runs=(replace(job, seconds=n),)), hour=12) for n, job in enumerate(jobs)]
    assert {last(ledger, one).run.id for one in ran} == {4}, "how long a job took, and who answered, is of no account"
    assert last(ledger, at(3, WORSE)).run.id == 5, "the next night is recorded whatever it says"


def test_only_complete_runs_of_the_same_pages_are_compared(ledger: database.Database) -> None:
    record(ledger, at(1, FINE, interrupted=True), WHERE)
    record(ledger, at(1, FINE), Origin("other pages"))
    assert last(ledger, at(2, GONE)).before is None


def test_a_failure_of_the_harness_hides_no_breakage_and_mends_none(ledger: database.Database) -> None:
    behind = last(ledger, at(1, FINE), at(2, FAILED), at(3, FAILED), at(4, GONE))
    assert symbols(behind.broken) == [("p#0", ["beta.x"])], "it is held against the last night that judged it"
    unseen = last(ledger, at(5, FAILED))
    assert (unseen.broken, unseen.fixed) == ((), ())
    assert symbols(unseen.open) == [("p#0", ["beta.x"])]
    assert last(ledger, at(6, FINE)).open == ()


def test_what_is_accepted_expected_or_a_note_pages_nobody(ledger: database.Database) -> None:
    assert symbols(last(ledger, at(1, FINE), at(2, GONE)).broken) == [("p#0", ["beta.x"])]
    accepted = sample(replace(GONE.findings[0], accepted="a review is planned"))
    assert last(ledger, at(3, accepted)).open == ()
    expected = sample(*WORSE.findings, expected="outdated")
    assert last(ledger, at(4, FINE), at(5, expected)).broken == ()
    surprising = sample(*WORSE.findings, expected="A005", surprise="A002 instead of A005")
    assert last(ledger, at(6, FINE), at(7, surprising)).broken
    faults = (PageFault("p.md", 3, "no language is given", Code.LANGUAGE),)
    assert last(ledger, at(8, FINE), at(9, FINE, faults=faults)).broken == ()
    lost = (PageFault("p.md", 3, "it does not render as code", Code.RENDERING),)
    assert symbols(last(ledger, at(10, FINE, faults=lost)).broken) == [("", [""])]


def test_a_sample_that_is_new_and_broken_is_news(ledger: database.Database) -> None:
    new = sample(finding("beta has no z", symbol="beta.z"), id="p#1", code="beta.z()\n")
    skipped = sample(verdict=Verdict.SKIPPED, id="p#2", code="later")
    came = last(ledger, at(1, FINE), at(2, FINE, new, skipped))
    assert symbols(came.broken) == [("p#1", ["beta.z"])]
    assert came.broken[0].before is None


def test_a_line_that_was_deprecated_and_is_gone_is_not_fixed(ledger: database.Database) -> None:
    old = sample(finding("beta.x is deprecated", code=Code.DEPRECATED))
    worse = last(ledger, at(1, old), at(2, GONE))
    assert symbols(worse.broken) == [("p#0", ["beta.x"])]
    assert worse.fixed == ()
    faults = (PageFault("p.md", 3, "it does not render", Code.RENDERING), PageFault("p.md", 9, "?", Code.DIRECTIVE))
    other = last(ledger, at(3, FINE, faults=faults[:1]), at(4, FINE, faults=faults[1:]))
    assert (len(other.broken), len(other.fixed)) == (1, 1), "faults of a page are no lines of a sample"


def test_a_run_with_the_libraries_of_an_earlier_day_is_a_night_of_that_day(ledger: database.Database) -> None:
    then = Origin("pages", options={"as-of": "2026-01-31"})
    assert last(ledger, at(2, FINE), origin=then).run.id == 1
    today = last(ledger, at(2, GONE, hour=3))
    assert today.before
    assert today.before.id == 1
    assert symbols(today.broken) == [("p#0", ["beta.x"])]
    earlier = last(ledger, at(2, FINE, hour=4), origin=Origin("pages", options={"as-of": "2025-01-31"}))
    assert earlier.before is None, "nothing is earlier than that"
