"""What the launcher is told, as JSON over its control socket, and what it answers."""

from __future__ import annotations

from typing import TypedDict


class Bind(TypedDict):
    """A file or folder of the host's that the task sees."""

    source: str
    """Path on the host, without symbolic links."""
    target: str
    """Path inside."""
    writable: bool
    """False for read-only."""


class Spec(TypedDict):
    """One sandbox."""

    argv: list[str]
    env: dict[str, str]
    cwd: str
    uid: int
    """User and group inside."""
    parent: int
    """The harness's process: the sandbox does not outlive it."""
    network: bool
    """True to keep the host's network."""
    binds: list[Bind]
    links: dict[str, str]
    """Symbolic links: path inside to what it holds."""
    files: dict[str, str]
    """Small files: path inside to text."""
    folders: dict[str, str]
    """Empty writable folders: path inside to octal mode."""
    disk: int
    """Bytes in all of ``folders`` together."""
    memory: int
    """Bytes of all processes together, watched by init; 0 where a control group holds it."""
    processes: int
    open_files: int
    file_size: int
    """Largest file that may be written, 0 for any."""
    cpus: int
    filtered: bool
    """True to refuse the kernel calls that no sample needs."""
    group: str
    """``cgroup.procs`` file of a control group to enter, or empty."""


class Event(TypedDict, total=False):
    """One line of the launcher's answer."""

    fault: str
    """What went wrong: the sandbox did not start."""
    number: int
    """The kernel's error number, where it was the kernel that refused."""
    began: bool
    """The sandbox is there, the task is about to start."""
    memory: bool
    """A process was killed over the memory bound."""
    code: int
    """The task ended: exit code, or minus the signal's number."""
