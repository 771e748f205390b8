"""Finds the Pythons of this machine, for the sandboxes that bring none along.

A candidate is only a path that looks right: whether it works is seen by
running it once inside the sandbox. What worked is kept for a while, since five
Pythons take half a second, which is most of what an author waits for.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness.errors import SandboxError
from harness.files import write_whole
from harness.model.environment import Interpreter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.model.execution import Completed

logger = logging.getLogger(__name__)

OLDEST = (3, 10)
"""The oldest Python that environments are made for."""

CHECK = """
import json, sys, bz2, ctypes, hashlib, lzma, sqlite3, ssl, zlib, venv
print(json.dumps([sys.implementation.name, list(sys.version_info)]))
"""
"""Says what an interpreter is; fails where parts of the standard library are
missing, since a sample would then fail through no fault of its page."""
MAX_AGE = 12 * 3600.0
"""Seconds after which an interpreter that worked is tried again."""

_NAME = re.compile(r"python3\.(\d+)$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Python that may be on offer."""

    executable: Path
    """Its path, without symbolic links."""

    @property
    def prefix(self) -> Path:
        """The folder that holds all of it."""
        return self.executable.parent.parent


@dataclass(frozen=True, slots=True)
class Offer:
    """An interpreter that was seen to work."""

    interpreter: Interpreter
    """What the rest of the program knows it by."""
    prefix: Path
    """The folder that holds all of it."""
    order: tuple[int, int, int]
    """Its full version, for comparing."""


class _Seen(msgspec.Struct, frozen=True):
    """An interpreter that worked."""

    order: tuple[int, int, int]
    """Its full version."""
    when: float
    """Seconds since the epoch."""


class Offers:
    """The interpreters that one sandbox offers; each version's newest that works."""

    def __init__(self, sandbox: str, store: Path) -> None:
        """Begin with none for the sandbox of that name; what worked is kept in the host's folder of the store."""
        self._sandbox = sandbox
        self._kept = store / f"pythons-{sandbox}.json"
        self._best: dict[str, Offer] = {}
        self._passed_over: list[str] = []

    def examine(self, check: Callable[[Candidate], Completed]) -> None:
        """Run every candidate by ``check``, but those that worked lately, and keep those that work."""
        known = _recent(self._kept)
        working: dict[str, _Seen] = {}
        for candidate in candidates():
            mark = _mark(candidate)
            seen = known.get(mark) or self._tried(candidate, check)
            if seen:
                working[mark] = seen
                self._add(candidate, seen.order)
        if working != known:
            _keep(self._kept, working)

    def _tried(self, candidate: Candidate, check: Callable[[Candidate], Completed]) -> _Seen | None:
        """Run a candidate once; None where it does not work."""
        try:
            done = check(candidate)
        except SandboxError as error:
            # one that cannot be shown in the sandbox is no reason to do without the others
            self._passed_over.append(f"{candidate.executable}: {error.what}")
            return None
        order = _version(done.stdout)
        if order is None:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["not a released CPython"]
            self._passed_over.append(f"{candidate.executable}: {said[-1]}")
            return None
        return _Seen(order, time.time())

    def _add(self, candidate: Candidate, order: tuple[int, int, int]) -> None:
        minor, full = ".".join(map(str, order[:2])), ".".join(map(str, order))
        if minor not in self._best or order > self._best[minor].order:
            platform = f"{self._sandbox}:{candidate.executable}:{full}"
            interpreter = Interpreter(minor, str(candidate.executable), platform)
            self._best[minor] = Offer(interpreter, candidate.prefix, order)

    def versions(self, pythons: Sequence[str] | None) -> tuple[str, ...]:
        """Return which of these versions are there, newest first; all where None."""
        offers = sorted(self._best.items(), key=lambda pair: pair[1].order, reverse=True)
        return tuple(version for version, _ in offers if pythons is None or version in pythons)

    def choose(self, pythons: Sequence[str] | None) -> tuple[Interpreter, ...]:
        """Return the interpreters of these versions, newest first; all where None.

        Raises:
            SandboxError: If there are none.
        """
        chosen = tuple(self._best[version].interpreter for version in self.versions(pythons))
        if not chosen:
            raise self._none(pythons or ())
        return chosen

    def get(self, python: str) -> Offer:
        """Return the interpreter of one version, or raise SandboxError."""
        if python not in self._best:
            raise self._none((python,))
        return self._best[python]

    def _none(self, wanted: Sequence[str]) -> SandboxError:
        found = f"on offer: {', '.join(sorted(self._best)) or 'none'}"
        return SandboxError(
            f"no Python {' or '.join(wanted) or 'of any version'} works in the {self._sandbox} sandbox",
            cause="; ".join([found, *self._passed_over]),
            next_step=f"uv python install {' '.join(wanted) or '3.13'}",
        )


def _mark(candidate: Candidate) -> str:
    """Return what a candidate is known again by as long as neither it, nor the system, nor the question changed."""
    try:
        stat = candidate.executable.stat()
    except OSError:
        return ""
    told = [str(candidate.executable), stat.st_ino, stat.st_size, stat.st_mtime_ns, platform.release(), CHECK]
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def _recent(path: Path) -> dict[str, _Seen]:
    """Return the interpreters that worked lately, by their marks."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, _Seen])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        logger.info("%s cannot be read, so every Python is tried again: %s", path, error)
        return {}
    now = time.time()
    return {mark: seen for mark, seen in found.items() if mark and 0 <= now - seen.when < MAX_AGE}


def _keep(path: Path, working: dict[str, _Seen]) -> None:
    try:
        write_whole(path, msgspec.json.encode(working))
    except OSError as error:
        logger.info("%s cannot be written, so every Python is tried again next time: %s", path, error)


def candidates() -> tuple[Candidate, ...]:
    """Return the Pythons found, each once, the running one first."""
    seen: dict[Path, None] = {}
    for path in _paths():
        real = path.resolve()
        found = _NAME.match(real.name)
        if found and int(found[1]) >= OLDEST[1] and os.access(real, os.X_OK):
            seen[real] = None
    return tuple(Candidate(path) for path in seen)


def _paths() -> Iterator[Path]:
    """Return where Pythons may be: the running one, the system's, uv's, pyenv's."""
    yield Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    yield from _glob(Path("/usr/local/bin"), "python3.*")
    yield from _glob(Path("/usr/bin"), "python3.*")
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    managed = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from _glob(managed, "*/bin/python3.*")
    yield from _glob(pyenv / "versions", "*/bin/python3.*")


def _glob(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except PermissionError:
        return []  # another user's: not on offer


def _version(output: bytes) -> tuple[int, int, int] | None:
    """Read what `CHECK` printed; None where it is no released CPython that is new enough."""
    try:
        name, (major, minor, micro, level, _) = json.loads(output)
    except ValueError:
        return None
    if name != "cpython" or level != "final" or (major, minor) < OLDEST:
        return None
    return major, minor, micro
