r"""Decodes YAML scalars with their positions: ``"a\n&lt;"`` stands on the page otherwise than it reads."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

from harness.extract.weave import Weaver, Woven

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPE: Final = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^xuU])", re.DOTALL)
_PIECE: Final = re.compile(r"[ \t\r\n]+|[^ \t\r\n]+")
_BREAK_ESCAPE: Final = re.compile(r"\\[ \t]*\r?\n[ \t]*")
_ESCAPES: Final = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}


def one_line(page: Woven, start: int, end: int) -> Woven:
    """Decode a scalar that stands on one line.

    Args:
        page: The page.
        start: Offset of the scalar, its quote included.
        end: Offset behind it.
    """
    quote = page.text[start]
    if quote == '"':
        return _double(page, start + 1, end - 1)
    if quote == "'":
        return _single(page, start + 1, end - 1)
    return page.slice(start, start + len(page.text[start:end].rstrip()))


def decode(page: Woven, start: int, end: int, value: str, style: str | None) -> Woven:
    """Decode a scalar of any style, given what the YAML parser makes of it.

    The value is the parser's; its positions are exact wherever a character
    stands on the page as it reads or as an escape, and those of the nearest
    blank where YAML folds lines.

    Args:
        page: The page.
        start: Offset of the scalar.
        end: Offset behind it.
        value: What it reads.
        style: ``"``, ``'``, ``|``, ``>`` or None for a plain one.
    """
    if style in {'"', "'"} and page.text.find("\n", start, end) < 0:
        woven = one_line(page, start, end)
        if woven.text == value:
            return woven
    if style == '"':
        woven = _double(page, start + 1, end - 1)
    elif style == "'":
        woven = _single(page, start + 1, end - 1)
    else:
        woven = page.slice(_behind_header(page.text, start, end) if style in {"|", ">"} else start, end)
    return _aligned(woven, value)


def _behind_header(text: str, start: int, end: int) -> int:
    """Return the offset of the newline that ends the header of a block scalar."""
    newline = text.find("\n", start, end)
    return end if newline < 0 else newline


def _double(page: Woven, start: int, end: int) -> Woven:
    """Undo the escapes of a double-quoted scalar."""
    weaver = Weaver(page)
    text = page.text
    at = start
    while (slash := text.find("\\", at, end)) >= 0:
        weaver.copy(at, slash)
        if joined := _BREAK_ESCAPE.match(text, slash, end):
            at = joined.end()
            continue
        match = _ESCAPE.match(text, slash, end)
        if match is None:
            at = slash
            break
        weaver.put(_unescaped(match[0][1:]), slash, match.end())
        at = match.end()
    weaver.copy(at, end)
    return weaver.woven()


def _unescaped(code: str) -> str:
    """Return the character behind a backslash escape."""
    if code[0] not in "xuU":
        return _ESCAPES.get(code, code)
    number = int(code[1:], 16)
    return chr(number) if number <= sys.maxunicode else code


def _single(page: Woven, start: int, end: int) -> Woven:
    """Undo the doubled quotes of a single-quoted scalar."""
    weaver = Weaver(page)
    at = start
    while (quote := page.text.find("''", at, end)) >= 0:
        weaver.copy(at, quote)
        weaver.put("'", quote, quote + 2)
        at = quote + 2
    weaver.copy(at, end)
    return weaver.woven()


def _aligned(raw: Woven, value: str) -> Woven:
    """Return a value whose words stand in ``raw`` in the same order, with other blanks between them."""
    weaver = Weaver(raw)
    words = _words(raw.text)
    behind = 0
    pending: re.Match[str] | None = None
    for piece in _PIECE.finditer(value):
        if piece[0][0] in " \t\r\n":
            pending = piece
            continue
        start = _find(raw.text, piece[0], behind, words)
        _blanks(weaver, raw.text, pending[0] if pending else "", behind, start)
        pending = None
        weaver.copy(start, start + len(piece[0]))
        behind = start + len(piece[0])
    if pending:
        _blanks(weaver, raw.text, pending[0], behind, len(raw.text))
    return _checked(weaver.woven(), raw, value)


def _words(text: str) -> Iterator[re.Match[str]]:
    """Yield the words of a text."""
    return (match for match in _PIECE.finditer(text) if match[0][0] not in " \t\r\n")


def _find(text: str, word: str, behind: int, words: Iterator[re.Match[str]]) -> int:
    """Return where the next word stands; words that are not in the value (a comment) are passed over."""
    if text.startswith(word, behind):
        return behind
    for match in words:
        if match.start() >= behind and match[0].startswith(word):
            return match.start()
    return behind


def _blanks(weaver: Weaver, raw: str, blanks: str, start: int, end: int) -> None:
    """Write blanks of a value over blanks of the page: both end where the next word begins."""
    if raw[start:end] == blanks:
        weaver.copy(start, end)
        return
    newlines = [at for at in range(start, end) if raw[at] == "\n"]
    tail = len(blanks) - len(blanks.rstrip(" \t"))
    head = blanks[: len(blanks) - tail]
    rest = newlines[-len(head) :] if head else []
    for number, char in enumerate(head):
        at = rest[number] if number < len(rest) else max(start, end - 1)
        weaver.put(char, min(at, len(raw) - 1), min(at, len(raw) - 1) + 1)
    for number in range(tail):
        at = min(max(end - tail + number, start), len(raw) - 1)
        weaver.put(blanks[len(head) + number], at, at + 1)


def _checked(woven: Woven, raw: Woven, value: str) -> Woven:
    """Return the text, or where it is not the parser's, the parser's at the scalar's first character."""
    if woven.text == value or not raw.text:
        return woven
    weaver = Weaver(raw)
    for char in value:
        weaver.put(char, 0, 1)
    return weaver.woven()
