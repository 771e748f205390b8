"""What a CommonMark renderer makes of a page: its code blocks and HTML blocks, with their ranges."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pyromark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Kind(StrEnum):
    """The blocks that matter for code."""

    FENCED = "fenced"
    INDENTED = "indented"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Block:
    """One block, as rendered."""

    kind: Kind
    """What it is."""
    start: int
    """Offset of its first character, behind the margin."""
    end: int
    """Offset behind it."""
    pieces: tuple[tuple[int, int, str], ...] = ()
    """(start, end, text) of the lines of indented code."""


class Blocks:
    """The blocks of a page, in page order; none lies inside another."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        """Take blocks in page order."""
        self.all = tuple(blocks)
        self._starts = [block.start for block in self.all]

    def beginning(self, first: int, last: int) -> Block | None:
        """Return the block that begins between two offsets, both included."""
        index = bisect.bisect_left(self._starts, first)
        return self.all[index] if index < len(self.all) and self._starts[index] <= last else None

    def around(self, offset: int) -> Block | None:
        """Return the block that an offset lies in."""
        index = bisect.bisect_right(self._starts, offset) - 1
        return self.all[index] if index >= 0 and offset < self.all[index].end else None


def parse(text: str, start: int) -> Blocks:
    """Return the blocks of a page.

    Args:
        text: The page.
        start: Where its Markdown begins; the ranges are offsets in the page all the same.
    """
    body = text[start:]
    events: Iterable[tuple[Any, Any]] = pyromark.events_with_range(body)
    blocks = _blocks(events)
    if not body.isascii():
        blocks = _in_characters(blocks, body.encode("utf-8", "surrogatepass"))
    return Blocks(_moved(block, start) for block in blocks)


def _blocks(events: Iterable[tuple[Any, Any]]) -> Iterator[Block]:
    """Pick the blocks out of the parser's events; their ranges are in bytes."""
    kind: Kind | None = None
    pieces: list[tuple[int, int, str]] = []
    for event, span in events:
        if not isinstance(event, dict):
            continue
        if "Text" in event:
            if kind is Kind.INDENTED:
                pieces.append((span["start"], span["end"], event["Text"]))
        elif "Start" in event:
            kind = _kind(event["Start"]) or kind
            if kind is Kind.FENCED or kind is Kind.HTML:
                yield Block(kind, span["start"], span["end"])
                kind = None
            elif kind is Kind.INDENTED:
                pieces = []
        elif kind is Kind.INDENTED and event.get("End") == "CodeBlock":
            yield Block(kind, span["start"], span["end"], tuple(pieces))
            kind = None


def _kind(tag: object) -> Kind | None:
    """Return what a start tag begins, if it matters."""
    if tag == "HtmlBlock":
        return Kind.HTML
    if isinstance(tag, dict) and "CodeBlock" in tag:
        return Kind.INDENTED if tag["CodeBlock"] == "Indented" else Kind.FENCED
    return None


def _in_characters(blocks: Iterable[Block], data: bytes) -> Iterator[Block]:
    """Turn byte offsets, which ascend, into character offsets."""
    at = count = 0

    def char(offset: int) -> int:
        nonlocal at, count
        if offset >= at:
            count += len(data[at:offset].decode("utf-8", "surrogatepass"))
        else:
            count -= len(data[offset:at].decode("utf-8", "surrogatepass"))
        at = offset
        return count

    for block in blocks:
        start = char(block.start)
        pieces = tuple((char(first), char(last), text) for first, last, text in block.pieces)
        yield Block(block.kind, start, char(block.end), pieces)


def _moved(block: Block, by: int) -> Block:
    """Return a block further down the page."""
    pieces = tuple((first + by, last + by, text) for first, last, text in block.pieces)
    return Block(block.kind, block.start + by, block.end + by, pieces)
