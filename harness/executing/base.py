"""What an executor is: it alone decides where and when a job runs, and knows nothing of samples and verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.judging import Weighed
    from harness.model.matrix import Job


class Executor(Protocol):
    """Runs jobs, all of them made ready for one invocation."""

    @property
    def sandbox(self) -> str:
        """Name of what isolates the jobs."""

    @property
    def strength(self) -> str:
        """What that keeps in and what it does not."""

    def run(self, jobs: Sequence[Job], waiting: Callable[[str], None]) -> Iterator[Weighed]:
        """Yield what came of every job, once, as soon as it is known, in any order.

        Args:
            jobs: What is to run.
            waiting: Hears every few seconds what runs, as long as nothing new is known.

        On ^C, or when the caller stops listening, running jobs are stopped and the others not begun.
        """
