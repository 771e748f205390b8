"""The embedded sandbox: Linux namespaces, no daemon, nothing to install.

The launcher (`harness.sandbox.launcher`) makes the sandbox; this module finds
the interpreters, tells the launcher what to make and reads what came of it.
"""

from __future__ import annotations

import json
import os
import platform
import re
import socket
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import SandboxError
from harness.model.environment import Interpreter
from harness.model.execution import Completed, Ending, Limits, StoreAccess, Task
from harness.sandbox import assets, interpreters, namespace_faults, namespace_plan, policy
from harness.sandbox.launcher.kernel import MACHINES
from harness.sandbox.launcher.privileges import privileged
from harness.sandbox.pump import Pump, Pumped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.sandbox.interpreters import Candidate
    from harness.sandbox.launcher.spec import Event, Spec

_LAUNCH = (
    "import sys; sys.path.append(sys.argv[1]); from harness.sandbox.launcher.main import main; main()"  # stdlib first
)
_OLDEST_KERNEL = (5, 14)
_CHECK_LIMITS = Limits(seconds=20, processes=16, disk=1 << 20, output=1 << 16)


@dataclass(frozen=True, slots=True)
class _Offer:
    """An interpreter that was seen to work."""

    interpreter: Interpreter
    prefix: Path
    order: tuple[int, int, int]


class NamespaceSandbox:
    """Isolates with user, mount, process, network, ipc and host-name namespaces."""

    name = "namespace"
    strength = (
        "Linux namespaces: a sample sees no network, no files and no processes of this machine but the system's"
        " programs, read-only; it shares the kernel"
    )

    def __init__(self, store: Path) -> None:
        """Keep environments below ``store``, in a folder of this sandbox's own."""
        # its own folder: builders write to it, and the harness's files beside it are not theirs
        self._store = store / self.name
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._offers: dict[str, _Offer] | None = None
        self._passed_over: list[str] = []

    def unavailable(self) -> str:
        """Return why namespaces cannot be used here, or an empty string."""
        return self._reason

    @cached_property
    def _reason(self) -> str:
        """Try it once: no list of switches tells as much."""
        if sys.platform != "linux" or platform.machine() not in MACHINES:
            return f"namespaces need Linux on {' or '.join(sorted(MACHINES))}"
        release = tuple(int(part) for part in re.findall(r"\d+", platform.release())[:2])
        if release < _OLDEST_KERNEL:
            return f"namespaces need Linux 5.14 or newer; this is {platform.release()}"
        try:
            self._try(("/bin/sh", "-c", ":"), Path("/usr"))
        except SandboxError as error:
            return str(error)
        return ""

    def prepare(self, pythons: Sequence[str] | None = None) -> tuple[Interpreter, ...]:
        """Run every interpreter of this machine once, and offer those that work."""
        if self._reason:
            raise SandboxError("the namespace sandbox cannot be used here", cause=self._reason)
        with self._lock:
            if self._offers is None:
                self._offers = self._discover()
            offers = sorted(self._offers.values(), key=lambda offer: offer.order, reverse=True)
        chosen = [offer.interpreter for offer in offers if pythons is None or offer.interpreter.version in pythons]
        if not chosen:
            raise self._none_fits(pythons or (), [offer.interpreter.version for offer in offers])
        return tuple(chosen)

    def _none_fits(self, wanted: Sequence[str], found: Sequence[str]) -> SandboxError:
        seen = f"on offer: {', '.join(found) or 'none'}"
        return SandboxError(
            f"no Python {' or '.join(wanted)} that works in the namespace sandbox".replace("  ", " "),
            cause="; ".join([seen, *self._passed_over]),
            next_step=f"uv python install {' '.join(wanted) or '3.13'}",
        )

    def _discover(self) -> dict[str, _Offer]:
        """Return the newest working interpreter of each version."""
        best: dict[str, _Offer] = {}
        for candidate in interpreters.candidates():
            offer = self._examine(candidate)
            if offer and (offer.interpreter.version not in best or offer.order > best[offer.interpreter.version].order):
                best[offer.interpreter.version] = offer
        return best

    def _examine(self, candidate: Candidate) -> _Offer | None:
        executable = str(candidate.executable)
        done = self._try((executable, "-I", "-c", interpreters.CHECK), candidate.prefix)
        found = interpreters.version(done.stdout)
        if found is None:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["not a released CPython"]
            self._passed_over.append(f"{executable}: {said[-1]}")
            return None
        return _Offer(
            Interpreter(found.minor, executable, f"{self.name}:{executable}:{found.full}"),
            candidate.prefix,
            found.order,
        )

    def _try(self, argv: tuple[str, ...], prefix: Path) -> Completed:
        task = Task(argv, python="", store=StoreAccess.NONE, limits=_CHECK_LIMITS, label="check")
        return self._launch(task, namespace_plan.spec(task, prefix, self._store), lambda: False)

    def store_id(self) -> str:
        """Return the id that lies in the store's folder; made with the store."""
        file = self._folder() / "id"
        try:
            with file.open("x", encoding="ascii") as new:
                new.write(uuid.uuid4().hex)
        except FileExistsError:
            pass  # it is read below like everyone's
        return file.read_text("ascii", "replace").strip()

    def _folder(self) -> Path:
        """Return the folder behind ``/store``, owned by the user that tasks run as."""
        self._store.mkdir(parents=True, exist_ok=True)
        if privileged(policy.UID) and self._store.stat().st_uid != policy.UID:
            os.chown(self._store, policy.UID, policy.UID)
        return self._store

    def run(self, task: Task, cancel: threading.Event | None = None) -> Completed:
        """Run one task in namespaces of its own."""
        if self._offers is None:
            self.prepare()
        offer = (self._offers or {}).get(task.python)
        if offer is None:
            raise self._none_fits((task.python,), sorted(self._offers or {}))
        spec = namespace_plan.spec(task, offer.prefix, self._folder())
        return self._launch(task, spec, lambda: self._closed.is_set() or (cancel is not None and cancel.is_set()))

    def close(self) -> None:
        """Stop all that runs; every `run` notices within a moment and clears up after itself."""
        self._closed.set()

    def _launch(self, task: Task, spec: Spec, abandoned: Callable[[], bool]) -> Completed:
        """Start the launcher, tell it the spec and see it through."""
        started = time.monotonic()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            number = theirs.fileno()
            pipe = subprocess.PIPE
            argv = [sys.executable, "-I", "-S", "-c", _LAUNCH, str(assets.PACKAGE.parent), str(number)]
            process = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=(number,), env={})
            try:
                theirs.close()
                _tell(ours, spec)
                pumped = Pump(process, task.limits, process.terminate).run(task.stdin, abandoned)
                events = _events(ours)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        if pumped.abandoned:
            raise SandboxError("stopped before its end", where=task.label)
        return _completed(events, pumped, task, time.monotonic() - started)


