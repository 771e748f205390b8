"""Goes on with the same object where a method that is gone would have given its like: ``df = df.append(row)``."""

import ast
from types import FrameType
from typing import Any, Optional, Tuple

from .standin import is_standin


def rebound(exc: BaseException, node: Any, frame: FrameType) -> Optional[Tuple[str, Any]]:
    """Return (name, object) where a statement gives a name what a missing method of its own object returns.

    That it returns its like is a guess: who binds the result to the same name takes it for the same sort of thing.
    """
    thing = getattr(exc, "obj", None)
    if thing is None or not isinstance(exc, AttributeError) or not isinstance(node, ast.Assign):
        return None
    target = node.targets[0]
    if not isinstance(target, ast.Name) or (target.id, getattr(exc, "name", "")) not in _called(node.value):
        return None
    now = frame.f_locals.get(target.id, frame.f_globals.get(target.id))
    foreign = type(thing).__module__ not in ("builtins", "__main__")
    return (target.id, thing) if foreign and type(now) is type(thing) and not is_standin(thing) else None


def _called(node: ast.AST) -> "set[tuple[str, str]]":
    """Return (name that a chain begins with, method that it calls) of every call in the chain."""
    methods = []
    while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            methods.append(node.func.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return {(node.id, method) for method in methods} if isinstance(node, ast.Name) else set()
