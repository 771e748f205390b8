"""A copy of a sample with edits made, and the places of its text as the parser counts them."""

from __future__ import annotations

import bisect
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from harness.model.edit import Edit, applied

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Sequence

    from harness.model.source import Part, Sample


class Text:
    """A text whose places can be told as line and column, and back."""

    def __init__(self, text: str) -> None:
        """Count its lines."""
        self.text = text
        self.lines = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self.lines)]

    def start(self, line: int) -> int:
        """Return the offset of a line, from 1; of one behind the last, the end of the text."""
        return min(self._starts[line - 1], len(self.text))

    def line(self, offset: int) -> int:
        """Return the line that an offset stands on, from 1."""
        return min(bisect.bisect_right(self._starts, offset), len(self.lines))

    def at(self, line: int, column: int) -> int:
        """Return the offset of a place as the parser gives it: its columns count bytes."""
        return self.start(line) + len(self.lines[line - 1].encode()[:column].decode(errors="replace"))

    def end(self, node: ast.expr | ast.stmt | ast.alias) -> int:
        """Return the offset behind a node."""
        return self.at(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)


def edited(sample: Sample, edits: Iterable[Edit]) -> Sample:
    """Return a copy of a sample with edits made; only its text and its files are those of the copy.

    Args:
        sample: The sample.
        edits: What changes, in offsets of its text.

    Raises:
        ValueError: If edits overlap.
    """
    made = tuple(sorted(edits))
    text = Text(sample.text)
    parts = tuple(_part(part, text, made) for part in sample.parts)
    return replace(sample, text=applied(sample.text, made), parts=parts)


def line_before(text: str, edits: Sequence[Edit], line: int) -> int:
    """Return the line that a line of the edited text was, before edits were made.

    What was inserted above a line counts to that line.

    Args:
        text: The text before.
        edits: What was changed.
        line: Line of the text after, from 1.
    """
    places = Text(text)
    return next((old for old in range(1, len(places.lines) + 1) if line_after(places, edits, old) >= line), line)


def line_after(places: Text, edits: Sequence[Edit], line: int) -> int:
    """Return the line that a line has become, the last one where it has become several."""
    behind = places.start(line + 1) - 1 if line < len(places.lines) else len(places.text)
    return line + sum(_grown(places, edit) for edit in edits if edit.start <= behind)


def _grown(places: Text, edit: Edit) -> int:
    """Return how many lines an edit adds."""
    return edit.text.count("\n") - places.text.count("\n", edit.start, edit.end)


def _part(part: Part, text: Text, edits: tuple[Edit, ...]) -> Part:
    """Return one file with the edits that fall into it, moved by those above it."""
    own = Text(part.text)
    last = part.first_line + len(own.lines) - 1
    mine = [one for one in edits if part.first_line <= text.line(one.start) <= last]
    above = sum(_grown(text, one) for one in edits if text.line(one.start) < part.first_line)

    def place(offset: int) -> int:
        line = text.line(offset)
        return own.start(line - part.first_line + 1) + offset - text.start(line)

    inside = [Edit(place(one.start), place(one.end), one.text) for one in mine]
    return replace(part, text=applied(part.text, inside), first_line=part.first_line + above)
