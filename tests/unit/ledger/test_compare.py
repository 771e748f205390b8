"""What differs between two runs, and which change did it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.judge.verdict import WEIGHT
from harness.ledger.compare import compare
from harness.model.difference import Cause, ChangedSample, Difference, Move, Reason
from harness.model.ledger import RecordedJob, RecordedPage, RecordedSample
from harness.model.verdict import Code, Verdict
from tests.unit.ledger.recorded import GONE, finding, job, run, sample


def differ(before: RecordedSample, after: RecordedSample, version: str = "0.1.0") -> Difference:
    return compare(run(before), run(after, number=2, version=version))


def causes(changed: tuple[ChangedSample, ...]) -> list[Cause | None]:
    return [one.cause for sample in changed for one in sample.findings]


def names(changed: tuple[ChangedSample, ...]) -> list[str]:
    return [one.finding.fingerprint for sample in changed for one in sample.findings]


def test_a_release_between_the_runs_is_named() -> None:
    found = differ(sample(), sample(finding(), jobs=(job("2.1.0"),)))
    assert [(one.id, one.before, one.after) for one in found.broken] == [("p#0", Verdict.OK, Verdict.OUTDATED)]
    moved = (Move("beta", "1.0.0", "2.1.0"),)
    assert causes(found.broken) == [Cause(Reason.RELEASE, moved, "2.0.0", "2022-07-27")]
    assert (found.fixed, found.still, found.added, found.removed, found.unknown) == ((), (), (), (), ())


def test_going_back_to_an_older_release_fixes_by_the_same_release() -> None:
    found = differ(sample(finding(), jobs=(job("2.1.0"),)), sample(jobs=(job("1.4.1"),)))
    assert [(one.before, one.after) for one in found.fixed] == [(Verdict.OUTDATED, Verdict.OK)]
    assert causes(found.fixed) == [Cause(Reason.RELEASE, (Move("beta", "2.1.0", "1.4.1"),), "2.0.0", "2022-07-27")]
    assert found.broken == ()


@pytest.mark.parametrize(
    ("history", "before", "after", "reason"),
    [
        (GONE, job("2.0.0"), job("2.1.0"), Cause(Reason.RELEASE, (Move("beta", "2.0.0", "2.1.0"),))),
        (GONE, job("1.0.0"), job("1.4.1"), Cause(Reason.RELEASE, (Move("beta", "1.0.0", "1.4.1"),))),
        (replace(GONE, first_bad=None), job("1.0"), job("2.1"), Cause(Reason.RELEASE, (Move("beta", "1.0", "2.1"),))),
        (
            None, job("1.0.0", alpha="1", zeta="1"), job("2.1.0", alpha="2", omega="1"),
            Cause(Reason.PACKAGES, (Move("beta", "1.0.0", "2.1.0"), Move("alpha", "1", "2"), Move("omega", "", "1"),
                                    Move("zeta", "1", ""))),
        ),
        (GONE, job(zeta="1"), job(zeta="2"), Cause(Reason.PACKAGES, (Move("zeta", "1", "2"),))),
        (GONE, job(python="3.11"), job(python="3.12"), Cause(Reason.PYTHON, (Move("python", "3.11", "3.12"),))),
        (GONE, job(), job(), Cause(Reason.UNKNOWN)),
    ],
    ids=["behind", "short of it", "not dated", "no history", "another package", "python", "nothing"],
)  # fmt: skip
def test_a_cause_claims_no_more_than_was_recorded(
    history: object, before: RecordedJob, after: RecordedJob, reason: Cause
) -> None:
    found = differ(sample(jobs=(before,)), sample(finding(history=history), jobs=(after,)))
    assert causes(found.broken) == [reason]


def test_an_edited_sample_is_no_release_and_a_newer_harness_says_so() -> None:
    edited = differ(sample(), sample(finding(), code="other", jobs=(job("2.1.0"),)))
    assert causes(edited.broken) == [Cause(Reason.PAGE)]
    newer = differ(sample(), sample(finding()), version="0.2.0")
    assert causes(newer.broken) == [Cause(Reason.HARNESS, (Move("harness", "0.1.0", "0.2.0"),))]


def test_lanes_are_compared_with_themselves() -> None:
    before = sample(jobs=(job("1.0.0"), job("2.5.0", lane="next")))
    after = sample(finding(), jobs=(job("2.1.0"), job("2.5.0", lane="next")))
    assert causes(differ(before, after).broken)[0] == Cause(
        Reason.RELEASE, (Move("beta", "1.0.0", "2.1.0"),), "2.0.0", "2022-07-27"
    )


def test_what_both_have_is_still_broken_and_what_is_new_beside_it_is_newly_broken() -> None:
    found = differ(sample(finding("a")), sample(finding("a"), finding("b", line=4), jobs=(job("2.1.0"),)))
    assert (names(found.still), names(found.broken), names(found.fixed)) == (["a"], ["b"], [])


def test_the_same_line_told_otherwise_is_the_same_fault_and_one_that_grew_worse_is_new() -> None:
    told = differ(sample(finding("a")), sample(finding("b", code="A001"), jobs=(job("2.1.0"),)))
    assert (names(told.still), names(told.broken), names(told.fixed)) == (["b"], [], [])
    worse = differ(sample(finding("a", code="A005")), sample(finding("b"), jobs=(job("2.1.0"),)))
    assert (names(worse.broken), names(worse.fixed)) == (["b"], [])
    elsewhere = differ(
        sample(finding("a", code="A005", line=9), finding("c", code="A005", line=7, symbol="beta.y")),
        sample(finding("b"), jobs=(job("2.1.0"),)),
    )
    assert (names(elsewhere.broken), names(elsewhere.fixed)) == (["b"], ["c"]), "known again by its symbol"
    edited = differ(sample(finding("a")), sample(finding("b"), code="other"))
    assert (names(edited.broken), names(edited.fixed)) == (["b"], ["a"])


def test_a_sample_that_moved_on_its_page_is_the_same_one() -> None:
    before = run(sample(finding("a")), sample(id="p#1", code="second"))
    after = run(sample(id="p#0", code="put above"), sample(finding("a"), id="p#1"), sample(id="p#2", code="second"))
    found = compare(before, after)
    assert [(one.id, one.after) for one in found.still] == [("p#1", Verdict.OUTDATED)]
    assert (found.broken, found.fixed, found.added, found.removed) == ((), (), ("p#0",), ())


def test_equal_samples_keep_their_numbers() -> None:
    before = run(sample(finding("a")), sample(id="p#1"))
    after = run(sample(finding("a")), sample(id="p#1"))
    found = compare(before, after)
    assert (names(found.still), found.broken, found.fixed) == (["a"], (), ())


def test_what_nothing_is_known_of_is_neither_broken_nor_fixed() -> None:
    for verdict in (Verdict.SKIPPED, Verdict.ERROR):
        found = differ(sample(finding()), sample(verdict=verdict))
        assert (found.unknown, found.broken, found.fixed, found.still) == (("p#0",), (), (), ())
    settled = differ(sample(), sample(finding(settled=True), verdict=Verdict.OK))
    assert (settled.broken, settled.still) == ((), ())
    gone = compare(run(sample(finding())), run(sample(id="q#0", page="q.md")))
    assert (gone.added, gone.removed, gone.broken, gone.fixed) == (("q#0",), ("p#0",), (), ())


def test_what_is_wrong_with_a_page_is_compared_too() -> None:
    fault = finding("x", code="P402", line=0)
    before = run(pages=(RecordedPage("a/p.md", "p"), RecordedPage("q.md", "q", findings=(fault,))))
    after = run(pages=(RecordedPage("b/p.md", "p", findings=(fault,)), RecordedPage("q.md", "q")))
    found = compare(before, after)
    assert [(one.page, names((one,))) for one in found.broken] == [("b/p.md", ["x"])]
    assert causes(found.broken) == [None]
    assert [one.page for one in found.fixed] == ["q.md"]


@pytest.mark.parametrize("code", list(Code))
def test_what_counts_is_what_the_table_of_verdicts_lets_count(code: Code) -> None:
    assert finding(code=code).counts is (WEIGHT[code] is not Verdict.OK)
    assert not finding(code=code, settled=True).counts
