"""Names that code gives to a class or a function by other means than its own text.

A class gets members by ``setattr`` or by a method of its own that is told the
name; a function gets keywords by a decorator that renames them. Only literal
names are read, and where a loop goes through a list of them, that list.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from harness.environments.api_syntax import dotted, named, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

_RENAMES: Final = re.compile(r"deprec|renam|moved|alias|legacy|kwarg", re.IGNORECASE)
_GONE: Final = re.compile(r"remov|delet|forbid|expire", re.IGNORECASE)
_BOUND: Final = frozenset(("self", "cls"))
_MANY: Final = 64
"""Names that are kept of one list."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one class, function or value is given, or lists for others."""

    names: tuple[str, ...] = ()
    """Of a class the literal names that calls set on it; of a function or value those that it lists."""
    lists: tuple[str, ...] = ()
    """Of a class the dotted names of what is gone through to set more."""


def given(tree: ast.Module) -> dict[str, Given]:
    """Return what the statements of a module set or list, by the name of the class, function or value."""
    every = list(statements(tree))
    found = {named(one): Given(names) for one in every if (names := _listed(one))}
    for kind in (one for one in every if isinstance(one, ast.ClassDef)):
        decorators = [one for one in kind.decorator_list if isinstance(one, ast.Call)]
        inside = [one.iter for one in statements(kind) if isinstance(one, ast.For)]
        outside = [part for one in every for part in _set_on(kind.name, one)]
        parts = [*decorators, *inside, *outside]
        lists = tuple(dict.fromkeys(path for part in (*inside, *outside) for path in _gone_through(part)))
        if parts:
            found[kind.name] = Given(tuple(dict.fromkeys(name for part in parts for name in _names(part))), lists)
    return found


def from_decorators(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    """Return the keywords that a function's decorators name: those that rename or deprecate a parameter take it."""
    calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
    telling = [one for one in calls if _RENAMES.search(dotted(one.func)) and not _GONE.search(dotted(one.func))]
    return tuple(name for one in telling for name in _names(one) if name not in _BOUND)


def _set_on(kind: str, statement: ast.stmt) -> list[ast.expr]:
    """Return what of a statement holds names that it sets on a class: of a call the call, of a loop what it visits."""
    if isinstance(statement, ast.Expr):
        return [statement.value] if _reaches(statement.value, kind) else []
    if isinstance(statement, ast.For):
        loop = {one.id for one in ast.walk(statement.target) if isinstance(one, ast.Name)}
        calls = (one for one in ast.walk(statement) if _reaches(one, kind))
        used = (one.id for call in calls for one in ast.walk(call) if isinstance(one, ast.Name))
        return [statement.iter] if loop & {*used} else []
    return []


def _reaches(node: ast.AST, kind: str) -> bool:
    """Return whether something is a call of a class's own method, or one that is handed the class."""
    if not isinstance(node, ast.Call):
        return False
    own = isinstance(node.func, ast.Attribute) and dotted(node.func.value) == kind
    return own or any(dotted(one) == kind for one in node.args)


def _listed(statement: ast.stmt) -> tuple[str, ...]:
    """Return the names in a literal that a statement assigns, or that a function returns."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        values = [statement.value]
    elif isinstance(statement, ast.FunctionDef):
        values = [one.value for one in ast.walk(statement) if isinstance(one, ast.Return)]
    else:
        return ()
    literal = (one for one in values if isinstance(one, ast.List | ast.Tuple | ast.Set | ast.Dict))
    return () if named(statement) == "__all__" else _names(*literal)


def _gone_through(node: ast.expr) -> Iterator[str]:
    """Yield the dotted names in what a loop visits: a list, or a call that makes or wraps one."""
    for one in ast.walk(node):
        if isinstance(one, ast.Name | ast.Attribute) and (path := dotted(one)):
            yield path


def _names(*nodes: ast.AST) -> tuple[str, ...]:
    """Return the texts in expressions that could be names, bounded."""
    texts = (one.value for node in nodes for one in ast.walk(node) if isinstance(one, ast.Constant))
    names = (text for text in texts if isinstance(text, str) and text.isidentifier())
    return tuple(islice(dict.fromkeys(names), _MANY))
