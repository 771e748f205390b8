"""A control group that bounds the memory of one sandbox, where this user may make one.

The kernel's own accounting is exact and cannot be outrun; without it, the
launcher watches.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.model.execution import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

_numbers = itertools.count(1)
_PREFIX = "harness-"
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Group:
    """The group of one sandbox; without a path there is none."""

    path: Path | None = None
    """Its folder."""

    @property
    def entrance(self) -> str:
        """The file that a process writes its number to, or empty."""
        return str(self.path / "cgroup.procs") if self.path else ""

    def killed(self) -> bool:
        """Return whether the kernel killed a process of the group over its memory."""
        if self.path is None:
            return False
        for name in ("memory.events", "memory.oom_control"):
            file = self.path / name
            if file.is_file():
                pairs = (line.split() for line in file.read_text("ascii").splitlines())
                return any(key == "oom_kill" and count != "0" for key, count in pairs)
        return False


@contextlib.contextmanager
def group(limits: Limits, *, root: Path = Path("/")) -> Iterator[Group]:
    """Make a group with the bounds of a task, and remove it afterwards.

    Args:
        limits: The bounds.
        root: Where ``proc`` and the mounted hierarchies are.
    """
    path = _make(limits, root)
    try:
        yield Group(path)
    finally:
        if path:
            _remove(path)


def _make(limits: Limits, root: Path) -> Path | None:
    """Return a new group, or None where none can be made."""
    parent = _parent(root)
    if parent is None:
        return None
    path = parent / f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
    try:
        path.mkdir()
    except OSError:
        return None  # not ours to make: the launcher watches instead
    try:
        _bound(path, limits.memory)
    except OSError:
        path.rmdir()
        return None
    return path


def _bound(path: Path, memory: int) -> None:
    """Write the bounds; swap would let a sample run on, slowly, over its memory."""
    if (path / "memory.max").exists():
        (path / "memory.max").write_text(str(memory), "ascii")
        swap, most = path / "memory.swap.max", 0
    else:
        (path / "memory.limit_in_bytes").write_text(str(memory), "ascii")
        swap, most = path / "memory.memsw.limit_in_bytes", memory
    if swap.exists():
        swap.write_text(str(most), "ascii")


def _parent(root: Path) -> Path | None:
    """Return the folder in which groups that bound memory can be made, if there is one."""
    own = _own(root)
    if "memory" in own:
        return _mounted(root, "cgroup", "memory", own["memory"])
    here = _mounted(root, "cgroup2", "", own.get("", "/"))
    for folder in (here.parent, here) if here else ():
        control = folder / "cgroup.subtree_control"
        # a group with processes has no groups that bound memory below it: ours goes beside the harness's
        if control.is_file() and "memory" in control.read_text("ascii").split():
            return folder
    return None


def _own(root: Path) -> dict[str, str]:
    """Return the harness's own group in each hierarchy, by controller; version 2 has an empty name."""
    found: dict[str, str] = {}
    for line in (root / "proc/self/cgroup").read_text("utf-8").splitlines():
        _, names, path = line.split(":", 2)
        found |= dict.fromkeys(names.split(","), path)
    return found


def _mounted(root: Path, kind: str, controller: str, own: str) -> Path | None:
    """Return the folder of a group, where its hierarchy is mounted."""
    for line in (root / "proc/self/mountinfo").read_text("utf-8").splitlines():
        left, _, right = line.partition(" - ")
        fields, (fstype, _, options) = left.split(), right.split(" ", 2)
        if fstype == kind and (not controller or controller in options.split(",")):
            top, point = fields[3], fields[4]
            inner = os.path.relpath(own, top)
            return None if inner.startswith("..") else root / point.lstrip("/") / inner
    return None


def _remove(path: Path) -> None:
    """Remove the group; the kernel takes a moment to forget those who were in it."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            path.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > deadline:
                return  # empty and harmless; the next run's sweep takes it
            time.sleep(0.01)
        else:
            return


def describe() -> str:
    """Return in one sentence who bounds the memory here."""
    with group(Limits()) as found:
        return f"held by the kernel, in {found.path.parent}" if found.path else "watched by the launcher every 20 ms"


def sweep(root: Path = Path("/")) -> None:
    """Remove the groups that killed harnesses left behind."""
    parent = _parent(root)
    for path in parent.glob(f"{_PREFIX}*-*") if parent else ():
        owner = path.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not (root / "proc" / owner).exists():
            with contextlib.suppress(OSError):  # not empty, or not ours
                path.rmdir()
