"""Runs one child to its end: reads what it writes, within bounds, and stops it when it goes beyond."""

import os
import selectors
import signal
import socket
import subprocess
import time
from typing import Any, Callable, Dict, List, Optional

from . import reap
from .bounds import Stream

CHUNK = 256 << 10
"""Bytes read at once; more than one evidence message."""
GRACE = 0.2
"""Seconds for what is still in the pipes after the child has ended."""


class Child:
    """One process of the sample and what it left behind."""

    def __init__(self, *, output: int, deadline: float, on_record: Callable[[bytes], None]) -> None:
        self.stdout, self.stderr = Stream(), Stream()
        self.ending = "exited"
        self.code: Optional[int] = None
        self._output = output
        self._deadline = deadline
        self._on_record = on_record

    def run(self, argv: List[str], *, cwd: str, env: Dict[str, str]) -> None:
        """Start it, see it through, and leave no process of it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, _Wakeup() as wakeup:
            with theirs:
                process = subprocess.Popen(
                    [*argv, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    cwd=cwd,
                    env=env,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            try:
                self._follow(process, ours, wakeup)
            finally:
                self.code = process.poll()
                reap.end_all(process.pid)
                for pipe in (process.stdout, process.stderr):
                    if pipe is not None:
                        pipe.close()

    def _follow(self, process: "subprocess.Popen[bytes]", evidence: socket.socket, wakeup: "_Wakeup") -> None:
        assert process.stdout is not None  # noqa: S101 - for the type checker: both are pipes
        assert process.stderr is not None  # noqa: S101
        with selectors.DefaultSelector() as selector:
            take: Dict[Any, Callable[[bytes], None]] = {
                process.stdout.fileno(): self.stdout.feed,
                process.stderr.fileno(): self.stderr.feed,
                evidence.fileno(): self._on_record,
            }
            for fd, feed in take.items():
                os.set_blocking(fd, False)
                selector.register(fd, selectors.EVENT_READ, feed)
            selector.register(wakeup.fd, selectors.EVENT_READ)
            while process.poll() is None and self._within(selector):
                _read_ready(selector, max(0.0, self._deadline - time.monotonic()))
            process.poll()
            end = time.monotonic() + GRACE
            # A process left behind may hold the pipes open and write on: what is there now is taken, no more.
            while time.monotonic() < end and _read_ready(selector, 0.0):
                pass

    def _within(self, _selector: selectors.BaseSelector) -> bool:
        """Return whether the child is within its bounds; else note which one it broke."""
        if time.monotonic() >= self._deadline:
            self.ending = "timeout"
        elif self.stdout.total + self.stderr.total > self._output:
            self.ending = "output"
        return self.ending == "exited"


def _read_ready(selector: selectors.BaseSelector, timeout: float) -> bool:
    """Read once from every descriptor that has something; return whether any had."""
    found = False
    for key, _ in selector.select(timeout):
        try:
            data = os.read(key.fd, CHUNK)
        except BlockingIOError:
            continue
        except OSError:
            data = b""
        if key.data is None:
            continue  # a child ended: its end is asked for elsewhere
        if data:
            key.data(data)
            found = True
        else:
            selector.unregister(key.fd)
    return found


class _Wakeup:
    """A descriptor that becomes readable when a child ends, so that nobody has to poll."""

    def __enter__(self) -> "_Wakeup":  # noqa: PYI034 - typing.Self is newer than 3.9
        self.fd, self._write = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._write, False)
        self._handler = signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, self._handler)
        os.close(self.fd)
        os.close(self._write)


def memory_kills() -> int:
    """Return how often the kernel has killed for memory in this control group, 0 where it does not say."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path, encoding="ascii") as file:
                counts = dict(line.split()[:2] for line in file)
            return int(counts.get("oom_kill", 0))
        except (OSError, ValueError):
            continue
    return 0
