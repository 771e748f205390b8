"""The protocol that every sandbox keeps; ``tests/contract`` holds them to it.

Inside every sandbox a task sees the same scheme:

==================  =========================================================
``/opt/harness``    ``probe/``, ``stubs/``, ``bin/uv`` and ``bin/ty``, read-only
``/store``          the store, as `StoreAccess` says
``/work``           an empty writable folder, the current directory
``/home/sample``    an empty writable home
``/tmp``            empty and writable
``/etc/harness/ca.pem``  the host's CA bundle
==================  =========================================================

All else is read-only. No network but the loopback, unless ``Task.network``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from harness.model.environment import Interpreter
    from harness.model.execution import Completed, Task


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that ``harness doctor`` looked at."""

    name: str
    """What was looked at, e.g. ``engine``."""
    ok: bool
    """Whether it is as it should be."""
    detail: str
    """What was found, one sentence."""
    mend: str = ""
    """The command that mends it, or empty."""


class Sandbox(Protocol):
    """Runs tasks in isolation."""

    @property
    def name(self) -> str:
        """``docker``, ``namespace``, ``process`` or ``fake``."""

    @property
    def strength(self) -> str:
        """One sentence for the report: what this isolation keeps in, and what it does not."""

    def unavailable(self) -> str:
        """Return why this sandbox cannot be used here, with the command that mends it, or an empty string."""

    def offers(self, pythons: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return the Python versions on offer, newest first, without making anything ready.

        Args:
            pythons: Versions that are asked about; None for all that are there.

        Raises:
            SandboxError: If the sandbox cannot be used here.
        """

    def prepare(self, pythons: Sequence[str] | None = None) -> tuple[Interpreter, ...]:
        """Make ready (build or find runners) and return the interpreters on offer, newest first.

        Args:
            pythons: Versions that are wanted (``3.13``); None for all that can be had.

        Raises:
            SandboxError: If none can be made ready.
        """

    def store_id(self) -> str:
        """Return what identifies the store behind ``/store``; it changes when that store is lost."""

    def run(self, task: Task, cancel: threading.Event | None = None) -> Completed:
        """Run one task to its end.

        Args:
            task: What to run.
            cancel: When set, the task is stopped and `SandboxError` raised.

        Raises:
            SandboxError: For our failures and the engine's only; a failing task is an ordinary value.
        """

    def close(self) -> None:
        """Leave nothing running; safe to call twice and from another thread."""
