"""Evaluates a failed expression piece by piece: what failed is stood in for, what was not reached is tried."""

import ast
import inspect
from types import FrameType
from typing import Any, Callable, Dict, List, Optional, Tuple

from .scope import names
from .standin import StandIn, is_standin, refusal, result_of

Report = Callable[[BaseException, ast.AST], None]


class Pieces:
    """Walks one expression in the namespaces of the frame that it failed in."""

    def __init__(
        self,
        frame: FrameType,
        failed: Optional[Tuple[int, int, int, int]],
        report: Report,
        reach: Callable[[int], None],
        again: Callable[[ast.Call, Any], Any],
    ) -> None:
        self._globals = frame.f_globals
        self._locals: Dict[str, Any] = dict(frame.f_locals)
        self._failed = failed
        self._report = report
        self._reach = reach
        self._again = again
        self._real = False

    def value(self, node: Any) -> Any:
        """Return the expression's value, or a stand-in for it."""
        self._reach(node.lineno)
        if self._is_failed(node):
            return self._instead(node)
        walk: Dict[str, Callable[[Any], Any]] = {
            "Call": self._call,
            "List": lambda one: self._items(one.elts),
            "Set": lambda one: self._items(one.elts),
            "Tuple": lambda one: tuple(self._items(one.elts)),
            "Dict": self._dict,
            "Attribute": self._attribute,
            "BinOp": self._operation,
            "Starred": lambda one: self.value(one.value),
            "ListComp": self._comprehension,
            "SetComp": self._comprehension,
            "GeneratorExp": self._comprehension,
            "Await": lambda one: self.value(one.value),
            "NamedExpr": lambda one: self.value(one.value),
        }
        return walk.get(type(node).__name__, self._plain)(node)

    def _items(self, nodes: List[Any]) -> List[Any]:
        found = [self.value(one) for one in nodes]
        return [value for value, node in zip(found, nodes) if not isinstance(node, ast.Starred)]  # noqa: B905 - strict= is newer than 3.9

    def _comprehension(self, node: Any) -> Any:
        """Evaluate the item of a comprehension once, for a stand-in of what it goes over."""
        for one in node.generators:
            self.value(one.iter)
            self._locals.update({name: StandIn(name) for name in names(one.target)})
        return [self.value(node.elt)]

    def _dict(self, node: ast.Dict) -> Any:
        pairs = [(key, value) for key, value in zip(node.keys, node.values) if key]  # noqa: B905 - strict= is newer than 3.9
        return {_key(self.value(key)): self.value(value) for key, value in pairs}

    def _operation(self, node: ast.BinOp) -> Any:
        self.value(node.left)
        self.value(node.right)
        return StandIn("()")

    def _is_failed(self, node: Any) -> bool:
        place = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        return self._failed is not None and place == self._failed

    def _before(self, node: Any) -> bool:
        """Return whether an expression was evaluated before the one that failed: it is not run twice."""
        return self._failed is not None and (node.end_lineno, node.end_col_offset) <= self._failed[:2]

    def _contains(self, node: ast.Call) -> bool:
        """Return whether what failed is part of a call, so that the call was never made."""
        return self._failed is not None and _place(node.func) <= self._failed[:2] <= _end(node)

    def _plain(self, node: Any) -> Any:
        if any(isinstance(one, (ast.Await, ast.Yield, ast.YieldFrom, ast.Call)) for one in ast.walk(node)):
            return StandIn("()")
        try:
            # the sample's own text, in its own namespaces
            return eval(compile(ast.Expression(node), "<piece>", "eval"), self._globals, self._locals)  # noqa: S307
        except Exception:
            return StandIn(_path(node))

    def _attribute(self, node: ast.Attribute) -> Any:
        owner = self.value(node.value)
        try:
            return getattr(owner, node.attr)
        except Exception as error:
            if not self._before(node):
                self._report(error, node)
            return StandIn(_path(node))

    def _call(self, node: ast.Call) -> Any:
        function = self._plain(node.func) if self._before(node) else self.value(node.func)
        args = tuple(self.value(one) for one in node.args)
        kwargs = {one.arg: self.value(one.value) for one in node.keywords if one.arg}
        if is_standin(function):
            return function(*args, **kwargs)
        if self._before(node):
            return _result(function, _path(node.func))
        lenient = any(isinstance(one, ast.Starred) for one in node.args) or any(not one.arg for one in node.keywords)
        lacks = not self._real and self._contains(node)
        try:
            if not lacks and not _made_up([*args, *kwargs.values()], deep=self._contains(node)):
                return function(*args, **kwargs)
            if not lenient and (problem := refusal(function, args, kwargs)):
                raise TypeError(f"{getattr(function, '__qualname__', '')}() {problem}")
        except Exception as error:
            self._report(error, node)
        return _result(function, _path(node.func))

    def _instead(self, node: Any) -> Any:
        """Return what the failed expression gives without what it is refused for, else a stand-in for it."""
        if isinstance(node, ast.Call):
            function = self._plain(node.func)
            found = self._again(node, function)
            self._real = found is not None
            return found if self._real else _result(function, _path(node.func))
        return StandIn(_path(node))


def _result(function: Any, path: str) -> Any:
    if is_standin(function):
        return function() if type(function) is StandIn else StandIn(path)
    return result_of(function, path) if inspect.isclass(function) or inspect.isroutine(function) else StandIn(path)


def _made_up(values: List[Any], *, deep: bool) -> bool:
    """Return whether one of some values stands in for another, or, looking deep, holds one that does."""
    return any(
        is_standin(one)
        or (deep and isinstance(one, (list, tuple, set)) and _made_up(list(one), deep=True))
        or (deep and isinstance(one, dict) and _made_up(list(one.values()), deep=True))
        for one in values
    )


def _key(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value


def _path(node: Any) -> str:
    try:
        return ast.unparse(node)[:80]
    except Exception:
        return "()"


def _place(node: Any) -> Tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: Any) -> Tuple[int, int]:
    return node.end_lineno, node.end_col_offset
