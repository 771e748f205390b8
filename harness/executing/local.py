"""Jobs on this machine, so many at a time, in the order of the pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.equipping import equipped
from harness.executing.work import weighed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.jobs import Equipment
    from harness.judging import Weighed
    from harness.model.matrix import Job
    from harness.options import Options


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

    def run(self, jobs: Sequence[Job]) -> Iterator[Weighed]:
        """Yield what came of every job; see `Executor.run`."""
        with ThreadPoolExecutor(self.workers, thread_name_prefix="job") as pool:
            futures = [pool.submit(weighed, job, self.equipment) for job in jobs]
            try:
                for future in as_completed(futures):
                    yield future.result()
            finally:
                self.equipment.cancel.set()
                pool.shutdown(wait=False, cancel_futures=True)
                self.equipment.sandbox.close()
