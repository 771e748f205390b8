"""A sample's code as marked-up lines: coloured, and with a mark under what is wrong.

What a lexer makes of a text never changes the text: every character between
two line ends comes out in its place, control characters as escapes that show.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup
from pygments.lexers import find_lexer_class_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from harness.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

    from harness.report.entries import Entry
    from harness.report.wire import Sample

MAX_COLOURED = 100_000
"""Characters of a sample above which it stays uncoloured, so that no odd text holds up a report."""
_UNSTYLED = frozenset({"", "n", "o", "p", "w"})
"""Kinds that look like any text: names, operators, punctuation, space."""
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sample."""

    number: int
    """Its number, of the page where that is certain, else of the sample."""
    markup: Markup
    """Its text, safe to show."""
    level: str
    """Weight of the worst finding on it, or empty."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Lines and what is said about the first of them."""

    lines: tuple[Line, ...]
    """The lines."""
    entries: tuple[Entry, ...]
    """What is wrong with the first."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A sample's code with its findings beside it."""

    segments: tuple[Segment, ...]
    """The code, cut before every line that has findings."""
    loose: tuple[Entry, ...]
    """What is wrong with no line of the code."""
    of_page: bool
    """True where lines are numbered as on the page."""


def listing(sample: Sample, entries: Iterable[Entry]) -> Listing:
    """Put a sample's findings beside its code.

    Args:
        sample: The sample.
        entries: What is wrong with it.
    """
    texts = sample.code.removesuffix("\n").split("\n") if sample.code else []
    beside: dict[int, list[Entry]] = defaultdict(list)
    loose = []
    for entry in entries:
        if entry.finding and 1 <= entry.finding.line <= len(texts) and entry.finding.source:
            beside[entry.finding.line].append(entry)
        else:
            loose.append(entry)
    shift = _shift(sample, [one for some in beside.values() for one in some])
    markup = _coloured(sample, texts, {number: _spans(some) for number, some in beside.items()})
    lines = [Line(number + (shift or 0), text, _worst(beside.get(number, ()))) for number, text in enumerate(markup, 1)]
    cuts = sorted({0, *(number - 1 for number in beside), len(lines)})
    segments = tuple(
        Segment(tuple(lines[start:end]), tuple(beside.get(start + 1, ()))) for start, end in pairwise(cuts)
    )
    return Listing(segments, tuple(loose), of_page=shift is not None)


def _shift(sample: Sample, beside: Sequence[Entry]) -> int | None:
    """Return how far the page's line numbers are from the sample's, or None where its lines are not the page's."""
    ways = {one.finding.page_line - one.finding.line for one in beside if one.finding} | {sample.page_line - 1}
    return ways.pop() if len(ways) == 1 else None


def _worst(entries: Sequence[Entry]) -> str:
    counting = [one.level.value for one in entries if not one.excused]
    return next((level for level in ("error", "warning", "note") if level in counting), "note" if entries else "")


def _spans(entries: Iterable[Entry]) -> list[_Span]:
    """Return the marked columns, from 0."""
    found = [one.finding for one in entries if one.finding]
    return sorted((one.column - 1, one.end_column - 1) for one in found if one.end_column > one.column)


def _coloured(sample: Sample, texts: Sequence[str], marks: dict[int, list[_Span]]) -> list[Markup]:
    shown: list[list[str]] = [[] for _ in texts]
    line, column = 0, 0
    for kind, text in _tokens(sample):
        for number, piece in enumerate(text.split("\n")):
            if number:
                line, column = line + 1, 0
            if piece and line < len(shown):
                for part, marked in _cut(piece, column, marks.get(line + 1, ())):
                    shown[line].append(_span(part, kind, marked=marked))
            column += len(piece)
    return [Markup("".join(parts)) for parts in shown]  # noqa: S704 - `_span` made every part


def _tokens(sample: Sample) -> Iterator[tuple[str, str]]:
    """Yield what a text consists of: a style's class, and the characters."""
    lexer = _lexer(sample.language) if len(sample.code) <= MAX_COLOURED else None
    if lexer is None:
        yield "", sample.code
        return
    # unprocessed: as it is, line ends and blank lines included
    for _, kind, text in lexer.get_tokens_unprocessed(sample.code):
        yield _style(kind), text


@cache
def _style(kind: _TokenType) -> str:
    """Return the class of a kind, or of what it belongs to where it has none."""
    return next((STANDARD_TYPES[one] for one in reversed(kind.split()) if one in STANDARD_TYPES), "")


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    try:
        return find_lexer_class_by_name(language)()
    except ClassNotFound:
        return None


def _cut(text: str, column: int, spans: Sequence[_Span]) -> Iterator[tuple[str, bool]]:
    """Cut a piece of a line where marks begin and end."""
    if not spans:
        yield text, False
        return
    places = sorted({0, len(text), *(p - column for span in spans for p in span if 0 < p - column < len(text))})
    for start, end in pairwise(places):
        yield text[start:end], any(first <= column + start < last for first, last in spans)


def _span(text: str, kind: str, *, marked: bool) -> str:
    """Return a piece of a line as HTML; the one place where code becomes markup."""
    piece = escape(plain(text))
    if kind not in _UNSTYLED:
        piece = f'<span class="{kind}">{piece}</span>'
    return f"<mark>{piece}</mark>" if marked else piece
