"""What a job runs against: locks and environments."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from harness.model.matrix import Lane

STORE = "/store"
"""Where the store is inside every sandbox."""
UV = "/opt/harness/bin/uv"
"""The resolver and installer inside every sandbox, for builders."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that a sandbox offers."""

    version: str
    """``3.13``."""
    executable: str
    """Its path inside the sandbox."""
    platform: str
    """Identity of the runner, e.g. ``docker:sha256:…`` or ``namespace:/usr/bin/python3.11``:
    environments do not move between platforms."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the resolver is asked."""

    requirements: tuple[str, ...]
    """PEP 508 requirements, sorted."""
    lane: Lane
    """Which versions may be chosen."""
    python: str | None = None
    """``3.13``, or None to let the resolver choose among those on offer."""
    before: str = ""
    """ISO date that bounds the releases looked at (lane ``published``), or empty."""

    @property
    def key(self) -> str:
        """SHA-256 over all fields, as hexadecimal digits."""
        parts = [*self.requirements, self.lane, self.python or "", self.before]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A distribution that resolves to less than its newest published release."""

    name: str
    """Normalised name."""
    tested: str
    """The version that resolves."""
    newest: str
    """The newest release that the index lists."""
    reason: str
    """The constraint that holds it back, in the resolver's words, or empty."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The exact packages a job runs against."""

    python: str
    """``3.13``."""
    platform: str
    """`Interpreter.platform` of the Python it is for."""
    packages: tuple[tuple[str, str], ...]
    """(normalised name, version), sorted by name."""
    text: str
    """The requirements file with hashes that installs it."""
    held_back: tuple[HeldBack, ...] = ()
    """Where what was tested is not the newest."""
    resolved: str = ""
    """ISO date and time of the resolution."""
    notes: tuple[str, ...] = ()
    """What a reader of the report should know of how it came about, e.g. that packages are built from source."""

    @property
    def digest(self) -> str:
        """``sha256:…`` over what is installed and for which interpreter."""
        text = "\0".join([self.python, self.platform, *(f"{n}=={v}" for n, v in self.packages)])
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def version(self, name: str) -> str | None:
        """Return the version of a distribution by its normalised name, or None."""
        return dict(self.packages).get(name)


@dataclass(frozen=True, slots=True)
class Environment:
    """An installed lock, ready to be mounted read-only."""

    lock: Lock
    """What is in it."""
    path: str
    """Its path inside the sandbox, e.g. ``/store/envs/<digest>``."""

    @property
    def python(self) -> str:
        """Path of its interpreter inside the sandbox."""
        return f"{self.path}/bin/python"
