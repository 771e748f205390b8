"""What runs at the moment, and for how long: for those who wait. Knows jobs by their ids alone."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

NAMED: Final = 3
"""Jobs that are named; of more, their number is told."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What a job is at."""

    since: float
    """When the job began."""
    what: str
    """Its step, empty where none is known yet."""


class Activity:
    """The jobs that run now; safe to share by threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with no job.

        Args:
            clock: Gives seconds.
        """
        self._clock = clock
        self._lock = threading.Lock()
        self._steps: dict[str, _Step] = {}

    def begin(self, job: str) -> None:
        """Hear that a job begins."""
        with self._lock:
            self._steps[job] = _Step(self._clock(), "")

    def step(self, job: str, what: str) -> None:
        """Hear what a job is at."""
        with self._lock:
            known = self._steps.get(job)
            self._steps[job] = _Step(known.since if known else self._clock(), what)

    def end(self, job: str) -> None:
        """Hear that a job is done."""
        with self._lock:
            self._steps.pop(job, None)

    def told(self) -> str:
        """Return what runs, longest first, e.g. ``page#0@current for 4:05 (running)``; empty where nothing does."""
        with self._lock:
            now, steps = self._clock(), sorted(self._steps.items(), key=lambda one: one[1].since)
        named = [f"{job} for {_time(now - one.since)}{f' ({one.what})' if one.what else ''}" for job, one in steps]
        more = [f"{len(named) - NAMED} more"] if len(named) > NAMED else []
        return ", ".join([*named[:NAMED], *more])


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
