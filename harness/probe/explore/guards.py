"""Context managers and iterators around the sample's own: they note what fails and let the body run."""

import time
from types import FrameType
from typing import TYPE_CHECKING, Any, Callable, List

from .handlers import handled
from .places import CONTROL
from .standin import RefusedError, StandIn, is_standin

if TYPE_CHECKING:
    from .helper import Explorer

TURNS = 20_000
"""Turns of one loop before it is ended."""
SECONDS = 4.0
"""Seconds of one loop before it is ended."""
FEW = 100
"""Turns that a loop may take however long they last."""


class Entered:
    """A context manager around the sample's own."""

    def __init__(self, explorer: "Explorer", node: Any, value: Any, frame: FrameType) -> None:
        self._explorer, self._node, self._value, self._frame = explorer, node, value, frame
        self._inside = False

    def _note(self, error: BaseException) -> bool:
        if isinstance(error, CONTROL) or not isinstance(error, Exception):
            return True
        if handled(error, self._frame):
            return True
        degree = self._explorer.taint.of(error, self._node, self._frame)
        self._explorer.note(error, degree, self._node, self._frame)
        return False

    def _lacks(self, method: str, words: str) -> bool:
        """Note an object that cannot be entered; a stand-in is held to the class that it stands for."""
        cls = self._value._harness_class if type(self._value) is StandIn else type(self._value)
        if cls is None or hasattr(cls, method):
            return False
        error: BaseException = TypeError(f"'{cls.__name__}' object does not support the {words} protocol")
        error.__cause__ = RefusedError()
        self._explorer.note(error, "", self._node, self._frame)
        return True

    def __enter__(self) -> Any:
        if self._value is None:
            return StandIn("()")
        if self._lacks("__enter__", "context manager") or is_standin(self._value):
            return self._value
        try:
            found = self._value.__enter__()
        except BaseException as error:
            if self._note(error):
                raise
            return StandIn("()")
        self._inside = True
        return found

    def __exit__(self, *what: object) -> Any:
        if not self._inside:
            return None
        try:
            return self._value.__exit__(*what)
        except BaseException as error:
            if error is what[1] or self._note(error):
                raise
        return None

    async def __aenter__(self) -> Any:
        if self._value is None:
            return StandIn("()")
        if self._lacks("__aenter__", "asynchronous context manager") or is_standin(self._value):
            return self._value
        try:
            found = await self._value.__aenter__()
        except BaseException as error:
            if self._note(error):
                raise
            return StandIn("()")
        self._inside = True
        return found

    async def __aexit__(self, *what: object) -> Any:
        if not self._inside:
            return None
        try:
            return await self._value.__aexit__(*what)
        except BaseException as error:
            if error is what[1] or self._note(error):
                raise
        return None


class Loop:
    """An iterator over the sample's own that cannot go on for ever."""

    def __init__(self, explorer: "Explorer", number: int, value: Any, frame: FrameType) -> None:
        self._explorer, self._node = explorer, explorer.nodes[number]
        self._frame = frame
        self._once: List[Any] = []
        self._items: Any = None
        self._turns, self._began = 0, time.monotonic()
        if value is None or type(value) is StandIn:
            self._once = [StandIn("[]")]
            cls = None if value is None else value._harness_class
            if cls is not None and not hasattr(cls, "__iter__") and not hasattr(cls, "__getitem__"):
                error = TypeError(f"'{cls.__name__}' object is not iterable")
                self._explorer.note(error, "", self._node, frame)
        else:
            self._items = self._guarded(lambda: iter(value))

    def _guarded(self, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except (*CONTROL, SystemExit):
            raise
        except Exception as error:
            if handled(error, self._frame):
                raise
            degree = self._explorer.taint.of(error, self._node, self._frame)
            self._explorer.note(error, degree, self._node, self._frame)
            self._once = [] if self._turns else [StandIn("[]")]
            return None

    def __iter__(self) -> "Loop":
        return self

    def __next__(self) -> Any:
        self._turns += 1
        if not within(self._turns, self._began):
            raise StopIteration
        if self._items is not None:
            done = object()
            found = self._guarded(lambda: next(self._items, done))
            if found is done:
                raise StopIteration
            if found is not None or not self._once:
                return found
            self._items = None
        if self._once:
            return self._once.pop()
        raise StopIteration


def within(turns: int, began: float) -> bool:
    """Return whether a loop may take one more turn."""
    return turns < TURNS and (turns < FEW or time.monotonic() - began < SECONDS)
