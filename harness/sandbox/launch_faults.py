"""Why the kernel refuses a sandbox, and the command that mends it."""

from __future__ import annotations

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
_CONTAINERS = ("/.dockerenv", "/run/.containerenv")


def explain(fault: str, where: str, *, root: Path = Path("/")) -> SandboxError:
    """Return the error for what the launcher could not do.

    Args:
        fault: The kernel's answer.
        where: The task.
        root: Where to look for the kernel's switches.
    """
    what = f"the sandbox could not be made ({fault})"
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
