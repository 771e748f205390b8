"""The static witness: what can be said of a sample without running it.

Three sources, the surest first: the real objects that the sample names, looked
at in the sandbox; the scopes of its own syntax; and the type checker, where
neither could look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.judge.marks import KINDS
from harness.judge.members import GONE_FROM_PYTHON
from harness.judge.names import sources
from harness.judge.static_checker import likely
from harness.judge.undefined import undefined
from harness.model.source import Language
from harness.model.static import StaticEvidence
from harness.model.verdict import Code, Confidence, Finding, Kind, Suggestion

if TYPE_CHECKING:
    from harness.judge.base import Case
    from harness.model.matrix import Job
    from harness.model.static import Sighting


class StaticWitness:
    """Judges by what the libraries offer and the sample's syntax asks for."""

    name = "static"

    def findings(self, case: Case) -> tuple[Finding, ...]:
        """Return what was seen on real objects, what nothing defines, and what the type checker adds."""
        evidence = case.static or StaticEvidence()
        seen = [_finding(one) for one in evidence.sightings if _counts(one, case.job)]
        told = {(one.line, one.code) for one in seen}
        opinions = likely(evidence, sources(case.job.sample))
        return (
            *seen,
            *_undefined(case.job, evidence),
            *(one for one in opinions if (one.line, one.code) not in told and not _foreign(one.symbol, case.job)),
        )


def _undefined(job: Job, evidence: StaticEvidence) -> list[Finding]:
    """Return the names that nothing in the sample defines."""
    starred = {one.module: one.names for one in evidence.starred}
    return [
        Finding(
            code=Code.UNDEFINED,
            kind=Kind.UNDEFINED_NAME,
            line=part.first_line + use.line - 1,
            symbol=use.name,
            message=f"{use.name} is used and neither defined nor imported",
            column=use.column,
            end_column=use.column + len(use.name),
            confidence=Confidence.LIKELY,
            witnesses=("static",),
        )
        for part in job.sample.parts
        if part.language is Language.PYTHON
        for use in undefined(part.text, starred, job.context.prelude)
    ]


def _foreign(symbol: str, job: Job) -> bool:
    """Return whether a name belongs to a module that nothing was installed for: another finding says so."""
    return any(f"{symbol}.".startswith(f"{unknown.module}.") for unknown in job.unknown)


def _counts(one: Sighting, job: Job) -> bool:
    """Return whether a sighting says something of a library, not of one that is not installed."""
    if _foreign(one.symbol, job):
        return False
    # that a whole library is absent is for the plan to tell, unless it was Python's own
    return one.code is not Code.MODULE or "." in one.symbol or one.symbol in GONE_FROM_PYTHON


def _finding(one: Sighting) -> Finding:
    return Finding(
        code=one.code,
        kind=KINDS[one.code],
        line=one.line,
        symbol=one.symbol,
        message=one.message,
        column=max(1, one.column),
        end_column=one.end_column,
        confidence=Confidence.CONFIRMED if one.sure else Confidence.LIKELY,
        witnesses=("static",),
        evidence=one.evidence,
        suggestion=_suggestion(one),
    )


def _suggestion(one: Sighting) -> Suggestion | None:
    """Return where a name lives now, as an import to write instead."""
    if not one.moved:
        return None
    place = one.moved[0]
    text = f"{one.name or one.symbol} is in {place} now"
    return Suggestion(
        text,
        f"from {place} import {one.name}" if one.name else f"import {place}",
        successors=tuple(f"{module}.{one.name}" if one.name else module for module in one.moved),
    )
