"""Tells a fault of the sample's from one that comes of what we supplied.

Three degrees: ``""`` nothing of ours took part, or the fault is proved by a
real module, class or signature alone; ``value`` contents are of our making,
the types are real; ``type`` even what it is was a guess.
"""

import ast
import inspect
import re
from types import FrameType, ModuleType, TracebackType
from typing import Any, Dict, List, Optional, Set

from .scope import bindings, names
from .standin import RefusedError, is_standin

_BINDS = re.compile(
    r"unexpected keyword argument|missing \d+ required|takes (?:no|exactly|at most|at least|from|\d+)"
    r"|multiple values for|positional-only argument|takes no arguments|missing a required"
)
_DEPTH = 3
_WIDTH = 40


class Taint:
    """What of a run is of our making."""

    def __init__(self, tree: ast.Module) -> None:
        self._bindings = bindings(tree)
        self._imported = {
            alias.asname or alias.name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
        }
        self._invented: Set[str] = set()
        self._supplied: Dict[int, Any] = {}

    def supply(self, value: Any) -> Any:
        """Note a value whose very type is a guess; it is kept, so that its identity stays its own."""
        if value is not None and not isinstance(value, (bool, type, ModuleType)):
            self._supplied[id(value)] = value
        return value

    def invent(self, *found: str) -> None:
        """Note names whose contents are of our making."""
        self._invented |= set(found) - self._imported

    def touched(self, node: ast.AST) -> bool:
        """Return whether contents of our making may have reached an expression."""
        seen: Set[str] = set()
        todo = list(names(node))
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self._invented:
                return True
            for value in self._bindings.get(name, ()):
                todo += names(value)
        return False

    def guessed(self, value: Any, depth: int = _DEPTH) -> bool:
        """Return whether a value is, or holds, a stand-in, a placeholder or something of a guessed type."""
        if value is Ellipsis or is_standin(value) or id(value) in self._supplied:
            return True
        if depth == 0:
            return False
        if isinstance(value, dict):
            inner: List[Any] = list(value.values())[:_WIDTH]
        elif isinstance(value, (list, tuple, set, frozenset)):
            inner = list(value)[:_WIDTH]
        elif isinstance(value, (type, ModuleType)) or inspect.isroutine(value):
            return False
        else:
            inner = list(getattr(value, "__dict__", {}).values())[:_WIDTH] if depth > 1 else []
        return any(self.guessed(one, depth - 1) for one in inner)

    def of(self, exc: BaseException, node: ast.AST, frame: FrameType) -> str:
        """Return the degree for an exception that a piece of the text ended in."""
        if isinstance(exc.__cause__, RefusedError):
            return ""
        below = _below(exc.__traceback__, frame)
        if isinstance(exc, (ImportError, SyntaxError)) and not any(self.guessed(v) for f in below for v in _values(f)):
            return ""
        if isinstance(exc, TypeError) and not below and _BINDS.search(str(exc)):
            return ""
        if isinstance(exc, AttributeError) and isinstance(getattr(exc, "obj", None), (type, ModuleType)):
            return ""
        looked = [frame.f_locals.get(name, frame.f_globals.get(name)) for name in names(node) - self._imported]
        here = any(self.guessed(value) for value in looked)
        if isinstance(exc, AttributeError) and not below and getattr(exc, "obj", None) is not None:
            here = self.guessed(exc.obj, 0)  # only what lacks the attribute matters
        if here or any(self.guessed(value) for one in below for value in _values(one)):
            return "type"
        return "value" if self.touched(node) else ""


def _below(tb: Optional[TracebackType], frame: FrameType) -> List[FrameType]:
    """Return the frames of a traceback below the sample's innermost one."""
    found: List[FrameType] = []
    here = __file__.rpartition("/")[0]
    while tb is not None:
        path = tb.tb_frame.f_code.co_filename
        if path == frame.f_code.co_filename:
            found = []
        elif not path.startswith(here):
            found.append(tb.tb_frame)
        tb = tb.tb_next
    return found


def _values(frame: FrameType) -> List[Any]:
    return list(frame.f_locals.values())[:_WIDTH]
