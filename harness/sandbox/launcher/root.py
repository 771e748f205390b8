"""The new root: a tmpfs with what a task may see, and nothing else.

Runs as process 1 of the sandbox, in a mount namespace of its own.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from typing import TYPE_CHECKING

from harness.sandbox.launcher import kernel

if TYPE_CHECKING:
    from harness.sandbox.launcher.spec import Bind, Spec

_OLD = "/.old"
_DATA = "/.data"
_DEVICES = ("null", "zero", "full", "random", "urandom")
_DEVICE_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_HIDDEN = ("kcore", "keys", "key-users", "sysrq-trigger", "timer_list", "sched_debug", "kmsg")
_INODES = 200_000
_SAFE = kernel.NO_SUID | kernel.NO_DEVICES


def enter(spec: Spec) -> None:
    """Build the root and move into it; the host's is gone afterwards."""
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_SLAVE)
    base = "/tmp"  # noqa: S108 - any folder does: the mount is seen in this namespace only
    kernel.mount("tmpfs", base, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755,size=16m")
    os.mkdir(base + _OLD)
    kernel.pivot_root(base, base + _OLD)
    os.chdir("/")
    for bind in spec["binds"]:
        _bind(bind)
    for path, content in spec["links"].items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(content, path)
    for path, text in spec["files"].items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    _devices()
    _folders(spec)
    _proc()
    kernel.detach(_OLD)
    os.rmdir(_OLD)
    kernel.restrict("/", kernel.READ_ONLY | _SAFE, deep=False)
    os.chdir(spec["cwd"])


def _bind(bind: Bind) -> None:
    """Show one path of the host's, with what is mounted below it."""
    source, target = _OLD + bind["source"], bind["target"]
    _make_target(target, folder=os.path.isdir(source))
    kernel.mount(source, target, flags=kernel.MS_BIND | kernel.MS_REC)
    kernel.restrict(target, _SAFE | (0 if bind["writable"] else kernel.READ_ONLY))


def _make_target(path: str, *, folder: bool) -> None:
    """Make what a mount goes onto, unless it is there."""
    if os.path.exists(path):
        return
    if folder:
        os.makedirs(path)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))


def _devices() -> None:
    """Make the least ``/dev`` that programs expect."""
    for name in _DEVICES:
        _make_target(f"/dev/{name}", folder=False)
        kernel.mount(f"{_OLD}/dev/{name}", f"/dev/{name}", flags=kernel.MS_BIND)
    for name, content in _DEVICE_LINKS.items():
        os.symlink(content, f"/dev/{name}")


def _folders(spec: Spec) -> None:
    """Make the writable folders, all on one tmpfs so that one bound holds them together."""
    os.mkdir(_DATA, 0o700)
    options = f"mode=711,size={spec['disk']},nr_inodes={_INODES}"
    kernel.mount("tmpfs", _DATA, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    for number, (path, mode) in enumerate(spec["folders"].items()):
        source = f"{_DATA}/{number}"
        os.mkdir(source)
        os.chmod(source, int(mode, 8))
        os.chown(source, *_owner(spec))
        _make_target(path, folder=True)
        kernel.mount(source, path, flags=kernel.MS_BIND)
        kernel.restrict(path, _SAFE)
    # the folders keep the tmpfs alive; what is left to see would be the same files twice
    kernel.detach(_DATA)
    os.rmdir(_DATA)


def _owner(spec: Spec) -> tuple[int, int]:
    """Return who owns the writable folders: the task's user, who is not yet us where we are root."""
    if os.geteuid() == 0:
        return spec["uid"], spec["uid"]
    return os.geteuid(), os.getegid()


def _proc() -> None:
    """Show this sandbox's processes only, and keep the kernel's switches out of reach."""
    os.makedirs("/proc", exist_ok=True)
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("proc", "/proc", "proc", flags)
    kernel.mount("/proc/sys", "/proc/sys", flags=kernel.MS_BIND | kernel.MS_REC)
    kernel.restrict("/proc/sys", kernel.READ_ONLY)
    for name in _HIDDEN:
        if os.path.exists(f"/proc/{name}"):
            kernel.mount("/dev/null", f"/proc/{name}", flags=kernel.MS_BIND)


def raise_loopback() -> None:
    """Bring ``lo`` up in the sandbox's own network."""
    set_flags, up_and_running = 0x8914, 0x1 | 0x40
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, set_flags, struct.pack("16sH14x", b"lo", up_and_running))


def open_ports() -> None:
    """Let anybody listen on 80 and 443 in the sandbox's own network: the stubs do so as the task's user."""
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", "w", encoding="ascii") as file:
        file.write("0")
