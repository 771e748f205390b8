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

from distributed import Client

from harness.errors import ConfigError, HarnessError, SandboxError
from harness.executing.deal import LOSSES, Dealer
from harness.executing.identity import identity
from harness.executing.work import failed
from harness.executing.worker import TRAVELS, Equipping, Orders, State, state, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from distributed import Future

    from harness.judging import Weighed
    from harness.model.matrix import Job
    from harness.options import Options

logger = logging.getLogger(__name__)

ANSWER: Final = 20.0
"""Seconds that a scheduler has to answer."""
TICK: Final = 1.0
"""Seconds from one look at who is there to the next."""
PATIENCE: Final = 60.0
"""Seconds that are waited for a worker where none is there."""
PACKAGE: Final = "sample-harness"


@contextmanager
def opened(options: Options, note: Callable[[str], None]) -> Iterator[Cluster]:
    """Make the workers of a cluster ready to run jobs, and leave nothing running there.

    Raises:
        ConfigError: If another harness is installed there.
        SandboxError: If the cluster does not answer, or no worker of it can be used.
    """
    place = options.executor
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it warns of is told here, in our words
    orders = Orders(
        run=f"harness-{uuid.uuid4().hex[:12]}",
        identity=identity(),
        wanted={name: getattr(options, name) for name in TRAVELS},
        sandbox=options.sandbox,
        require_docker=options.require_docker,
    )
    with _connected(place) as client:
        _same_version(client, place)
        plugin = Equipping(orders)
        try:
            client.register_plugin(plugin)
            cluster = Cluster(client, orders.run, place, note)
            cluster.muster()
            yield cluster
        finally:
            with suppress(OSError):  # a cluster that is gone runs nothing
                client.unregister_worker_plugin(orders.run)


@contextmanager
def _connected(place: str) -> Iterator[Client]:
    try:
        client = Client(place.removeprefix("dask://"), timeout=ANSWER, set_as_default=False, name="harness")
    except OSError as error:
        raise SandboxError(
            "no Dask scheduler answers",
            where=place,
            cause=str(error),
            next_step="dask scheduler --host HOST, and dask worker HOST:8786 on each machine",
        ) from error
    try:
        yield client
    finally:
        client.close(timeout=ANSWER)


def _same_version(client: Client, place: str) -> None:
    """Refuse a cluster with another version: it could not even read what it is sent."""
    found = client.get_versions(packages=[PACKAGE])
    mine = found["client"]["packages"][PACKAGE]
    theirs = {"the scheduler": found["scheduler"], **found["workers"]}
    others = {name: one["packages"].get(PACKAGE) if one else None for name, one in theirs.items()}
    wrong = [f"{name} has {version or 'none'}" for name, version in others.items() if version != mine]
    if wrong:
        raise ConfigError(
            f"not every machine has {PACKAGE} {mine}: {', '.join(wrong)}",
            where=place,
            next_step=f"pip install '{PACKAGE}[distributed]=={mine}' there, and start it anew",
        )


