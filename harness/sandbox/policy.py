"""Where things are inside every sandbox, and what a task finds in its environment.

Pure: nothing here touches an engine or the kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import environment as scheme
from harness.model.execution import StoreAccess

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model.execution import Task

HARNESS = "/opt/harness"
"""The probe (``/opt/harness/probe``) and the stubs (``/opt/harness/stubs``), read-only."""
PROBE = f"{HARNESS}/probe"
"""The folder of the probe: ``<interpreter> -I /opt/harness/probe/supervisor.py``."""
UV = scheme.UV
"""The resolver and installer, for builders."""
TY = f"{HARNESS}/bin/ty"
"""The type checker, for the static look."""
STORE = scheme.STORE
"""The store, as `StoreAccess` says."""
WORK = "/work"
"""An empty writable folder, the current directory."""
HOME = "/home/sample"
"""An empty writable home."""
CA_BUNDLE = "/etc/harness/ca.pem"
"""The host's CA bundle."""
RESOLVER = "127.77.0.1"
"""Where a job without a network asks for names, and where every name leads: see ``stubs/dns.py``."""
UID = 65532
"""User and group of a job: not root, and no user of the host's."""


def environment(task: Task) -> dict[str, str]:
    """Return the whole environment of a task: nothing of the host's reaches it."""
    base = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "TMPDIR": "/tmp",  # noqa: S108 - a path inside the sandbox
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
    }
    if task.network:
        base |= {"SSL_CERT_FILE": CA_BUNDLE, "REQUESTS_CA_BUNDLE": CA_BUNDLE}
    return base | dict(task.env)


GRACE = 30.0
"""Seconds after which a task ends by itself where the harness that should stop it has died."""
SHARED_MEMORY = 64 << 20
"""Bytes of ``/dev/shm``."""
OPEN_FILES = 8192
"""Open files of one process."""
WRITABLE = ((WORK, "0700"), (HOME, "0700"), ("/tmp", "1777"))  # noqa: S108 - a path inside the sandbox
"""The writable folders with their modes; each may hold ``Limits.disk`` bytes, all of them no more than the memory."""


def command(task: Task) -> tuple[str, ...]:
    """Return what stands before the program's arguments in a container.

    ``timeout`` ends the task should nobody be left to stop it; ``env`` drops
    what the base image sets.
    """
    values = [f"{name}={value}" for name, value in environment(task).items()]
    return ("timeout", "--signal=KILL", f"{task.limits.seconds + GRACE:g}", "env", "--ignore-environment", *values)


def container(
    task: Task, *, image: str, volume: str, labels: Mapping[str, str], cpus: float = 1024.0
) -> dict[str, object]:
    """Return what the engine is asked to create for a task.

    Args:
        task: What to run.
        image: The runner image.
        volume: The named volume behind ``/store``.
        labels: Whose it is, for the reaper.
        cpus: How many the engine has; it refuses to give more.
    """
    return {
        "Image": image,
        "Labels": dict(labels),
        "Entrypoint": list(command(task)),
        "Cmd": list(task.argv),
        "User": f"{UID}:{UID}",
        "WorkingDir": WORK,
        "Hostname": "sandbox",
        "AttachStdin": bool(task.stdin),
        "OpenStdin": bool(task.stdin),
        "StdinOnce": bool(task.stdin),
        "AttachStdout": True,
        "AttachStderr": True,
        "HostConfig": _host(task, volume, cpus),
    }


def _host(task: Task, volume: str, cpus: float) -> dict[str, object]:
    limits = task.limits
    return {
        **_network(task),
        # as process 1 a task would be deaf to signals, its own faults' too, and would have to bury orphans
        "Init": True,
        "ReadonlyRootfs": True,
        # open to all inside, whatever their mode elsewhere: Podman lets nobody but root own them
        "Tmpfs": dict.fromkeys(dict(WRITABLE), f"rw,exec,nosuid,nodev,mode=1777,size={limits.disk}"),
        "Mounts": _mounts(task.store, volume),
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "IpcMode": "private",
        "ShmSize": SHARED_MEMORY,
        "PidsLimit": limits.processes,
        "Memory": limits.memory,
        "MemorySwap": limits.memory,
        "NanoCpus": int(min(limits.cpus, cpus) * 1e9),
        "Ulimits": [
            {"Name": "nofile", "Soft": OPEN_FILES, "Hard": OPEN_FILES},
            {"Name": "core", "Soft": 0, "Hard": 0},
        ],
        # the engine would else keep on its disk whatever a task prints
        "LogConfig": {"Type": "none"},
    }


def _network(task: Task) -> dict[str, object]:
    """Return the host's network for builders; for jobs a loopback on which the stubs answer, as an ordinary user."""
    if task.network:
        return {"NetworkMode": "default"}
    return {"NetworkMode": "none", "Dns": [RESOLVER], "Sysctls": {"net.ipv4.ip_unprivileged_port_start": "0"}}


def _mounts(access: StoreAccess, volume: str) -> list[dict[str, object]]:
    if access is StoreAccess.NONE:
        return []
    return [{"Type": "volume", "Source": volume, "Target": STORE, "ReadOnly": access is StoreAccess.READ}]
