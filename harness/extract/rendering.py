"""Holds what the author meant against what CommonMark makes of it: indented code, and what does not render (P401)."""

from __future__ import annotations

import bisect
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from harness.extract.lexers import commonmark
from harness.extract.lexers.base import region
from harness.extract.lexers.commonmark import Kind
from harness.extract.weave import Weaver
from harness.model.source import Form, Region, Rendering, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from harness.extract.lexers.commonmark import Block, Blocks
    from harness.extract.weave import Woven

_BLANK: Final = re.compile(r"\n[ \t]*\r?(?=\n)")
_HTML_LINE: Final = re.compile(r"(?:\A|\n)[ \t>*+\-\d.)]{0,80}<")
_RAW: Final = re.compile(r"<(?:[?!]|(?:script|style|textarea|pre)\b)", re.IGNORECASE)
_SAFE_MARGIN: Final = 8
_CHECKED: Final = frozenset({Form.FENCE, Form.PRE})


def indented_and_checked(
    source: Woven, start: int, found: Sequence[Region], blocks: Callable[[], Blocks]
) -> list[Region]:
    """Add indented code to the regions of a Markdown page, and say of each what keeps it from rendering.

    Args:
        source: The page.
        start: Where its Markdown begins.
        found: The regions that the scan found.
        blocks: Gives the page's blocks as rendered; asked only where there is need.
    """
    text = source.text
    if not _needs_parser(text, start, found):
        return list(found)
    rendered = blocks()
    regions = list(_checked(text, found, rendered))
    if not _any_gap(text, start, found, _may_be_indented):
        return regions
    if any(mine.rendering for mine in regions):
        # A block that does not render shifts all that follows: look for indented code in the page as it was meant.
        rendered = commonmark.parse(_blanked(text, found), start)
    extra = [_indented(source, block) for block in rendered.all if block.kind is Kind.INDENTED]
    taken = sorted((item.span.start, item.span.end) for item in found)
    regions += [item for item in extra if item.text and not _overlaps(item.span, taken)]
    return sorted(regions, key=lambda item: item.span.start)


def _any_gap(text: str, start: int, found: Sequence[Region], suspect: Callable[[str, int, int], bool]) -> bool:
    """Return whether any stretch between regions is suspect."""
    at = start
    for item in found:
        if suspect(text, at, item.span.start):
            return True
        at = max(at, item.span.end)
    return suspect(text, at, len(text))


def _needs_parser(text: str, start: int, found: Sequence[Region]) -> bool:
    """Return whether the page may hold indented code, or a region that does not render."""
    at = start
    for item in found:
        if _may_not_render(text, at, item):
            return True
        at = max(at, item.span.end)
    return _any_gap(text, start, found, _may_be_indented)


def _may_be_indented(text: str, start: int, end: int) -> bool:
    """Return whether text between regions may be indented code."""
    return text.find("    ", start, end) >= 0 or text.find("\t", start, end) >= 0


def _may_not_render(text: str, start: int, item: Region) -> bool:
    """Return whether a region may be broken by itself, or swallowed by the HTML above it.

    A fence behind a blank line always renders, except in an HTML block of the
    few kinds that blank lines do not end, or with a margin that makes it
    indented code; ``<pre>`` renders unless a blank line stands inside it.
    """
    if item.form is Form.PRE:
        return _BLANK.search(text, item.span.start, item.span.end) is not None
    if item.form is not Form.FENCE:
        return item.form is not Form.COMMENT
    line = text.rfind("\n", start, item.span.start) + 1 or start
    if line < item.span.start and not _margin_is_safe(text, line, item.span):
        return True
    if text.find("<", start, line) < 0:
        return False
    return _RAW.search(text, start, line) is not None or _last_paragraph_has_html(text, start, item.span.start)


def _margin_is_safe(text: str, line: int, span: Span) -> bool:
    """Return whether what stands before a fence surely leaves it one, and all its lines in it."""
    prefix = text[line : min(span.start, line + _SAFE_MARGIN + 1)]
    if len(prefix) > _SAFE_MARGIN or "    " in prefix or "\t" in prefix:
        return False
    if ">" in prefix:
        return not prefix.strip(" >")
    return _dedent(len(prefix)).search(text, span.start, span.end) is None


@lru_cache(maxsize=_SAFE_MARGIN + 1)
def _dedent(margin: int) -> re.Pattern[str]:
    """Return the pattern of a line with less than a margin of so many blanks."""
    return re.compile(rf"\n {{0,{margin - 1}}}[^ \n\r]")