class Cluster:
    """Workers that were made ready for one invocation."""

    def __init__(self, client: Client, run: str, place: str, note: Callable[[str], None]) -> None:
        """Know nobody yet.

        Args:
            client: The way to the scheduler.
            run: Which invocation this is.
            place: What to call the cluster.
            note: Hears what the user should know of the workers.
        """
        self._client, self._run, self._place, self._note = client, run, place, note
        self._states: dict[str, State] = {}
        self._arrived: SimpleQueue[Future] = SimpleQueue()
        self._sent: dict[str, tuple[str, Job, Future]] = {}

    @property
    def sandbox(self) -> str:
        """Names of what isolates the jobs."""
        return ", ".join(dict.fromkeys(one.sandbox for one in self._used()))

    @property
    def strength(self) -> str:
        """What that keeps in and what it does not."""
        return "; ".join(dict.fromkeys(one.strength for one in self._used()))

    def muster(self) -> Mapping[str, int]:
        """Return the workers that can be used, with how many jobs each takes at a time; wait for the first.

        Raises:
            SandboxError: If there is none.
        """
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

    def run(self, jobs: Sequence[Job]) -> Iterator[Weighed]:
        """Yield what came of every job; see `Executor.run`."""
        there = dict(self.muster())
        dealer = Dealer(jobs, there)
        seen = looked = time.monotonic()
        try:
            while dealer.waiting or dealer.running:
                now = time.monotonic()
                if now - looked > TICK:
                    looked = now
                    found = self._there()
                    yield from self._changed(dealer, there, found)
                    there = dict(found)
                seen = now if there else seen
                if now - seen > PATIENCE:
                    yield from self._given_up(dealer.waiting)
                    return
                for worker, job in dealer.deal():
                    self._send(worker, job)
                yield from self._received(dealer)
        finally:
            self._client.cancel([future for _, _, future in self._sent.values()])
            self._sent.clear()

    def _used(self) -> list[State]:
        return [one for one in self._states.values() if not one.fault]

    def _there(self) -> Mapping[str, int]:
        """Return who is there and can be used."""
        try:
            threads = self._client.nthreads()
        except OSError as error:
            logger.info("%s: %s", self._place, error)
            return {}
        if new := [worker for worker in threads if worker not in self._states]:
            self._greet(new)
        return {worker: count for worker, count in threads.items() if self._usable(worker)}

    def _usable(self, worker: str) -> bool:
        return worker in self._states and not self._states[worker].fault

    def _greet(self, workers: list[str]) -> None:
        """Ask workers who they are; one that is not ready yet is asked again."""
        found = self._client.run(state, self._run, workers=workers, on_error="return")
        for worker, said in found.items():
            if isinstance(said, Exception):
                self._states[worker] = State(fault=f"{type(said).__name__}: {said}")
            elif said is not None:
                self._states[worker] = said
            else:
                continue
            one = self._states[worker]
            for message in (*one.notes, *([f"it is not used: {one.fault}"] if one.fault else [])):
                self._note(f"worker {worker}: {message}")

    def _changed(self, dealer: Dealer, before: Mapping[str, int], now: Mapping[str, int]) -> Iterator[Weighed]:
        """Tell the dealer who came and who went; yield what is given up over it."""
        for worker in now.keys() - before.keys():
            dealer.joined(worker, now[worker])
        for worker in before.keys() - now.keys():
            self._note(f"worker {worker} is lost; its jobs run again")
            for key, (where, _, future) in list(self._sent.items()):
                if where == worker:
                    del self._sent[key]
                    self._client.cancel([future])
            for job in dealer.left(worker):
                fault = HarnessError(
                    f"{LOSSES} workers were lost while it ran",
                    where=job.id,
                    cause="it takes more than a worker's machine has, or the machines fail by themselves",
                    next_step=f"harness check --executor local --select '{job.sample.id}'",
                )
                yield failed(job, fault)

    def _given_up(self, jobs: Sequence[Job]) -> Iterator[Weighed]:
        for job in jobs:
            fault = HarnessError(
                "no worker is left",
                where=self._place,
                cause=f"for {PATIENCE:.0f} s the cluster had none, or did not answer",
                next_step="start workers and check again: what is known is reused",
            )
            yield failed(job, fault)

    def _send(self, worker: str, job: Job) -> None:
        future = self._client.submit(work, self._run, job, workers=[worker], pure=False)
        self._sent[future.key] = worker, job, future
        logger.info("%s: on %s", job.id, worker)
        future.add_done_callback(self._arrived.put)

    def _received(self, dealer: Dealer) -> Iterator[Weighed]:
        """Wait a moment for results, and yield those that are there."""
        with suppress(Empty):
            future = self._arrived.get(timeout=TICK)
            if future.key not in self._sent:
                return  # its worker was given up before
            worker, job, _ = self._sent.pop(future.key)
            dealer.done(worker, job)
            yield self._result(job, worker, future)

    def _result(self, job: Job, worker: str, future: Future) -> Weighed:
        if future.status == "finished":
            found: Weighed = future.result()
            return found
        why = future.exception() if future.status == "error" else future.status
        return failed(job, HarnessError(f"the worker gave no answer: {why}", where=f"{job.id} on {worker}"))
