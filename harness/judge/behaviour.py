"""Behaviour that may have changed behind the same signature: which failures to put to older releases, and their answer.

A library that refuses a value, or says that something is gone, fails like a
sample with a mistake of its own. What tells them apart is an older release in
which the same line worked. Pure: who runs the sample there is not known here.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from harness.judge.binding import callee
from harness.judge.blame import account, has_type, importing, of_library, owned
from harness.judge.execution import Rules
from harness.judge.flow import feeding
from harness.judge.marks import mark
from harness.judge.names import sources
from harness.judge.timeline import ASKED, summary
from harness.model.verdict import Code, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.judge.base import Case
    from harness.judge.names import Source
    from harness.model.execution import Evidence, Raised, Warned
    from harness.model.source import Sample
    from harness.model.verdict import Finding, History

_BREAKS: Final = frozenset({Code.MODULE, Code.NAME, Code.SIGNATURE, Code.PROTOCOL})
_ENDS: Final = ("SystemExit", "KeyboardInterrupt")


def refusals(case: Case) -> tuple[Finding, ...]:
    """Return what a library refused for its value: API findings, if an older release shows that it took it once."""
    found: dict[int, Finding] = {}
    files = sources(case.job.sample)
    for evidence in _runs(case):
        for number, seen in enumerate(evidence.raised):
            guessed = seen.handled or seen.taint in {"class", "type"}
            passed_on = any(_inside(other, seen) for other in evidence.raised[:number])
            one = None if guessed or passed_on else _refusal(case, evidence, seen, files)
            if one:
                found.setdefault(one.line, one)
    return tuple(found.values())


def undated(findings: Iterable[Finding], refused: Iterable[Finding], sample: Sample) -> tuple[Finding, ...]:
    """Return what only runs in older releases can date.

    Args:
        findings: What was found.
        refused: What was refused for its value (`refusals`).
        sample: What was run.
    """
    files = sources(sample)
    seen = [one for one in findings if one.code in ASKED and not one.settled]
    told = {one.line for one in seen}
    open_ = [one for one in seen if "execution" in one.witnesses and one.evidence and _open(one)]
    # behind a call that is gone, a refusal may be what came of that: the older release has both
    gone = {one.line for one in seen if one.code in _BREAKS}
    fresh = [one for one in refused if one.line not in told and not _before(one, gone, files)]
    return (*open_, *fresh)


def _open(finding: Finding) -> bool:
    """Return whether reading left open since when a line fails; that an interface never had something is an answer."""
    known = finding.history
    if known is None:
        return "timeline" not in finding.witnesses
    return finding.code is not Code.DEPRECATED and known.first_bad is None and known.last_good is not None


def works(finding: Finding, then: Case, today: Case) -> bool | None:
    """Return whether a line that fails today works in another run; None where that run does not tell.

    Args:
        finding: What fails today.
        then: What the run with the older release showed.
        today: What today's run showed.
    """
    files = sources(today.job.sample)
    lines = _lines(finding, files)
    kind = finding.evidence.partition(":")[0]
    raised = {seen.type for seen in _raised(then) if lines & _through(seen)}
    if finding.code is Code.DEPRECATED:
        warned = [one.category for one in _warned(then) if one.line in lines]
        # what fails there in a way of its own may have kept the library from saying so
        own = raised - {seen.type for seen in _raised(today) if lines & _through(seen)}
        return False if kind in warned else None if own else _reached(then, lines)
    if kind in raised:
        return False
    there, here = ({seen.line for seen in _raised(run)} - lines for run in (then, today))
    # what fails only there may have taken away what this line needs, and what fails only here may be why it fails
    # save for what a release is known not to have: no earlier line takes that away
    unlike = there - here or (finding.history is None and _before(finding, here - there, files))
    return None if raised or unlike else _reached(then, lines)


def _before(finding: Finding, failing: Iterable[int], files: dict[str, Source]) -> bool:
    """Return whether one of the lines that fail may be why a later one does: not an import that has no part in it."""
    earlier = [line for line in failing if line < finding.line]
    return any(not any(_aside(line, finding.line, source) for source in files.values()) for line in earlier)


def _aside(line: int, other: int, source: Source) -> bool:
    """Return whether a line imports names of which another one, and what feeds it, makes no use."""
    statement = source.statement(line)
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return False
    used = {word for one in feeding(source, other, through_libraries=False) for word in source.words(one)}
    return not used & {alias.asname or alias.name.partition(".")[0] for alias in statement.names}


def with_runs(findings: Iterable[Finding], dated: Iterable[tuple[Finding, History]]) -> tuple[Finding, ...]:
    """Return findings with the history that runs showed; a refusal that is dated takes the place of a plain mistake.

    Args:
        findings: What was found.
        dated: What runs in older releases dated.
    """
    known = {(one.code, one.line, one.symbol): (one, history) for one, history in dated}
    proved = {line for code, line, _ in known if code is Code.SIGNATURE}
    kept = [one for one in findings if one.code is not Code.BUG or one.line not in proved]
    old = {(one.code, one.line, one.symbol) for one in kept}
    new = [one for key, (one, _) in known.items() if key not in old]
    return tuple(
        _dated(one, known[key][1]) if (key := (one.code, one.line, one.symbol)) in known else one
        for one in (*kept, *new)
    )


def _dated(finding: Finding, history: History) -> Finding:
    ends = f"so since {history.first_bad} ({history.first_bad_date})"
    told = ends if finding.code is Code.DEPRECATED else summary(history).replace("gone in", "fails since")
    read = finding.history
    before = finding.message.removesuffix(f": {summary(read)}" if read else "")
    return replace(finding, history=history, message=f"{before}: {told}, as runs show")


def _refusal(case: Case, evidence: Evidence, seen: Raised, files: dict[str, Source]) -> Finding | None:
    source = files.get(seen.file)
    if source is None or importing(seen) or has_type(seen, *_ENDS) or not _from_library(seen):
        return None
    judged = Rules(case.job, evidence, files).fatal(seen)
    node, symbol = callee(seen, source)
    symbol = symbol or next(
        (owned(text) for key, text in seen.attributes if key.startswith("name:") and owned(text)), ""
    )
    if judged is None or judged.code not in {Code.BUG, Code.SIGNATURE} or not symbol:
        return None
    said = f"{symbol} refuses what this line does, and did not before: {account(seen)}"
    return replace(mark(seen, Code.SIGNATURE, symbol, said, node=node), kind=Kind.SIGNATURE)


def _inside(other: Raised, seen: Raised) -> bool:
    """Return whether a function of the sample failed in a call: what the call says then is no refusal of its own.

    A function that a library calls in a thread of its own is in no call that could be seen: it may be any.
    """
    frames = [frame for frame in other.frames if frame.owner == "sample"]
    called = bool(frames) and frames[-1].name != "<module>" and frames[-1].line not in _through(seen)
    return called and not other.handled and {frame.line for frame in frames[:-1]} <= _through(seen)


def _from_library(seen: Raised) -> bool:
    """Return whether a library raised it: its frames say so, or what it is or touched."""
    return of_library(seen) or bool(_touched(seen))


def _touched(seen: Raised) -> list[str]:
    """Return the paths of a library's objects among the values on the failing line."""
    return [path for key, text in seen.attributes if key.startswith("name:") and (path := owned(text))]


def _lines(finding: Finding, files: dict[str, Source]) -> frozenset[int]:
    """Return the lines of the statement that a finding is about."""
    for source in files.values():
        statement = source.statement(finding.line)
        if statement is not None:
            last = max((getattr(node, "end_lineno", 0) or 0 for node in source.head(finding.line)), default=0)
            compound = hasattr(statement, "body")
            return frozenset(range(statement.lineno, (finding.line if compound else last) + 1)) | {finding.line}
    return frozenset({finding.line})


def _runs(case: Case) -> Iterator[Evidence]:
    yield from (one for one in (case.evidence, case.explored) if one)


def _raised(case: Case) -> list[Raised]:
    return [seen for one in _runs(case) for seen in one.raised if not seen.handled]


def _warned(case: Case) -> Iterator[Warned]:
    return (seen for one in _runs(case) for seen in one.warned)


def _through(seen: Raised) -> set[int]:
    """Return the lines of the sample that an exception went through: what a call runs fails in the call too."""
    return {seen.line, *(frame.line for frame in seen.frames if frame.owner == "sample")}


def _reached(case: Case, lines: frozenset[int]) -> bool | None:
    """Return True where a run went through a line, else None."""
    return True if any(lines & set(one.executed) for one in _runs(case)) else None
