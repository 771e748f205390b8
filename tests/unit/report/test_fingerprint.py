"""What a finding is known again by, whatever is edited around it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.source import PageInfo
from harness.model.verdict import Code, Finding, Kind, PageFault, PlacedFinding, Report, SampleReport, Verdict
from harness.report.fingerprint import fingerprinted

LINES = ("from beta import Client", "flow = Flow('x')", "flow.run(retries=3)", "Client().get()")


def finding(line: int, source: str, *, code: Code = Code.NAME, symbol: str = "beta.Client") -> PlacedFinding:
    return PlacedFinding(Finding(code, Kind.REMOVED, line, symbol, "gone"), line + 10, 1, source)


def page(*findings: PlacedFinding, path: str = "a/alpha.md", slug: str = "alpha", number: int = 0) -> SampleReport:
    return SampleReport(
        id=f"{slug}#{number}", page=PageInfo(path, slug), index=number, role="tool", language="python", page_line=10,
        verdict=Verdict.OUTDATED, findings=findings, code="\nfirst()\n",
    )  # fmt: skip


def report(*samples: SampleReport, faults: tuple[PageFault, ...] = ()) -> Report:
    return Report("2026-01-01", "2026-01-01", samples, faults=faults)


def prints(*samples: SampleReport, faults: tuple[PageFault, ...] = ()) -> list[str]:
    made = fingerprinted(report(*samples, faults=faults))
    return [
        *(one.fingerprint for sample in made.samples for one in sample.findings),
        *(one.fingerprint for one in made.faults),
    ]


@given(
    sources=st.lists(st.sampled_from(LINES), min_size=1, max_size=8),
    above=st.integers(0, 500),
    indent=st.text(" \t", max_size=6),
    number=st.integers(0, 9),
)
def test_it_stays_when_lines_move_and_layout_changes(sources: list[str], above: int, indent: str, number: int) -> None:
    before = page(*(finding(line, source) for line, source in enumerate(sources, 1)))
    moved = page(
        *(finding(line + above, indent + source.replace(" ", "  ")) for line, source in enumerate(sources, 1)),
        number=number,
    )
    assert prints(moved) == prints(before)


@given(st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(["a", "b"])), min_size=2, max_size=12))
def test_no_two_findings_of_a_page_share_one(given_findings: list[tuple[str, str]]) -> None:
    found = prints(page(*(finding(line, source, symbol=name) for line, (source, name) in enumerate(given_findings, 1))))
    assert len(set(found)) == len(given_findings)


def test_it_stays_when_the_file_moves_and_not_when_the_slug_does() -> None:
    one = finding(1, LINES[0])
    assert prints(page(one, path="b/renamed.md")) == prints(page(one))
    assert prints(page(one, slug="beta")) != prints(page(one))


@pytest.mark.parametrize(
    "other",
    [finding(1, LINES[1]), finding(1, LINES[0], code=Code.SIGNATURE), finding(1, LINES[0], symbol="beta.Other")],
    ids=["line of code", "code", "symbol"],
)
def test_another_fault_has_another(other: PlacedFinding) -> None:
    assert prints(page(other)) != prints(page(finding(1, LINES[0])))


def test_equal_findings_are_told_apart_from_above_whatever_the_order_in_the_report() -> None:
    first, second = finding(1, LINES[0]), finding(5, LINES[0])
    assert prints(page(second, first)) == prints(page(first, second))[::-1]


def test_a_finding_without_a_line_goes_by_the_first_line_of_its_sample() -> None:
    bare = finding(1, "", code=Code.LANGUAGE, symbol="")
    other = replace(page(bare), code="second()\n")
    assert prints(page(bare)) != prints(other)


def test_faults_of_pages_go_by_their_words_without_numbers() -> None:
    here = PageFault("a/alpha.md", 3, "byte 17 is bad", "P403")
    there = PageFault("a/alpha.md", 9, "byte 99 is bad", "P403")
    assert prints(faults=(here,)) == prints(faults=(there,))
    assert prints(faults=(here,)) != prints(faults=(replace(here, code="P401"),))
    assert len(set(prints(faults=(here, there)))) == 2


def test_half_characters_do_no_harm() -> None:
    assert len(prints(page(finding(1, "x = '\udcff'")))[0]) == 32
