"""JUnit: which samples fail, err, are skipped or pass."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from harness.model.verdict import Code, PageFault, PlacedFinding, SampleReport, Verdict
from harness.report import junit
from tests.unit.report.helpers import finding, sample, told

ACCEPTED = PlacedFinding(finding().finding, 13, 1, "beta.x()", accepted="for now")


@pytest.mark.parametrize(
    ("made", "outcome"),
    [
        (sample(verdict=Verdict.OK), None),
        (sample(finding()), "failure"),
        (sample(finding(code=Code.UNDEFINED), verdict=Verdict.INCOMPLETE), "failure"),
        (sample(finding(code=Code.PLATFORM), verdict=Verdict.UNRUNNABLE), "skipped"),
        (sample(verdict=Verdict.SKIPPED, reason="needs a GPU"), "skipped"),
        (sample(verdict=Verdict.SKIPPED, reason="needs a GPU", surprise="it passes today"), "skipped"),
        (sample(finding(code=Code.INTERNAL), verdict=Verdict.ERROR), "error"),
        (sample(finding(), expected="outdated"), None),
        (sample(verdict=Verdict.OK, expected="outdated", surprise="expected outdated, found ok"), "failure"),
        (sample(ACCEPTED), None),
        (sample(ACCEPTED, finding("other", symbol="z")), "failure"),
    ],
    ids=[
        "ok", "outdated", "incomplete", "unrunnable", "skipped", "needless skip", "error", "expected", "surprise",
        "accepted", "accepted and new",
    ],
)  # fmt: skip
def test_a_sample_is_a_case_with_this_outcome(made: SampleReport, outcome: str | None) -> None:
    (case,) = ET.fromstring(junit.render(told(made))).iter("testcase")
    assert [one.tag for one in case] == ([outcome] if outcome else [])


def test_what_is_new_gives_the_title_and_all_is_told() -> None:
    made = told(sample(ACCEPTED, finding("other", symbol="z")))
    (failure,) = ET.fromstring(junit.render(made)).iter("failure")
    assert failure.attrib["message"] == "other"
    assert "gone (accepted: for now)" in (failure.text or "")


def test_faults_of_a_page_are_a_case_of_their_own() -> None:
    made = told(faults=(PageFault("p.md", 0, "not UTF-8", "P403"), PageFault("q.md", 0, "a bug", "X901")))
    root = ET.fromstring(junit.render(made))
    assert [(suite.attrib["name"], suite[0].attrib["name"], suite[0][0].tag) for suite in root] == [
        ("p.md", "page", "failure"),
        ("q.md", "page", "error"),
    ]
