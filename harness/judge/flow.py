"""Where the values that a statement works with may come from, read from the text.

Any path counts, in whatever order the text has it: what is not among the lines
found here cannot have reached the statement through a name of the sample's.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.judge.names import Source

_OWN = frozenset({"self", "cls"})
"""Names of the object that a method belongs to: what counts is its attribute."""


def feeding(source: Source, line: int, *, through_libraries: bool) -> frozenset[int]:
    """Return the lines of the statements whose values may reach the one at a line, its own among them.

    Args:
        source: The file.
        line: A line of the statement in question.
        through_libraries: Whether a library may have kept something from an earlier statement that uses it.
    """
    sets = _setting(source)
    lines: set[int] = set()
    words: set[str] = set()
    todo: list[ast.AST] = [node for node in [source.statement(line)] if node]
    while todo:
        head = _head(todo.pop())
        spanned = {number for node in head for number in _span(node)}
        if spanned <= lines:
            continue
        lines |= spanned
        new = _words(source, head) - words
        words |= new
        todo += [
            node for word in new if through_libraries or word not in source.imported for node in sets.get(word, ())
        ]
    return frozenset(lines)


def _setting(source: Source) -> dict[str, list[ast.AST]]:
    """Return the statements that may give a name what it stands for: where it is bound, changed, defined or passed."""
    found: dict[str, list[ast.AST]] = {}
    for statement in (node for node in source.nodes if isinstance(node, ast.stmt)):
        head = _head(statement)
        for word in _words(source, head):
            found.setdefault(word, []).append(statement)
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = [node for node in ast.walk(statement) if isinstance(node, ast.stmt)]
            found.setdefault(statement.name, []).extend(inner)
    return found


def _head(statement: ast.AST) -> list[ast.AST]:
    """Return the nodes of a statement without the statements within it."""
    found = [statement]
    for node in found:
        found += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]
    return found


def _words(source: Source, nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names in some nodes, those of parameters and of an object's own attributes among them."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in _OWN:
            found.add(f".{node.attr}")
        if isinstance(node, ast.Attribute) and node.attr in source.defined:
            found.add(node.attr)
    return found - _OWN


def _span(node: ast.AST) -> range:
    """Return the lines of an expression; of what holds statements, the first."""
    if not hasattr(node, "lineno"):
        return range(0)
    last = node.lineno if hasattr(node, "body") else getattr(node, "end_lineno", None) or node.lineno
    return range(node.lineno, last + 1)
