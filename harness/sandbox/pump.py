"""Moves bytes between the harness and a local process, within bounds of time and size."""

from __future__ import annotations

import contextlib
import os
import selectors
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from harness.model.execution import Ending

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from harness.model.execution import Limits

_CHUNK = 1 << 16
_TICK = 0.1
_PATIENCE = 5.0


@dataclass(slots=True)
class Pumped:
    """What came out of a process, and why it was stopped if it was."""

    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    stopped: Ending | None = None
    """The bound that it broke."""
    abandoned: bool = False
    """True where the caller gave up on it."""


class Pump:
    """One process, from its start to its end."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits, stop: Callable[[], None]) -> None:
        """Take charge of a process that was started with three pipes.

        Args:
            process: The process.
            limits: Time and output are enforced here.
            stop: Ends the process and all that it started.
        """
        self._process = process
        self._limits = limits
        self._stop = stop
        self._result = Pumped()
        self._selector = selectors.DefaultSelector()
        self._deadline = time.monotonic()

    def run(self, stdin: bytes, abandoned: Callable[[], bool]) -> Pumped:
        """Feed ``stdin``, read both outputs and return when the process has ended.

        Args:
            stdin: What it reads.
            abandoned: Asked several times a second; True gives up.
        """
        handle = os.pidfd_open(self._process.pid)
        try:
            self._register(stdin)
            self._selector.register(handle, selectors.EVENT_READ, self._ended)
            self._loop(abandoned)
        finally:
            os.close(handle)
            self._selector.close()
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
                _close(stream)
        return self._result

    def _register(self, stdin: bytes) -> None:
        process, result = self._process, self._result
        pending = memoryview(stdin)

        def feed(stream: IO[bytes]) -> bool:
            nonlocal pending
            try:
                pending = pending[os.write(stream.fileno(), pending[:_CHUNK]) :]
            except BlockingIOError:
                return True
            except BrokenPipeError:  # it reads no more
                return False
            return bool(pending)

        for stream, into in ((process.stdout, result.stdout), (process.stderr, result.stderr)):
            if stream:
                os.set_blocking(stream.fileno(), False)
                self._selector.register(stream, selectors.EVENT_READ, lambda s, into=into: self._take(s, into))
        if process.stdin and stdin:
            os.set_blocking(process.stdin.fileno(), False)
            self._selector.register(process.stdin, selectors.EVENT_WRITE, feed)
        else:
            _close(process.stdin)

    def _loop(self, abandoned: Callable[[], bool]) -> None:
        self._deadline = time.monotonic() + self._limits.seconds
        while self._process.returncode is None:
            left = self._deadline - time.monotonic()
            for key, _ in self._selector.select(_TICK if self._over() else max(0.0, min(_TICK, left))):
                if not key.data(key.fileobj):
                    self._forget(key.fileobj)
            if self._over():
                if left < -_PATIENCE:
                    self._process.kill()
            elif abandoned():
                self._result.abandoned = True
                self._end(None)
            elif left <= 0:
                self._end(Ending.TIMEOUT)

    def _over(self) -> bool:
        return self._result.stopped is not None or self._result.abandoned

    def _take(self, stream: IO[bytes], into: bytearray) -> bool:
        """Read once; False at the end of the stream."""
        try:
            chunk = os.read(stream.fileno(), _CHUNK)
        except BlockingIOError:
            return True
        room = self._limits.output - len(into)
        into += chunk[:room]
        if len(chunk) > room and not self._over():
            self._end(Ending.OUTPUT)
        return bool(chunk)

    def _end(self, why: Ending | None) -> None:
        """Stop the process; the loop goes on until it is gone, but not for ever."""
        self._result.stopped = why
        self._deadline = time.monotonic()
        self._stop()

    def _ended(self, _: object) -> bool:
        """Take what is left in the pipes of a process that is gone."""
        self._process.wait(_PATIENCE)
        result = self._result
        for stream, into in ((self._process.stdout, result.stdout), (self._process.stderr, result.stderr)):
            while stream and not stream.closed and len(into) < self._limits.output:
                before = len(into)
                self._take(stream, into)
                if len(into) == before:
                    break
        return False

    def _forget(self, stream: object) -> None:
        if isinstance(stream, int):
            self._selector.unregister(stream)
        elif hasattr(stream, "fileno") and not getattr(stream, "closed", True):
            self._selector.unregister(stream)
            _close(stream)  # type: ignore[arg-type]


def _close(stream: IO[bytes] | None) -> None:
    """Close a pipe; what could not be written any more is nobody's loss."""
    if stream:
        with contextlib.suppress(BrokenPipeError):
            stream.close()
