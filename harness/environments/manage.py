"""What ``harness env list``, ``env run`` and ``env prune`` do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from harness.environments.choice import newest_first
from harness.environments.store import Hints
from harness.environments.workshop import TIDYING, WAIT, Workshop
from harness.errors import ConfigError, SandboxError
from harness.model.environment import STORE
from harness.model.execution import StoreAccess, Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.model.environment import Interpreter
    from harness.model.execution import Completed, Limits, RunTask


@dataclass(frozen=True, slots=True)
class State:
    """What stands beside an environment in the store."""

    name: str
    """The name of its folder."""
    digest: str
    """The digest of its lock."""
    python: str
    """``3.13``."""
    packages: tuple[tuple[str, str], ...]
    """(normalised name, version), sorted by name."""
    size: int
    """Bytes, those shared with the cache included."""
    built: float
    """When it was built, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class StoredEnvironment:
    """One environment in the store."""

    state: State
    """What it holds."""
    used: datetime
    """When a job of this host last asked for it, to the hour; where none has, when it was built."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed."""

    environments: tuple[StoredEnvironment, ...]
    """The environments that are gone."""
    cache: str
    """What uv says of its cache."""


@dataclass(frozen=True, slots=True)
class _Removed:
    """What a builder says of a removal."""

    removed: tuple[str, ...]
    cache: str


class Manager:
    """Lists, opens and removes environments."""

    def __init__(self, run: RunTask, interpreters: Sequence[Interpreter], store: Path, store_id: str) -> None:
        """Say how builders are run and what is known of the store.

        Args:
            run: Runs one task in a sandbox.
            interpreters: The Pythons on offer.
            store: The host's folder of the store.
            store_id: What identifies the store that builders write.

        Raises:
            SandboxError: If there is no interpreter to run anything with.
        """
        if not interpreters:
            raise SandboxError("no Python is on offer", next_step="see: harness doctor")
        self._workshop = Workshop(run, offline=True)
        self._interpreter = newest_first(interpreters)[0]
        self._hints = Hints(store, store_id)

    def list_environments(self) -> tuple[StoredEnvironment, ...]:
        """Return the environments in the store, the one used last first."""
        states = self._workshop.ask(
            "survey", {}, list[State], at=self._interpreter, limits=TIDYING, label="list environments"
        )
        known = self._hints.read().environments
        found = [
            StoredEnvironment(
                one, known[one.name].used if one.name in known else datetime.fromtimestamp(one.built, UTC)
            )
            for one in states
        ]
        return tuple(sorted(found, key=lambda one: one.used, reverse=True))

    def run(self, lock: str, program: bytes, limits: Limits) -> Completed:
        """Run a Python program in an environment, isolated like a job.

        Args:
            lock: Digest of the lock of the environment, or how it begins.
            program: Its text.
            limits: Its bounds.

        Raises:
            ConfigError: If the store has no such environment, or several.
            SandboxError: For our failures only; a failing program is an ordinary value.
        """
        digest = lock.removeprefix("sha256:")
        states = [one.state for one in self.list_environments()]
        fit = [one for one in states if one.digest.removeprefix("sha256:").startswith(digest)]
        if len(fit) != 1:
            raise ConfigError(
                f"{len(fit) or 'no'} environments have a digest that begins with {digest!r}",
                cause="it was pruned, or belongs to another sandbox or store" if not fit else "it is too short",
                next_step="harness env list, or harness check the page again, with the same --sandbox and --store",
            )
        task = Task(
            argv=(f"{STORE}/envs/{fit[0].name}/bin/python", "-"),
            python=fit[0].python,
            stdin=program,
            store=StoreAccess.READ,
            limits=limits,
            label=f"environment {digest[:12]}",
        )
        return self._workshop.run(task)

    def prune(self, *, keep: int = 0, unused_for: timedelta = timedelta()) -> Pruned:
        """Remove environments, and from uv's cache what nothing needs any more.

        A run that is using one of them loses it and builds it again.

        Args:
            keep: How many of those used last to keep in any case.
            unused_for: Keep also those used within this time.
        """
        since = datetime.now(UTC) - unused_for
        gone = [one for one in self.list_environments()[keep:] if one.used <= since]
        # forgotten first: a run that starts meanwhile must not count on them
        for one in gone:
            self._hints.forget(one.state.name)
        spec = {"names": [one.state.name for one in gone], "wait": WAIT}
        done = self._workshop.ask(
            "remove", spec, _Removed, at=self._interpreter, limits=TIDYING, label="prune environments"
        )
        return Pruned(tuple(one for one in gone if one.state.name in done.removed), done.cache)
