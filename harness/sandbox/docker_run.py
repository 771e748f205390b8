"""One task in one container: create, feed, read, stop, ask how it ended, remove.

Knows the engine's calls and no policy: what the container may do was decided
by whoever wrote its configuration.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from harness.errors import SandboxError
from harness.model.execution import Completed, Ending, Limits
from harness.sandbox import failure, reaper
from harness.sandbox.docker_engine import asking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docker import APIClient

TICK = 0.1
"""Seconds between two looks at whether to stop."""
KILLING = 10.0
"""Seconds that a container may take to end after it was killed."""
CHUNK = 1 << 16
"""Bytes asked for at once."""
_HEADER = struct.Struct(">BxxxL")


class CancelledError(SandboxError):
    """The task was stopped because the harness wants to end."""


class Streams:
    """Takes the engine's mixed stream apart and keeps no more than allowed."""

    def __init__(self, limit: int) -> None:
        """Keep at most ``limit`` bytes of either stream."""
        self.stdout = bytearray()
        self.stderr = bytearray()
        self.over = False
        self._limit = limit
        self._header = bytearray()
        self._left = 0
        self._sink = self.stdout

    @property
    def whole(self) -> bool:
        """Whether the stream is at the end of a frame."""
        return not self._left and not self._header

    def feed(self, data: bytes) -> None:
        """Take the next bytes, wherever the engine or the network cut them."""
        view = memoryview(data)
        while view:
            view = self._body(view) if self._left else self._head(view)

    def _head(self, view: memoryview) -> memoryview:
        missing = _HEADER.size - len(self._header)
        self._header += view[:missing]
        if len(self._header) == _HEADER.size:
            stream, self._left = _HEADER.unpack(self._header)
            self._sink = self.stderr if stream == 2 else self.stdout  # noqa: PLR2004 - the engine's number for it
            self._header.clear()
        return view[missing:]

    def _body(self, view: memoryview) -> memoryview:
        taken = view[: self._left]
        room = self._limit - len(self._sink)
        self._sink += taken[:room]
        self.over = self.over or len(taken) > room
        self._left -= len(taken)
        return view[len(taken) :]


def run(
    api: APIClient, config: Mapping[str, object], stdin: bytes, limits: Limits, stopping: Callable[[], bool]
) -> Completed:
    """Run one container to its end and leave nothing of it.

    Args:
        api: The engine.
        config: What to create, see `harness.sandbox.policy.container`.
        stdin: What it reads; the configuration must have opened its input if there is any.
        limits: Bounds on its time and output; the engine keeps the others.
        stopping: Whether to give up, asked several times a second.

    Raises:
        EngineError: For the engine's failures.
        CancelledError: When ``stopping`` said so.
    """
    with asking("create a container"):
        container = api.create_container_from_config(config)["Id"]  # type: ignore[no-untyped-call] # stubs
    try:
        return _Run(api, container, limits, stopping).go(stdin)
    finally:
        reaper.remove(api, container)


class _Run:
    """A container from start to end."""

    def __init__(self, api: APIClient, container: str, limits: Limits, stopping: Callable[[], bool]) -> None:
        self.api = api
        self.container = container
        self.limits = limits
        self.stopping = stopping
        self.streams = Streams(limits.output)
        self.deadline = float("inf")
        self.state = failure.Exit(0, status="created")

    def go(self, stdin: bytes) -> Completed:
        with self._attached("stdout", "stderr") as output, self._feeding(stdin):
            with asking("start a container"):
                self.api.start(self.container)
            started = time.monotonic()
            self.deadline = started + self.limits.seconds
            stopped = self._read(output) or self._wait()
            seconds = time.monotonic() - started
        if stopped:
            self._kill()
        ending, code = failure.ending(self.state, stopped)
        return Completed(ending, code, bytes(self.streams.stdout), bytes(self.streams.stderr), seconds)

    @contextmanager
    def _attached(self, *streams: str) -> Iterator[socket.socket]:
        with asking("attach to a container"):
            wrapper = self.api.attach_socket(self.container, params=dict.fromkeys((*streams, "stream"), 1))
        # plain connections come wrapped in a file that knows no timeout, encrypted ones do not
        sock: socket.socket = getattr(wrapper, "_sock", wrapper)
        try:
            yield sock
        finally:
            wrapper.close()
            sock.close()

    @contextmanager
    def _feeding(self, data: bytes) -> Iterator[None]:
        """Write the input from a thread: a task that prints before it reads would else block both sides."""
        if not data:
            yield
            return
        with self._attached("stdin") as sock:
            thread = threading.Thread(target=_write, args=(sock, data), daemon=True)
            thread.start()
            try:
                yield
            finally:
                _hang_up(sock)
                thread.join()

    def _read(self, sock: socket.socket) -> Ending | None:
        """Read what the task prints until it ends; returns why it has to be stopped, if it has."""
        while not self.streams.over:
            if late := self._late():
                return late
            sock.settimeout(TICK)
            try:
                with asking("pass on output"):
                    data = sock.recv(CHUNK)
            except failure.EngineError as exc:
                if isinstance(exc.__cause__, TimeoutError):
                    continue
                raise
            if not data:
                break
            self.streams.feed(data)
        if self.streams.over:
            return Ending.OUTPUT
        if not self.streams.whole:
            raise failure.EngineError("the engine broke off in the middle of the output")
        return None

    def _wait(self) -> Ending | None:
        """Wait for the end of a task that closed its output; that is mostly at once."""
        pause = 0.002
        while self._runs():
            if late := self._late():
                return late
            time.sleep(pause)
            pause = min(2 * pause, TICK)
        return None

    def _late(self) -> Ending | None:
        if self.stopping():
            raise CancelledError("the task was stopped")
        return Ending.TIMEOUT if time.monotonic() >= self.deadline else None

    def _runs(self) -> bool:
        """Look at the container, and keep what was seen: the last look says how it ended."""
        with asking("look at a container"):
            seen = self.api.inspect_container(self.container)["State"]
        self.state = failure.Exit(seen["ExitCode"], bool(seen.get("OOMKilled")), seen["Status"], seen.get("Error", ""))
        return self.state.status == "running"

    def _kill(self) -> None:
        try:
            with asking("kill a container"):
                self.api.kill(self.container)
        except failure.EngineError:
            if self._runs():
                raise
        end = time.monotonic() + KILLING
        while self._runs():
            if time.monotonic() > end:
                raise failure.EngineError(f"the container still runs {KILLING:g} s after it was killed")
            time.sleep(0.02)


def _write(sock: socket.socket, data: bytes) -> None:
    """Send all of the input, then hang up: the engine takes that for its end."""
    sock.settimeout(None)
    try:
        sock.sendall(data)
    except OSError:
        return  # the task ended, or was stopped, before it had read everything: its own affair
    _hang_up(sock)


def _hang_up(sock: socket.socket) -> None:
    """End the connection in both directions; unlike closing, this wakes a thread that is writing."""
    with suppress(OSError):  # the other side was first
        sock.shutdown(socket.SHUT_RDWR)
