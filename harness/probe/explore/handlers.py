"""Whether the sample itself is about to handle an exception, somewhere up the stack."""

import ast
from types import FrameType
from typing import Any, Dict, List, Optional, Tuple

from ..expected import expected

_BROAD = (Exception, BaseException)
_TAKING = (ast.Try, ast.With, ast.AsyncWith, *([ast.TryStar] if hasattr(ast, "TryStar") else []))

_REGIONS: Dict[str, List[Tuple[int, int, Any]]] = {}
"""For each file of the sample: (first line, last line, what is taken) of every ``try`` and ``with``, innermost last."""


def know(path: str, tree: ast.Module) -> None:
    """Take in where a file of the sample handles what."""
    nodes: List[Any] = [node for node in ast.walk(tree) if isinstance(node, _TAKING)]
    found = [(node.body[0].lineno, node.body[-1].end_lineno or 0, _taken(node)) for node in nodes]
    _REGIONS[path] = sorted([one for one in found if one[2]], key=lambda one: one[0])


def _taken(node: Any) -> List[Optional[ast.expr]]:
    """Return the expressions that name what a statement takes, None for whatever there is."""
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [*expected(node)]
    return [handler.type for handler in node.handlers]


def handled(exc: BaseException, frame: Optional[FrameType]) -> str:
    """Return ``named`` where a handler names the very type, ``broad`` where one takes anything, else nothing."""
    while frame is not None:
        for first, last, taken in reversed(_REGIONS.get(frame.f_code.co_filename, [])):
            if first <= _line(exc, frame) <= last and (found := _caught(exc, taken, frame)):
                return found
        frame = frame.f_back
    return ""


def _line(exc: BaseException, frame: FrameType) -> int:
    """Return where a frame stood when the exception passed it, or where it stands."""
    tb = exc.__traceback__
    while tb is not None:
        if tb.tb_frame is frame:
            return tb.tb_lineno or 0
        tb = tb.tb_next
    return frame.f_lineno or 0


def _caught(exc: BaseException, taken: List[Optional[ast.expr]], frame: FrameType) -> str:
    for one in taken:
        if one is None:
            return "broad"
        kinds = _kinds(one, frame)
        if kinds and isinstance(exc, kinds):
            return "broad" if set(kinds) & set(_BROAD) else "named"
    return ""


def _kinds(node: Any, frame: FrameType) -> Tuple[type, ...]:
    """Return the exceptions that an expression names, looked up as it would be in its place; none where it cannot."""
    code = compile(ast.Expression(node), "<handler>", "eval")
    try:
        found = eval(code, frame.f_globals, frame.f_locals)  # noqa: S307 - the sample's own text
    except Exception:
        return ()
    return tuple(one for one in (found if isinstance(found, tuple) else (found,)) if _is_exception(one))


def _is_exception(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseException)
