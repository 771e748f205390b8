"""Tells a fault of the sample's from one that comes of what we supplied.

Four degrees: ``""`` nothing of ours took part, or the fault is proved by a
real module, class or signature alone; ``value`` contents are of our making,
the types are real; ``class`` an object took part whose real class is a likely
guess; ``type`` even what it is was a guess.
"""

import ast
import inspect
import numbers
import re
from types import FrameType, ModuleType, TracebackType
from typing import Any, Dict, List, Optional, Set

from .scope import attributes, bindings, names, owners, stored
from .standin import RefusedError, is_standin

_BINDS = re.compile(
    r"unexpected keyword argument|missing \d+ required|takes (?:no|exactly|at most|at least|from|\d+)"
    r"|multiple values for|positional-only argument|takes no arguments|missing a required"
)
_DEPTH = 3
_WIDTH = 40
_ITEMS = (numbers.Number, str, bytes)


class Taint:
    """What of a run is of our making."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._lines: Set[int] = set()
        self._bindings = bindings(tree)
        self._imported = {
            alias.asname or alias.name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
        }
        self._invented: Set[str] = set()
        self._kept: Set[str] = set()
        self._supplied: Dict[int, Any] = {}

    def supply(self, value: Any) -> Any:
        """Note a value whose very type is a guess; it is kept, so that its identity stays its own."""
        if value is not None and not isinstance(value, (bool, type, ModuleType)):
            self._supplied[id(value)] = value
        return value

    def invent(self, *found: str) -> None:
        """Note names whose contents are of our making."""
        self._invented |= set(found) - self._imported

    def keep(self, name: str) -> None:
        """Note a name that goes on standing for an object of the class that it had, which is likely and not sure."""
        self._kept.add(name)

    def keep_from(self, node: ast.AST) -> bool:
        """Note what is bound from a piece of the text as of a likely class; return whether anything is."""
        place = (getattr(node, "lineno", 0), getattr(node, "col_offset", -1))
        found = [
            name
            for name, values in self._bindings.items()
            if any(
                (getattr(one, "lineno", 0), getattr(one, "col_offset", -1)) == place
                for value in values
                for one in ast.walk(value)
            )
        ]
        self._kept |= set(found)
        return bool(found)

    def invent_at(self, line: int) -> None:
        """Note that what the statement at a line works with, and binds, is of our making."""
        self._lines.add(line)
        for node in ast.walk(self._tree):
            if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0):
                self.invent(node.name)
            elif isinstance(node, ast.stmt) and node.lineno <= line <= _head_end(node):
                self.invent(*stored(node))

    def touched(self, node: ast.AST) -> bool:
        """Return whether contents of our making may have reached an expression."""
        return getattr(node, "lineno", 0) in self._lines or self._reached_by(self._invented, node)

    def _reached_by(self, origins: Set[str], node: ast.AST) -> bool:
        """Return whether what some names stand for may have reached an expression."""
        seen: Set[str] = set()
        todo = list(self.words(node))
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in origins or name.partition(".")[0] in origins:
                return True
            for value in self._bindings.get(name, ()):
                todo += self.words(value)
        return False

    def words(self, node: ast.AST) -> Set[str]:
        """Return the names in a piece of the text; of an object whose attributes the sample sets, those alone."""
        parts = {path: name for path, name in attributes(node).items() if path in self._bindings}
        return (names(node) - (owners(node) & set(parts.values()))) | set(parts)

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

    def _passed(self, frame: FrameType) -> bool:
        """Return whether a library was passed a guess; ``...`` is none where the library knows it as a value."""
        held = _values(frame)
        if any(value is Ellipsis for value in held) and _knows_dots(frame):
            held = [value for value in held if value is not Ellipsis]
        return any(self.guessed(value) for value in held)

    def of(self, exc: BaseException, node: ast.AST, frame: FrameType) -> str:
        """Return the degree for an exception that a piece of the text ended in."""
        degree = self._of(exc, node, frame)
        return "class" if degree != "type" and self._reached_by(self._kept, node) else degree

    def _of(self, exc: BaseException, node: ast.AST, frame: FrameType) -> str:
        if isinstance(exc.__cause__, RefusedError):
            return ""
        below = _below(exc.__traceback__, frame)
        if isinstance(exc, (ImportError, SyntaxError)) and not any(map(self._passed, below)):
            return ""
        if isinstance(exc, TypeError) and not below and _BINDS.search(str(exc)) and self._known_callee(node, frame):
            return ""
        if isinstance(exc, AttributeError) and isinstance(getattr(exc, "obj", None), (type, ModuleType)):
            return ""
        here = any(self.guessed(value) for value in self._held(node, frame))
        if isinstance(exc, AttributeError) and not below and getattr(exc, "obj", None) is not None:
            # Only what lacks the attribute matters; a single item of made-up contents has a made-up type.
            here = self.guessed(exc.obj, 0) or (isinstance(exc.obj, _ITEMS) and self.touched(node))
        if here or any(map(self._passed, below)):
            return "type"
        return "value" if self.touched(node) else ""

    def _held(self, node: ast.AST, frame: FrameType) -> List[Any]:
        """Return what the names of an expression stand for, modules and the like apart.

        Of an object of the sample's own, what counts is the attribute that is written: the rest is not used.
        """
        known = {name: frame.f_locals.get(name, frame.f_globals.get(name)) for name in names(node) - self._imported}
        used = dict(known)
        for path, name in attributes(node).items():
            space = getattr(known.get(name), "__dict__", {}) if type(known.get(name)).__module__ == "__main__" else {}
            if name in owners(node) and path.partition(".")[2] in space:
                used[path] = space[path.partition(".")[2]]
                used.pop(name, None)
        return list(used.values())

    def _known_callee(self, node: ast.AST, frame: FrameType) -> bool:
        """Return whether what is called is what it would be for a reader."""
        called = node.func if isinstance(node, ast.Call) else node
        return not any(self.guessed(value, 0) for value in self._held(called, frame))


def _head_end(node: ast.stmt) -> int:
    """Return the last line of a statement without the statements within it."""
    body = getattr(node, "body", None)
    return max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno


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


def _knows_dots(frame: FrameType) -> bool:
    """Return whether the module of a frame deals with ``...``: passing it is the sample's own choice."""
    own = frame.f_globals.get("__name__")
    made = [one for one in list(frame.f_globals.values()) if isinstance(one, type) or inspect.isroutine(one)]
    members = [one for one in made if one.__module__ == own]
    inner = [one for cls in members if isinstance(cls, type) for one in list(vars(cls).values())]
    return any(_deals_with_dots(one) for one in (*members, *inner) if inspect.isroutine(one))


def _deals_with_dots(routine: Any) -> bool:
    """Return whether a function has ``...`` for a default or compares with it; a body of dots alone has none."""
    function = getattr(routine, "__func__", routine)
    code = getattr(function, "__code__", None)
    named = getattr(function, "__kwdefaults__", None) or {}
    if any(value is Ellipsis for value in (*(getattr(function, "__defaults__", None) or ()), *named.values())):
        return True
    return code is not None and (Ellipsis in code.co_consts or bool({"Ellipsis", "EllipsisType"} & set(code.co_names)))
