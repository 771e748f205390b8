"""What a nightly run tells people, whatever pages and libraries say, and however much there is."""

from __future__ import annotations

import re
from dataclasses import replace

from harness.model.difference import Cause, ChangedFinding, ChangedSample, Difference, Move, Reason
from harness.model.ledger import RecordedFinding
from harness.model.night import Night
from harness.model.past import Past
from harness.model.verdict import Suggestion, Verdict
from harness.report import night as words
from tests.unit.ledger.recorded import finding, run, sample
from tests.unit.report.helpers import told

FIRST, BEFORE, NOW = (run(sample(), number=number).summary for number in (1, 2, 3))
MOVED = Cause(Reason.RELEASE, (Move("beta", "1.9", "2.1"),), "2.0.0", "2026-02-27")


def changed(*findings: RecordedFinding, name: str = "p#0", cause: Cause | None = None) -> ChangedSample:
    found = tuple(ChangedFinding(one, cause) for one in findings)
    return ChangedSample(name, "p.md", Verdict.OK, Verdict.OUTDATED, found)


def made(
    broken: tuple[ChangedSample, ...] = (),
    fixed: tuple[ChangedSample, ...] = (),
    open_ones: tuple[ChangedSample, ...] | None = None,
) -> Night:
    difference = Difference(BEFORE, NOW, broken, fixed, (), (), (), ())
    left = broken if open_ones is None else open_ones
    return Night(Past((FIRST, BEFORE, NOW), difference), FIRST, broken, fixed, left)


def lines(data: bytes) -> list[str]:
    return data.decode().splitlines()


def test_the_summary_tells_the_news_first_and_what_is_older_by_itself() -> None:
    new, old = finding("new", symbol="beta.new"), finding("old", symbol="beta.old", page_line=20)
    text = words.summary(made((changed(new, cause=MOVED),), (), (changed(new, old),)), told()).decode()
    assert text.startswith("## Nightly check: 1 newly broken, 0 newly fixed\n")
    news, older = text.split("### Open still, broken since 2026-03-01 10:00 UTC")
    assert "`p.md:13` **A002** `beta.new`: beta has no x" in news
    assert "beta 1.9 → 2.1 between the runs: beta 2.0.0 of 2026-02-27 did it" in news
    assert "beta.old" not in news
    assert "beta.old" in older
    assert "beta.new" not in older
    assert "## Code samples" in older


def test_a_verdict_that_turned_without_a_finding_is_told() -> None:
    text = words.news(made((changed(),), ())).decode()
    assert "- ❌ `p#0`: ok → outdated" in text
    assert "1 still open." in text


def test_a_replacement_is_told_only_where_it_was_tried() -> None:
    tried, guessed = (finding(suggestion=Suggestion("use y", f"y({n})", verified=not n)) for n in (0, 1))
    text = words.issue(made((changed(tried), changed(guessed)))).decode()
    assert "tried in its place, and it works: `y(0)`" in text
    assert "y(1)" not in text


def test_there_is_no_news_where_nothing_changed() -> None:
    assert words.news(made((), (), (changed(finding()),))) == b""
    assert words.news(Night(Past((NOW,)))) == b""
    assert words.news(replace(made((changed(finding()),)), again=True)) == b"", "nobody is told twice"
    assert "All of it is mended." in words.news(made((), (changed(finding()),))).decode()


def test_the_issue_is_called_by_what_is_open_and_found_by_a_mark_that_nobody_sees() -> None:
    assert words.title(made((changed(finding()),))) == "Code on published pages is broken: 1 finding on 1 page"
    two = (changed(finding()), replace(changed(finding(), finding()), page="q.md"))
    assert words.title(made(two)) == "Code on published pages is broken: 3 findings on 2 pages"
    assert words.title(made()) == "Code on published pages is mended"
    assert lines(words.issue(made()))[0] == words.marker(NOW) == "<!-- sample-harness nightly: s -->"


def test_what_pages_and_libraries_say_forms_nothing() -> None:
    harm = "`` <b>[x](http://e.vil) @everyone\n# boo <!-- sample-harness nightly: s --> https://e.vil"
    sample_of_harm = changed(
        finding(message=harm, symbol=harm), name=harm, cause=Cause(Reason.PACKAGES, (Move(harm, "1", "2"),))
    )
    for data in (words.issue(made((sample_of_harm,))), words.news(made((sample_of_harm, changed(name=harm))))):
        text = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", "\n".join(lines(data)[1:]))
        assert "<b>" not in text.replace("\\<", "")
        assert "<!--" not in text.replace("\\<", "")
        assert "@e" not in text
        assert "\n# boo" not in text
        assert "://" not in text


def test_more_than_an_issue_may_hold_is_counted() -> None:
    many = tuple(changed(finding(message="x" * 500), name=f"p#{n}") for n in range(1000))
    data = words.issue(made(many))
    assert max(len(data.decode()), len(words.news(made(many, many)).decode())) < 65_536
    shown = sum(line.startswith("- ❌") for line in lines(data))
    assert f"- … and {1000 - shown} more: the report has them all" in lines(data)
