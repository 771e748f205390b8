"""A Dask cluster of processes on this machine, and their end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

START = 90
"""Seconds that a process of the cluster may take to be there, on a busy machine."""
ROOT = Path(__file__).resolve().parents[2]


class Cluster:
    """A scheduler, and workers that are started and killed one by one; each has a store of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        line = self._said("scheduler", "Scheduler at:")
        self.address = line.rpartition("tcp://")[2].strip()
        self.scheduler = scheduler

    @property
    def place(self) -> str:
        """What ``--executor`` is given."""
        return f"dask://{self.address}"

    def worker(self, name: str, env: Mapping[str, str] | None = None, *options: str) -> subprocess.Popen[bytes]:
        """Start a worker, and return its process once it is there."""
        own = {"HARNESS_STORE": str(self.folder / name), **(env or {})}
        here = ("--no-nanny", "--no-dashboard", "--memory-limit", "0", "--local-directory", str(self.folder))
        known = ("--name", name, "--host", "127.0.0.1", "--nthreads", "1", *here, *options)
        process = self._start("worker", self.address, *known, log=name, env=own)
        self._said(name, "Registered to:")
        return process

    def log(self, name: str) -> str:
        """Return what a process has said so far."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """End whatever is left."""
        # the scheduler last: a worker that ends while its scheduler does may not
        for process in reversed(self._started):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(
        self, part: str, *arguments: str, log: str = "", env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        into: IO[bytes] = (self.folder / f"{log or part}.log").open("wb")
        argv = [sys.executable, "-m", "dask", part, *arguments]
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(env or {})}
        with into:
            process = subprocess.Popen(argv, stdout=into, stderr=into, env=environ, cwd=self.folder)
        self._started.append(process)
        return process

    def _said(self, name: str, words: str) -> str:
        until = time.monotonic() + START
        while time.monotonic() < until:
            found = [line for line in self.log(name).splitlines() if words in line]
            if found:
                return found[0]
            time.sleep(0.2)
        raise AssertionError(f"{name} never said {words!r}:\n{self.log(name)}")


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Start a scheduler; end it and its workers."""
    folder.mkdir(exist_ok=True)
    one = Cluster(folder)
    try:
        yield one
    finally:
        one.kill()
