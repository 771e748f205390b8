"""What the launcher is told: a task turned into binds, files and bounds.

Reads the host's layout and changes nothing.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from harness.model.execution import StoreAccess
from harness.sandbox import assets, policy

if TYPE_CHECKING:
    from harness.model.execution import Task
    from harness.sandbox.launcher.spec import Bind, Spec

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
_ETC = (
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/mime.types",
    "/etc/pki/tls",
    "/etc/services",
    "/etc/protocols",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
)
_CPUS = "/sys/devices/system/cpu"
_SHM = "/dev/shm"  # noqa: S108 - a path inside the sandbox


def spec(task: Task, prefix: Path, store: Path, *, group: str = "") -> Spec:
    """Return the sandbox for one task.

    Args:
        task: What is to run.
        prefix: Folder of the interpreter.
        store: The host's folder behind ``/store``.
        group: ``cgroup.procs`` file of a group that holds the memory, or empty.
    """
    limits = task.limits
    return {
        "argv": list(task.argv),
        "env": policy.environment(task),
        "cwd": policy.WORK,
        "uid": policy.UID,
        "parent": os.getpid(),
        "network": task.network,
        "binds": _binds(task, prefix, store),
        "links": _links(),
        "files": _files(network=task.network),
        "folders": dict((*policy.WRITABLE, (_SHM, "1777"))),
        "disk": limits.disk,
        "memory": 0 if group else limits.memory,
        "processes": limits.processes,
        "open_files": policy.OPEN_FILES,
        # a builder's archives may be larger than a job's scratch space
        "file_size": 0 if task.store is StoreAccess.WRITE else limits.disk,
        "cpus": math.ceil(limits.cpus),
        "filtered": True,
        "group": group,
    }


def _binds(task: Task, prefix: Path, store: Path) -> list[Bind]:
    """Return what the task sees of the host's files."""
    real = [path for path in _SYSTEM if Path(path).is_dir() and not Path(path).is_symlink()]
    shown = [*real, *(path for path in (*_ETC, _CPUS) if Path(path).exists())]
    if not any(prefix.is_relative_to(path) for path in real):
        shown.append(str(prefix))
    binds = [_bind(path, path) for path in shown]
    binds += [
        _bind(assets.probe(), policy.PROBE),
        _bind(assets.folder("stubs"), f"{policy.HARNESS}/stubs"),
        _bind(assets.uv(), policy.UV),
        _bind(assets.ty(), policy.TY),
        _bind(assets.ca_bundle(), policy.CA_BUNDLE),
    ]
    if task.store is not StoreAccess.NONE:
        binds.append(_bind(store, policy.STORE, writable=task.store is StoreAccess.WRITE))
    return binds


def _bind(source: str | Path, target: str, *, writable: bool = False) -> Bind:
    return {"source": os.path.realpath(source), "target": target, "writable": writable}


def _links() -> dict[str, str]:
    """Return the system folders that are links on this host (``/bin`` to ``usr/bin``)."""
    return {path: str(Path(path).readlink()) for path in _SYSTEM if Path(path).is_symlink()}


def _files(*, network: bool) -> dict[str, str]:
    """Return the small files of ``/etc``."""
    name, home, number = "sample", policy.HOME, policy.UID
    files = {
        "/etc/passwd": f"{name}:x:{number}:{number}::{home}:/bin/sh\n",
        "/etc/group": f"{name}:x:{number}:\n",
        "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost sandbox\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
        "/etc/resolv.conf": f"nameserver {policy.RESOLVER}\n",
    }
    if network:
        # what the host resolves by, an index of the company's included
        own = {path: Path(path) for path in ("/etc/resolv.conf", "/etc/hosts")}
        files |= {path: file.read_text("utf-8", "replace") for path, file in own.items() if file.is_file()}
    return files
