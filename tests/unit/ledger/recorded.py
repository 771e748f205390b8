"""Runs as the ledger gives them, small ones."""

from __future__ import annotations

from dataclasses import replace

from harness.model.ledger import RecordedFinding, RecordedJob, RecordedPage, RecordedRun, RecordedSample, RunSummary
from harness.model.verdict import History, Verdict

GONE = History("beta", "1.4.1", "2.0.0", "2022-07-27", 9)
SUMMARY = RunSummary(1, "2026-03-01T10:00:00+00:00", "2026-03-01T10:01:00+00:00", "0.1.0", "fake", "s", "", False)


def finding(fingerprint: str = "f", **more: object) -> RecordedFinding:
    made = RecordedFinding(fingerprint, "A002", "removed", 3, 13, "beta.x", "beta has no x", history=GONE)
    return replace(made, **more)  # type: ignore[arg-type]


def job(version: str = "1.0.0", *, lane: str = "current", python: str = "3.13", **more: str) -> RecordedJob:
    asked = {"beta": version}
    return RecordedJob(lane, python, "failed", "sha256:1", asked, 1.0, locked={**asked, **more})


def sample(*findings: RecordedFinding, jobs: tuple[RecordedJob, ...] = (job(),), **more: object) -> RecordedSample:
    verdict = Verdict.OUTDATED if findings else Verdict.OK
    made = RecordedSample("p#0", "p.md", 10, "python", verdict, "", 1.0, "code", findings, jobs)
    return replace(made, **more)  # type: ignore[arg-type]


def run(*samples: RecordedSample, number: int = 1, pages: tuple[RecordedPage, ...] = (), **more: object) -> RecordedRun:
    verdicts = {verdict: sum(one.verdict is verdict for one in samples) for verdict in Verdict}
    summary = replace(SUMMARY, id=number, verdicts=verdicts, **more)  # type: ignore[arg-type]
    return RecordedRun(summary, pages, samples)
