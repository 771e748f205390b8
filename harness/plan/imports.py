"""What a Python sample imports, and on which line.

Reads the text only: nothing is imported, and nothing here knows what a
distribution is. Code that does not parse still tells most of its imports,
since a sample with a syntax error deserves its other findings too.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from harness import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A sample may be written for another Python than ours, so what later versions
# dropped or added counts as the standard library too.
_DROPPED = """
    _bootlocale aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils formatter imghdr imp lib2to3
    macpath mailcap msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib uu xdrlib
"""
_ADDED = "annotationlib compression tomllib"
STDLIB = sys.stdlib_module_names | set(_DROPPED.split()) | set(_ADDED.split()) | {"__main__"}
"""Top-level modules of the standard library of any Python from 3.9 on."""

_STATEMENT = re.compile(r"^\s*(?:(?:>>>|\.\.\.)\s)?\s*((?:import\s+[A-Za-z_]|from\s+[A-Za-z_][\w.]*\s+import\b).*)$")
_MAGIC = re.compile(r"^\s*(?:!|%|\?|\w[\w.]*\?+\s*$)")
_LONGEST_STATEMENT = 60
_CATCHES_ABSENCE = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


@dataclass(frozen=True, slots=True)
class Import:
    """One module that a sample imports."""

    module: str
    """The module as written, e.g. ``google.cloud``."""
    line: int
    """Line of the sample's text, from 1."""
    names: tuple[str, ...] = ()
    """What is taken from it: names or submodules, the text alone cannot tell."""
    optional: bool = False
    """True where the sample goes on without it (``except ImportError``)."""

    @property
    def top(self) -> str:
        """The top-level module."""
        return self.module.partition(".")[0]


def imports(text: str, first_line: int = 1) -> tuple[Import, ...]:
    """Return what a text imports from outside itself and the standard library, in order.

    Args:
        text: Python, as well-formed as the page has it; notebook magics are stepped over.
        first_line: Line of the sample on which the text begins.
    """
    # Magics only where the text is no Python as it stands: a line may well begin with a binary "%".
    tree = _parse(text) or _parse(without_magics(text))
    found = _walk(tree) if tree else _linewise(text)
    shifted = (replace(one, line=one.line + first_line - 1) for one in found)
    return tuple(sorted((one for one in shifted if one.top not in STDLIB), key=lambda one: one.line))


def provided(names: Iterable[str]) -> frozenset[str]:
    """Return the top-level modules that files of these names provide.

    Args:
        names: Paths relative to the sample's folder, e.g. ``train.py`` or ``steps/load.py``.
    """
    tops = (name.removeprefix("./").partition("/") for name in names if name.endswith(".py"))
    return frozenset(head.removesuffix(".py") for head, _, _ in tops)


def without_magics(text: str) -> str:
    """Return a notebook's text with magics and shell lines replaced by ``pass``, lines kept."""
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + "pass" if _MAGIC.match(line) else line for line in text.split("\n")
    )


def _parse(text: str) -> ast.Module | None:
    """Return the tree, or None where the text is not Python of ours."""
    with warnings.catch_warnings():
        # Invalid escapes are the sample's business, not something to print while planning.
        warnings.simplefilter("ignore")
        try:
            return syntax_tree.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _walk(tree: ast.Module) -> Iterable[Import]:
    """Return the imports of a tree, which may be nested more deeply than we can follow."""
    visitor = _Imports()
    for statement in tree.body:
        # What nests so deeply is generated data, and its neighbours still count.
        with suppress(RecursionError):
            visitor.visit(statement)
    return visitor.found


def _linewise(text: str) -> Iterator[Import]:
    """Yield the imports of a text that does not parse, statement by statement."""
    lines = text.split("\n")
    quotes = list(accumulate((line.count('"""') + line.count("'''") for line in lines), initial=0))
    for number, line in enumerate(lines):
        match = _STATEMENT.match(line)
        # An odd number of triple quotes before: we are in a string, which may well say "import this".
        if match and quotes[number] % 2 == 0:
            tree = _statement(match[1], lines[number + 1 : number + _LONGEST_STATEMENT])
            if tree:
                yield from (replace(one, line=number + 1) for one in _walk(tree))


def _statement(first: str, following: list[str]) -> ast.Module | None:
    """Parse one import statement that may go on over the following lines."""
    text = first
    goes_on = "(" in first or first.endswith("\\")
    for line in following if goes_on else ():
        if tree := _parse(text):
            return tree
        text = f"{text}\n{line}"
    return _parse(text) or _parse(_head(first))


def _head(statement: str) -> str:
    """Return what is left of a statement that does not parse: its module, and the first name from it."""
    match = re.match(r"from\s+([\w.]+)\s+import\s*\(?\s*(\w+)", statement)
    if match:
        return f"from {match[1]} import {match[2]}"
    match = re.match(r"(?:from|import)\s+([\w.]+)", statement)
    return f"import {match[1]}" if match else ""


class _Imports(ast.NodeVisitor):
    """Collects imports wherever they stand: at the top, in functions, under conditions."""

    def __init__(self) -> None:
        self.found: list[Import] = []
        self.optional = False

    def visit_Import(self, node: ast.Import) -> None:
        """Note each module of ``import a, b.c``."""
        self.found += [Import(alias.name, node.lineno, (), self.optional) for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Note ``from a import b``; a relative import is never a distribution's."""
        if node.module and not node.level:
            names = tuple(alias.name for alias in node.names)
            self.found.append(Import(node.module, node.lineno, names, self.optional))

    def visit_Call(self, node: ast.Call) -> None:
        """Note ``importlib.import_module("literal")`` and ``__import__("literal")``."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in {"import_module", "__import__"} and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and _is_module(first.value):
                self.found.append(Import(first.value, node.lineno, (), self.optional))
        self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> None:
        """Note that imports in a guarded body are optional."""
        before = self.optional
        self.optional = before or any(map(_catches_absence, node.handlers))
        for statement in node.body:
            self.visit(statement)
        self.optional = before
        for child in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(child)


def _is_module(text: str) -> bool:
    """Say whether a text is an absolute dotted module name."""
    return all(part.isidentifier() for part in text.split("."))


def _catches_absence(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler catches an import that fails."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or getattr(kind, "id", "") in _CATCHES_ABSENCE for kind in kinds)
