"""Why the kernel refuses a sandbox, and the command that mends it."""

from __future__ import annotations

import errno
from pathlib import Path

from harness.errors import SandboxError

_SWITCHES = (
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor keeps ordinary users from making namespaces",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    (
        "kernel/unprivileged_userns_clone",
        "0",
        "this kernel keeps ordinary users from making namespaces",
        "sudo sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    (
        "user/max_user_namespaces",
        "0",
        "user namespaces are switched off",
        "sudo sysctl -w user.max_user_namespaces=15000",
    ),
)
_REFUSALS = frozenset({errno.EPERM, errno.EACCES, errno.ENOSPC, errno.EUSERS})
_CONTAINERS = ("/.dockerenv", "/run/.containerenv")


def explain(fault: str, number: int, where: str, *, root: Path = Path("/")) -> SandboxError:
    """Return the error for what the launcher could not do.

    Args:
        fault: What it said.
        number: The kernel's error number, 0 where the kernel did not refuse.
        where: The task.
        root: Where to look for the kernel's switches.
    """
    what = f"the sandbox could not be made ({fault})"
    if number not in _REFUSALS:
        return SandboxError(what, where=where, next_step="harness doctor, or --sandbox process")
    for name, value, cause, command in _SWITCHES:
        file = root / "proc/sys" / name
        if file.is_file() and file.read_text("ascii").strip() == value:
            return SandboxError(what, where=where, cause=cause, next_step=f"{command}, or --sandbox process")
    if any((root / name.lstrip("/")).exists() for name in _CONTAINERS):
        return SandboxError(
            what,
            where=where,
            cause="the harness runs in a container, which keeps it from making namespaces",
            next_step="start that container with --privileged, or use --sandbox process",
        )
    return SandboxError(what, where=where, next_step="harness doctor, or --sandbox process")
