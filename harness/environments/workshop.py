"""Asks the program `inside` a builder sandbox to do something, and reads its answer."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from harness.environments.index import DEFAULT_INDEX, IndexSettings, redact
from harness.environments.inside import BUSY
from harness.errors import ResolutionError
from harness.model.environment import STORE, UV
from harness.model.execution import Ending, Limits, StoreAccess, Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model.environment import Interpreter
    from harness.model.execution import Completed, RunTask

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

RESOLVING = Limits(seconds=300, memory=4 << 30, processes=512, disk=2 << 30, output=64 << 20)
"""Bounds of a resolution; it may have to build source distributions to learn what they need."""
INSTALLING = Limits(seconds=1800, memory=4 << 30, processes=512, disk=4 << 30, output=16 << 20)
"""Bounds of an installation; machine-learning environments are several gigabytes."""
TIDYING = Limits(seconds=1800, output=16 << 20)
"""Bounds of listing and removing."""
WAIT = 120.0
"""Seconds that a builder waits inside for builders of other machines."""
ATTEMPTS = 3
"""How often something is tried that failed for the network's or another builder's sake."""
PAUSE = 2.0
"""Seconds before the second attempt; each further pause is twice as long."""

SETTINGS = {
    "HARNESS_STORE": STORE,
    "HARNESS_UV": UV,
    "UV_CACHE_DIR": f"{STORE}/uv-cache",  # in the store, so that environments can be hard links of it
    "UV_NO_CONFIG": "1",
    "UV_NO_PROGRESS": "1",
    "UV_PYTHON_DOWNLOADS": "never",
    "NO_COLOR": "1",
}
"""What uv is told in every builder."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Runs builders; knows how to reach the index and how often to try."""

    run: RunTask
    """Runs one task in a sandbox."""
    index: IndexSettings = DEFAULT_INDEX
    """Where packages come from."""
    offline: bool = False
    """Whether builders have to do with what is in the store."""
    sleep: Callable[[float], None] = time.sleep
    """Waits; tests need not."""

    def ask(
        self, command: str, spec: object, answer: type[Answer], *, at: Interpreter, limits: Limits, label: str
    ) -> Answer:
        """Run one command of `inside` and return its answer.

        Args:
            command: One of ``inside.COMMANDS``.
            spec: What it is to do, as JSON.
            answer: The type of what it says.
            at: The interpreter that runs it.
            limits: Its bounds.
            label: What to call it in messages.

        Raises:
            ResolutionError: If it gives no answer.
        """
        task = Task(
            argv=(at.executable, "-I", "-c", _program(), command),
            python=at.version,
            stdin=msgspec.json.encode(spec),
            env=tuple(sorted({**SETTINGS, **dict(self.index.env), **self._reach()}.items())),
            network=not self.offline,
            store=StoreAccess.WRITE,
            limits=limits,
            label=label,
        )
        for pause in self.pauses():
            done = self.run(task)
            if done.code != BUSY:
                return _read(done, answer, label)
            logger.info("%s: another builder holds the store", label)
            self.sleep(pause)
        raise ResolutionError(
            "another builder holds the store for too long",
            where=label,
            cause="a builder on another machine that shares this store is at work",
            next_step="wait for it, then run again",
        )

    def _reach(self) -> dict[str, str]:
        """Return what tells uv not to try the network."""
        return {"UV_OFFLINE": "1"} if self.offline else {}

    def pauses(self) -> list[float]:
        """Return the pause after each attempt, none after the last."""
        return [PAUSE * 2**count for count in range(ATTEMPTS - 1)] + [0.0]


@cache
def _program() -> str:
    """Return the source of `inside`."""
    return Path(__file__).with_name("inside.py").read_text(encoding="utf-8")


def _read(done: Completed, answer: type[Answer], label: str) -> Answer:
    """Return a builder's answer, or raise ResolutionError with what it wrote instead."""
    if done.ending is Ending.EXITED and done.code == 0:
        try:
            return msgspec.json.decode(done.stdout, type=answer)
        except msgspec.MsgspecError as error:
            logger.warning("%s: the builder's answer cannot be read: %s", label, error)
    tail = redact(done.stderr.decode(errors="replace")).strip().splitlines()[-5:]
    raise ResolutionError(
        f"the builder gave no answer ({done.ending}, exit code {done.code}, {done.seconds:.0f} s)",
        where=label,
        cause=" / ".join(tail) or "it was stopped over a limit",
        next_step="run again; if it persists, look at what the sandbox says with: harness doctor",
    )
