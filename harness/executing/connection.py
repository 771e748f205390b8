"""The way to a Dask cluster: what is asked over it, and one error where nobody answers."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from distributed import Client

from harness.errors import ConfigError, SandboxError
from harness.executing.worker import Equipping, Orders, State, state, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from distributed import Future

    from harness.judging import Weighed
    from harness.model.matrix import Job

ANSWER: Final = 10.0
"""Seconds that a scheduler has to answer."""
PACKAGE: Final = "sample-harness"


@contextmanager
def connected(place: str, orders: Orders) -> Iterator[Connection]:
    """Make every worker ready for one invocation, and leave nothing running there.

    Args:
        place: ``dask://HOST:PORT``.
        orders: What workers are told.

    Raises:
        ConfigError: If another version of the harness is installed there.
        SandboxError: If no scheduler answers.
    """
    for chatty in ("distributed", "distributed.client"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)  # what it warns of is told here, in our words
    try:
        client = Client(place.removeprefix("dask://"), timeout=ANSWER, set_as_default=False, name="harness")
    except OSError as error:
        raise SandboxError(
            "no Dask scheduler answers",
            where=place,
            cause=str(error),
            next_step="dask scheduler --host HOST, and dask worker HOST:8786 on each machine",
        ) from error
    connection = Connection(client, orders.run)
    try:
        _same_version(client, place)
        client.register_plugin(Equipping(orders))
        yield connection
    finally:
        with suppress(ConnectionError):  # a cluster that is gone runs nothing
            connection.release()
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


class Connection:
    """What is asked of a cluster; every method raises `ConnectionError` where nobody answers."""

    def __init__(self, client: Client, run: str) -> None:
        """Take a client that is connected.

        Args:
            client: Dask's own.
            run: Which invocation this is.
        """
        self._client, self._run = client, run

    def threads(self) -> Mapping[str, int]:
        """Return who is there, with how many jobs each takes at a time."""
        found: Mapping[str, int] = self._asked(self._client.nthreads)
        return found

    def states(self, workers: list[str]) -> Mapping[str, State]:
        """Return what workers say of themselves; those that are not ready yet, or do not answer, are left out."""
        found = self._asked(self._client.run, state, self._run, workers=workers, on_error="return")
        told = {worker: said for worker, said in found.items() if said is not None and not isinstance(said, OSError)}
        return {
            worker: said if isinstance(said, State) else State(fault=f"{type(said).__name__}: {said}")
            for worker, said in told.items()
        }

    def submit(self, worker: str, job: Job, then: Callable[[Future], object]) -> Future:
        """Send a worker a job, and call a function once there is an answer."""
        future = self._asked(self._client.submit, work, self._run, job, workers=[worker], pure=False)
        future.add_done_callback(then)
        return future

    def result(self, future: Future) -> Weighed:
        """Return what came of a job that ended well."""
        found: Weighed = self._asked(future.result, timeout=ANSWER)
        return found

    def cancel(self, futures: Iterable[Future]) -> None:
        """Take jobs back that were not begun, and wait for no others."""
        self._asked(self._client.cancel, list(futures))

    def release(self) -> None:
        """Close every worker's place for this invocation, which stops what it runs."""
        self._asked(self._client.unregister_worker_plugin, self._run)

    def _asked(self, call: Callable[..., Any], *arguments: object, **named: object) -> Any:  # noqa: ANN401 - Dask's
        try:
            return call(*arguments, **named)
        except OSError as error:
            raise ConnectionError(str(error) or type(error).__name__) from error
        except Exception as error:
            # a client that has given up breaks in one way or another
            if self._client.status in {"closing", "closed"}:
                raise ConnectionError("the scheduler went away") from error
            raise
