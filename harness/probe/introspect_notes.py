"""Writes down what is seen, each thing as a line of its own, at the place of the sample's own token."""

import ast
import re
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from .bounds import clean

Send = Callable[[Dict[str, Any]], None]


class Token(NamedTuple):
    """A place in a file, in characters from 1."""

    line: int
    column: int
    end_column: int


class Notes:
    """What was seen in one file."""

    def __init__(self, file: str, text: str, send: Send) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._send = send
        self.wanted: List[Tuple[int, str, List[str], str, bool]] = []
        """What is not where the sample looks for it: number of the sighting, module, names, the library's words, and
        whether it works there all the same."""
        self._seen: Dict[Tuple[str, int, str], int] = {}

    def note(self, text: str) -> None:
        """Say something to the reader of the report."""
        self._send({"note": clean(text, 300)})

    def star(self, module: str, names: List[str]) -> None:
        """Tell what a star import gives."""
        self._send({"starred": {"module": module, "names": [clean(name, 100) for name in names[:5000]]}})

    def looked(self, node: Any) -> None:
        """Tell that the real object behind a stretch of the sample was looked at."""
        if hasattr(node, "lineno"):
            end = node.end_lineno or node.lineno
            self._send(
                {
                    "looked": {
                        "file": self._file,
                        "line": node.lineno,
                        "column": self._column(node.lineno, node.col_offset),
                        "end_line": end,
                        "end_column": self._column(end, node.end_col_offset or 0),
                    }
                }
            )

    def see(
        self,
        code: str,
        token: Token,
        symbol: str,
        message: str,
        *,
        evidence: str = "",
        sure: bool = True,
        moved: Optional[Tuple[str, List[str]]] = None,
    ) -> None:
        """Write a sighting down, once."""
        key = (code, token.line, symbol)
        if key in self._seen:
            return
        number = self._seen[key] = len(self._seen)
        if moved is not None:
            self.wanted.append((number, *moved, evidence, code == "A005"))
        self._send(
            {
                "sighting": {
                    "code": code,
                    "line": token.line,
                    "column": token.column,
                    "symbol": clean(symbol, 300),
                    "message": clean(message, 1000),
                    "file": self._file,
                    "end_column": token.end_column,
                    "evidence": clean(evidence, 1000),
                    "sure": sure,
                },
                "number": number,
            }
        )

    def moved(self, number: int, name: str, modules: List[str]) -> None:
        """Tell where something that was seen to be absent lives now."""
        self._send({"moved": modules, "name": name, "number": number, "file": self._file})

    def alias(self, node: ast.stmt, alias: ast.alias) -> Token:
        """Return the place of one name of an import, on its own line."""
        if not hasattr(alias, "lineno"):  # Python 3.9 does not tell
            return self.word(node, alias.name)
        return self._token(alias.lineno, alias.col_offset, len(alias.name))

    def word(self, node: ast.stmt, name: str) -> Token:
        """Return the place of a dotted name within a statement."""
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            text = self._lines[line - 1] if line <= len(self._lines) else ""
            found = re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", text)
            if found:
                return Token(line, found.start() + 1, found.end() + 1)
        return Token(node.lineno, 1, 0)

    def attribute(self, node: ast.Attribute) -> Token:
        """Return the place of the last word of ``a.b.c``."""
        line = node.end_lineno or node.lineno
        end = self._column(line, node.end_col_offset or 0)
        return Token(line, end - len(node.attr), end)

    def call(self, node: ast.expr) -> Token:
        """Return the place of what is called or used, on the line that a traceback would name."""
        head = node.func if isinstance(node, ast.Call) else node
        line, end = head.end_lineno or head.lineno, head.end_col_offset or 0
        start = head.col_offset if head.lineno == line else end - len(getattr(head, "attr", ""))
        return Token(line, self._column(line, start), self._column(line, end))

    def _token(self, line: int, offset: int, length: int) -> Token:
        column = self._column(line, offset)
        return Token(line, column, column + length)

    def _column(self, line: int, offset: int) -> int:
        """Return the column in characters, from 1, of an offset in bytes."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return len(text.encode()[:offset].decode("utf-8", "replace")) + 1
