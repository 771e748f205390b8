"""Jobs on this machine, so many at a time, in the order of the pages."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.equipping import equipped
from harness.executing.work import weighed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.jobs import Equipment
    from harness.judging import Weighed
    from harness.model.matrix import Job
    from harness.options import Options


TICK: Final = 5.0
"""Seconds of waiting, after which what runs is told."""


@contextmanager
def opened(options: Options, note: Callable[[str], None]) -> Iterator[LocalExecutor]:
    """Make this machine ready to run jobs.

    Raises:
        ConfigError: If the sandbox that is asked for cannot be used here.
        SandboxError: If no runner can be made ready.
    """
    with equipped(options, note) as equipment:
        yield LocalExecutor(equipment, options.jobs)


@dataclass(frozen=True, slots=True)
class LocalExecutor:
    """Threads: what takes the time is other processes."""

    equipment: Equipment
    """What the jobs share."""
    workers: int
    """How many run at a time."""

    @property
    def sandbox(self) -> str:
        """Name of what isolates the jobs."""
        return self.equipment.sandbox.name

    @property
    def strength(self) -> str:
        """What that keeps in and what it does not."""
        return self.equipment.sandbox.strength

    def run(self, jobs: Sequence[Job], waiting: Callable[[str], None]) -> Iterator[Weighed]:
        """Yield what came of every job; see `Executor.run`."""
        with ThreadPoolExecutor(self.workers, thread_name_prefix="job") as pool:
            left = {pool.submit(weighed, job, self.equipment) for job in jobs}
            try:
                while left:
                    done, left = wait(left, TICK, FIRST_COMPLETED)
                    yield from (future.result() for future in done)
                    if not done:
                        waiting(self.equipment.activity.told())
            finally:
                self.equipment.cancel.set()
                pool.shutdown(wait=False, cancel_futures=True)
                self.equipment.sandbox.close()
