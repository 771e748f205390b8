"""Runs small Python programs in a sandbox: shared by the contract and the hostile suites."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from harness.model.execution import Completed, Limits, StoreAccess, Task
from harness.sandbox.namespace import NamespaceSandbox
from harness.sandbox.process import ProcessSandbox

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from harness.model.environment import Interpreter
    from harness.sandbox.base import Sandbox

LIMITS = Limits(seconds=30, memory=512 << 20, processes=64, disk=32 << 20, output=1 << 20)
"""Small enough that an attack on them is over soon."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A sandbox and an interpreter it offers."""

    sandbox: Sandbox
    interpreter: Interpreter

    @property
    def name(self) -> str:
        """The sandbox's name."""
        return self.sandbox.name

    def task(self, code: str, *args: str, limits: Limits = LIMITS, **more: Any) -> Task:
        """Return a task that runs Python code with arguments."""
        argv = (self.interpreter.executable, "-I", "-c", code, *args)
        return Task(argv, self.interpreter.version, limits=limits, **more)

    def run(self, code: str, *args: str, cancel: threading.Event | None = None, **more: Any) -> Completed:
        """Run Python code; nothing is asked of how it ends."""
        return self.sandbox.run(self.task(code, *args, **more), cancel)

    def shell(self, command: str, *, limits: Limits = LIMITS, **more: Any) -> Completed:
        """Run a shell command."""
        return self.sandbox.run(Task(("/bin/sh", "-c", command), self.interpreter.version, limits=limits, **more))

    def says(self, code: str, *args: str, **more: Any) -> Any:
        """Run Python code that must succeed, and return the JSON it prints."""
        done = self.run(code, *args, **more)
        assert done.code == 0, done.stderr.decode(errors="replace")
        return json.loads(done.stdout)


def open_bench(name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Yield the sandbox of that name, ready; or skip with the reason why it cannot be had."""
    if name == "docker":
        yield _ready(request.getfixturevalue("docker_sandbox"))
        return
    store = tmp_path_factory.mktemp(name)
    sandbox: Sandbox = NamespaceSandbox(store) if name == "namespace" else ProcessSandbox(store)
    if reason := sandbox.unavailable():
        pytest.skip(reason)
    yield _ready(sandbox)
    sandbox.close()


def _ready(sandbox: Sandbox) -> Bench:
    return Bench(sandbox, sandbox.prepare()[0])


def params(*names: str) -> list[Any]:
    """Return sandboxes as parameters, those that need an engine marked."""
    return [pytest.param(name, marks=pytest.mark.docker) if name == "docker" else name for name in names]


READ = StoreAccess.READ
WRITE = StoreAccess.WRITE
NONE = StoreAccess.NONE
