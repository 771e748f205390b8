"""Containers as a sandbox: one runner image per Python version, one container per task."""

from __future__ import annotations

import logging
import threading
import uuid
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.errors import SandboxError
from harness.sandbox import docker_engine, docker_image, docker_run, policy, reaper
from harness.sandbox.docker_engine import asking
from harness.sandbox.failure import EngineError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model.environment import Interpreter
    from harness.model.execution import Completed, Task

BACKOFF = (0.2, 1.0, 3.0)
"""Seconds to wait before each further try after a failure of the engine."""
_STORE = "sample-harness.store"
"""Label of the volume: another value is another store, whatever its name."""

_log = logging.getLogger(__name__)


class DockerSandbox:
    """Runs each task in a container of its own, on any engine that speaks Docker's API."""

    name = "docker"
    strength = (
        "Containers: own files, processes, users, limits and no network; the kernel is shared with the host, "
        "and builders reach the network."
    )

    def __init__(self, store_volume: str = "sample-harness-store", *, bases: Mapping[str, str] | None = None) -> None:
        """Do nothing yet: the engine is asked when it is needed.

        Args:
            store_volume: The named volume behind ``/store``.
            bases: Base image for a Python version, in place of ours or the official one.
        """
        self._bases = dict(bases or {})
        self._volume = store_volume
        self._run = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._active = 0
        self._closing = threading.Event()
        self._engine: docker_engine.Engine | None = None
        self._runners: dict[str, docker_image.Runner] = {}

    def unavailable(self) -> str:
        """See `Sandbox`."""
        try:
            engine = self._connected()
            if docker_image.offered(engine) or docker_image.obtainable(engine, docker_image.FIRST[0]):
                return ""
        except SandboxError as exc:
            return f"no container engine: {exc.what}; harness doctor says how to get one"
        return f"no base image, and no registry answers; make one: {docker_image.make_base()} bookworm"

    def offers(self, pythons: Sequence[str] | None = None) -> tuple[str, ...]:
        """See `Sandbox`; a registry is asked for what is not there yet."""
        engine = self._connected()
        there = docker_image.offered(engine)
        if pythons is None:
            return there or docker_image.newest_first(docker_image.FIRST)
        return docker_image.newest_first(
            [one for one in pythons if one in there or docker_image.obtainable(engine, one)]
        )

    def prepare(self, pythons: Sequence[str] | None = None) -> tuple[Interpreter, ...]:
        """See `Sandbox`; also removes what dead runs left behind."""
        engine = self._connected()
        reaper.reap(engine.api)
        wanted = docker_image.newest_first(pythons or docker_image.offered(engine) or docker_image.FIRST)
        found: list[Interpreter] = []
        for python in wanted:
            try:
                found.append(self._runner(python).interpreter)
            except EngineError as exc:
                if not found and python == wanted[-1]:
                    raise
                _log.warning("Python %s is not on offer: %s", python, exc.what)
        return tuple(found)

    def store_id(self) -> str:
        """See `Sandbox`; an engine that removes one volume says nothing of the others meanwhile, and is asked again."""
        pauses = iter(BACKOFF)
        while True:
            try:
                return self._store_id()
            except EngineError as exc:
                pause = next(pauses, None)
                if exc.fault is Fault.PERMANENT or pause is None or self._closing.wait(pause):
                    raise
                _log.info("%s; trying again", exc.what)

    def _store_id(self) -> str:
        with asking("look at the store"):
            volume = self._connected().api.create_volume(self._volume, labels={_STORE: uuid.uuid4().hex})
        # a volume that was there before keeps its labels; one that we did not make has none of ours
        return f"docker:{self._volume}:{(volume.get('Labels') or {}).get(_STORE) or volume['CreatedAt']}"

    def run(self, task: Task, cancel: threading.Event | None = None) -> Completed:
        """See `Sandbox`."""
        stop = cancel or threading.Event()
        pauses = iter(BACKOFF)
        while True:
            try:
                with self._counted():
                    return self._once(task, stop)
            except EngineError as exc:
                exc.where = exc.where or task.label
                pause = next(pauses, None)
                if exc.fault is Fault.PERMANENT or pause is None or stop.wait(pause):
                    raise
                if exc.fault is Fault.IMAGE:
                    self._runners.pop(task.python, None)
                _log.info("%s; trying again", exc.what)

    def close(self) -> None:
        """See `Sandbox`; waits for the runs that it stops."""
        self._closing.set()
        with self._idle:
            self._idle.wait_for(lambda: not self._active, timeout=docker_run.KILLING)
            engine, self._engine = self._engine, None
        if engine is None:
            return
        try:
            reaper.sweep(engine.api, self._run)
        except EngineError as exc:
            _log.warning("%s; the next run removes what is left", exc.what)
        finally:
            engine.api.close()

    def _once(self, task: Task, stop: threading.Event) -> Completed:
        engine, runner = self._connected(), self._runner(task.python)
        labels = reaper.labels(self._run, task.limits.seconds + policy.GRACE)
        config = policy.container(task, image=runner.image, volume=self._volume, labels=labels, cpus=engine.cpus)
        return docker_run.run(
            engine.api, config, task.stdin, task.limits, lambda: stop.is_set() or self._closing.is_set()
        )

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._idle:
            self._active += 1
        try:
            yield
        finally:
            with self._idle:
                self._active -= 1
                self._idle.notify_all()

    def _connected(self) -> docker_engine.Engine:
        with self._lock:
            if self._closing.is_set():
                raise docker_run.CancelledError("the sandbox is closed")
            if self._engine is None:
                self._engine = replace(docker_engine.connect(), bases=self._bases)
            return self._engine

    def _runner(self, python: str) -> docker_image.Runner:
        if python not in self._runners:
            self._runners[python] = docker_image.runner(self._connected(), python)
        return self._runners[python]
