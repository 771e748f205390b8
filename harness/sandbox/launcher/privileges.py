"""From all powers to none: users, capabilities and resource limits."""

from __future__ import annotations

import contextlib
import os
import resource
from typing import TYPE_CHECKING

from harness.sandbox.launcher import kernel

if TYPE_CHECKING:
    from harness.sandbox.launcher.spec import Spec

_CAP_SYS_ADMIN = 21


def privileged(uid: int) -> bool:
    """Return whether this process may make namespaces as it is, and hand over to ``uid``."""
    with open("/proc/self/status", encoding="ascii") as file:
        effective = next(int(line.split()[1], 16) for line in file if line.startswith("CapEff:"))
    with open("/proc/self/uid_map", encoding="ascii") as file:
        mapped = any(int(first) <= uid < int(first) + int(count) for first, _, count in map(str.split, file))
    return os.geteuid() == 0 and bool(effective >> _CAP_SYS_ADMIN & 1) and mapped


def new_user(uid: int) -> None:
    """Enter a user namespace in which we are ``uid``, have all capabilities and know nobody else."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER, "user")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outer_uid} 1"),
        ("gid_map", f"{uid} {outer_gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def become(uid: int) -> None:
    """Turn from root into ``uid`` for good, inside a user namespace that knows no other."""
    os.setgroups([])
    kernel.prctl(kernel.PR_SET_KEEPCAPS, 1)
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    # without it the files under /proc/self still belong to root, and the map could not be written
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    kernel.set_capabilities(1 << _CAP_SYS_ADMIN)
    new_user(uid)


def drop() -> None:
    """Give up every capability, for this process and for all that it starts."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as file:
        last = int(file.read())
    for capability in range(last + 1):
        kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
    kernel.prctl(kernel.PR_CAP_AMBIENT, kernel.PR_CAP_AMBIENT_CLEAR_ALL)
    kernel.set_capabilities(0)


def bound(spec: Spec) -> None:
    """Set the resource limits of the task."""
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: spec["open_files"],
        resource.RLIMIT_NPROC: spec["processes"],
        resource.RLIMIT_MSGQUEUE: 1 << 20,
    }
    if spec["file_size"]:
        limits[resource.RLIMIT_FSIZE] = spec["file_size"]
    if spec["memory"]:
        # generous: the watch is exact, this stops one leap that is faster than it
        limits[resource.RLIMIT_DATA] = 4 * spec["memory"]
    for name, value in limits.items():
        _, hard = resource.getrlimit(name)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (most, most))
    # where memory runs out all the same, the kernel is to take the task and not the harness
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")
