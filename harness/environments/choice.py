"""Which Python a lock is for: pure decisions over what was resolved.

The rule: the Python for which most of the distributions that were asked for
resolve to their highest version; of those, one for which wheels suffice; of
those, the newest. So an old SDK that stops at 3.11 gets 3.11, and a library
that is held back for another reason still gets the newest Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.environments.uv import Said, explanation, highest, older, pins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model.environment import Interpreter


@dataclass(frozen=True, slots=True)
class Attempt:
    """One resolution of a request for one Python."""

    interpreter: Interpreter
    """The Python."""
    build: bool
    """Whether source distributions were allowed."""
    said: Said
    """What uv answered."""

    @property
    def solved(self) -> bool:
        """Whether a set of versions was found."""
        return self.said.fault is None

    @property
    def packages(self) -> tuple[tuple[str, str], ...]:
        """The versions found."""
        return pins(self.said.out) if self.solved else ()

    @property
    def reason(self) -> str:
        """Why nothing was found, in uv's words."""
        return explanation(self.said.err)


def below(attempt: Attempt, goals: Mapping[str, str]) -> list[str]:
    """Return the names that do not reach their goal; all of them where nothing was found."""
    found = dict(attempt.packages)
    return [name for name, goal in goals.items() if (not attempt.solved) or older(found.get(name, goal), goal)]


def best(attempts: Sequence[Attempt], names: Sequence[str]) -> Attempt | None:
    """Return the attempt to take, or None where none was solved.

    Args:
        attempts: What was tried.
        names: The distributions that were asked for.
    """
    solved = [attempt for attempt in attempts if attempt.solved]
    tops = highest(pair for attempt in solved for pair in attempt.packages)

    def merit(attempt: Attempt) -> tuple[int, bool, tuple[int, ...]]:
        found = dict(attempt.packages)
        reached = sum(name in found and found[name] == tops[name] for name in names)
        return reached, not attempt.build, version_key(attempt.interpreter.version)

    return max(solved, key=merit, default=None)


def version_key(version: str) -> tuple[int, ...]:
    """Return what orders Python versions: 3.9 comes before 3.13."""
    return tuple(int(part) for part in version.split("."))


def newest_first(interpreters: Sequence[Interpreter]) -> tuple[Interpreter, ...]:
    """Return the interpreters from the newest Python to the oldest."""
    return tuple(sorted(interpreters, key=lambda one: version_key(one.version), reverse=True))


def telling(attempts: Sequence[Attempt]) -> Attempt:
    """Return the failed attempt that says most: one that was allowed all that a reader's is, else the first."""
    return next((attempt for attempt in attempts if attempt.build), attempts[0])
