"""A stand-in for builders: answers questions to uv from a function, and remembers them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.model.execution import Completed, Ending, Task

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Question:
    """One call of ``uv pip compile``."""

    python: str
    requirements: tuple[str, ...]
    universal: bool
    build: bool


def ok(*pins: str) -> dict[str, Any]:
    return {"code": 0, "out": "".join(f"{pin}\n" for pin in pins), "err": ""}


def refused(reason: str) -> dict[str, Any]:
    return {"code": 1, "out": "", "err": f"error: No solution found when resolving dependencies\n  cause: {reason}\n"}


def broken(text: str) -> dict[str, Any]:
    return {"code": 2, "out": "", "err": text}


@dataclass
class Scripted:
    """A RunTask that runs nothing."""

    uv: Callable[[Question], dict[str, Any]]
    install: Callable[[dict[str, Any]], dict[str, Any]] = lambda _spec: {"built": True, "size": 1}
    questions: list[Question] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    def __call__(self, task: Task) -> Completed:
        self.tasks.append(task)
        spec = json.loads(task.stdin)
        answer: object
        if task.argv[-1] == "resolve":
            asked = [self._question(task, question) for question in spec["questions"]]
            self.questions += asked
            answer = [self.uv(question) for question in asked]
        else:
            answer = self.install(spec)
        return Completed(Ending.EXITED, 0, json.dumps(answer).encode(), b"", 0.1)

    def _question(self, task: Task, question: dict[str, Any]) -> Question:
        args = question["args"]
        lines = tuple(question["requirements"].splitlines())
        return Question(task.python, lines, "--universal" in args, "--no-build" not in args)
