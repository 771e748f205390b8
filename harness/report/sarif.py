"""SARIF 2.1.0, for code scanning.

Findings are results, with their place on the page, a fingerprint that lines
moving leaves alone, and a fix where replacements were verified. What the
harness or its engine failed on is a notification, never a result.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from harness.model.verdict import Code, Verdict
from harness.report.entries import EXPECTATION, Entry, Level, entries, told_again
from harness.report.words import details

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.report.wire import Change, Report, Sample

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "sampleHarness/v1"
"""Under which name a fingerprint stands."""
_ROOT = "SRCROOT"


class Explained(Protocol):
    """What is known of a code."""

    @property
    def title(self) -> str:
        """What is wrong, in a few words."""

    @property
    def seen(self) -> str:
        """How the harness came to say so."""

    @property
    def todo(self) -> str:
        """What an author does about it."""


def render(report: Report, explanations: Mapping[Code, Explained]) -> bytes:
    """Return a report as SARIF.

    Args:
        report: The report.
        explanations: What every code means.
    """
    found = entries(report)
    results = [one for one in found if not one.ours]
    codes = sorted({one.code for one in results})
    run = {
        "tool": {
            "driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "rules": [_rule(code, explanations) for code in codes],
            }
        },
        "invocations": [_invocation(report, found)],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "where the harness was started"}}},
        "artifacts": [{"location": _artifact(page)} for page in dict.fromkeys(one.page for one in results)],
        "results": [_result(one, codes.index(one.code)) for one in results],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return (json.dumps(log, ensure_ascii=False, indent=1) + "\n").encode()


def _rule(code: str, explanations: Mapping[Code, Explained]) -> dict[str, Any]:
    if code == EXPECTATION:
        title, seen = "not as its author expects", "The directive or context of the sample says what it should have."
        todo = "Mend the sample, or take the expectation away."
    else:
        told = explanations[Code(code)]
        title, seen, todo = told.title, told.seen, told.todo
    return {
        "id": code,
        "name": "Expectation" if code == EXPECTATION else Code(code).name.title(),
        "shortDescription": {"text": title},
        "fullDescription": {"text": seen},
        "help": {
            "text": f"{title}\n\nHow it is seen: {seen}\n\nWhat to do: {todo}",
            "markdown": f"**{title}**\n\n*How it is seen.* {seen}\n\n*What to do.* {todo}",
        },
        "properties": {"tags": ["documentation", "code-samples"]},
    }


def _invocation(report: Report, found: list[Entry]) -> dict[str, Any]:
    errored = any(sample.verdict is Verdict.ERROR for sample in report.samples)
    notices = [_notification(one.message, Level.ERROR, one) for one in found if one.ours]
    if report.interrupted:
        notices.append(_notification("the check was interrupted: what finished is here, the rest was not run"))
    told: dict[str, Any] = {
        "executionSuccessful": not errored and not report.interrupted and not any(one.ours for one in found),
        "toolExecutionNotifications": notices,
        "toolConfigurationNotifications": [_notification(one.message) for one in report.overdue],
    }
    for name, given in (("startTimeUtc", report.started), ("endTimeUtc", report.finished)):
        if moment := _moment(given):
            told[name] = moment
    return told


def _notification(message: str, level: Level = Level.WARNING, entry: Entry | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"level": level.value, "message": {"text": message}}
    return told | ({"locations": [_location(entry)]} if entry else {})


def _moment(given: str) -> str | None:
    """Return a moment as SARIF writes it, None where a report from elsewhere says something else."""
    try:
        moment = datetime.fromisoformat(given).astimezone(UTC)
    except ValueError:
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _result(entry: Entry, rule: int) -> dict[str, Any]:
    more = details(entry)
    text = "\n".join([entry.message, *more])
    result: dict[str, Any] = {
        "ruleId": entry.code,
        "ruleIndex": rule,
        "level": entry.level.value,
        "message": {"text": text},
        "locations": [_location(entry)],
        # GitHub goes by the first of these only
        "partialFingerprints": {"primaryLocationLineHash": entry.fingerprint, FINGERPRINT: entry.fingerprint},
        "properties": _properties(entry),
    }
    if entry.accepted:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": entry.excused}]
    elif entry.sample and told_again(entry.sample):
        result["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": entry.excused}]
    elif entry.known:
        result |= {"kind": "informational", "level": "none"}
    if entry.sample and entry.finding and entry.finding.suggestion and entry.finding.suggestion.verified:
        result |= _fixes(entry.sample)
    return result


def _properties(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {"symbol": entry.symbol} if entry.symbol else {}
    if entry.finding:
        told |= {"kind": str(entry.finding.kind), "confidence": str(entry.finding.confidence)}
    return told


def _location(entry: Entry) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(entry.page)}
    if entry.line:
        physical["region"] = {"startLine": entry.line, "startColumn": max(entry.column, 1)}
        if entry.end_column:
            physical["region"]["endColumn"] = entry.end_column
    sample = [{"fullyQualifiedName": entry.sample.id}] if entry.sample else []
    return {"physicalLocation": physical} | ({"logicalLocations": sample} if sample else {})


def _artifact(page: str) -> dict[str, str]:
    path = PurePosixPath(page)
    if path.is_absolute():
        return {"uri": f"file://{quote(str(path))}"}
    return {"uri": quote(str(path)), "uriBaseId": _ROOT}


def _fixes(sample: Sample) -> dict[str, Any]:
    """Return what mends a sample: its replacements were tried together, so they are offered together."""
    if not sample.changes:
        return {}
    change = {
        "artifactLocation": _artifact(sample.page),
        "replacements": [_replacement(change) for change in sample.changes],
    }
    text = f"All replacements in {sample.id} that were tried and work"
    return {"fixes": [{"description": {"text": text}, "artifactChanges": [change]}]}


def _replacement(change: Change) -> dict[str, Any]:
    return {
        "deletedRegion": {
            "startLine": change.line,
            "startColumn": change.column,
            "endLine": change.end_line,
            "endColumn": change.end_column,
        },
        "insertedContent": {"text": change.text},
    }
