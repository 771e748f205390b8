"""Watches processes of this machine by the name that they give themselves."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def within(seconds: float, happens: Callable[[], bool]) -> bool:
    """Wait for something to happen; return whether it did."""
    deadline = time.monotonic() + seconds
    while not happens() and time.monotonic() < deadline:
        time.sleep(0.1)
    return happens()


def runs(name: str) -> bool:
    """Return whether a process of that name is alive on this machine."""
    return any(_comm(path) == name for path in Path("/proc").glob("[0-9]*/comm"))


def _comm(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""  # the process has ended meanwhile
