"""A page as text: its bytes decoded, its lines counted, its offsets turned into positions."""

from __future__ import annotations

import bisect
import re
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from harness.model.source import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.model.source import Run, SourceMap

BOM: Final = "\ufeff"
_LONE_CR: Final = re.compile(r"\r(?!\n)")
_SAMPLED: Final = 4096
_LITERAL: Final = 2
"""A text that stands on the page letter by letter has one run, and one more for a newline that was added."""
_COLUMN_ONE: list[Position] = []


class UnreadableError(Exception):
    """The bytes are not a text page; says where and why."""

    def __init__(self, cause: str, next_step: str, line: int = 1, column: int = 1) -> None:
        """Keep the parts of the message apart."""
        super().__init__(cause)
        self.cause = cause
        self.next_step = next_step
        self.line = line
        self.column = column


class Document:
    """The text of one page.

    A carriage return that stands alone counts as a line end and is replaced
    by a newline, one for one, so that offsets stay true.
    """

    def __init__(self, text: str) -> None:
        """Take the text as it was decoded, a byte order mark included."""
        self.text = _LONE_CR.sub("\n", text) if "\r" in text else text
        self.start = 1 if text.startswith(BOM) else 0
        self._last = (self.start, 1, self.start)

    @cached_property
    def _lines(self) -> list[int]:
        """Offsets of the first character of each line."""
        return [self.start, *(match.end() for match in re.finditer("\n", self.text))]

    def position(self, offset: int) -> Position:
        """Return line and column of an offset."""
        line, start = self._line_of(offset)
        return Position(line, max(offset - start, 0) + 1)

    def _line_of(self, offset: int) -> tuple[int, int]:
        """Return the number of an offset's line and where it begins.

        Positions are mostly asked for from top to bottom: counting on from the
        last one is much faster than an index of all lines.
        """
        at, line, start = self._last
        if offset < start:
            line = max(bisect.bisect_right(self._lines, offset), 1)
            return line, self._lines[line - 1]
        if offset > at:
            line += self.text.count("\n", at, offset)
            start = max(self.text.rfind("\n", at, offset) + 1, start)
            self._last = (offset, line, start)
        return line, start

    def lines(self, text: str, source: SourceMap) -> tuple[Position, ...]:
        """Return the position of the first character of each line of a text taken from this page."""
        if len(source.runs) <= _LITERAL and source.runs[0].width == 1 and source.runs[-1].width <= 1:
            line, start = self._line_of(source.runs[0].page)
            if source.runs[0].page == start and (len(source.runs) == 1 or not source.runs[-1].width):
                return _column_one(line, line + text.count("\n"))
        return tuple(self.position(offset) for offset in _origins(_starts(text), source.runs))


def _origins(starts: Iterable[int], runs: Sequence[Run]) -> Iterator[int]:
    """Yield the page offsets of ascending text offsets."""
    index = 0
    for start in starts:
        while index + 1 < len(runs) and runs[index + 1].text <= start:
            index += 1
        run = runs[index]
        yield run.page + (start - run.text if run.width == 1 else 0)


def _starts(text: str) -> list[int]:
    """Return the offset of each line of a text that ends with a newline."""
    ends = accumulate(len(line) + 1 for line in text.split("\n")[:-1])
    return [0, *ends][:-1] if text else []


def _column_one(first: int, behind: int) -> tuple[Position, ...]:
    """Return the positions of the beginnings of lines; they are shared, since pages have many and all alike."""
    while len(_COLUMN_ONE) < behind:
        _COLUMN_ONE.append(Position(len(_COLUMN_ONE) + 1, 1))
    return tuple(_COLUMN_ONE[first - 1 : behind - 1])


def decode(data: bytes) -> Document:
    """Decode a page.

    Raises:
        UnreadableError: If it is not UTF-8 text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError("it is UTF-16, not UTF-8", "save it as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        cause = f"byte 0x{data[error.start]:02x} is not UTF-8"
        if b"\0" in data[:_SAMPLED]:
            cause = "it is a binary file"
        raise UnreadableError(cause, "save it as UTF-8", line, column) from None
    if "\0" in text:
        at = text.index("\0")
        raise UnreadableError("it is a binary file: it holds a NUL", "leave it out", text.count("\n", 0, at) + 1)
    return Document(text)