def _tell(control: socket.socket, spec: Spec) -> None:
    try:
        control.sendall(json.dumps(spec).encode())
        control.shutdown(socket.SHUT_WR)
    except BrokenPipeError:
        return  # it is gone already; why, is on its standard error


def _events(control: socket.socket) -> list[Event]:
    """Return what init reported; all of it is there once the watcher has ended."""
    chunks = []
    while chunk := control.recv(1 << 16):
        chunks.append(chunk)
    return [json.loads(line) for line in b"".join(chunks).splitlines()]


def _completed(events: list[Event], pumped: Pumped, task: Task, seconds: float) -> Completed:
    """Return what became of the task, or raise where it never began."""
    for event in events:
        if "fault" in event and pumped.stopped is None:
            raise namespace_faults.explain(event["fault"], task.label)
    code = next((event["code"] for event in events if "code" in event), None)
    if code is None and pumped.stopped is None and not events:
        said = pumped.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SandboxError("the sandbox ended by itself", where=task.label, cause=said[-1] if said else "")
    ending = pumped.stopped or _ending(code, over_memory=any("memory" in event for event in events))
    return Completed(
        ending,
        None if pumped.stopped else code,
        bytes(pumped.stdout),
        bytes(pumped.stderr),
        seconds,
    )


def _ending(code: int | None, *, over_memory: bool) -> Ending:
    if over_memory:
        return Ending.MEMORY
    return Ending.KILLED if code is None or code < 0 else Ending.EXITED
