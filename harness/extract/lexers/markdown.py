"""Finds code in Markdown in one pass from left to right: fences, HTML elements and comments.

What lies inside one of them is never looked at again, so a fence inside
``<pre>`` is text, and ``<pre>`` inside a fence is code. Indented code is
found afterwards, in what is left (`rendering`).
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from harness.extract.lexers import commonmark, html
from harness.extract.lexers.base import Comment, Lexemes, malformed, region
from harness.extract.lexers.commonmark import Kind
from harness.extract.lexers.fence import (
    Extent,
    Opener,
    code_of,
    contained_extent,
    opener,
    plain_extent,
    width,
)
from harness.model.source import Form, Region

if TYPE_CHECKING:
    from harness.extract.weave import Woven

_FENCES: Final = r"```|~~~"
_TAGS: Final = (
    r"<(?:!--|[pP][rR][eE](?=[\s>])|[cC][oO][dD][eE](?=[\s>])|[sS](?:[cC][rR][iI][pP][tT]|[tT][yY][lL][eE])(?=[\s>]))"
)
_MARKDOWN: Final = re.compile(rf"{_FENCES}|{_TAGS}")
_MDX: Final = re.compile(rf"{_FENCES}|\{{/\*|{_TAGS}")
_HTML: Final = re.compile(_TAGS)
_GLUED_INFO: Final = re.compile(r"[\w+#.-]{0,40}[ \t]{0,80}\r?(?=\n)")
_BLANKS: Final = re.compile(r"[ \t]*+")
_CODE_MARGIN: Final = 4
_PATIENCE: Final = 20_000
_COMMENTS: Final = {"<!--": "-->", "{/*": "*/}"}


@dataclass(frozen=True, slots=True)
class Syntax:
    """Which of the forms a page may use."""

    fences: bool = True
    """Fences count; in HTML pages they do not."""
    mdx: bool = False
    """Comments in braces count."""
    glued: bool = False
    """Fences count wherever they stand on a line."""
    rendered: bool = True
    """A CommonMark renderer gets to see it."""

    @property
    def token(self) -> re.Pattern[str]:
        """What can begin a region or a comment."""
        if not self.fences:
            return _HTML
        return _MDX if self.mdx else _MARKDOWN


class Scanner:
    """One pass over one text."""

    def __init__(self, source: Woven, syntax: Syntax, start: int = 0, end: int | None = None) -> None:
        """Take the text and where its body begins and ends."""
        self._source = source
        self._text = source.text
        self._syntax = syntax
        self._start = start
        self._limit = len(source.text) if end is None else end
        self._finder = html.Finder(source.text, self._limit)
        self._line = (start, start)
        self._spans: tuple[int, list[tuple[int, int]]] = (-1, [])
        self._open_comments: set[str] = set()
        self._patience = _PATIENCE
        self._unended = False
        self._blocks: commonmark.Blocks | None = None

    @property
    def blocks(self) -> commonmark.Blocks:
        """What CommonMark makes of the text, asked for only where it matters."""
        if self._blocks is None:
            self._blocks = commonmark.parse(self._text, self._start)
        return self._blocks

    def scan(self) -> Lexemes:
        """Yield regions and comments in page order."""
        at = self._start
        token = self._syntax.token
        while match := token.search(self._text, at, self._limit):
            found = match[0]
            if found[0] in "`~":
                lexeme, at = self._fence(match.start())
            elif found in _COMMENTS:
                regions, at = self._comment(match.start(), found)
                yield from regions
                continue
            else:
                lexeme, at = self._element(match.start(), found[1:].lower())
            if lexeme is not None:
                yield lexeme

    def _fence(self, marks: int) -> tuple[Region | None, int]:
        """Return the fence whose marks were found, if it is one, and where to go on."""
        start, fresh = self._line_of(marks)
        fence = opener(self._text, start, marks, self._limit) if fresh else None
        if fence is not None and self._is_literal(start, marks):
            fence = None
        glued = fence is None and self._syntax.glued
        if glued:
            fence = self._glued_opener(marks)
        if fence is None:
            return None, self._behind_marks(marks)
        extent = self._extent(fence)
        span = self._source.span(fence.marks, max(extent.end, fence.end))
        code = code_of(self._source, fence, extent)
        return region(Form.FENCE, span, code, info=fence.info), max(extent.end, fence.end)

    def _line_of(self, offset: int) -> tuple[int, bool]:
        """Return where the line of an offset begins, and whether nothing was found on that line before."""
        start, seen = self._line
        if offset < seen:
            return start, False
        start = max(self._text.rfind("\n", seen, offset) + 1, start if seen > offset else self._start)
        newline = self._text.find("\n", offset, self._limit)
        self._line = (start, self._limit if newline < 0 else newline)
        return start, True

    def _behind_marks(self, marks: int) -> int:
        """Return the offset behind a run of backticks or tildes."""
        char = self._text[marks]
        while marks < self._limit and self._text[marks] == char:
            marks += 1
        return marks

    def _is_literal(self, start: int, offset: int) -> bool:
        """Return whether CommonMark shows an offset as part of indented code."""
        if self._syntax.glued or not self._syntax.rendered or width(self._text, start, offset) < _CODE_MARGIN:
            return False
        block = self.blocks.around(offset)
        return block is not None and block.kind is Kind.INDENTED

    def _glued_opener(self, marks: int) -> Opener | None:
        """Return a fence that opens behind other text of its line, for publishers that read any fence."""
        behind = self._behind_marks(marks)
        info = _GLUED_INFO.match(self._text, behind, self._limit)
        if self._text[marks] != "`" or info is None or marks != behind - 3:
            return None
        return Opener(marks, marks, self._text[marks:behind], info[0].strip(), info.end())

    def _extent(self, fence: Opener) -> Extent:
        """Return where a fence ends; where the layout leaves it open, CommonMark decides."""
        if not fence.quotes and not fence.margin:
            return plain_extent(self._text, fence, self._limit, glued=self._syntax.glued)
        extent = contained_extent(self._text, fence, self._limit, self._patience)
        if extent.dedent < 0:
            return extent
        self._patience -= extent.spent
        if not self._syntax.rendered or (extent.closed and not extent.dented):
            return extent
        block = self.blocks.beginning(fence.start, fence.marks)
        if block is None or block.kind is not Kind.FENCED:
            return extent
        return self._as_rendered(fence, extent, block.end)

    def _as_rendered(self, fence: Opener, extent: Extent, end: int) -> Extent:
        """Return the extent that CommonMark gives a fence."""
        if end >= extent.end:
            return extent
        last = self._text.rfind("\n", fence.end, end) + 1
        marks = self._text[last:end].strip()
        closes = len(marks) >= len(fence.ticks) and not marks.strip(fence.ticks[0])
        return Extent(last if closes else end, end, closed=closes)

    def _comment(self, start: int, opening: str) -> tuple[list[Region | Comment], int]:
        """Return a comment and the regions inside it, which no reader sees, and where to go on."""
        behind = start + len(opening)
        if opening in self._open_comments or self._in_code_span(start):
            return [], behind
        end = self._text.find(_COMMENTS[opening], behind, self._limit)
        if end < 0:
            self._open_comments.add(opening)
            return [], behind
        close = end + len(_COMMENTS[opening])
        found: list[Region | Comment] = [Comment(self._source.span(start, close), self._text[behind:end])]
        if self._syntax.token.search(self._text, behind, end):
            inner = Scanner(self._source, replace(self._syntax, fences=True, glued=False, rendered=False), behind, end)
            found += [replace(item, form=Form.COMMENT) for item in inner.scan() if isinstance(item, Region)]
        return found, close

    def _element(self, start: int, name: str) -> tuple[Region | None, int]:
        """Return the region of an HTML element, if it holds code, and where to go on."""
        behind = start + 1 + len(name)
        if self._in_code_span(start) or self._escaped(start):
            return None, behind
        element = self._finder.element(name, start)
        if element is None:
            return self._unclosed(start, name), behind
        if name == "pre":
            return html.pre(self._source, element), element.end
        if name != "code":
            return None, element.end  # scripts and styles hold no samples
        if html.PRE.search(self._text, element.inner, element.inner_end):
            return None, element.inner
        return html.code_element(self._source, element), element.end

    def _unclosed(self, start: int, name: str) -> Region | None:
        """Return the first ``<pre>`` that never ends; those behind it lie inside it."""
        if name != "pre" or self._unended or not self._finder.begins(name, start):
            return None
        self._unended = True
        return malformed(Form.PRE, self._source.span(start, start + len("<pre")), "<pre> is never closed")

    def _escaped(self, start: int) -> bool:
        """Return whether a tag is literal text: behind a backslash, or in indented code."""
        if not self._syntax.fences:
            return False
        if start and self._text[start - 1] == "\\":
            return True
        line, _ = self._line_of(start)
        blanks = _BLANKS.match(self._text, line, start)
        return blanks is not None and blanks.end() == start and self._is_literal(line, start)

    def _in_code_span(self, offset: int) -> bool:
        """Return whether an offset lies between backticks on its line."""
        if not self._syntax.fences:
            return False
        line, _ = self._line_of(offset)
        if self._spans[0] != line:
            self._spans = (line, _code_spans(self._text, line, self._line[1]))
        spans = self._spans[1]
        index = bisect.bisect_right(spans, (offset, self._limit)) - 1
        return index >= 0 and offset < spans[index][1]


def _code_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the ranges of a line that stand between runs of as many backticks."""
    if text.find("`", start, end) < 0:
        return []
    runs = [(match.start(), match.end()) for match in re.finditer(r"`+", text[start:end])]
    later: dict[int, list[int]] = {}
    for index in range(len(runs) - 1, -1, -1):
        later.setdefault(runs[index][1] - runs[index][0], []).append(index)
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(runs):
        same = later[runs[at][1] - runs[at][0]]
        while same and same[-1] <= at:
            same.pop()
        if same:
            spans.append((start + runs[at][0], start + runs[same[-1]][1]))
            at = same[-1]
        at += 1
    return spans
