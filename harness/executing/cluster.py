"""Jobs on the workers of a Dask cluster.

Dask carries jobs to workers and results back, and knows who is there. Which
worker gets a job is decided here (`Dealer`), and no more is sent than workers
can begin at once: so it is known what a worker was at when it was lost.
"""

from __future__ import annotations

import logging
import time
import uuid
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from harness.errors import HarnessError, SandboxError
from harness.executing.connection import connected
from harness.executing.deal import LOSSES, Dealer
from harness.executing.identity import identity
from harness.executing.work import failed
from harness.executing.worker import TRAVELS, Orders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from distributed import Future

    from harness.executing.connection import Connection
    from harness.executing.worker import State
    from harness.judging import Weighed
    from harness.model.matrix import Job
    from harness.options import Options

logger = logging.getLogger(__name__)

TICK: Final = 1.0
"""Seconds from one look at who is there to the next."""
PATIENCE: Final = 60.0
"""Seconds that are waited for a worker where none is there."""


@contextmanager
def opened(options: Options, note: Callable[[str], None]) -> Iterator[Cluster]:
    """Make the workers of a cluster ready to run jobs, and leave nothing running there.

    Raises:
        ConfigError: If another version of the harness is installed there.
        SandboxError: If the cluster does not answer, or no worker of it can be used.
    """
    orders = Orders(
        run=f"harness-{uuid.uuid4().hex[:12]}",
        identity=identity(),
        wanted={name: getattr(options, name) for name in TRAVELS},
        sandbox=options.sandbox,
        require_docker=options.require_docker,
    )
    with connected(options.executor, orders) as connection:
        yield Cluster(connection, options.executor, note)


class Cluster:
    """Workers that were made ready for one invocation."""

    def __init__(self, connection: Connection, place: str, note: Callable[[str], None]) -> None:
        """Wait for the first worker.

        Args:
            connection: The way to them.
            place: What to call the cluster.
            note: Hears what the user should know of the workers.

        Raises:
            SandboxError: If there is none that can be used.
        """
        self._connection, self._place, self._note = connection, place, note
        self._states: dict[str, State] = {}
        self._arrived: SimpleQueue[Future] = SimpleQueue()
        self._sent: dict[str, tuple[str, Job, Future]] = {}
        self._lost = False
        self._first = self._muster()

    @property
    def sandbox(self) -> str:
        """Names of what isolates the jobs."""
        return ", ".join(dict.fromkeys(one.sandbox for one in self._states.values() if not one.fault))

    @property
    def strength(self) -> str:
        """What that keeps in and what it does not."""
        return " ".join(dict.fromkeys(one.strength for one in self._states.values() if not one.fault))

    def run(self, jobs: Sequence[Job], waiting: Callable[[str], None]) -> Iterator[Weighed]:
        """Yield what came of every job; see `Executor.run`."""
        there = self._first
        dealer = Dealer(jobs, there)
        seen = looked = time.monotonic()
        try:
            while dealer.undone and not self._lost and seen + PATIENCE > time.monotonic():
                if looked + TICK < time.monotonic():
                    looked = time.monotonic()
                    before, there = there, self._there()
                    yield from self._changed(dealer, before, there)
                for worker, job in dealer.deal():
                    self._send(worker, job)
                yield from self._received(dealer)
                waiting(f"{len(self._sent)} jobs on {len(there)} workers")
                seen = time.monotonic() if there else seen
            yield from self._given_up(dealer.undone)
        finally:
            self._take_back(self._sent.values())

    def _muster(self) -> Mapping[str, int]:
        until = time.monotonic() + PATIENCE
        while not (found := self._there()):
            if self._states or time.monotonic() > until:
                raise SandboxError(
                    "no worker of the cluster can be used" if self._states else "the cluster has no worker",
                    where=self._place,
                    cause="; ".join(dict.fromkeys(one.fault for one in self._states.values())),
                    next_step=f"dask worker {self._place.removeprefix('dask://')}, where the harness is installed",
                )
            time.sleep(TICK)
        return found

    def _there(self) -> Mapping[str, int]:
        """Return who is there and can be used, with how many jobs each takes at a time."""
        try:
            threads = self._connection.threads()
            if new := [worker for worker in threads if worker not in self._states]:
                self._greet(new)
        except ConnectionError as error:
            logger.info("%s: %s", self._place, error)
            return {}
        usable = {worker for worker, one in self._states.items() if not one.fault}
        return {worker: count for worker, count in threads.items() if worker in usable}

    def _greet(self, workers: list[str]) -> None:
        for worker, one in self._connection.states(workers).items():
            self._states[worker] = one
            for message in (*one.notes, *([f"it is not used: {one.fault}"] if one.fault else [])):
                self._note(f"worker {worker}: {message}")

    def _changed(self, dealer: Dealer, before: Mapping[str, int], now: Mapping[str, int]) -> Iterator[Weighed]:
        """Tell the dealer who came and who went; yield what is given up over it."""
        for worker in now.keys() - before.keys():
            dealer.joined(worker, now[worker])
        for worker in before.keys() - now.keys():
            self._note(f"worker {worker} is lost; its jobs run again")
            gone = {key: one for key, one in self._sent.items() if one[0] == worker}
            self._sent = {key: one for key, one in self._sent.items() if key not in gone}
            self._take_back(gone.values())
            for job in dealer.left(worker):
                fault = HarnessError(
                    f"{LOSSES} workers were lost while it ran",
                    where=job.id,
                    cause="it takes more than a worker's machine has, or the machines fail by themselves",
                    next_step=f"harness check --executor local --select '{job.sample.id}'",
                )
                yield failed(job, fault)

    def _take_back(self, sent: Iterable[tuple[str, Job, Future]]) -> None:
        with suppress(ConnectionError):  # who is not there runs nothing
            self._connection.cancel(future for _, _, future in sent)

    def _given_up(self, jobs: Sequence[Job]) -> Iterator[Weighed]:
        for job in jobs:
            fault = HarnessError(
                "the cluster was lost before this was done",
                where=self._place,
                cause="its scheduler went away" if self._lost else f"for {PATIENCE:.0f} s it had no worker",
                next_step="start it and check again: what its workers know is reused",
            )
            yield failed(job, fault)

    def _send(self, worker: str, job: Job) -> None:
        try:
            future = self._connection.submit(worker, job, self._arrived.put)
        except ConnectionError as error:
            logger.info("%s: %s: %s", job.id, self._place, error)
            self._lost = True
            return
        self._sent[future.key] = worker, job, future
        logger.info("%s: on %s", job.id, worker)

    def _received(self, dealer: Dealer) -> Iterator[Weighed]:
        """Wait a moment for an answer, and yield it."""
        try:
            future = self._arrived.get(timeout=TICK)
        except Empty:
            return
        if future.key not in self._sent:
            return  # its worker was given up before
        worker, job, _ = self._sent[future.key]
        if future.status == "cancelled":
            self._lost = True  # not by us: Dask does so where it loses its scheduler
            return
        try:
            found = self._result(future, job, worker)
        except ConnectionError as error:
            # finished, and perhaps lost with its worker before it was here: then the next look tells
            logger.info("%s: %s: %s", job.id, worker, error)
            self._arrived.put(future)
            return
        del self._sent[future.key]
        dealer.done(worker, job)
        yield found

    def _result(self, future: Future, job: Job, worker: str) -> Weighed:
        if future.status != "error":
            return self._connection.result(future)
        where = f"{job.id} on {worker}"
        return failed(job, HarnessError(f"the worker gave no answer: {future.exception()}", where=where))
