"""The embedded sandbox: Linux namespaces, no daemon, nothing to install.

The launcher (`harness.sandbox.launcher.main`) makes the sandbox; this module
finds the interpreters and tells the launcher what to make.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import SandboxError
from harness.model.execution import Completed, Ending, Limits, StoreAccess, Task
from harness.sandbox import interpreters, local_store, namespace_group, namespace_plan, policy
from harness.sandbox.base import Check
from harness.sandbox.launch import launch
from harness.sandbox.launcher.kernel import MACHINES
from harness.sandbox.launcher.privileges import privileged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model.environment import Interpreter

_OLDEST_KERNEL = (5, 14)
_CHECK_LIMITS = Limits(seconds=20, processes=16, disk=1 << 20, output=1 << 16)


class NamespaceSandbox:
    """Isolates with user, mount, process, network, ipc and host-name namespaces."""

    name = "namespace"
    strength = (
        "Linux namespaces: a sample sees no network, and of this machine's files only the system's programs and"
        " libraries, read-only; it shares the kernel"
    )

    def __init__(self, store: Path) -> None:
        """Keep environments below ``store``, in a folder of this sandbox's own."""
        # its own folder: builders write to it, and the harness's files beside it are not theirs
        self._store = store / self.name
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._offers: interpreters.Offers | None = None

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
            self._check(("/bin/sh", "-c", ":"), Path("/usr"))
        except SandboxError as error:
            return str(error)
        return ""

    def offers(self, pythons: Sequence[str] | None = None) -> tuple[str, ...]:
        """See `Sandbox`."""
        return self._ready().versions(pythons)

    def prepare(self, pythons: Sequence[str] | None = None) -> tuple[Interpreter, ...]:
        """Offer the interpreters of this machine that work."""
        return self._ready().choose(pythons)

    def _ready(self) -> interpreters.Offers:
        if self._reason:
            raise SandboxError("the namespace sandbox cannot be used here", cause=self._reason)
        with self._lock:
            if self._offers is None:
                namespace_group.sweep()
                offers = interpreters.Offers(self.name, self._store.parent)
                offers.examine(lambda c: self._check((str(c.executable), "-I", "-c", interpreters.CHECK), c.prefix))
                self._offers = offers
            return self._offers

    def _check(self, argv: tuple[str, ...], prefix: Path) -> Completed:
        """Run a program of ours, to see whether it can."""
        task = Task(argv, python="", store=StoreAccess.NONE, limits=_CHECK_LIMITS)
        return launch("main", namespace_plan.spec(task, prefix, self._store), task, self._closed.is_set)

    def store_id(self) -> str:
        """Return the id that lies in the store's folder; made with the store."""
        return local_store.identity(self._folder())

    def _folder(self) -> Path:
        """Return the folder behind ``/store``, owned by the user that tasks run as."""
        self._store.mkdir(parents=True, exist_ok=True)
        if privileged(policy.UID) and self._store.stat().st_uid != policy.UID:
            os.chown(self._store, policy.UID, policy.UID)
        return self._store

    def run(self, task: Task, cancel: threading.Event | None = None) -> Completed:
        """Run one task in namespaces of its own."""
        offer = self._ready().get(task.python)
        with namespace_group.group(task.limits) as group:
            spec = namespace_plan.spec(task, offer.prefix, self._folder(), group=group.entrance)
            done = launch("main", spec, task, lambda: self._closed.is_set() or bool(cancel and cancel.is_set()))
            if group.killed() and done.ending in {Ending.EXITED, Ending.KILLED}:
                return Completed(Ending.MEMORY, done.code, done.stdout, done.stderr, done.seconds)
        return done

    def report(self) -> tuple[Check, ...]:
        """Return what ``harness doctor`` shows of this sandbox."""
        if self._reason:
            return (Check("namespaces", ok=False, detail=self._reason),)
        return (
            Check("namespaces", ok=True, detail="a sandbox was made and ended"),
            Check("memory bound", ok=True, detail=namespace_group.describe()),
            _pythons(self.prepare),
        )

    def close(self) -> None:
        """Stop all that runs; every `run` notices within a moment and clears up after itself."""
        self._closed.set()


def _pythons(prepare: Callable[[], tuple[Interpreter, ...]]) -> Check:
    try:
        found = ", ".join(f"{offer.version} ({offer.executable})" for offer in prepare())
    except SandboxError as error:
        return Check("interpreters", ok=False, detail=error.cause, mend=error.next_step)
    return Check("interpreters", ok=True, detail=found)
