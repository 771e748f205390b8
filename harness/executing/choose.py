"""The executor that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.executing import local

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from harness.executing.base import Executor
    from harness.options import Options


def opened(options: Options, note: Callable[[str], None]) -> AbstractContextManager[Executor]:
    """Make ready where jobs run, and leave nothing running behind.

    Args:
        options: Where that is, and how they run.
        note: Hears what the user should know of it.

    Raises:
        ConfigError: If what is asked for cannot be used.
        SandboxError: If it cannot be made ready.
    """
    return local.opened(options, note)
