"""What the names of a sample stand for, read from its syntax: imports, assignments, calls.

This knows how the sample reaches a library (``np.foo`` is ``numpy.foo``) and
nothing of the library itself.
"""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from harness.judge.imports import parse
from harness.model.source import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.execution import Raised
    from harness.model.source import Part, Sample

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_BUILTINS = frozenset(vars(builtins))
_TAKING = ast.Try | ast.TryStar | ast.With | ast.AsyncWith
"""Statements that may take an exception."""
DEPTH = 12
"""Steps from name to name before a resolution is given up."""


@dataclass(frozen=True)
class Source:
    """One Python file of a sample; lines are those of the sample's text."""

    part: Part

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree, empty where the file does not parse."""
        tree = parse("\n" * (self.part.first_line - 1) + self.part.text)
        return tree or ast.Module(body=[], type_ignores=[])

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, outermost first."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imported(self) -> dict[str, str]:
        """Name in the sample to the dotted path it was imported from."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    found[name] = alias.name if alias.asname else name
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return found

    @cached_property
    def bound(self) -> dict[str, list[tuple[int, ast.expr]]]:
        """Name to the expressions it is bound to, each with its line."""
        found: dict[str, list[tuple[int, ast.expr]]] = {}
        for target, expression in _bindings(self.nodes):
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append((target.lineno, expression))
        return found

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names of the functions and classes that the sample itself defines."""
        kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        return frozenset(node.name for node in self.nodes if isinstance(node, kinds))

    def resolve(self, node: ast.AST | None, depth: int = DEPTH) -> str:
        """Return the dotted path an expression stands for, or an empty string.

        What a call gives is named after what is called: ``Flow("x").run`` is
        ``prefect.Flow.run``, which is right for classes and close for functions.
        """
        if depth == 0 or node is None:
            return ""
        if isinstance(node, ast.Name):
            return self._name(node, depth)
        if isinstance(node, ast.Attribute):
            base = self.resolve(node.value, depth - 1)
            return f"{base}.{node.attr}" if base else ""
        if isinstance(node, ast.Call):
            return self.resolve(node.func, depth - 1)
        return self.resolve(node.value, depth - 1) if isinstance(node, ast.Await) else ""

    def _name(self, node: ast.Name, depth: int) -> str:
        before = [expression for line, expression in self.bound.get(node.id, ()) if line < node.lineno]
        if before:
            return self.resolve(before[-1], depth - 1)
        return self.imported.get(node.id, "")

    def expression(self, seen: Raised) -> ast.AST | None:
        """Return the node that failed: by its columns, or None where the interpreter told none."""
        if not seen.column:
            return None
        at = (seen.line, seen.column, seen.end_line, seen.end_column)
        matching = [node for node in self.nodes if isinstance(node, ast.expr) and self._range(node) == at]
        return matching[0] if matching else None

    def _range(self, node: ast.expr) -> tuple[int, int, int, int]:
        end = node.end_lineno or node.lineno
        first, last = self.line(node.lineno).encode(), self.line(end).encode()
        column = len(first[: node.col_offset].decode(errors="replace")) + 1
        return node.lineno, column, end, len(last[: node.end_col_offset].decode(errors="replace")) + 1

    def line(self, number: int) -> str:
        """Return one line, without its end."""
        lines = self.part.text.splitlines()
        at = number - self.part.first_line
        return lines[at] if 0 <= at < len(lines) else ""

    def statement(self, line: int) -> ast.stmt | None:
        """Return the innermost statement that a line belongs to; of a compound one only its head counts."""
        covering = [
            node for node in self.nodes if isinstance(node, ast.stmt) and _first(node) <= line <= (node.end_lineno or 0)
        ]
        return max(covering, key=_first, default=None)

    def calls(self, line: int) -> list[ast.Call]:
        """Return the calls in the head of the statement at a line, decorators among them, outermost first."""
        return [node for node in self.head(line) if isinstance(node, ast.Call)]

    def head(self, line: int) -> list[ast.AST]:
        """Return the nodes of the statement at a line, without the statements within it."""
        statement = self.statement(line)
        if statement is None:
            return []
        found: list[ast.AST] = [statement]
        for child in found:
            found += [node for node in ast.iter_child_nodes(child) if not isinstance(node, ast.stmt)]
        return found

    def words(self, line: int) -> frozenset[str]:
        """Return the identifiers written in the head of the statement at a line."""
        found: set[str] = set()
        for node in self.head(line):
            for value in (getattr(node, name, None) for name in ("id", "attr", "arg", "module", "name")):
                if isinstance(value, str):
                    found |= set(_IDENTIFIER.findall(value))
        return frozenset(found - _BUILTINS)

    def expects(self, seen: Raised) -> bool:
        """Return whether the sample itself handles this very type where it happens, and not just anything."""
        types = {name.rpartition(".")[2] for name in (seen.type, *seen.bases)} - {
            "Exception",
            "BaseException",
            "object",
        }
        for node in self.nodes:
            if isinstance(node, _TAKING) and node.body[0].lineno <= seen.line <= (node.body[-1].end_lineno or 0):
                named = {name for taken in _taken(node) for name in _names(taken)}
                if named & types:
                    return True
        return False


def _taken(node: ast.Try | ast.TryStar | ast.With | ast.AsyncWith) -> Iterator[ast.AST | None]:
    """Yield the expressions that name what a statement takes: in handlers, and in calls of ``suppress``, ``raises``."""
    if isinstance(node, ast.Try | ast.TryStar):
        yield from (handler.type for handler in node.handlers)
        return
    for call in (item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)):
        function = list(_names(call.func))[:1]
        if any(word in name.lower() for name in function for word in ("suppress", "raises")):
            yield from (*call.args, *(keyword.value for keyword in call.keywords))


def _names(node: ast.AST | None) -> Iterator[str]:
    for child in ast.walk(node) if node else ():
        if isinstance(child, ast.Name | ast.Attribute):
            yield child.id if isinstance(child, ast.Name) else child.attr


def _first(node: ast.stmt) -> int:
    """Return the first line of a statement, that of its decorators included."""
    decorators = getattr(node, "decorator_list", [])
    return int(min([node.lineno, *(decorator.lineno for decorator in decorators)]))


def _bindings(nodes: tuple[ast.AST, ...]) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield (target, expression) of assignments and ``with`` items."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            yield node.target, node.value
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield node.optional_vars, node.context_expr


def sources(sample: Sample) -> dict[str, Source]:
    """Return the Python files of a sample by name."""
    return {part.name: Source(part) for part in sample.parts if part.language is Language.PYTHON}
