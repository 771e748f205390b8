"""Takes one fence out of a page: where it ends, and what margin and quote marks its lines carry.

It follows the author's intent where CommonMark and the intent part: code
that is less indented than its list item still belongs to a fence whose
closing line stands where the opening one does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from harness.extract.weave import Weaver

if TYPE_CHECKING:
    from harness.extract.weave import Woven

_TAB: Final = 4
_MAX_INDENT: Final = 3
PREFIX: Final = re.compile(r"(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*")
"""What may stand before a fence on its line: quote marks, list markers and blanks."""


@dataclass(frozen=True, slots=True)
class Opener:
    """The first line of a fence."""

    start: int
    """Offset of the line's first character."""
    marks: int
    """Offset of the first backtick or tilde."""
    ticks: str
    """The backticks or tildes."""
    info: str
    """The info string."""
    end: int
    """Offset of the line's newline, or of the end of the text."""
    quotes: int = 0
    """How many quote marks stand before it."""
    margin: int = 0
    """Columns between the last quote mark and the fence."""
    bullet: bool = False
    """True where a list marker stands on the same line."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Where the code of a fence lies."""

    code_end: int
    """Offset behind the last line of code."""
    end: int
    """Offset behind the fence, its closing line included."""
    closed: bool
    """True where a closing line was found."""
    dedent: int = -1
    """Offset of the first line that is less indented than the fence, or -1."""
    dented: bool = False
    """True where the closing line too is less indented than the opening one."""
    spent: int = 0
    """How many lines were looked at behind ``dedent``."""


def opener(text: str, start: int, marks: int, limit: int) -> Opener | None:
    """Return the opening line of a fence, or None where the line is something else.

    Args:
        text: The page.
        start: Offset of the line.
        marks: Offset of the first backtick or tilde.
        limit: Where the page ends.
    """
    char = text[marks]
    behind = marks
    while behind < limit and text[behind] == char:
        behind += 1
    end = text.find("\n", behind, limit)
    end = limit if end < 0 else end
    info = text[behind:end].strip()
    if (char == "`" and "`" in info) or not PREFIX.fullmatch(text, start, marks):
        return None
    ticks = text[marks:behind]
    if start == marks:
        return Opener(start, marks, ticks, info, end)
    prefix = text[start:marks]
    quotes = prefix.count(">")
    base = start + prefix.rfind(">") + 1
    margin = width(text, start, marks) - width(text, start, base) - (quotes > 0 and text[base] in " \t")
    return Opener(start, marks, ticks, info, end, quotes, margin, prefix[base - start :].strip() != "")


def width(text: str, start: int, end: int) -> int:
    """Return the columns that a stretch of a line takes, tabs counted to the next stop."""
    if text.find("\t", start, end) < 0:
        return end - start
    column = 0
    for char in text[start:end]:
        column += _TAB - column % _TAB if char == "\t" else 1
    return column


@lru_cache(maxsize=64)
def _closing(char: str, count: int) -> re.Pattern[str]:
    """Return the pattern of a closing line at the left edge."""
    return re.compile(rf"\n {{0,{_MAX_INDENT}}}{char}{{{count},}}+[ \t]*+(?=\r?(?:\n|\Z))")


@lru_cache(maxsize=64)
def _closing_here(char: str, count: int) -> re.Pattern[str]:
    """Return the pattern of a closing line whose margin was taken off."""
    return re.compile(rf" {{0,{_MAX_INDENT}}}{char}{{{count},}}+[ \t]*+\r?\Z")


def plain_extent(text: str, fence: Opener, limit: int, *, glued: bool = False) -> Extent:
    """Return the extent of a fence that stands at the left edge.

    Args:
        text: The page.
        fence: Its first line.
        limit: Where the page ends.
        glued: True where the marks also close behind code on the same line.
    """
    count = len(fence.ticks)
    match = _closing(fence.ticks[0], count).search(text, fence.end, limit)
    if glued:
        tail = _glued_closing(fence.ticks[0], count).search(text, fence.end, match.end() if match else limit)
        if tail:
            return Extent(tail.start(), tail.end(), closed=True)
    if match is None:
        return Extent(limit, limit, closed=False)
    return Extent(match.start() + 1, match.end(), closed=True)


@lru_cache(maxsize=64)
def _glued_closing(char: str, count: int) -> re.Pattern[str]:
    """Return the pattern of marks at the end of a line of code."""
    return re.compile(rf"(?<=[^\s{char}]){char}{{{count}}}(?=[ \t]{{0,80}}\r?(?:\n|\Z))")


def contained_extent(text: str, fence: Opener, limit: int, patience: int) -> Extent:
    """Return the extent of a fence that stands in a list, in a quote or behind a margin.

    Args:
        text: The page.
        fence: Its first line.
        limit: Where the page ends.
        patience: How many lines to look on behind a line that is less indented than the fence.
    """
    closing = _closing_here(fence.ticks[0], len(fence.ticks))
    dedent = -1
    spent = 0
    at = fence.end + 1
    while at < limit:
        newline = text.find("\n", at, limit)
        end = limit if newline < 0 else newline
        code = strip_quotes(text, at, end, fence.quotes)
        if code < 0:
            return Extent(at, at - 1, closed=True)
        inner, _ = strip_margin(text, at, code, end, fence.margin + (fence.quotes > 0))
        indent = width(text, at, inner) - width(text, at, code)
        if closing.match(text, inner, end):
            return Extent(at, end, closed=True, dedent=dedent, dented=indent < fence.margin, spent=spent)
        if dedent < 0 and indent < fence.margin and not fence.quotes and text[inner:end].strip():
            dedent = at
        spent += dedent >= 0
        if spent > patience:
            return Extent(dedent, dedent - 1, closed=False, dedent=dedent, spent=spent)
        at = end + 1
    return Extent(limit, limit, closed=False, dedent=dedent, spent=spent)


def strip_quotes(text: str, at: int, end: int, depth: int) -> int:
    """Return the offset behind the quote marks of a line, or -1 where it has too few."""
    for _ in range(depth):
        while at < end and text[at] in " \t":
            at += 1
        if at >= end or text[at] != ">":
            return -1
        at += 1
    return at


def strip_margin(text: str, line: int, at: int, end: int, columns: int) -> tuple[int, int]:
    """Take up to so many columns of blanks off a line.

    Returns:
        The offset behind them, and how many columns of a tab are left over.
    """
    column = width(text, line, at)
    goal = column + columns
    while at < end and column < goal:
        if text[at] == " ":
            column += 1
        elif text[at] == "\t":
            column += _TAB - column % _TAB
        else:
            break
        at += 1
    return at, max(column - goal, 0)


def code_of(source: Woven, fence: Opener, extent: Extent) -> Woven:
    """Return the code of a fence, without the margin and the quote marks of its container."""
    text = source.text
    at = min(fence.end + 1, extent.code_end)
    if not fence.quotes and not fence.margin:
        return source.slice(at, extent.code_end)
    weaver = Weaver(source)
    while at < extent.code_end:
        newline = text.find("\n", at, extent.code_end)
        end = extent.code_end if newline < 0 else newline + 1
        code = max(strip_quotes(text, at, end, fence.quotes), at)
        inner, spare = strip_margin(text, at, code, end, fence.margin + (fence.quotes > 0))
        if spare:
            weaver.put(" " * spare, inner - 1, inner)
        weaver.copy(inner, end)
        at = end
    return weaver.woven()
