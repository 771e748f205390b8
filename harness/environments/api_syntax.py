"""Small questions about syntax trees that several readers ask."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFINITION: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def statements(node: ast.Module | ast.ClassDef) -> Iterator[ast.stmt]:
    """Yield the statements of a module or class, those under conditions included, those in functions not."""
    waiting: list[ast.stmt] = list(reversed(node.body))
    while waiting:
        statement = waiting.pop()
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With):
            inner = [*statement.body, *getattr(statement, "orelse", ()), *getattr(statement, "finalbody", ())]
            inner += [one for handler in getattr(statement, "handlers", ()) for one in handler.body]
            waiting += reversed(inner)


def named(node: ast.stmt) -> str:
    """Return the name that a statement defines or assigns, the first of several, else nothing."""
    if isinstance(node, DEFINITION):
        return node.name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return next((name for target in targets for one in flat(target) if (name := dotted(one))), "")


def flat(target: ast.expr) -> list[ast.expr]:
    """Return the targets that an assignment unpacks into, or the one that it has."""
    return target.elts if isinstance(target, ast.Tuple) else [target]


def dotted(node: ast.AST) -> str:
    """Return a dotted name as written, empty for anything else."""
    words: list[str] = []
    while isinstance(node, ast.Attribute):
        words.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(words)]) if isinstance(node, ast.Name) else ""
