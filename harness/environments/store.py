"""What the host remembers of the environments in a store that it cannot see.

The store may be a volume of a remote engine. This file lets a run that changes
nothing start no builder; it is a hint, and `Builder.forget` mends a wrong one.
"""

from __future__ import annotations

import hashlib
import logging
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from filelock import FileLock

from harness.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.model.environment import Lock

logger = logging.getLogger(__name__)

USED_STEP = timedelta(hours=1)
"""How exactly the time of last use is kept; a finer one would cost a write for every job."""


class Remembered(msgspec.Struct):
    """One environment that is known to be there."""

    used: datetime
    """When a job last asked for it, to the hour."""
    size: int
    """Its bytes, those shared with the cache included."""


class Failure(msgspec.Struct):
    """One lock that is known not to install."""

    when: datetime
    """When that was seen."""
    error: str
    """Why, in the installer's words."""


class Memory(msgspec.Struct):
    """All that is remembered of one store."""

    environments: dict[str, Remembered] = {}
    """By folder name."""
    failures: dict[str, Failure] = {}
    """By folder name."""


class Hints:
    """The file ``<store>/environments/<store id>.json``; safe to share by threads and processes."""

    def __init__(self, store: Path, store_id: str) -> None:
        """Say where the host keeps what and of which store."""
        name = hashlib.sha256(store_id.encode()).hexdigest()[:16]
        self._path = store / "environments" / f"{name}.json"

    def read(self) -> Memory:
        """Return what is remembered; a file that cannot be read is as good as none."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Memory)
        except FileNotFoundError:
            return Memory()
        except (msgspec.MsgspecError, OSError, UnicodeDecodeError) as error:
            logger.warning("%s cannot be read, environments are looked up anew: %s", self._path, error)
            return Memory()

    @contextmanager
    def changed(self) -> Iterator[Memory]:
        """Give what is remembered, and write down what became of it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self._path}.lock"):
            memory = self.read()
            yield memory
            write_whole(self._path, msgspec.json.encode(memory))

    @contextmanager
    def building(self) -> Iterator[None]:
        """Hold the store against other builders of this host; those of other hosts are held off inside."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self._path}.building"):
            yield

    def knows(self, name: str) -> bool:
        """Return whether an environment is there, and note that it is wanted now."""
        known = self.read().environments.get(name)
        if known is None:
            return False
        now = datetime.now(UTC)
        if now - known.used > USED_STEP:
            with self.changed() as memory:
                if name in memory.environments:
                    memory.environments[name].used = now
        return True

    def forget(self, name: str) -> None:
        """Remember nothing of an environment."""
        with self.changed() as memory:
            memory.environments.pop(name, None)
            memory.failures.pop(name, None)


def folder_name(lock: Lock) -> str:
    """Return the name of the folder of a lock's environment."""
    return lock.digest.removeprefix("sha256:")
