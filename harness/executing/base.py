"""What an executor is: it alone decides where and when a job runs, and knows nothing of samples and verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

    def run(self, jobs: Sequence[Job]) -> Iterator[Weighed]:
        """Yield what came of every job, once, as soon as it is known, in any order.

        On ^C, or when the caller stops listening, running jobs are stopped and the others not begun.
        """
