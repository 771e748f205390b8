"""From a lock to an environment in the store, one at a time; equal locks share one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.environments.index import DEFAULT_INDEX, IndexSettings
from harness.environments.locks import Freshness
from harness.environments.store import Failure, Hints, Remembered, folder_name
from harness.environments.uv import MAKE_ROOM, Fault, diagnose, explanation
from harness.environments.workshop import INSTALLING, WAIT, Workshop
from harness.errors import ResolutionError
from harness.model.environment import STORE, Environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.model.environment import Interpreter, Lock
    from harness.model.execution import RunTask


@dataclass(frozen=True, slots=True)
class Built:
    """What a builder says of one installation."""

    built: bool
    """True where it made the environment, False where it was there or could not be made."""
    size: int = 0
    """Bytes of the environment."""
    step: str = ""
    """The step that failed: ``make``, ``install`` or ``check``, or empty."""
    error: str = ""
    """What that step wrote."""


class Builder:
    """Makes environments ready in the store; safe to share by threads."""

    def __init__(
        self,
        run: RunTask,
        interpreters: Sequence[Interpreter],
        store: Path,
        store_id: str,
        *,
        index: IndexSettings = DEFAULT_INDEX,
        freshness: Freshness | None = None,
    ) -> None:
        """Say how builders are run and what is known of the store.

        Args:
            run: Runs one task in a sandbox.
            interpreters: The Pythons on offer.
            store: The host's folder of the store.
            store_id: What identifies the store that builders write.
            index: Where packages come from.
            freshness: Whether we are offline, and how long a failed installation is not tried again.
        """
        self._freshness = freshness or Freshness()
        self._workshop = Workshop(run, index, offline=self._freshness.offline)
        self._interpreters = {(one.version, one.platform): one for one in interpreters}
        self._hints = Hints(store, store_id)

    def build(self, lock: Lock, *, compiled: bool = True) -> Environment:
        """Return the environment of a lock, made now unless it is known to be there.

        Args:
            lock: What is to be in it.
            compiled: Whether its modules are compiled where it is made: most of the time that takes, and worth it
                from the third run or so on.

        Raises:
            ResolutionError: If the lock does not install (``unsatisfiable``) or we could not find out.
        """
        name = folder_name(lock)
        environment = Environment(lock, f"{STORE}/envs/{name}")
        if self._hints.knows(name):
            return environment
        with self._hints.building():
            # another thread or process may have built it while we waited
            if not self._hints.knows(name):
                self._recall_failure(lock, name)
                self._install(lock, name, compiled=compiled)
        return environment

    def forget(self, digest: str) -> None:
        """Take back that an environment is there: to be called where a job finds it gone, before building again."""
        self._hints.forget(digest.removeprefix("sha256:"))

    def _recall_failure(self, lock: Lock, name: str) -> None:
        """Raise again what was raised not long ago, so that a lock that does not install costs one builder."""
        failure = self._hints.read().failures.get(name)
        if failure and self._freshness.accepts(failure.when):
            raise _does_not_install(lock, failure.error)

    def _install(self, lock: Lock, name: str, *, compiled: bool) -> None:
        """Have the environment built, and remember how that went."""
        done = self._attempts(lock, name, compiled=compiled)
        now = datetime.now(UTC)
        if not done.step:
            with self._hints.changed() as memory:
                memory.environments[name] = Remembered(now, done.size)
                memory.failures.pop(name, None)
            return
        fault = diagnose(done.error)
        if fault in {Fault.BUILD, Fault.UNSATISFIABLE}:
            error = explanation(done.error)
            with self._hints.changed() as memory:
                memory.failures[name] = Failure(now, error)
            raise _does_not_install(lock, error)
        raise ResolutionError(
            f"the environment cannot be built (step: {done.step})",
            where=_label(lock),
            cause=explanation(done.error),
            next_step=self._mend(fault),
        )

    def _mend(self, fault: Fault) -> str:
        """Say what to do about an environment that could not be built for a reason of ours."""
        if fault is Fault.FULL:
            return MAKE_ROOM
        return "run once without --offline" if self._freshness.offline else "run again; see also: harness doctor"

    def _attempts(self, lock: Lock, name: str, *, compiled: bool) -> Built:
        """Run the builder, again where the network failed."""
        spec = {
            "name": name,
            "requirements": lock.text,
            "packages": [package for package, _ in lock.packages],
            "state": {"digest": lock.digest, "python": lock.python, "packages": lock.packages},
            "compiled": compiled,
            "wait": WAIT,
        }
        done = Built(built=False)
        for pause in self._workshop.pauses():
            done = self._workshop.ask(
                "install", spec, Built, at=self._interpreter(lock), limits=INSTALLING, label=_label(lock)
            )
            if not done.step or self._freshness.offline or diagnose(done.error) is not Fault.NETWORK:
                break
            self._workshop.sleep(pause)
        return done

    def _interpreter(self, lock: Lock) -> Interpreter:
        """Return the interpreter that a lock is for."""
        try:
            return self._interpreters[lock.python, lock.platform]
        except KeyError:
            raise ResolutionError(
                f"the lock is for a Python {lock.python} that is not on offer",
                where=lock.platform,
                cause="the runner was changed after the lock was made",
                next_step="run with --refresh",
            ) from None


def _label(lock: Lock) -> str:
    """Return what to call the build of a lock."""
    return f"environment {lock.digest[:19]} ({len(lock.packages)} packages, Python {lock.python})"


def _does_not_install(lock: Lock, error: str) -> ResolutionError:
    """Return the error that says that a lock does not install."""
    return ResolutionError(
        "the resolved versions do not install",
        where=_label(lock),
        cause=error,
        next_step="name a version that has wheels for this Python, or another Python",
        unsatisfiable=True,
    )
