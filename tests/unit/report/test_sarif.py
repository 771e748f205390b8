"""SARIF: what is a result and what is not, where it is, and what mends it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.judge.explain import EXPLANATIONS
from harness.model.verdict import Change, Code, PageFault, Verdict
from harness.report import sarif, wire
from tests.unit.report.helpers import finding, sample, told


def run(report: wire.Report) -> dict[str, Any]:
    (made,) = json.loads(sarif.render(report, EXPLANATIONS))["runs"]
    assert isinstance(made, dict)
    return made


def test_our_own_failures_are_notifications_and_never_results() -> None:
    made = run(told(sample(finding("the engine went away", code=Code.INTERNAL), verdict=Verdict.ERROR)))
    assert made["results"] == []
    (invocation,) = made["invocations"]
    assert invocation["executionSuccessful"] is False
    (notice,) = invocation["toolExecutionNotifications"]
    assert notice["message"]["text"] == "the engine went away"
    assert notice["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "p.md"


def test_findings_do_not_make_the_run_a_failure_and_an_interruption_does() -> None:
    assert run(told(sample(finding())))["invocations"][0]["executionSuccessful"] is True
    assert run(told(interrupted=True))["invocations"][0]["executionSuccessful"] is False


def test_a_result_has_its_place_and_its_rule_with_help() -> None:
    made = run(told(sample(finding())))
    (result,) = made["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 13, "startColumn": 1}
    rule = made["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "A002"
    assert EXPLANATIONS[Code.NAME].todo in rule["help"]["text"]


@pytest.mark.parametrize(
    ("path", "uri", "based"),
    [("a b/é#1.md", "a%20b/%C3%A9%231.md", True), ("./p.md", "p.md", True), ("/tmp/p.md", "file:///tmp/p.md", False)],
)
def test_paths_are_uris(path: str, uri: str, based: bool) -> None:
    artifact = run(told(sample(finding(), path=path)))["results"][0]["locations"][0]["physicalLocation"]
    assert artifact["artifactLocation"]["uri"] == uri
    assert ("uriBaseId" in artifact["artifactLocation"]) is based


def test_a_page_that_is_meant_as_a_whole_has_no_region() -> None:
    (result,) = run(told(faults=(PageFault("p.md", 0, "not UTF-8", "P403"),)))["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]


def test_a_fix_is_there_where_a_replacement_was_verified_and_only_there() -> None:
    changes = (Change(13, 1, 13, 7, "beta.y"),)
    found = finding(verified=True), finding(symbol="beta.z", line=5)
    mended, other = run(told(sample(*found, changes=changes)))["results"]
    (fix,) = mended["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 13, "startColumn": 1, "endLine": 13, "endColumn": 7},
            "insertedContent": {"text": "beta.y"},
        }
    ]
    assert "fixes" not in other
    (unchanged,) = run(told(sample(finding(verified=True))))["results"]
    assert "fixes" not in unchanged, "nothing to put in place of anything"


def test_what_counts_for_nothing_is_suppressed_with_the_reason() -> None:
    expected = run(told(sample(finding(), expected="outdated")))["results"][0]
    assert expected["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "expected: outdated"}
    ]
    surprised = run(told(sample(finding(), expected="ok", surprise="expected ok, found outdated")))["results"]
    assert {one["ruleId"] for one in surprised} == {"A002", "expect"}
    assert not any("suppressions" in one for one in surprised)


def test_a_fingerprint_stays_when_lines_move() -> None:
    before, after = (run(told(sample(finding(line=line))))["results"][0] for line in (3, 90))
    assert before["locations"] != after["locations"]
    assert before["partialFingerprints"] == after["partialFingerprints"]


def test_moments_that_are_none_are_left_out() -> None:
    invocation = run(told(started="yesterday"))["invocations"][0]
    assert "startTimeUtc" not in invocation
    assert invocation["endTimeUtc"] == "2026-03-01T10:00:01.000Z"
