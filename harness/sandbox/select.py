"""Chooses a sandbox: the one that is named, else the strongest that works here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.sandbox.base import Sandbox

AUTO = "auto"
"""The name that leaves the choice to us."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A sandbox and why it is this one."""

    sandbox: Sandbox
    """The one to use."""
    passed_over: tuple[tuple[str, str], ...] = ()
    """(name, reason) of the stronger ones that cannot be used here."""


def choose(name: str, candidates: Sequence[Sandbox]) -> Choice:
    """Return the sandbox to use.

    Args:
        name: ``auto`` or the name of a candidate.
        candidates: Strongest first.

    Raises:
        ConfigError: If the one named is unknown or cannot be used here, or none can.
    """
    if name != AUTO:
        return _named(name, candidates)
    passed_over: list[tuple[str, str]] = []
    for sandbox in candidates:
        reason = sandbox.unavailable()
        if not reason:
            return Choice(sandbox, tuple(passed_over))
        passed_over.append((sandbox.name, reason))
    reasons = "\n".join(f"{who}: {reason}" for who, reason in passed_over)
    raise ConfigError("no sandbox can be used here", cause=reasons, next_step="harness doctor")


def _named(name: str, candidates: Sequence[Sandbox]) -> Choice:
    for sandbox in candidates:
        if sandbox.name == name:
            reason = sandbox.unavailable()
            if reason:
                raise ConfigError(
                    f"the {name} sandbox cannot be used here",
                    cause=reason,
                    next_step="harness doctor, or --sandbox auto",
                )
            return Choice(sandbox)
    known = ", ".join([AUTO, *(sandbox.name for sandbox in candidates)])
    raise ConfigError(f"there is no sandbox '{name}'", where="--sandbox", next_step=f"choose one of {known}")
