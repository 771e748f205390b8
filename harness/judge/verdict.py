"""Findings to one verdict: a truth table and nothing else.

==================  ============  ==============================================
findings hold       verdict       in words
==================  ============  ==============================================
X901                error         our fault: nothing is said about the page
any A code          outdated      at least one API that is no longer what it was
any E code          unrunnable    no environment in which it could be judged
any S code          incomplete    names, files or logic are left out
N301, any P code    ok            no service, no rendering: not the code's fault
none                ok            it works
==================  ============  ==============================================

The first row that holds decides; a finding that the harness found a way around
(`Finding.settled`) counts for no row. ``skipped`` stands apart: it is a decision not
to look, and no finding leads to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.errors import ConfigError
from harness.model.verdict import Account, Code, Confidence, Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

WEIGHT: dict[Code, Verdict] = {
    Code.INTERNAL: Verdict.ERROR,
    Code.MODULE: Verdict.OUTDATED,
    Code.NAME: Verdict.OUTDATED,
    Code.SIGNATURE: Verdict.OUTDATED,
    Code.PROTOCOL: Verdict.OUTDATED,
    Code.DEPRECATED: Verdict.OUTDATED,
    Code.PLATFORM: Verdict.UNRUNNABLE,
    Code.RESOLUTION: Verdict.UNRUNNABLE,
    Code.ENVIRONMENT: Verdict.UNRUNNABLE,
    Code.SYNTAX: Verdict.INCOMPLETE,
    Code.UNDEFINED: Verdict.INCOMPLETE,
    Code.FILE: Verdict.INCOMPLETE,
    Code.BUG: Verdict.INCOMPLETE,
    Code.TIMEOUT: Verdict.INCOMPLETE,
    Code.LIMIT: Verdict.INCOMPLETE,
    Code.SERVICE: Verdict.OK,
    Code.RENDERING: Verdict.OK,
    Code.LANGUAGE: Verdict.OK,
    Code.UNREADABLE: Verdict.OK,
    Code.DIRECTIVE: Verdict.OK,
}
"""The verdict that a code alone leads to."""
_API = frozenset(code for code, said in WEIGHT.items() if said is Verdict.OUTDATED)
PRECEDENCE = (Verdict.ERROR, Verdict.OUTDATED, Verdict.UNRUNNABLE, Verdict.INCOMPLETE, Verdict.OK)
"""Strongest first."""


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict that the findings lead to."""
    weights = (WEIGHT[finding.code] for finding in findings if not finding.settled)
    return min(weights, key=PRECEDENCE.index, default=Verdict.OK)


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each fault once, by page order: what several witnesses say of one place becomes one finding.

    The surest account stands, completed by what only others know.
    """
    groups: dict[tuple[int, str, Code], list[Finding]] = {}
    for finding in findings:
        # an undefined name is one fault, wherever each witness met it first
        line = 0 if finding.code is Code.UNDEFINED else finding.line
        groups.setdefault((line, finding.symbol, finding.code), []).append(finding)
    merged = _told_once([_one(group) for group in groups.values()])
    return tuple(sorted(merged, key=lambda finding: (finding.line, finding.column, finding.code, finding.symbol)))


def _told_once(findings: list[Finding]) -> list[Finding]:
    """Return the findings without those that another one of the same line and code tells more exactly."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=_exactness):
        at = next((at for at, other in enumerate(kept) if _covers(other, finding)), None)
        if at is None:
            kept.append(finding)
        else:
            kept[at] = replace(_one([kept[at], finding]), symbol=kept[at].symbol, message=kept[at].message)
    return kept


