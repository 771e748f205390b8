"""What is to be written in place of what: stretches of a text and their new contents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A stretch of a text and what it becomes; an empty stretch is a place to insert at."""

    start: int
    """Offset of the first character that goes, from 0."""
    end: int
    """Offset behind the last one."""
    text: str
    """What stands there instead."""


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made, all of them given in offsets of the text as it was.

    Raises:
        ValueError: If two of them overlap.
    """
    pieces: list[str] = []
    at = 0
    for edit in sorted(set(edits)):
        if edit.start < at:
            raise ValueError(f"edits overlap at {edit.start}")
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])
