"""What a night tells of a report with every code and verdict, held against files that ``--update-golden`` rewrites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.ledger import database
from harness.ledger.night import night
from harness.ledger.origin import Origin
from harness.model.execution import Outcome
from harness.model.night import Night
from harness.model.verdict import Report, Verdict
from harness.report import night as words
from harness.report.encode import to_wire
from harness.report.fingerprint import fingerprinted
from harness.report.words import BREAKS_NEXT
from tests.golden.made_up import RUN, report

HERE = Path(__file__).parent
WHERE = Origin("c0ffee", "1" * 40)
COMING = replace(
    RUN, lane="next", outcome=Outcome.FAILED, packages=(("beta", "4.0rc1"),), notes=(BREAKS_NEXT + "beta.<b>",)
)

OLD = replace(
    RUN, packages=(("beta", "1.4.1"),), lock="sha256:" + "1" * 64, locked=(("beta", "1.4.1"), ("gamma", "1.0"))
)


def before() -> Report:
    """Return the night before: a sample worked, another had one fault less, a third one more, a fourth was not there."""
    made = report()
    first, second, third, *rest = made.samples
    worked = replace(second, findings=(), verdict=Verdict.OK, runs=(OLD,))
    samples = (
        replace(first, verdict=Verdict.OUTDATED),
        worked,
        replace(third, findings=third.findings[1:]),
        *rest[:-1],
    )
    return fingerprinted(replace(made, samples=samples, faults=(), started="2026-02-28T02:23:00+00:00"))


def after() -> Report:
    made = report()
    first, *rest = made.samples
    return replace(made, samples=(replace(first, runs=(*first.runs, COMING)), *rest))


@pytest.fixture
def told(tmp_path: Path) -> Night:
    ledger = database.connect("", tmp_path)
    night(ledger, to_wire(before()), WHERE)
    return night(ledger, to_wire(after()), WHERE)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("nightly-summary.md", lambda told: words.summary(told, to_wire(after()))),
        ("nightly-issue.md", words.issue),
        ("nightly-news.md", words.news),
    ],
)
def test_the_golden_file_is_what_is_written(
    name: str, made: Callable[[Night], bytes], told: Night, request: pytest.FixtureRequest
) -> None:
    path = HERE / name
    if request.config.getoption("--update-golden"):
        path.write_bytes(made(told))
    assert made(told) == path.read_bytes(), "rewrite with --update-golden where the change is meant"
