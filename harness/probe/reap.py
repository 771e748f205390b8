"""Keeps hold of every process that a sample starts, daemons included, and ends them all."""

import ctypes
import os
import signal
import time
from typing import Dict, List, Set

_SET_DUMPABLE, _SET_CHILD_SUBREAPER = 4, 36
TRIES = 200
"""Rounds of killing before what is left is given up to the sandbox, which ends with the supervisor."""


SPARED: Set[int] = set()
"""Processes of ours, which outlive one part of a sample: the stubs."""


def adopt() -> None:
    """Become the parent of every orphan below, and close our own descriptors to their eyes.

    Without the second, a process of the same user could write to this one's
    standard output through ``/proc/PID/fd`` and forge the evidence.
    """
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):
        return  # not Linux: the process group alone is killed


def descendants(root: int = 0) -> List[int]:
    """Return every live process below one, or below this one, but those spared and what is below them."""
    parents: Dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    # The command may hold spaces and parentheses: fields begin behind the last one.
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            parents[int(name)] = int(fields[1])
    found, frontier = [], {root or os.getpid()}
    while frontier:
        frontier = {pid for pid, parent in parents.items() if parent in frontier} - SPARED
        found += list(frontier)
    return found


def end_all(group: int) -> None:
    """Kill a process group and all that ever came out of it, and collect them."""
    _kill(os.killpg, group)
    for _ in range(TRIES):
        for pid in descendants():
            _kill(os.kill, pid)
        if not _collect() or (SPARED and not descendants()):
            return
        time.sleep(0.005)


def _kill(how: "object", target: int) -> None:
    try:
        how(target, signal.SIGKILL)  # type: ignore[operator]
    except (ProcessLookupError, PermissionError):
        return


def _collect() -> bool:
    """Collect what has ended; return whether anything is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True
