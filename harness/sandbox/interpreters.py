"""Finds the Pythons of this machine, for the sandboxes that bring none along.

A candidate is only a path that looks right: whether it works is seen by
running it once inside the sandbox.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = (3, 10)
"""The oldest Python that environments are made for."""

CHECK = """
import json, sys, bz2, ctypes, hashlib, lzma, sqlite3, ssl, zlib, venv
print(json.dumps([sys.implementation.name, list(sys.version_info), sys.flags.ignore_environment]))
"""
"""Says what an interpreter is; fails where parts of the standard library are
missing, since a sample would then fail through no fault of its page."""

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
class Version:
    """What a candidate says of itself."""

    full: str
    """``3.13.1``."""
    order: tuple[int, int, int]
    """For comparing."""

    @property
    def minor(self) -> str:
        """``3.13``."""
        return f"{self.order[0]}.{self.order[1]}"


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
    for folder in (Path("/usr/local/bin"), Path("/usr/bin")):
        yield from sorted(folder.glob("python3.*"))
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    managed = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in (managed, pyenv / "versions"):
        yield from sorted(folder.glob("*/bin/python3.*"))


def version(output: bytes) -> Version | None:
    """Read what `CHECK` printed; None where it is no released CPython."""
    try:
        name, (major, minor, micro, level, _), _ = json.loads(output)
    except ValueError:
        return None
    if name != "cpython" or level != "final" or (major, minor) < OLDEST:
        return None
    return Version(f"{major}.{minor}.{micro}", (major, minor, micro))
