"""Results over time as a terminal shows them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from harness.ledger.compare import compare
from harness.model.verdict import Verdict
from harness.report import over_time
from tests.unit.ledger.recorded import SUMMARY, finding, job, run, sample


def shown(show: object, told: object, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding=encoding, write_through=True), width=200, highlight=False)
    show(told, console)  # type: ignore[operator]
    return raw.getvalue().decode(encoding)


def test_a_difference_says_which_release_did_it_and_where() -> None:
    found = compare(run(sample()), run(sample(finding(), jobs=(job("2.1.0"),)), number=2))
    assert shown(over_time.difference, found).splitlines() == [
        "from run 1, 2026-03-01 10:00: 100% (1 of 1)",
        "to   run 2, 2026-03-01 10:00: 0% (0 of 1)",
        "",
        "newly broken: 1",
        "  p#0  ok → outdated",
        "    p.md:13 A002 beta has no x",
        "      beta 1.0.0 → 2.1.0 between the runs: beta 2.0.0 of 2022-07-27 did it",
        "",
        "newly fixed: 0",
        "",
        "still broken: 0",
    ]


def test_what_pages_and_libraries_say_steers_no_terminal() -> None:
    told = finding("f", message="\x1b[31mred\x1b[0m [bold]x[/bold]", symbol="a\u202eb")
    bad = sample(told, id="\x1b]0;p#0", page="\x1b.md", jobs=(job(**{"\x1b": "\x1b"}),))
    for show, what in (
        (over_time.difference, compare(run(sample(id=bad.id)), run(bad, commit="\x1b", number=2))),
        (over_time.subject, [(SUMMARY, (bad,))]),
        (over_time.runs, [replace(SUMMARY, commit="\x1b", options={"as-of": "\x1b"})]),
    ):
        text = shown(show, what)
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "[bold]x[/bold]" in shown(over_time.difference, compare(run(sample(id=bad.id)), run(bad)))


@pytest.mark.parametrize(("encoding", "bars"), [("utf-8", "▁▄█"), ("ascii", "_=@")])
def test_accuracy_is_drawn_in_what_the_terminal_can_show(encoding: str, bars: str) -> None:
    assert over_time.bars([0.0, 0.45, 1.0], encoding) == bars
    told = [replace(SUMMARY, id=number, verdicts={Verdict.OK: number, Verdict.OUTDATED: 1}) for number in (0, 1, 9)]
    assert "3 runs" in shown(over_time.trend, told, encoding).splitlines()[0]


def test_one_broken_of_many_is_not_all() -> None:
    assert (
        over_time.percent(replace(SUMMARY, verdicts={Verdict.OK: 9999, Verdict.OUTDATED: 1})) == "99.9% (9999 of 10000)"
    )
    assert over_time.percent(SUMMARY) == "-"
