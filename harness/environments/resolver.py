"""From requirements to a lock: which versions a reader would get, and for which Python.

How few questions to uv suffice:

1. One builder, on the newest Python: resolve with wheels alone, and list the
   newest release of what was asked for. Where they agree, which is most of the
   time, that is the lock.
2. Where something is below its newest release, uv is asked for exactly that
   release: its refusal is the constraint that holds it back. Where it has one
   after all, that is the lock: what was asked for goes before what nobody named.
3. Only if that refusal has to do with the Python or with wheels, the other
   Pythons on offer are tried, newest first, until one gives all newest
   releases; then, if still needed, source distributions (they are built in the
   builder's sandbox, never on the host). `choice.best` picks among the answers.

What comes of it, a lock or a refusal, is kept for ``max_age``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from harness.environments import choice
from harness.environments.index import DEFAULT_INDEX, IndexSettings
from harness.environments.locks import Freshness, Kept, LockShelf
from harness.environments.search import Search
from harness.environments.workshop import Workshop
from harness.errors import ConfigError, ResolutionError
from harness.model.environment import Lock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.model.environment import Interpreter, Request
    from harness.model.execution import RunTask


class Resolver:
    """Gives the lock for a request, from what was kept or by asking uv in a builder; safe to share by threads."""

    def __init__(
        self,
        run: RunTask,
        interpreters: Sequence[Interpreter],
        store: Path,
        *,
        index: IndexSettings = DEFAULT_INDEX,
        freshness: Freshness | None = None,
    ) -> None:
        """Say how builders are run and where locks are kept.

        Args:
            run: Runs one task in a sandbox.
            interpreters: The Pythons on offer.
            store: The host's folder of the store.
            index: Where packages come from.
            freshness: When a kept lock will do; by default, for twelve hours.
        """
        self._freshness = freshness or Freshness()
        self._workshop = Workshop(run, index)
        self._interpreters = choice.newest_first(interpreters)
        self._shelf = LockShelf(store)

    @property
    def pythons(self) -> tuple[str, ...]:
        """The Python versions on offer, newest first."""
        return tuple(one.version for one in self._interpreters)

    def lock(self, request: Request, *, build: bool = True) -> Lock:
        """Return the exact packages for a request.

        Args:
            request: What is asked.
            build: Whether source distributions may be used where wheels do not suffice.

        Raises:
            ResolutionError: If no set of versions satisfies it (``unsatisfiable``),
                the index does not answer, or nothing is kept and we are offline.
            ConfigError: If a requirement cannot be read.
        """
        wanted = parse(request.requirements)
        offered = self._offered(request)
        path = self._shelf.path(request, offered, self._workshop.index, build=build)
        with self._shelf.held(path):
            kept = self._shelf.read(path)
            if kept is None or not self._freshness.accepts(kept.resolved):
                kept = self._resolve(request, wanted, offered, build=build)
                self._shelf.write(path, kept)
        if kept.lock is None:
            raise _refused(request, kept.refusal)
        return kept.lock

    def _offered(self, request: Request) -> tuple[Interpreter, ...]:
        """Return the interpreters that a request may use, newest first."""
        offered = tuple(one for one in self._interpreters if request.python in {None, one.version})
        if not offered:
            have = ", ".join(one.version for one in self._interpreters) or "none"
            raise ResolutionError(
                f"Python {request.python} is not on offer (on offer: {have})",
                cause="the sandbox has no runner for that version",
                next_step="name another version, or see: harness doctor",
            )
        return offered

    def _resolve(
        self, request: Request, wanted: Sequence[Requirement], offered: Sequence[Interpreter], *, build: bool
    ) -> Kept:
        """Ask uv, and return what there is to keep: a lock, or why there is none."""
        now = datetime.now(UTC)
        if not wanted:
            empty = Lock(offered[0].version, offered[0].platform, (), "", resolved=now.isoformat())
            return Kept(now, empty)
        if self._freshness.offline:
            raise ResolutionError(
                f"offline, and no lock is kept for: {', '.join(request.requirements)}",
                cause="these requirements were never resolved for these Pythons with this index",
                next_step="run once without --offline",
            )
        found = Search(self._workshop, request, wanted, build=build).run(offered)
        if isinstance(found, str):
            return Kept(now, refusal=found)
        return Kept(now, found)


def parse(requirements: Sequence[str]) -> tuple[Requirement, ...]:
    """Read PEP 508 requirements; raises ConfigError naming the one that cannot be read."""
    parsed = []
    for text in requirements:
        try:
            parsed.append(Requirement(text))
        except InvalidRequirement as error:
            raise ConfigError(
                f"the requirement {text!r} cannot be read",
                cause=str(error).splitlines()[0],
                next_step="write it as PEP 508 has it, e.g. prefect>=3",
            ) from error
    return tuple(parsed)


def _refused(request: Request, reason: str) -> ResolutionError:
    """Return the error that says that no set of versions satisfies a request."""
    return ResolutionError(
        f"no set of versions satisfies: {', '.join(request.requirements)}",
        cause=reason,
        next_step="try it by hand with: uv pip compile; once mended, run with --refresh",
        unsatisfiable=True,
    )
