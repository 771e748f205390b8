"""The memory of all processes of the sandbox together, where no control group holds it."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = resource.getpagesize()


class Watch:
    """Looks at every process again and again, and kills the largest when all are over the bound."""

    def __init__(self, memory: int, processes: Callable[[], list[int]]) -> None:
        """Keep the bound, in bytes or 0 for none, and how the processes are found."""
        self._memory = memory
        self._processes = processes

    def over(self) -> bool:
        """Kill the largest process if the bound is exceeded, and return whether it was."""
        if not self._memory:
            return False
        sizes = {pid: _resident(pid) for pid in self._processes()}
        if sum(sizes.values()) <= self._memory:
            return False
        # pages that processes share were counted once for each: look closer before killing
        shares = {pid: _share(pid, size) for pid, size in sizes.items()}
        if sum(shares.values()) <= self._memory:
            return False
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
            os.kill(max(shares, key=lambda pid: shares[pid]), signal.SIGKILL)
        return True


def namespace() -> list[int]:
    """Return all processes of this process namespace but init."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]


def _resident(pid: int) -> int:
    """Return the bytes of a process in memory."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended meanwhile


def _share(pid: int, resident: int) -> int:
    """Return the bytes of a process, shared pages divided among their users."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith(b"Pss:")) * 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except PermissionError:
        return resident  # it hides itself
