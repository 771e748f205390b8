"""What the overview says of earlier runs."""

from __future__ import annotations

import re

from harness.model.difference import Cause, ChangedFinding, ChangedSample, Difference, Move, Reason
from harness.model.ledger import RecordedFinding, RunSummary
from harness.model.past import Past
from harness.model.verdict import Verdict
from harness.report import html
from harness.report.encode import to_wire
from harness.report.html.charts import HEIGHT, WIDTH, trend
from tests.golden import made_up
from tests.unit.report.test_html import NASTY, TAGS, Read


def run(number: int, ok: int, outdated: int, *, version: str = "0.1.0", commit: str = "abc") -> RunSummary:
    counts = {Verdict.OK: ok, Verdict.OUTDATED: outdated}
    day = f"2026-03-{number:02}T02:00:00.000+00:00"
    verdicts = {one: many for one, many in counts.items() if many}
    return RunSummary(number, day, day, version, "docker", "s", commit, interrupted=False, verdicts=verdicts)


def overview(past: Past) -> Read:
    return Read(dict(html.render(to_wire(made_up.report()), past))["index.html"])


def changed(text: str = "`beta` has no name `Client`") -> ChangedSample:
    cause = Cause(Reason.RELEASE, (Move("beta", "1.4.1", "3.8.8"),), "2.0.0", "2022-07-27")
    found = RecordedFinding("f", "A002", "removed", 3, 75, text, text)
    return ChangedSample(text, made_up.COMPARE.path, Verdict.OK, Verdict.OUTDATED, (ChangedFinding(found, cause),))


def test_what_broke_is_told_with_the_release_that_did_it() -> None:
    told = Difference(run(1, 4, 1), run(2, 3, 2), (changed(),), (), (), ("new#0",), (), ())
    page = overview(Past((run(1, 4, 1), run(2, 3, 2)), told))
    assert "Since the last run (2026-03-01) Newly broken 1" in page.text
    assert "✓ ok → ✗ outdated A002 beta has no name Client" in page.text
    assert "beta 1.4.1 → 3.8.8 between the runs: beta 2.0.0 of 2022-07-27 did it" in page.text
    assert "Newly fixed 0 Nothing." in page.text
    assert "new: 1" in page.text


def test_runs_are_drawn_and_told_in_figures() -> None:
    page = overview(Past((run(1, 4, 0), run(2, 3, 1), run(3, 2, 2))))
    assert "Over the last 3 runs" in page.text
    assert sum(tag == "circle" for tag, _ in page.elements) == 3
    (drawn,) = [given["points"] for tag, given in page.elements if tag == "polyline"]
    assert drawn == "120.0,0.0 360.0,40.0 600.0,80.0"
    assert re.search(r"3 2026-03-03 02:00 50% \(2 of 4\) ?2 ?2", page.text)


def test_one_run_is_no_trend() -> None:
    for past in (Past(), Past((run(1, 1, 1),))):
        text = overview(past).text
        assert "Since the last run" not in text
        assert "Over the last" not in text


def test_run_in_which_nothing_could_be_judged_leaves_a_gap_and_no_fault() -> None:
    empty = trend([run(1, 0, 0)])
    assert (empty.line, empty.most, empty.columns[0].y) == ("", 0, None)
    assert trend([]).columns == ()


def test_columns_stay_within_the_drawing() -> None:
    drawn = trend([run(1 + number % 28, number, 100 - number) for number in range(101)])
    assert all(one.x >= 0 and one.x + one.width <= WIDTH for one in drawn.columns)
    for one in drawn.columns:
        assert abs(sum(block.height for block in one.blocks) - HEIGHT) < 0.1
        assert one.blocks[-1].y > -0.1
    assert [block.verdict for block in drawn.columns[50].blocks] == [Verdict.OK, Verdict.OUTDATED]


def test_text_from_the_ledger_becomes_no_markup() -> None:
    for text in NASTY:
        told = Difference(run(1, 1, 1), run(2, 1, 1), (changed(text),), (changed(text),), (), (text,), (text,), ())
        page = overview(Past((run(1, 1, 1, commit=text), run(2, 1, 1, version=text)), told))
        assert {tag for tag, _ in page.elements} <= TAGS | {"h3", "figure", "figcaption"}
        assert sum(tag == "script" for tag, _ in page.elements) == 1
