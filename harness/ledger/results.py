"""Results of earlier runs, so that what did not change is not run again.

A result is found by everything that it depends on: the sample's text, the
exact packages, the programs that the harness ships into the sandbox, what was
written down for the sample by hand, its limits and the kind of sandbox. What
was stopped, at its time limit or otherwise, might have come further on a less
busy machine: it is kept for a while, so that what is slow is not run in every
check, and not for good.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from harness.files import write_whole
from harness.model.execution import Ending, Evidence, Outcome

if TYPE_CHECKING:
    from harness.model.execution import Limits
    from harness.model.matrix import Context
    from harness.model.source import Sample

logger = logging.getLogger(__name__)

T = TypeVar("T")

SHAPE = hashlib.sha256(msgspec.json.encode(msgspec.json.schema(Evidence))).hexdigest()
"""Stands for what evidence can hold: results from before a field was added do not have it."""
STOPPED_AGE = timedelta(hours=12)
"""How long a result is kept that may come out otherwise next time."""
MAX_BYTES = 256 << 20
"""Bytes of all results together, before the oldest are removed."""
ROOM = 0.8
"""The share of `MAX_BYTES` that is left after a removal, so that not every write has to remove."""


def result_key(
    sample: Sample, context: Context, *, lock: str, probe: str, stubs: str, limits: Limits, sandbox: str
) -> str:
    """Return the SHA-256, as hexadecimal digits, over all that the evidence of a run depends on.

    Args:
        sample: What is run; where it stands on its page is of no account.
        context: What was written down for it by hand.
        lock: Digest of the packages it runs against.
        probe: Digest of the program that runs it.
        stubs: Digest of the cloud stubs.
        limits: Its bounds.
        sandbox: Name of the sandbox.
    """
    parts = [(part.name, part.language, part.text) for part in sample.parts]
    everything = [SHAPE, parts, context, lock, probe, stubs, limits, sandbox]
    return hashlib.sha256(msgspec.json.encode(everything)).hexdigest()


def _decoded(path: Path, kind: type[T], *, max_age: timedelta | None = None) -> T | None:
    """Return what a file holds, or None where it is not there, too old or spoilt."""
    try:
        if max_age and time.time() - path.stat().st_mtime > max_age.total_seconds():
            return None
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, OSError, UnicodeDecodeError) as error:
        logger.warning("%s cannot be read, the sample runs again: %s", path, error)
        return None


class ResultsCache:
    """The folder ``<store>/results``; safe to share by threads and processes."""

    def __init__(self, store: Path, *, max_bytes: int = MAX_BYTES) -> None:
        """Keep results below a store.

        Args:
            store: The host's folder of the store.
            max_bytes: What all results together may take.
        """
        self._folder = store / "results"
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._left: int | None = None

    def get(self, key: str) -> Evidence | None:
        """Return the evidence of an equal run, or None."""
        return self.read(key, Evidence)

    def read(self, key: str, kind: type[T]) -> T | None:
        """Return what is kept under a key, which stands for its kind as well, or None."""
        path = self._path(key)
        known = _decoded(path, kind)
        if known is None:
            return _decoded(self._path(key, lasts=False), kind, max_age=STOPPED_AGE)
        # the time of last use, by which the oldest are found; another process may have removed it
        with contextlib.suppress(OSError):
            os.utime(path)
        return known

    def put(self, key: str, evidence: Evidence) -> bool:
        """Keep the evidence of a run, unless our own fault ended it; return whether it was kept."""
        if evidence.outcome not in {Outcome.PASSED, Outcome.FAILED}:
            return False
        self.write(key, evidence, lasts=evidence.ending is Ending.EXITED)
        return True

    def write(self, key: str, value: object, *, lasts: bool) -> None:
        """Keep a value under a key, for good or for a while."""
        data = msgspec.json.encode(value)
        write_whole(self._path(key, lasts=lasts), data)
        self._make_room(len(data))

    def _path(self, key: str, *, lasts: bool = True) -> Path:
        """Return the file of a key; the first digits spread the files over folders."""
        return self._folder / key[:2] / (f"{key}.json" if lasts else f"{key}.stopped.json")

    def _make_room(self, written: int) -> None:
        """Remove the results used longest ago where all together grew too large."""
        with self._lock:
            if self._left is not None and written <= self._left:
                self._left -= written
                return
            self._left = self._remove_oldest()

    def _remove_oldest(self) -> int:
        """Bring the folder below its bound and return how many more bytes may be written."""
        found = []
        for path in self._folder.glob("*/*.json"):
            # another process may remove it at the same time
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                found.append((stat.st_mtime_ns, stat.st_size, path))
        total = sum(size for _, size, _ in found)
        if total <= self._max_bytes:
            return self._max_bytes - total
        for _, size, path in sorted(found):
            path.unlink(missing_ok=True)
            total -= size
            if total <= self._max_bytes * ROOM:
                break
        logger.info("results were removed to stay below %d bytes", self._max_bytes)
        return max(0, self._max_bytes - total)
