"""A sandbox that answers from a script, for tests of what stands above it."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.errors import SandboxError
from harness.model.environment import Interpreter
from harness.model.execution import Completed, Ending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from harness.model.execution import Task

    Answer = Completed | SandboxError | Callable[[Task], Completed]


def completed(
    stdout: bytes = b"", *, code: int | None = 0, stderr: bytes = b"", ending: Ending = Ending.EXITED
) -> Completed:
    """Return an answer; by default a program that ended well and said nothing."""
    return Completed(ending=ending, code=code, stdout=stdout, stderr=stderr, seconds=0.0)


def _sealed(answer: Completed, task: Task) -> Completed:
    """Put the seal of a task's orders where an answer of the probe's has none, as the probe does."""
    seal = re.search(rb'"seal":"\w*"', task.stdin)
    return replace(answer, stdout=answer.stdout.replace(b'"seal": ""', seal[0])) if seal else answer


class FakeSandbox:
    """Gives its answers in turn and remembers what it was asked."""

    name = "fake"
    strength = "nothing is run"

    def __init__(
        self, answers: Iterable[Answer] = (), *, pythons: Sequence[str] = ("3.13",), unavailable: str = ""
    ) -> None:
        """Take the script.

        Args:
            answers: One for each task: a value, an error to raise, or a function of the task.
            pythons: Versions on offer, newest first.
            unavailable: What `unavailable` says.
        """
        self.tasks: list[Task] = []
        """The tasks that were run, in order."""
        self.closed = 0
        """How often it was closed."""
        self._answers = list(answers)
        self._pythons = tuple(pythons)
        self._unavailable = unavailable
        self._lock = threading.Lock()

    def unavailable(self) -> str:
        """Return what the script says."""
        return self._unavailable

    def offers(self, pythons: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return what the script has."""
        return tuple(version for version in self._pythons if pythons is None or version in pythons)

    def prepare(self, pythons: Sequence[str] | None = None) -> tuple[Interpreter, ...]:
        """Return interpreters that do not exist."""
        chosen = [version for version in self._pythons if pythons is None or version in pythons]
        if not chosen:
            raise SandboxError(f"no Python {' or '.join(pythons or ('of any version',))} in the script")
        return tuple(Interpreter(version, f"/usr/bin/python{version}", f"fake:{version}") for version in chosen)

    def store_id(self) -> str:
        """Return a constant."""
        return "fake"

    def run(self, task: Task, cancel: threading.Event | None = None) -> Completed:
        """Give the next answer; asked more often than scripted, fail."""
        if cancel is not None and cancel.is_set():
            raise SandboxError("stopped before its end", where=task.label)
        with self._lock:
            self.tasks.append(task)
            if not self._answers:
                raise AssertionError(f"no answer is scripted for task {len(self.tasks)}: {task.argv}")
            answer = self._answers.pop(0)
        if isinstance(answer, SandboxError):
            raise answer
        return _sealed(answer(task) if callable(answer) else answer, task)

    def close(self) -> None:
        """Count."""
        self.closed += 1
