"""Marks what belongs to this run and removes what dead runs left behind.

A container says in its labels whose it is and when it must be over. It is
removed when its owner is known to be dead, or when its time is long over:
several machines may share one engine, and none can see the others' processes.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from harness.sandbox.docker_engine import asking
from harness.sandbox.failure import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docker import APIClient

RUN = "sample-harness.run"
"""Label: the sandbox object it belongs to."""
OWNER = "sample-harness.owner"
"""Label: the process it belongs to, see `owner`."""
DEADLINE = "sample-harness.deadline"
"""Label: when it must be over, in seconds since 1970."""
SLACK = 600.0
"""Seconds past the deadline after which a container is nobody's."""

_log = logging.getLogger(__name__)


def owner(pid: int | None = None) -> str:
    """Return ``boot:namespace:pid:start`` of a process, or an empty string where the system does not tell.

    The namespace keeps apart processes that see different process lists; the
    start time keeps apart processes that had the same number.
    """
    number = pid or os.getpid()
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = Path("/proc/self/ns/pid").readlink().name
        # the second field is the program's name, which may hold blanks and brackets
        start = (
            Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
        )
    except OSError:
        return ""  # no such process, or no /proc: macOS
    return f"{boot}|{space}|{number}|{start}"


def labels(run: str, seconds: float) -> dict[str, str]:
    """Return the labels of a container of ours that may take so many seconds."""
    return {RUN: run, OWNER: owner(), DEADLINE: str(int(time.time() + seconds))}


def abandoned(marks: Mapping[str, str], now: float, here: str) -> bool:
    """Tell whether a container with these labels is nobody's any more.

    Args:
        marks: Its labels.
        now: Seconds since 1970.
        here: `owner` of this process, to know which processes can be seen from here.
    """
    if now > float(marks.get(DEADLINE) or "inf") + SLACK:
        return True
    whose = marks.get(OWNER, "").split("|")
    if not here or whose[:2] != here.split("|")[:2]:
        return False  # its owner cannot be seen from here: only time tells
    return owner(int(whose[2])) != "|".join(whose)


def reap(api: APIClient) -> tuple[str, ...]:
    """Remove the containers that dead runs left behind; returns their ids."""
    with asking("list containers"):
        found = api.containers(all=True, filters={"label": RUN})
    here, now = owner(), time.time()
    doomed = tuple(item["Id"] for item in found if abandoned(item.get("Labels") or {}, now, here))
    return tuple(container for container in doomed if remove(api, container))


def sweep(api: APIClient, run: str) -> tuple[str, ...]:
    """Remove every container of one run; returns their ids."""
    with asking("list containers"):
        found = api.containers(all=True, filters={"label": f"{RUN}={run}"})
    return tuple(item["Id"] for item in found if remove(api, item["Id"]))


def remove(api: APIClient, container: str) -> bool:
    """Remove a container whatever its state; where that fails, say so and leave it to the next reaper."""
    try:
        with asking("remove a container"):
            api.remove_container(container, force=True, v=True)
    except EngineError as exc:
        if not _gone(exc):
            _log.warning("container %s is left behind: %s", container[:12], exc.what)
            return False
    return True


def _gone(exc: EngineError) -> bool:
    words = exc.what.lower()
    return "no such container" in words or "already in progress" in words