def _last_paragraph_has_html(text: str, start: int, end: int) -> bool:
    """Return whether HTML begins between the last blank line and the end of a gap."""
    blank = max(text.rfind("\n\n", start, end), text.rfind("\n\r\n", start, end))
    first = start if blank < 0 else blank + 1
    return first < end and _HTML_LINE.search(text, first, end) is not None


def _checked(text: str, found: Iterable[Region], rendered: Blocks) -> Iterator[Region]:
    """Yield the regions, with what keeps each from rendering."""
    culprit: Span | None = None
    for item in found:
        reason = _reason(text, item, rendered, culprit) if item.form in _CHECKED and not item.fault else None
        if reason is not None:
            culprit = culprit or reason.span
            yield replace(item, rendering=(reason, *item.rendering))
        else:
            yield item


def _reason(text: str, item: Region, rendered: Blocks, culprit: Span | None) -> Rendering | None:
    """Return what keeps a region from rendering as code."""
    around = rendered.around(item.span.start)
    if item.form is Form.PRE:
        return _pre_reason(text, item, around, culprit)
    line = text.rfind("\n", 0, item.span.start) + 1
    block = rendered.beginning(line, item.span.start)
    if block is not None and block.kind is Kind.FENCED:
        return _other_end(text, item, block, culprit)
    if around is not None and around.kind is Kind.HTML:
        above = _line_at(text, max(line - 1, around.start))
        message = "the HTML block goes on to the next blank line and swallows the fence below; put a blank line between"
        return Rendering(above, message)
    if culprit is not None:
        return _shifted(item, culprit)
    return Rendering(_line_at(text, item.span.start), "the fence does not begin a line of its own, so it shows as text")


def _other_end(text: str, item: Region, block: Block, culprit: Span | None) -> Rendering | None:
    """Return what ends a fence elsewhere than its author meant."""
    if text[block.end : item.span.end].strip():
        at = block.end + (text[block.end : block.end + 1] == "\n")
        return Rendering(_line_at(text, at), "this line is not indented like the list item, so the code ends above it")
    return _shifted(item, culprit) if text[item.span.end : block.end].strip() else None


def _pre_reason(text: str, item: Region, around: Block | None, culprit: Span | None) -> Rendering | None:
    """Return what keeps a ``<pre>`` from rendering as code."""
    if around is not None and around.kind is not Kind.HTML:
        return _shifted(item, culprit)
    if around is not None and around.end >= item.span.end:
        return None
    first = around.end - 1 if around is not None else item.span.start
    blank = _BLANK.search(text, max(first, item.span.start), item.span.end)
    if blank is None:
        return None
    at = blank.start() + 1
    message = "the blank line ends the HTML block, so the code below it is read as Markdown; use a fence"
    return Rendering(Span(at, blank.end()), message)


def _shifted(item: Region, culprit: Span | None) -> Rendering:
    """Return the reason of a region that an earlier one put out of step."""
    message = (
        "an earlier block does not render, so that opening and closing lines are taken for one another from here on"
    )
    return Rendering(culprit or Span(item.span.start, item.span.start + 1), message)


def _line_at(text: str, offset: int) -> Span:
    """Return the range of the line of an offset, without its newline."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    return Span(start, len(text) if end < 0 else max(end, start))


def _blanked(text: str, found: Iterable[Region]) -> str:
    """Return the page with its regions blanked, every offset kept."""
    pieces: list[str] = []
    at = 0
    for item in found:
        if item.span.start < at:
            continue
        filler = "x" if item.fault else " "  # an element without an end is a tag among text
        pieces += [text[at : item.span.start], re.sub(r"[^\n]", filler, text[item.span.start : item.span.end])]
        at = item.span.end
    return "".join([*pieces, text[at:]])


def _indented(source: Woven, block: Block) -> Region:
    """Return the region of an indented code block."""
    weaver = Weaver(source)
    for start, end, shown in block.pieces:
        if source.text[start:end] == shown:
            weaver.copy(start, end)
        else:
            weaver.put(shown, start, max(end, start + 1))
    return region(Form.INDENTED, source.span(block.start, block.end), weaver.woven())


def _overlaps(span: Span, taken: Sequence[tuple[int, int]]) -> bool:
    """Return whether a range meets one of several that are in order."""
    index = bisect.bisect_left(taken, (span.end, -1))
    return index > 0 and taken[index - 1][1] > span.start
