"""Whether the sample itself is about to handle an exception, somewhere up the stack."""

import ast
from types import FrameType
from typing import Any, Dict, List, Optional, Tuple

_BROAD = (Exception, BaseException)


_REGIONS: Dict[str, List[Tuple[int, int, Any]]] = {}
"""For each file of the sample: (first line, last line, handlers) of every ``try`` body, innermost last."""


def know(path: str, tree: ast.Module) -> None:
    """Take in where a file of the sample handles what."""
    tries = (ast.Try, *([ast.TryStar] if hasattr(ast, "TryStar") else []))
    nodes: List[Any] = [node for node in ast.walk(tree) if isinstance(node, tries)]
    found = [(node.body[0].lineno, node.body[-1].end_lineno or 0, node.handlers) for node in nodes if node.handlers]
    _REGIONS[path] = sorted(found, key=lambda one: one[0])


def handled(exc: BaseException, frame: Optional[FrameType]) -> str:
    """Return ``named`` where a handler names the very type, ``broad`` where one takes anything, else nothing."""
    while frame is not None:
        for first, last, handlers in reversed(_REGIONS.get(frame.f_code.co_filename, [])):
            if first <= _line(exc, frame) <= last and (found := _caught(exc, handlers, frame)):
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


def _caught(exc: BaseException, handlers: List[Any], frame: FrameType) -> str:
    for handler in handlers:
        if handler.type is None:
            return "broad"
        kinds = _kinds(handler.type, frame)
        if kinds and isinstance(exc, kinds):
            return "broad" if set(kinds) & set(_BROAD) else "named"
    return ""


def _kinds(node: Any, frame: FrameType) -> Tuple[type, ...]:
    """Return the types that a handler names, looked up as it would look them up itself; none where it cannot."""
    code = compile(ast.Expression(node), "<handler>", "eval")
    try:
        found = eval(code, frame.f_globals, frame.f_locals)  # noqa: S307 - the sample's own text
    except Exception:
        return ()
    return tuple(one for one in (found if isinstance(found, tuple) else (found,)) if isinstance(one, type))
