"""What is kept on the host, so that an unchanged run asks nobody: locks, and until when they will do.

A refusal is kept like a lock: a page whose requirements cannot be satisfied
must not start a builder in every run either.
"""

from __future__ import annotations

import hashlib
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from filelock import FileLock

from harness.files import write_whole
from harness.model.environment import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.environments.index import IndexSettings
    from harness.model.environment import Interpreter, Request

logger = logging.getLogger(__name__)

MAX_AGE = timedelta(hours=12)
"""How long what the index said is taken for what it says."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """When something that was kept will do."""

    max_age: timedelta = MAX_AGE
    """How old it may be."""
    offline: bool = False
    """Whatever its age; nothing is resolved or downloaded."""
    refresh: bool = False
    """Not at all: everything is resolved once more in this run."""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When this run began: what is younger will always do."""

    def accepts(self, when: datetime) -> bool:
        """Return whether something of that time will do."""
        if self.offline or when >= self.started:
            return True
        return not self.refresh and datetime.now(UTC) - when <= self.max_age


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a request."""

    resolved: datetime
    """When."""
    lock: Lock | None = None
    """The lock, or None where there is none to be had."""
    refusal: str = ""
    """Why no set of versions satisfies the request, in the resolver's words."""


class LockShelf:
    """The folder ``<store>/locks``: one file for each request, set of interpreters and index."""

    def __init__(self, store: Path) -> None:
        """Keep locks below a store; nothing is written until something is kept."""
        self._folder = store / "locks"

    def path(self, request: Request, offered: Sequence[Interpreter], index: IndexSettings, *, build: bool) -> Path:
        """Return the file that stands for a request; all that the answer depends on is in its name.

        Addresses go in without credentials: a new password gives the same packages.
        """
        on = [f"{one.version} {one.platform}" for one in offered]
        told = hashlib.sha256("\0".join([*on, *index.describe(), f"build={build}"]).encode()).hexdigest()
        return self._folder / f"{request.key}-{told[:16]}.json"

    @contextmanager
    def held(self, path: Path) -> Iterator[None]:
        """Hold one file against other threads and processes, so that a request is resolved once."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock"):
            yield

    def read(self, path: Path) -> Kept | None:
        """Return what was kept, or None; a file that cannot be read is as good as none."""
        try:
            return msgspec.json.decode(path.read_bytes(), type=Kept)
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, OSError, UnicodeDecodeError) as error:
            logger.warning("%s cannot be read and is resolved anew: %s", path, error)
            return None

    def write(self, path: Path, kept: Kept) -> None:
        """Keep what came of a request."""
        write_whole(path, msgspec.json.encode(kept))
