"""A sample to the orders of the static look, and its answer back to evidence.

The answer comes out of a sandbox in which libraries ran: it is decoded
strictly, and what is not an answer is no evidence, never a verdict.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from harness.model.execution import Ending
from harness.model.source import Language
from harness.model.static import Diagnostic, Looked, Sighting, Starred, StaticEvidence

if TYPE_CHECKING:
    from harness.model.execution import Completed
    from harness.model.matrix import Job
    from harness.model.source import Sample

SHARE = 0.8
"""The part of a task's time after which the look stops by itself and tells what it has."""
_RULE = re.compile(r"^[a-z0-9-]+: ")


class _Seen(msgspec.Struct):
    """One record of the look: exactly one of these, or where a sighting has moved to."""

    sighting: Sighting | None = None
    looked: Looked | None = None
    starred: Starred | None = None
    note: str = ""
    moved: tuple[str, ...] = ()
    name: str = ""
    number: int = -1
    file: str = ""


class _Place(msgspec.Struct):
    line: int
    column: int


class _Positions(msgspec.Struct):
    begin: _Place
    end: _Place


class _Location(msgspec.Struct):
    path: str
    positions: _Positions


class _Checked(msgspec.Struct):
    """One diagnostic, as the type checker writes it for GitLab."""

    check_name: str
    description: str
    location: _Location


class _Answer(msgspec.Struct):
    introspected: int
    seen: tuple[_Seen, ...]
    ty: tuple[_Checked, ...] | None
    notes: tuple[str, ...]


def orders(job: Job, seconds: float) -> bytes:
    """Return what the look reads from its standard input.

    Args:
        job: The sample.
        seconds: How long its task may take.
    """
    files = {part.name: part.text for part in job.sample.parts if part.language is Language.PYTHON}
    return msgspec.json.encode({"files": files, "seconds": seconds * SHARE})


def evidence(completed: Completed, sample: Sample) -> StaticEvidence:
    """Return what the look saw, in lines of the sample's text; an answer that is none gives a note alone."""
    try:
        answer = msgspec.json.decode(completed.stdout, type=_Answer)
    except msgspec.DecodeError:
        how = "ended without an answer" if completed.ending is Ending.EXITED else f"ended by {completed.ending}"
        return StaticEvidence(notes=(f"the static look {how}",), whole=False, seconds=completed.seconds)
    first = {part.name: part.first_line - 1 for part in sample.parts}
    looked = (one.looked for one in answer.seen if one.looked and one.looked.file in first)
    return StaticEvidence(
        sightings=tuple(replace(one, line=one.line + first[one.file]) for one in _sightings(answer, first)),
        diagnostics=tuple(_diagnostic(one, first) for one in answer.ty or () if _file(one, first)),
        looked=tuple(
            replace(one, line=one.line + first[one.file], end_line=one.end_line + first[one.file]) for one in looked
        ),
        starred=tuple(one.starred for one in answer.seen if one.starred),
        notes=(*answer.notes, *dict.fromkeys(one.note for one in answer.seen if one.note)),
        whole=not answer.notes,
        seconds=completed.seconds,
    )


def _sightings(answer: _Answer, files: dict[str, int]) -> list[Sighting]:
    """Return the sightings, each with where it has moved to."""
    found: dict[tuple[str, int], Sighting] = {}
    for one in answer.seen:
        if one.sighting is not None and one.sighting.file in files:
            found[one.sighting.file, one.number] = one.sighting
        elif one.moved and (one.file, one.number) in found:
            known = found[one.file, one.number]
            found[one.file, one.number] = replace(known, moved=one.moved, name=one.name)
    return list(found.values())


def _file(one: _Checked, files: dict[str, int]) -> str:
    """Return which file of the sample a diagnostic is about, or an empty string."""
    path = one.location.path.removeprefix("./")
    return path if path in files else next((name for name in files if path.endswith(f"/{name}")), "")


def _diagnostic(one: _Checked, first: dict[str, int]) -> Diagnostic:
    file, at = _file(one, first), one.location.positions
    moved = first[file]
    return Diagnostic(
        rule=one.check_name,
        line=at.begin.line + moved,
        column=at.begin.column,
        message=_RULE.sub("", one.description)[:1000],
        file=file,
        end_line=at.end.line + moved,
        end_column=at.end.column,
    )
