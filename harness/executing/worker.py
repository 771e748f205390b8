"""What happens on a worker of a Dask cluster.

A worker brings its own sandbox, store and index, from its own options; all that
says how a job is to run comes with the invocation. It is made ready once for an
invocation and closed at its end, which stops what still runs.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from distributed import Worker, WorkerPlugin, get_worker

from harness.equipping import equipped
from harness.errors import ConfigError, HarnessError
from harness.executing.identity import identity
from harness.executing.work import weighed
from harness.options import SandboxChoice, load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.jobs import Equipment
    from harness.judging import Weighed
    from harness.model.matrix import Job
    from harness.options import Options

logger = logging.getLogger(__name__)

TRAVELS = (
    "pythons", "as_of", "witnesses", "timeout", "memory", "offline", "refresh", "lock_max_age", "no_cache",
    "older_runs",
)  # fmt: skip
"""Options that go with the jobs."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is told of an invocation."""

    run: str
    """Which one it is."""
    identity: str
    """The harness that asks."""
    wanted: Mapping[str, Any]
    """The options that travel, by name."""
    sandbox: SandboxChoice
    """The sandbox that was asked for by name; ``auto`` leaves it to the worker."""
    require_docker: bool
    """Whether no weaker sandbox will do."""


@dataclass(frozen=True, slots=True)
class State:
    """What a worker says of itself."""

    sandbox: str = ""
    """Name of its sandbox."""
    strength: str = ""
    """What that keeps in and what it does not."""
    fault: str = ""
    """Why it cannot be used, or empty."""
    notes: tuple[str, ...] = ()
    """What the user should know of it."""


def options_here(orders: Orders) -> Options:
    """Return this worker's own options, with those that travel in their place.

    Raises:
        ConfigError: If it is another harness, its options cannot be used, or its sandbox is not the one asked for.
    """
    if orders.identity != identity():
        raise ConfigError(
            f"another harness is installed: {identity()}",
            cause=f"asked by {orders.identity}",
            next_step="install the same one there, and start the worker anew",
        )
    own = load()
    if SandboxChoice.AUTO not in {own.sandbox, orders.sandbox} and own.sandbox is not orders.sandbox:
        raise ConfigError(
            f"this worker offers the {own.sandbox} sandbox, and {orders.sandbox} is asked for",
            where=own.source("sandbox"),
            next_step=f"leave --sandbox out, or start the worker with HARNESS_SANDBOX={orders.sandbox}",
        )
    named = own.sandbox if orders.sandbox is SandboxChoice.AUTO else orders.sandbox
    required = own.require_docker or orders.require_docker
    return replace(own, **orders.wanted, sandbox=named, require_docker=required)


@dataclass(slots=True)
class Bench:
    """A worker's place for the jobs of one invocation; opened and closed in threads, for both may take long."""

    orders: Orders
    equipment: Equipment | None = None
    fault: str = ""
    notes: list[str] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        """Make ready what jobs share; a failure is kept for the one who asks."""
        with self._guard:
            try:
                self.equipment = self._stack.enter_context(equipped(options_here(self.orders), self._note))
            except HarnessError as error:
                self.fault = ": ".join(part for part in (error.where, error.what, error.cause) if part)
            except Exception as error:
                logger.exception("this is a bug in the harness")
                self.fault = f"a bug in the harness: {type(error).__name__}: {error}"

    def close(self) -> None:
        """Stop what runs, and leave nothing open."""
        if self.equipment:
            self.equipment.cancel.set()
        with self._guard:
            try:
                self._stack.close()
            except Exception:
                # the one who asks has the results by now, and loses none of them over this
                logger.exception("%s: what it ran may not have ended", self.orders.run)

    def _note(self, message: str) -> None:
        logger.warning("%s", message)
        self.notes.append(message)


class Equipping(WorkerPlugin):  # type: ignore[misc]  # without types, see pyproject.toml
    """Makes each worker ready for one invocation, those that join later too."""

    def __init__(self, orders: Orders) -> None:
        """Do nothing yet: this goes to the workers first."""
        self.name = orders.run
        self.orders = orders
        self.bench: Bench | None = None

    async def setup(self, worker: Worker) -> None:
        """Open the worker's place; its heartbeat goes on meanwhile."""
        logger.info("%s: making %s ready", self.name, worker.address)
        self.bench = Bench(self.orders)
        await asyncio.to_thread(self.bench.open)

    async def teardown(self, worker: Worker) -> None:
        """Close it, which stops what it runs."""
        logger.info("%s: closing %s", self.name, worker.address)
        if self.bench:
            await asyncio.to_thread(self.bench.close)


def state(run: str, dask_worker: Worker) -> State | None:
    """Return what this worker says of itself, None where it is not ready yet; Dask names the worker."""
    bench = _bench(run, dask_worker)
    if bench is None or not (bench.equipment or bench.fault):
        return None
    sandbox = bench.equipment.sandbox if bench.equipment else None
    return State(sandbox.name if sandbox else "", sandbox.strength if sandbox else "", bench.fault, tuple(bench.notes))


def work(run: str, job: Job) -> Weighed:
    """Run one job here.

    Raises:
        HarnessError: If this worker was not made ready for the invocation, or is closed by now.
    """
    bench = _bench(run, get_worker())
    if bench is None or bench.equipment is None:
        raise HarnessError("the worker is not ready for this invocation", where=job.id)
    return weighed(job, bench.equipment)


def _bench(run: str, worker: Worker) -> Bench | None:
    plugin = worker.plugins.get(run)
    return plugin.bench if isinstance(plugin, Equipping) else None
