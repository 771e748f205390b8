"""Keeps account of what was seen during one run and sends each thing once."""

import sys
import threading
from types import CodeType, FrameType
from typing import Callable, Dict, Optional, Set, Tuple

from .channel import Channel
from .describe import Describer
from .frames import Files

REPEATS = 3
"""Times that the same exception type is described at the same instruction."""
LIMIT = 200
"""Records of one sort."""
Details = Dict[str, object]
# How Python itself says "no more": never a failure.
_CONTROL = (StopIteration, StopAsyncIteration, GeneratorExit)


class Recorder:
    """What `monitoring` and `tracing` report to."""

    def __init__(self, files: Files, channel: Channel) -> None:
        self.files = files
        self.describe = Describer(files)
        self._channel = channel
        self._lines: Set[Tuple[str, int]] = set()
        self._counts: Dict[Tuple[CodeType, int, type], int] = {}
        self._sent: Dict[str, int] = {}
        self._things: Set[Tuple[object, ...]] = set()
        # Per thread: number and type of the exception noted last. No exception is held, that would keep frames alive.
        self._last: Dict[int, Tuple[int, type]] = {}

    def guarded(self, report: Callable[..., None], *args: object) -> None:
        """Report; a failure of ours, such as too deep a recursion, must not become the sample's."""
        try:
            report(*args)
        except Exception:
            self._channel.send("lost")

    def line(self, code: CodeType, line: int) -> None:
        """A line of the sample is about to run."""
        self._send_line(code.co_filename, line)

    def _send_line(self, path: str, line: int) -> None:
        key = (path, line)
        if key not in self._lines:
            self._lines.add(key)
            self._channel.send("line", file=self.files.name(path), line=line)

    def raised(self, exc: BaseException) -> None:
        """An exception arrives in a frame of the sample, which is the outermost one of its traceback so far."""
        tb = exc.__traceback__
        if tb is None or isinstance(exc, _CONTROL):
            return
        key = (tb.tb_frame.f_code, tb.tb_lasti, type(exc))
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if count > REPEATS or self.describe.own(tb) > 1:
            return  # seen often enough, or noted in the frame that it came from
        number = self._number("raised")
        if number < LIMIT:
            self._last[threading.get_ident()] = (number, type(exc))
            self._channel.send("raised", number=number, raised=self.describe(exc))

    def left(self, exc: BaseException) -> None:
        """An exception leaves a function of the sample for one that is not: the sample does not handle it."""
        tb = exc.__traceback__
        caller = tb.tb_frame.f_back if tb else None
        if caller is not None and caller.f_code.co_filename in self.files.paths:
            return
        number, kind = self._last.get(threading.get_ident(), (-1, None))
        if kind is type(exc):
            self._channel.send("left", number=number)

    def fatal(self, exc: BaseException) -> None:
        """An exception ends the sample."""
        self._channel.send("fatal", raised=self.describe(exc))

    def thing(
        self, kind: str, frame: Optional[FrameType], *key: object, more: Callable[[], Details] = dict, **record: object
    ) -> None:
        """Send something seen at the sample's innermost line, once per place; `more` is what takes time to tell."""
        own = self.files.innermost(frame)
        line = (own.f_lineno or 0) if own else 0
        file = self.files.name(own.f_code.co_filename) if own else ""
        seen = (kind, file, line, *key)
        if seen not in self._things and self._number(kind) < LIMIT:
            self._things.add(seen)
            self._channel.send(kind, line=line, file=file, **record, **more())

    def _number(self, kind: str) -> int:
        number = self._sent.get(kind, 0)
        self._sent[kind] = number + 1
        return number


def start(recorder: Recorder) -> None:
    """Watch the sample's own code, by the cheapest means that this Python has."""
    if sys.version_info >= (3, 12):
        from .monitoring import watch  # noqa: PLC0415 - only where sys.monitoring exists
    else:
        from .tracing import watch  # noqa: PLC0415 - only where it does not
    watch(recorder)
