"""What the guards of a rewritten sample call; it is reached as a builtin."""

import ast
import sys
import threading
import time
from types import FrameType
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from . import scope
from .files import FileMaker
from .fluent import rebound
from .guards import Entered, Loop, within
from .handlers import handled, know
from .imports import absent, conventional, instead, single
from .lighter import lighter, surely
from .pieces import Pieces
from .places import CONTROL, cancelled, head, one_by_one, place, position, span, thrown_in
from .recorder import Exploring
from .rerun import command
from .settings import setting
from .standin import ASKED, CALLED, PATHS, Decorated, StandIn, is_standin
from .taint import Taint


class StuckError(BaseException):
    """Raised by the clock in a statement that takes too long."""


class Explorer:
    """Keeps what failed, gives what stands in for it and decides what goes on."""

    def __init__(self, recorder: Exploring, tree: ast.Module, nodes: List[Any], path: str) -> None:
        self.tree, self.nodes, self.path = tree, nodes, path
        self.recorder = recorder
        self.taint = Taint(tree)
        self.columns = scope.columns(tree)
        self.files = FileMaker(recorder, tree, self.columns, self.taint)
        self.driven = ""
        self.wanted = ""
        self.raw: Dict[int, Any] = {}
        self.entered: Set[int] = set()
        self.later: List[Callable[[], None]] = []
        self._values: Dict[Tuple[int, int], Any] = {}
        self._open: Dict[Tuple[int, int], bool] = {}
        self._turns: Dict[int, Tuple[int, float]] = {}
        self._named: Set[str] = set()
        self._unknown: Dict[str, ast.Name] = {}
        self._anything = False
        self._stars = scope.stars(tree)
        self._excused: Set[str] = set()
        self._said: Set[Tuple[object, ...]] = set()
        self._faults = {id(node): at for at, node in enumerate(nodes)}
        PATHS.add(path)
        know(path, tree)
        CALLED.append(self._called)

    # --- what guards call -------------------------------------------------------------------------

    def put(self, number: int, value: Any) -> None:
        """Keep a value for the statement that follows."""
        self._values[number, threading.get_ident()] = value

    def test(self, number: int, value: bool) -> None:
        """Keep the answer to a test, and whether a stand-in gave it."""
        me = threading.get_ident()
        self._open[number, id(sys._getframe(1))] = me in ASKED
        ASKED.discard(me)
        self.put(number, value)

    def either(self, number: int) -> bool:
        """Return whether a test might as well have gone the other way: what that way binds is then a guess."""
        other = self._open.get((number, id(sys._getframe(1))), False)
        if other:
            self.taint.invent(*self._bound_under(number))
        return other

    def _bound_under(self, number: int) -> Set[str]:
        """Return the names that the branches of a test bind."""
        test = self.nodes[number]
        branches = (one for one in ast.walk(self.tree) if isinstance(one, ast.If) and span(one.test) == span(test))
        return {name for one in branches for branch in (*one.body, *one.orelse) for name in scope.stored(branch)}

    def take(self, number: int) -> Any:
        """Return the value that was put, or what stands in for it."""
        return self._values.pop((number, threading.get_ident()), True)

    def value(self, number: int, name: str = "") -> Any:
        """Return what stands in for the value that a failed statement binds to a name."""
        key = (number, threading.get_ident())
        if name:
            return StandIn(name)
        found = self._values.pop(key, None)
        return StandIn("()") if found is None else found

    def failed(self, number: int) -> bool:
        """Note the failure that is being handled; return whether it must go on upwards."""
        exc, frame, node = sys.exc_info()[1], sys._getframe(1), self.nodes[number]
        try:
            return self._failed(number, exc, frame, node)
        except RecursionError:
            return True

    def _failed(self, number: int, exc: Any, frame: FrameType, node: Any) -> bool:
        if isinstance(exc, CONTROL) or thrown_in(exc, frame) or cancelled(exc):
            return True
        if isinstance(exc, SystemExit):
            self.wanted = self.wanted or command(exc)
            return frame.f_code.co_name != "<module>"
        if not isinstance(exc, (Exception, StuckError)) and frame.f_code.co_name != "<module>":
            return True
        catcher = handled(exc, frame)
        if catcher == "named":
            return True
        failing = self._failing(exc, frame, node)
        degree = self.taint.of(exc, failing, frame)
        if not one_by_one(exc, node):
            self.note(exc, degree, failing, frame)
        if catcher:
            return True
        if isinstance(node, (ast.Import, ast.ImportFrom)) and (missing := absent(node, exc)):
            error = ModuleNotFoundError(f"No module named {missing!r}", name=missing)
            self.note(error, "", node, frame)
        value = self._instead(exc, frame, node)
        self.taint.invent(*self.taint.words(node if isinstance(node, ast.stmt) else failing), getattr(node, "name", ""))
        self._open[number, id(frame)] = True
        self.put(number, value)
        return False

    def _failing(self, exc: BaseException, frame: FrameType, node: Any) -> Any:
        """Return the innermost expression that failed in a frame, or the statement where it is not known."""
        at = position(exc, frame)
        if at:
            for one in ast.walk(head(node)):
                if isinstance(one, ast.expr) and (one.lineno, one.col_offset, one.end_lineno, one.end_col_offset) == at:
                    return one
        return head(node)

    def note(self, exc: BaseException, degree: str, node: Any, frame: Optional[FrameType]) -> None:
        """Send the record of a failure, once for each place."""
        if isinstance(exc, StuckError):
            return
        if node is not None:
            self.files.failed(node)
        record = self.recorder.describe(exc)
        if not record["line"] or record["file"] != self.recorder.files.name(self.path):
            record.update(place(node), file=self.recorder.files.name(self.path))
        key = (record["type"], record["message"][:200], record["line"], record["column"])
        if key in self._said:
            return
        self._said.add(key)
        if isinstance(exc, NameError) and not isinstance(exc, UnboundLocalError):
            self._supply_name(exc, frame)
        self.recorder.explored(record, taint=degree, driven=self.driven)

    def _instead(self, exc: BaseException, frame: FrameType, node: Any) -> Any:
        """Return what a failed statement's expression stands for, trying the pieces that were not reached."""
        expression = node if isinstance(node, ast.expr) else getattr(node, "value", None)
        if not isinstance(expression, ast.expr) or isinstance(exc, StuckError):
            return StandIn("()")
        same = rebound(exc, node, frame)
        if same is not None:
            self.taint.keep(same[0])
            return same[1]
        redone = self.files.redo(exc, expression, frame)
        if redone is not None:
            self.taint.supply(redone)
            return redone

        def report(error: BaseException, piece: ast.AST) -> None:
            self.note(error.with_traceback(None), self.taint.of(error, piece, frame), piece, frame)

        def again(call: ast.Call, function: Any) -> Any:
            try:
                found = lighter(exc, call, frame, report)
            except StuckError:
                return None
            if found is None or surely(function, found) or self.taint.keep_from(call):
                return found
            return None  # of what class it would have been is a guess, and nobody could tell later what rests on it

        failed = position(exc, frame) or span(expression)
        return Pieces(frame, failed, report, self._reached, again).value(expression)

    def _reached(self, line: int) -> None:
        """Count a line that a piece of a failed statement stands on."""
        self.recorder.reached(self.path, line)

    def alias(self, number: int, at: int) -> Any:
        """Return one name of a failed import, tried by itself."""
        node = self.nodes[number]
        alias = node.names[at]
        frame, outer = sys._getframe(1), sys.exc_info()[1]
        try:
            return single(node, alias, frame)
        except Exception as error:
            if type(error) is not type(outer) or str(error) != str(outer):
                self.note(error, self.taint.of(error, alias, frame), alias if hasattr(alias, "lineno") else node, frame)
        return instead(node, alias)

    def starred(self, number: int) -> None:
        """Make up for a star import that failed: what it would have brought is no fault of its own."""
        found = scope.offered(self.nodes[number].module or "", sys.path)
        if found is None:
            self._anything = True  # nobody knows what it would have brought
        else:
            self._excused |= found

    def arrived(self) -> None:
        """Supply what is still unknown after the last star import."""
        self._stars -= 1
        if self._stars <= 0:
            self.supply_names(sys._getframe(1).f_globals)

    def enter(self, number: int) -> Any:
        """Return a context manager that can be entered whatever it is."""
        value = self._values.pop((number, threading.get_ident()), None)
        return Entered(self, self.nodes[number], value, sys._getframe(1))

    aenter = enter

    def iterate(self, number: int) -> Any:
        """Return an iterator that ends, and gives one item where there are none to be had."""
        value = self._values.pop((number, threading.get_ident()), None)
        return Loop(self, number, value, sys._getframe(1))

    def again(self, number: int) -> bool:
        """Return whether a loop may take one more turn."""
        turns, began = self._turns.get(number, (0, time.monotonic()))
        self._turns[number] = (turns + 1, began)
        return within(turns, began)

    def decorator(self, number: int) -> Any:
        """Return a decorator as it is, or what stands in for one that failed."""
        found = self._values.get((number, threading.get_ident()))
        if found is not None and not is_standin(found):
            return found
        return _plain if "__qualname__" in sys._getframe(1).f_locals else _standing_in

    def seen(self, number: int) -> Callable[[Any], Any]:
        """Return a decorator that keeps the function as it is written."""

        def keep(function: Any) -> Any:
            self.raw[number] = function
            return function

        return keep

    def again_decorated(self, number: int, *decorators: int) -> Any:
        """Return a definition whose decorators did not all take it, with those that do."""
        node = self.nodes[number]
        function = self.raw.get(number)
        if function is None:
            return StandIn(node.name)
        frame, outer = sys._getframe(1), sys.exc_info()[1]
        standing_in = _plain if "__qualname__" in frame.f_locals else _standing_in
        for at in reversed(decorators):
            found = self._values.pop((at, threading.get_ident()), None)
            try:
                function = standing_in(function) if found is None or is_standin(found) else found(function)
            except Exception as error:
                if type(error) is not type(outer) or str(error) != str(outer):
                    piece = self.nodes[at]
                    self.note(error.with_traceback(None), self.taint.of(error, piece, frame), piece, frame)
                function = standing_in(function)
        return function

    def ended(self, error: BaseException) -> None:
        """Note what ended the whole sample: an error that it raises itself."""
        if isinstance(error, Exception):
            record = self.recorder.describe(error)
            self.recorder.explored(record, taint="value", driven=self.driven)

    # --- names, files, calls of stand-ins ---------------------------------------------------------

    def supply_names(self, namespace: Dict[str, Any]) -> None:
        """Define what the sample uses and nobody binds."""
        for name, node in self._unknown.items():
            if name in namespace or name in self._named:
                continue
            self._named.add(name)
            if not self._anything and name not in self._excused:
                self._send_unknown(name, node)
            known = conventional(name)
            self.taint.invent(name)
            namespace[name] = known if known is not None else self._made_up(name)

    def prepare(self, source: str, namespace: Dict[str, Any]) -> None:
        """Look for names that nobody binds; star imports may still bring them, and what binds out of sight may too."""
        if scope.hidden(self.tree):
            return  # who misses one is told when it is used
        unknown = scope.unbound(source, self.path) - set(namespace)
        self._unknown = dict(sorted(scope.first_uses(self.tree, unknown).items()))
        if not self._stars:
            self.supply_names(namespace)

    def _send_unknown(self, name: str, node: ast.Name) -> None:
        error = NameError(f"name '{name}' is not defined")
        record = self.recorder.describe(error)
        record.update(place(node), file=self.recorder.files.name(self.path), attributes=[["name", name]])
        self.recorder.explored(record, taint="", driven="")

    def _supply_name(self, exc: NameError, frame: Optional[FrameType]) -> None:
        words = str(exc).split("'")
        name = getattr(exc, "name", None) or (words[1] if len(words) > 1 else "")
        if name and frame is not None and frame.f_code.co_filename == self.path and name not in frame.f_globals:
            self._named.add(name)
            self.taint.invent(name)
            frame.f_globals[name] = self._made_up(name)

    def _made_up(self, name: str) -> Any:
        text = setting(name, self.tree)
        return self.taint.supply(StandIn(name) if text is None else text)

    def _called(self, path: str, args: Tuple[Any, ...], kwargs: Any) -> None:
        self.files.named_in_call(path, (*args, *kwargs.values()), sys._getframe(2))


def _plain(function: Any) -> Any:
    """Return a method as it is written: a class may refuse what is neither a function nor known to it."""
    return function


def _standing_in(function: Any) -> Any:
    """Return a definition whose decorator could not be had: what it would offer is not known."""
    if isinstance(function, (type, Decorated)):
        return function
    return Decorated(function)
