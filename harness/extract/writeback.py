"""Edits of samples written back into their page, through whatever stands between the two.

A sample's map says where each of its characters stands and, with that, how the
page spells it: as itself, as an entity, as an escape, with the prefix of a list
behind a line end. New text is spelled as the page spells the same characters
nearby. Whether that was right is not argued but shown: the new page must give
exactly the edited sample and leave all others as they were, else the edit is
refused.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from harness.extract.document import BOM
from harness.extract.profiles import DEFAULT_PROFILES
from harness.extract.site import extract
from harness.model.edit import Edit, applied
from harness.model.source import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.extract.profiles import Profile
    from harness.extract.result import Extraction
    from harness.model.source import Sample


def _entity(text: str) -> str:
    return escape(text, quote=False)


def _escaped(text: str) -> str:
    """Spell as JSON and double-quoted YAML do."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _doubled(text: str) -> str:
    """Spell as single-quoted YAML does."""
    return text.replace("'", "''")


_SPELLINGS: Final[tuple[Callable[[str], str], ...]] = (
    str,
    _escaped,
    _doubled,
    _entity,
    lambda text: _escaped(_entity(text)),
    lambda text: _doubled(_entity(text)),
    lambda text: _entity(_entity(text)),
)
"""How a page may spell a character that it does not hold yet; the first that proves right is taken."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Edits that were not made."""

    sample: str
    """Id of the sample."""
    reason: str
    """Why, one sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A page with edits made."""

    data: bytes
    """Its bytes."""
    samples: tuple[str, ...] = ()
    """Ids of the samples whose edits were made."""
    refused: tuple[Refusal, ...] = ()
    """What was not made."""


def write_back(
    path: str, data: bytes, edits: Mapping[str, Sequence[Edit]], profiles: Sequence[Profile] = DEFAULT_PROFILES
) -> Rewritten:
    """Make edits of samples on their page.

    Args:
        path: The page's path; its ending says the format.
        data: Its bytes.
        edits: Id of a sample to what changes in it, in offsets of its text.
        profiles: How publishers read their pages.
    """
    done: list[str] = []
    refused: list[Refusal] = []
    for name, wanted in edits.items():
        samples = extract(path, data, profiles).samples
        # a page by itself may be called otherwise than among others
        found = [sample for sample in samples if f"{sample.index}" == name.rpartition("#")[2]]
        made = _written(path, data, found[0], wanted, profiles) if len(found) == 1 else None
        if made is None:
            why = "the page does not hold it once" if len(found) != 1 else "no way to write it gives the same code back"
            refused.append(Refusal(name, why))
        else:
            data = made
            done.append(name)
    return Rewritten(data, tuple(done), tuple(refused))


def _written(
    path: str, data: bytes, sample: Sample, edits: Sequence[Edit], profiles: Sequence[Profile]
) -> bytes | None:
    """Return the page with one sample's edits made, None where no spelling proves right."""
    page = data.decode()
    before = extract(path, data, profiles)
    wanted = applied(sample.text, edits)
    expected = [(one.id, one.language, wanted if one.id == sample.id else one.text) for one in before.samples]
    for spelling in _spellings(before, sample):
        new = applied(page, _on_page(page, sample, edits, spelling)).encode()
        after = extract(path, new, profiles)
        same = [item.fate for item in before.inventory] == [item.fate for item in after.inventory]
        if same and expected == [(one.id, one.language, one.text) for one in after.samples]:
            return new
    return None


def _spellings(extraction: Extraction, sample: Sample) -> list[Callable[[str], str]]:
    """Return how characters that the sample does not hold may be spelled: in HTML, entities come first."""
    html = any(item.sample == sample.id and item.form in {Form.PRE, Form.CODE} for item in extraction.inventory)
    return sorted(_SPELLINGS, key=lambda spell: html and "lt;" not in spell("<"))


def _on_page(page: str, sample: Sample, edits: Sequence[Edit], spelling: Callable[[str], str]) -> list[Edit]:
    """Return edits of a sample as edits of its page."""
    known = _known(page, sample)
    made = []
    for edit in edits:
        span = sample.map.span(edit.start, edit.end) if edit.end > edit.start else None
        start = span.start if span else sample.map.span(edit.start).start
        newline = _line_end(page, sample, edit.start)
        text = "".join(newline if char == "\n" else known.get(char) or spelling(char) for char in edit.text)
        made.append(Edit(start, _behind(sample, edit) if span else start, text))
    return made


def _behind(sample: Sample, edit: Edit) -> int:
    """Return the page offset behind an edit: a line that goes takes the next line's prefix with it."""
    if sample.text[edit.end - 1] == "\n" and edit.end < len(sample.text):
        return sample.map.span(edit.end).start
    return sample.map.span(edit.start, edit.end).end


def _known(page: str, sample: Sample) -> dict[str, str]:
    """Return how the page spells the characters of a sample, where it does so in one way mostly."""
    seen: dict[str, Counter[str]] = {}
    for at, char in enumerate(sample.text[:-1]):
        if char != "\n":
            seen.setdefault(char, Counter())[_spelled(page, sample, at)] += 1
    return {char: spelled.most_common(1)[0][0] for char, spelled in seen.items()}


def _spelled(page: str, sample: Sample, at: int) -> str:
    span = sample.map.span(at)
    return page[span.start : span.end]


def _line_end(page: str, sample: Sample, offset: int) -> str:
    """Return how the page spells the end of a line, with what stands before the next one."""
    line_start = sample.text.rfind("\n", 0, offset)
    if line_start >= 0:
        return _between(page, sample, line_start)
    at = sample.text.find("\n")
    while 0 <= at < len(sample.text) - 1 and sample.text[at + 1] == "\n":
        at = sample.text.find("\n", at + 1)
    if 0 <= at < len(sample.text) - 1:
        return _between(page, sample, at)
    return "\r\n" if "\r\n" in page.removeprefix(BOM) else "\n"


def _between(page: str, sample: Sample, newline: int) -> str:
    """Return the page text from the end of a line to the next character of the sample."""
    return page[sample.map.span(newline).start : sample.map.span(newline + 1).start]
