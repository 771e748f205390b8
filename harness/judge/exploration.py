"""What a run that does not stop shows, as findings: the same rules as for a plain run, and a guard.

The exploratory run supplies names, files and arguments of its own making. A
fault counts only where these had no hand in it, or where a real class, module
or signature proves it whatever the values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.judge import deprecation, services
from harness.judge.blame import has_type, importing, libraries
from harness.judge.execution import API, Rules
from harness.judge.members import says_removed
from harness.judge.names import sources
from harness.model.verdict import Code, Confidence, Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.judge.base import Case
    from harness.judge.names import Source
    from harness.model.execution import Evidence, Raised
    from harness.model.matrix import Job

_PROVED_BY_TYPE = frozenset({Code.MODULE, Code.NAME, Code.PROTOCOL})
"""What holds as soon as the types are real, whatever the contents."""
_ONCE = frozenset({Code.SERVICE, Code.ENVIRONMENT})
"""What is not there, or does not work, is told where it shows first."""
_ENVIRONMENT = frozenset({Code.ENVIRONMENT, Code.PLATFORM})


class ExplorationWitness:
    """Judges by what happened when the sample was run to its end, whatever failed."""

    name = "execution"

    def findings(self, case: Case) -> tuple[Finding, ...]:
        """Return what the run showed beyond where a plain run stops."""
        return tuple(_of_run(case.job, case.explored)) if case.explored is not None else ()


def _of_run(job: Job, explored: Evidence) -> Iterator[Finding]:
    files = sources(job.sample)
    failing: set[int] = set()
    told: set[tuple[Code, str]] = set()
    for seen in explored.raised:
        found = Rules(job, explored, files).fatal(seen)
        if found is None or not _counts(found, seen):
            continue
        if found.code in _ONCE and (found.code, found.symbol) in told:
            continue
        if found.code is Code.BUG and libraries(seen) and any(code is Code.SERVICE for code, _ in told):
            continue  # a library may refuse what follows for want of what it was not given before
        told.add((found.code, found.symbol))
        failing |= {found.line} if found.code in API else set()
        yield replace(found, guessed=True, confidence=Confidence.LIKELY) if seen.taint == "class" else found
    yield from services.went_without(explored, [symbol for code, symbol in told if code is Code.SERVICE])
    yield from (one for one in deprecation.findings(explored.warned, files) if one.line not in failing)
    yield from _files(explored, files)


def _counts(found: Finding, seen: Raised) -> bool:
    """Return whether a finding stands although the run supplied what it needed."""
    if found.code is Code.UNDEFINED:
        return found.symbol != "..."
    if seen.taint == "type":
        # the library's own word holds whatever was passed
        sure = found.code is Code.SIGNATURE and found.confidence is Confidence.CONFIRMED
        return _told(found, seen) or (sure and says_removed(seen))
    if seen.taint in {"class", "value"}:
        told = _PROVED_BY_TYPE if seen.taint == "class" else _PROVED_BY_TYPE | {Code.FILE}
        return found.code in told or _bound(found, seen)
    if found.code is Code.BUG:
        # A library may refuse what we drive for reasons that lie in how we do it.
        return not seen.driven and not has_type(seen, "SystemExit")
    if found.code in _ENVIRONMENT:
        return not seen.driven and (has_type(seen, "ImportError") or importing(seen))
    return True


def _told(found: Finding, seen: Raised) -> bool:
    """Return whether a library says in words that what the sample writes is gone: no value makes it say so."""
    return found.code is Code.NAME and bool(libraries(seen)) and not has_type(seen, "AttributeError", "ImportError")


def _bound(found: Finding, seen: Raised) -> bool:
    """Return whether a call was refused for its shape alone: the signature tells, not the values."""
    return found.code is Code.SIGNATURE and found.confidence is Confidence.CONFIRMED and has_type(seen, "TypeError")


def _files(explored: Evidence, files: dict[str, Source]) -> Iterator[Finding]:
    """Yield the files that had to be made for the run to go on."""
    for access in explored.files:
        if not access.line or access.file not in files:
            continue
        column = files[access.file].line(access.line).find(access.target) + 1
        yield Finding(
            code=Code.FILE,
            kind=Kind.MISSING_FILE,
            line=access.line,
            symbol=access.target,
            message=f"reads {access.target}, which a reader does not have",
            column=max(column, 1),
            end_column=column + len(access.target) if column else 0,
            evidence="it was not there, and was made up for the run to go on",
        )
