"""Where an exception passed, and which exceptions are none of the guards' business."""

import ast
import dis
import inspect
from types import FrameType
from typing import Any, Dict, Optional, Tuple

CONTROL = (StopIteration, StopAsyncIteration, GeneratorExit, KeyboardInterrupt)
"""How Python itself and its user say "no more"."""
_GENERATOR = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


def one_by_one(exc: BaseException, node: Any) -> bool:
    """Return whether each name of an import is about to be tried by itself, which tells more."""
    if not isinstance(node, ast.ImportFrom) or node.names[0].name == "*":
        return False
    own = exc.__traceback__ is not None and exc.__traceback__.tb_next is None
    return own and isinstance(exc, ImportError) and not isinstance(exc, ModuleNotFoundError)


def place(node: Any) -> Dict[str, int]:
    """Return where a node stands; a name of an import has no place before Python 3.10."""
    line = getattr(node, "lineno", 0)
    column, last = getattr(node, "col_offset", -1), getattr(node, "end_col_offset", -1)
    return {"line": line, "column": column + 1, "end_line": node.end_lineno if line else 0, "end_column": last + 1}


def head(node: Any) -> Any:
    """Return what of a node a failure of its own lies in: of a definition, its line alone."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        name = ast.Name(node.name, ast.Store())
        return ast.copy_location(name, node)
    return node


def position(exc: BaseException, frame: FrameType) -> Optional[Tuple[int, int, int, int]]:
    """Return where in the sample's frame an exception passed, as the syntax tree counts."""
    tb = exc.__traceback__
    while tb is not None and tb.tb_frame is not frame:
        tb = tb.tb_next
    positions = getattr(frame.f_code, "co_positions", None)
    if tb is None or positions is None:
        return None
    for at, (line, end, column, last) in enumerate(positions()):
        if at == tb.tb_lasti // 2:
            return None if None in (line, end, column, last) else (line, column, end, last)
    return None


def thrown_in(exc: BaseException, frame: FrameType) -> bool:
    """Return whether an exception came into a generator from outside, at the place where it waits."""
    tb = exc.__traceback__
    if tb is None or tb.tb_frame is not frame or not frame.f_code.co_flags & _GENERATOR:
        return False
    code = frame.f_code.co_code
    return dis.opname[code[tb.tb_lasti]] in ("YIELD_VALUE", "RESUME", "YIELD_FROM")


def cancelled(exc: BaseException) -> bool:
    """Return whether an exception is how a task is told to end."""
    return any(base.__name__ == "CancelledError" for base in type(exc).__mro__)


def span(node: Any) -> Tuple[int, int, int, int]:
    """Return where an expression stands, as `position` tells it."""
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset
