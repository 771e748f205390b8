"""Which worker gets which job, decided by nothing but who is there and what is left.

Every worker begins with a piece of its own, in which jobs of one environment
stand together; one that has none left takes the far half of the longest piece.
So an environment is made where its jobs are, and nobody is idle while others
wait. What a lost worker was running may be what lost it: it is run again when
nothing else is left to begin, alone on its worker, so that it takes no other
job with it, and is given up after `LOSSES`.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Final

from harness.plan import shards

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.model.matrix import Job

LOSSES: Final = 3
"""How many workers may be lost over one job before it is given up."""


class Dealer:
    """Jobs, and the workers that they are dealt to."""

    def __init__(self, jobs: Iterable[Job], workers: Mapping[str, int]) -> None:
        """Cut the jobs into a piece for each worker.

        Args:
            jobs: What is to run.
            workers: How many jobs each worker runs at a time.
        """
        row = sorted(jobs, key=shards.place)
        names = sorted(workers)
        self._threads = dict(workers)
        self._queues = {name: deque(piece) for name, piece in zip(names, shards.pieces(row, len(names)), strict=True)}
        self._running: dict[str, dict[str, Job]] = {name: {} for name in names}
        self._suspects: deque[Job] = deque()
        self._losses: Counter[str] = Counter()

    @property
    def waiting(self) -> tuple[Job, ...]:
        """What nobody runs at the moment."""
        return (*(job for queue in self._queues.values() for job in queue), *self._suspects)

    @property
    def undone(self) -> tuple[Job, ...]:
        """What is neither done nor given up."""
        return (*self.waiting, *(job for running in self._running.values() for job in running.values()))

    def joined(self, worker: str, threads: int) -> None:
        """Hear of a worker that is there from now on."""
        self._threads[worker] = threads
        self._running[worker] = {}
        self._queues.setdefault(worker, deque())

    def left(self, worker: str) -> tuple[Job, ...]:
        """Hear of a worker that is lost; return those of its jobs that are given up.

        What it had not begun stays where it is, for others to take.
        """
        del self._threads[worker]
        lost = self._running.pop(worker).values()
        self._losses.update(job.id for job in lost)
        self._suspects += [job for job in lost if self._losses[job.id] < LOSSES]
        return tuple(job for job in lost if self._losses[job.id] >= LOSSES)

    def done(self, worker: str, job: Job) -> None:
        """Hear that a worker is through with a job."""
        self._running[worker].pop(job.id)

    def deal(self) -> tuple[tuple[str, Job], ...]:
        """Return what is to be begun now, and where."""
        dealt = []
        for worker, threads in self._threads.items():
            while len(self._running[worker]) < threads and (job := self._next(worker)):
                self._running[worker][job.id] = job
                dealt.append((worker, job))
                if self._losses[job.id]:
                    break
        return tuple(dealt)

    def _next(self, worker: str) -> Job | None:
        """Return a job for a worker that has room for one, None where none may be begun."""
        running = self._running[worker].values()
        if any(self._losses[job.id] for job in running):
            return None
        queue = self._queues[worker] or self._stolen(worker)
        if queue:
            return queue.popleft()
        return self._suspects.popleft() if self._suspects and not running else None

    def _stolen(self, worker: str) -> deque[Job]:
        """Return a worker's piece once it holds the far half of the longest one."""
        longest = max(self._queues.values(), key=len)
        mine = self._queues[worker]
        mine.extendleft(longest.pop() for _ in range((len(longest) + 1) // 2))
        return mine
