"""Verified replacements → pages: what would change, as a diff, and the change itself.

A page is touched only as it was when its samples were checked, and only as a
whole: it is written aside and moved into place.
"""

from __future__ import annotations

import difflib
import hashlib
import io
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from harness.extract import NONE_GIVEN, Refusal, write_back
from harness.extract.document import BOM, decode
from harness.files import write_whole
from harness.model.verdict import Change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.extract import Profile
    from harness.model.verdict import Report, SampleReport


@dataclass(frozen=True, slots=True)
class Fixed:
    """One page with the replacements that were verified."""

    path: str
    """The page, as it was given."""
    before: bytes = b""
    """Its bytes as they were checked."""
    after: bytes = b""
    """Its bytes with the replacements made."""
    samples: tuple[str, ...] = ()
    """Ids of the samples that change."""
    refused: tuple[Refusal, ...] = ()
    """What cannot be written, and why."""

    @property
    def diff(self) -> str:
        """What changes, as a unified diff; empty where nothing does."""
        old, new = (_lines(data.decode()) for data in (self.before, self.after))
        name = self.path.lstrip("/")
        changed = difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in changed)


def fixes(report: Report, profiles: Sequence[Profile], given: Mapping[str, bytes] = NONE_GIVEN) -> tuple[Fixed, ...]:
    """Return the pages for which a check verified replacements, with these made; writes nothing.

    Args:
        report: What the check found.
        profiles: How publishers read their pages, as in the check.
        given: Text in place of that of a page's file, as in the check.
    """
    pages: dict[str, list[SampleReport]] = {}
    for sample in report.samples:
        if sample.edits:
            pages.setdefault(sample.page.path, []).append(sample)
    return tuple(_fixed(path, samples, profiles, given) for path, samples in pages.items())


def with_changes(report: Report, profiles: Sequence[Profile], given: Mapping[str, bytes] = NONE_GIVEN) -> Report:
    """Return a report that says what the verified replacements of each sample change on its page.

    Args:
        report: What the check found.
        profiles: How publishers read their pages, as in the check.
        given: Text in place of that of a page's file, as in the check.
    """
    return replace(report, samples=tuple(_with_changes(sample, profiles, given) for sample in report.samples))


def _with_changes(sample: SampleReport, profiles: Sequence[Profile], given: Mapping[str, bytes]) -> SampleReport:
    if not sample.edits:
        return sample
    alone = _fixed(sample.page.path, [sample], profiles, given)
    return replace(sample, changes=_changes(alone.before, alone.after)) if alone.samples else sample


def _changes(before: bytes, after: bytes) -> tuple[Change, ...]:
    """Return where two versions of a page differ, no more of it than differs."""
    old, new = decode(before), decode(after)
    lines, wanted = (_lines(document.text.removeprefix(BOM)) for document in (old, new))
    starts = list(accumulate(map(len, lines), initial=old.start))
    changes = []
    for tag, first, end, new_first, new_end in difflib.SequenceMatcher(
        None, lines, wanted, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            continue
        gone, put = "".join(lines[first:end]), "".join(wanted[new_first:new_end])
        head = _alike(gone, put)
        tail = _alike(gone[head:][::-1], put[head:][::-1])
        start, stop = starts[first] + head, starts[end] - tail
        begin, behind = old.position(start), old.position(stop)
        text = put[head : len(put) - tail]
        changes.append(Change(begin.line, begin.column, behind.line, behind.column, text))
    return tuple(changes)


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def write(fixed: Fixed) -> str:
    """Put a page in place of the one that was checked; return why it was not done, or an empty string.

    Args:
        fixed: The page.
    """
    path = Path(fixed.path)
    try:
        if path.read_bytes() != fixed.before:
            return _CHANGED
        write_whole(path, fixed.after)
    except OSError as error:
        return f"it cannot be written: {error.strerror or error}"
    return ""


_CHANGED = "it was changed while it was checked; check it again"


def _fixed(
    path: str, samples: Sequence[SampleReport], profiles: Sequence[Profile], given: Mapping[str, bytes]
) -> Fixed:
    try:
        data = given[path] if path in given else Path(path).read_bytes()
    except OSError as error:
        return _refused(path, samples, f"it cannot be read any more: {error.strerror or error}")
    if hashlib.sha256(data).hexdigest() != samples[0].page.digest:
        return _refused(path, samples, _CHANGED)
    result = write_back(path, data, {sample.id: sample.edits for sample in samples}, profiles)
    return Fixed(path, data, result.data, result.samples, result.refused)


def _refused(path: str, samples: Sequence[SampleReport], reason: str) -> Fixed:
    return Fixed(path, refused=tuple(Refusal(sample.id, reason) for sample in samples))


def _lines(text: str) -> list[str]:
    # on line feeds alone: a page may hold other characters that Python takes for line ends
    return io.StringIO(text, newline="\n").readlines()
