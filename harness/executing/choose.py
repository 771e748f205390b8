"""The executor that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import ConfigError
from harness.executing import local
from harness.options import LOCAL

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
    if options.executor == LOCAL:
        return local.opened(options, note)
    try:
        from harness.executing import cluster  # noqa: PLC0415 - an extra that few install, and slow to load
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"a cluster needs the package {error.name}, which is not installed",
            where=options.source("executor"),
            next_step="pip install 'sample-harness[distributed]'",
        ) from error
    return cluster.opened(options, note)