def _exactness(finding: Finding) -> tuple[bool, bool, bool, int]:
    """Return the order in which findings are believed: what names a class, what was seen, what names more.

    Of a name, who looks at the objects tells a class from a function that is written like one.
    """
    callee, is_name = finding.symbol.partition("(")[0], finding.code is Code.NAME
    of_class = is_name and callee.rpartition(".")[0].rpartition(".")[2][:1].isupper()
    unsure = finding.confidence is not Confidence.CONFIRMED
    return not of_class, is_name and "static" not in finding.witnesses, unsure, -len(finding.symbol)


def _covers(other: Finding, finding: Finding) -> bool:
    """Return whether one finding says all that another says, of the same place."""
    if (other.line, other.code) != (finding.line, finding.code) or finding.code not in _API:
        return False
    callee, _, keywords = other.symbol.partition("(")
    same, _, fewer = finding.symbol.partition("(")
    if callee == same and (keywords or fewer):
        # the surer one comes first: it may name less, or more
        sets = [{word.strip() for word in words.rstrip(")").split(",")} - {""} for words in (keywords, fewer)]
        return sets[1] <= sets[0] or sets[0] <= sets[1]
    owner, _, name = callee.rpartition(".")
    through, _, gone = same.rpartition(".")
    calls = owner.rpartition(".")[2][:1].isupper() and not through.rpartition(".")[2][:1].isupper()
    inside = finding.code is Code.DEPRECATED and callee.startswith(f"{same}.")
    in_place = bool(finding.end_column) and other.end_column == finding.end_column
    named = finding.code is Code.NAME and name == gone and _top(owner) == _top(through)
    return inside or (named and (calls or in_place))


def _top(path: str) -> str:
    return path.partition(".")[0]


def _one(group: list[Finding]) -> Finding:
    group = sorted(group, key=lambda finding: (finding.confidence is not Confidence.CONFIRMED, finding.line))
    best = group[0]
    return replace(
        best,
        witnesses=tuple(sorted({name for finding in group for name in finding.witnesses})),
        evidence=best.evidence or next((finding.evidence for finding in group if finding.evidence), ""),
        accounts=tuple(dict.fromkeys(account for finding in group for account in _accounts(finding))),
        history=next((finding.history for finding in group if finding.history), None),
        guessed=all(finding.guessed for finding in group),
        suggestion=next((finding.suggestion for finding in group if finding.suggestion), None),
    )


def _accounts(finding: Finding) -> tuple[Account, ...]:
    said = finding.evidence or finding.message
    return finding.accounts or tuple(Account(witness, said) for witness in finding.witnesses)


def surprise(expect: str | None, findings: Iterable[Finding], *, where: str = "") -> str:
    """Return how a sample differs from what its author expects, or an empty string where it does not.

    Who expects a code expects nothing else of the same weight or more.

    Args:
        expect: A verdict (``outdated``) or a finding code (``A001``); None expects nothing.
        findings: What was found.
        where: Where the expectation is written, for the message.

    Raises:
        ConfigError: If the expectation is neither.
    """
    if expect is None:
        return ""
    found = tuple(findings)
    if expect in tuple(Verdict):
        got = verdict(found)
        return "" if got == expect else f"expected {expect}, found {got}"
    if expect in tuple(Code):
        return _other_than(Code(expect), found)
    raise ConfigError(
        f"unknown expectation {expect!r}",
        where=where,
        next_step=f"write a verdict ({', '.join(Verdict)}) or a finding code such as {Code.MODULE}",
    )


def _other_than(code: Code, found: tuple[Finding, ...]) -> str:
    """Return whether a code was not found, or what else was that weighs as much."""
    if all(finding.code != code for finding in found):
        return f"expected {code}, which was not found"
    others = [finding for finding in found if finding.code != code and not finding.settled]
    heavy = [one.code for one in others if PRECEDENCE.index(WEIGHT[one.code]) <= PRECEDENCE.index(WEIGHT[code])]
    heavy = [one for one in heavy if WEIGHT[one] is not Verdict.OK]
    return f"expected {code} and nothing else, found {', '.join(dict.fromkeys(heavy))} too" if heavy else ""
