"""Finds the code cells of a notebook, and where their characters stand in its JSON.

nbformat says whether it is a notebook at all; positions come from a scan of
the JSON itself, since a cell's source passes through JSON strings.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from harness.extract.document import UnreadableError
from harness.extract.lexers.base import Comment, Lexemes, region
from harness.extract.lexers.markdown import Scanner, Syntax
from harness.extract.weave import Weaver, Woven, joined
from harness.model.source import Form, Region, SourceMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.model.source import Span

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{},:]|[^\s"\[\]{},:]+', re.DOTALL)
_ESCAPE: Final = re.compile(r"(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.)")


@dataclass(frozen=True, slots=True)
class Notebook:
    """What a notebook holds."""

    lexemes: tuple[Region | Comment, ...]
    """Code cells, code in Markdown cells, and directives."""
    title: str
    """Its title, if it says one."""


def read(page: Woven, start: int) -> Notebook:
    """Read a notebook.

    Args:
        page: Its JSON.
        start: Offset of the first character.

    Raises:
        UnreadableError: If it is not a notebook.
    """
    try:
        content = json.loads(page.text[start:])
    except json.JSONDecodeError as error:
        raise UnreadableError(f"it is not JSON: {error.msg}", "save it anew", error.lineno, error.colno) from None
    except (RecursionError, ValueError) as error:
        raise UnreadableError(f"it is not JSON: {error}", "save it anew") from None
    cells = _cells(content)
    language = _language(content)
    sources = _sources(page, start, cells, sheets="cells" not in content)
    lexemes: list[Region | Comment] = []
    for cell, source in zip(cells, sources, strict=True):
        lexemes += _cell(cell, source, language)
    title = content.get("metadata", {}).get("title", "")
    return Notebook(tuple(lexemes), title if isinstance(title, str) else "")


def _cells(content: object) -> list[Mapping[str, Any]]:
    """Return the cells of a notebook of format 3 or 4."""
    if not isinstance(content, dict) or "nbformat" not in content or not isinstance(content.get("metadata", {}), dict):
        raise UnreadableError("it is not a notebook: it has no nbformat", "give a notebook of format 3 or 4")
    if "cells" in content:
        holders: list[Any] = [content]
    else:
        sheets = content.get("worksheets")
        holders = sheets if isinstance(sheets, list) else []
    cells = [cell for holder in holders if isinstance(holder, dict) for cell in _list(holder.get("cells"))]
    if not holders or not all(isinstance(cell, dict) for cell in cells):
        raise UnreadableError("it is not a notebook: its cells are not a list of cells", "save it anew")
    return cells


def _list(value: object) -> list[Any]:
    """Return a list, or a value that no cell can be where it is not one."""
    return value if isinstance(value, list) else [value]


def _language(content: Mapping[str, Any]) -> str:
    """Return the language of the code cells."""
    metadata = content.get("metadata", {})
    for table, key in (("language_info", "name"), ("kernelspec", "language")):
        value = metadata.get(table)
        if isinstance(value, dict) and isinstance(value.get(key), str):
            return str(value[key])
    return "python"


def _key(cell: Mapping[str, Any]) -> str:
    """Return the key that holds a cell's text: format 3 says ``input`` for code."""
    return "input" if "input" in cell and "source" not in cell else "source"


def _cell(cell: Mapping[str, Any], source: Woven, language: str) -> Lexemes:
    """Yield what one cell holds."""
    kind = cell.get("cell_type")
    if kind == "markdown":
        yield from Scanner(source, Syntax(rendered=False)).scan()
    if kind != "code":
        return
    span = source.span(0, len(source.text))
    yield from _notes(cell, span)
    said = cell.get("language")
    yield region(Form.CELL, span, source, info=said if isinstance(said, str) else language)


def _notes(cell: Mapping[str, Any], span: Span) -> Iterator[Comment]:
    """Yield the directives in a cell's metadata and tags."""
    metadata = cell.get("metadata")
    if not isinstance(metadata, dict):
        return
    said = metadata.get("harness")
    if isinstance(said, dict):
        yield Comment(span, "harness: " + " ".join(_setting(key, value) for key, value in said.items()))
    elif isinstance(said, str):
        yield Comment(span, f"harness: {said}")
    for tag in metadata.get("tags") or []:
        if isinstance(tag, str) and tag.startswith("harness:"):
            yield Comment(span, tag)


def _setting(key: str, value: object) -> str:
    """Return one setting as a directive writes it."""
    items = value if isinstance(value, list) else [value]
    return f"{key}={json.dumps(' '.join(map(str, items)), ensure_ascii=False)}"


def _sources(page: Woven, start: int, cells: list[Mapping[str, Any]], *, sheets: bool) -> list[Woven]:
    """Return the text of each cell with its positions."""
    strings = _Strings(page, start, sheets=sheets).cells()
    return [strings.get((number, _key(cell)), Woven("", SourceMap(()))) for number, cell in enumerate(cells)]


class _Strings:
    """A walk over JSON that keeps the strings of the cells."""

    def __init__(self, page: Woven, start: int, *, sheets: bool) -> None:
        """Take the JSON, and whether its cells stand on work sheets (format 3)."""
        self._page = page
        self._holder, self._cell = ("worksheets[]", 5) if sheets else ("cells[]", 3)
        self._tokens = _TOKEN.finditer(page.text, start)
        self._stack: list[str] = []
        self._number = -1

    def cells(self) -> dict[tuple[int, str], Woven]:
        """Return (number of the cell, key) to text, lists of lines joined."""
        found: dict[tuple[int, str], list[Woven]] = {}
        key = ""
        expects_key = False
        for token in self._tokens:
            text = token[0]
            if text in "{[":
                self._stack.append(key if text == "{" else f"{key}[]")
                expects_key = text == "{"
                if text == "{" and self._in_cells():
                    self._number += 1
                key = "" if text == "[" else key
            elif text in "}]":
                self._stack.pop()
                expects_key = False
            elif text == ",":
                expects_key = self._in_object()
            elif text == ":":
                expects_key = False
            elif text[0] == '"' and expects_key:
                key = json.loads(text)
            elif text[0] == '"' and (place := self._place(key)):
                found.setdefault((self._number, place), []).append(_string(self._page, token.start(), token.end()))
        return {where: joined(pieces) for where, pieces in found.items()}

    def _in_object(self) -> bool:
        """Return whether the innermost container is an object."""
        return bool(self._stack) and not self._stack[-1].endswith("[]")

    def _in_cells(self) -> bool:
        """Return whether the innermost object is a cell."""
        return len(self._stack) == self._cell and self._stack[-2] == "cells[]" and self._stack[1] == self._holder

    def _place(self, key: str) -> str:
        """Return the key of the cell that a string belongs to, or nothing."""
        depth = len(self._stack) - self._cell
        if depth not in {0, 1} or self._stack[1] != self._holder or self._stack[self._cell - 2] != "cells[]":
            return ""
        if depth == 0:
            return key
        return self._stack[-1][:-2] if self._stack[-1].endswith("[]") else ""


def _string(page: Woven, start: int, end: int) -> Woven:
    """Undo the escapes of one JSON string."""
    weaver = Weaver(page)
    at = start + 1
    while (slash := page.text.find("\\", at, end - 1)) >= 0:
        weaver.copy(at, slash)
        match = _ESCAPE.match(page.text, slash, end - 1)
        if match is None:
            at = slash
            break
        weaver.put(json.loads(f'"{match[0]}"'), slash, match.end())
        at = match.end()
    weaver.copy(at, end - 1)
    return weaver.woven()
