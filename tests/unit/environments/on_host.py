"""A stand-in for a sandbox: runs builders on the host, with the store in a temporary folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from uv import find_uv_bin

from harness.model.environment import STORE, UV, Interpreter
from harness.model.execution import Completed, Ending, Task

if TYPE_CHECKING:
    from pathlib import Path

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHON = Interpreter(HERE, sys.executable, "host:test")


@dataclass
class OnHost:
    """A RunTask that maps ``/store`` and uv and keeps what it was asked."""

    store: Path
    uv: str = field(default_factory=find_uv_bin)
    tasks: list[Task] = field(default_factory=list)

    def __call__(self, task: Task) -> Completed:
        self.tasks.append(task)
        self.store.mkdir(parents=True, exist_ok=True)
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.store.parent)}
        env |= {name: os.environ[name] for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if name in os.environ}
        env |= {name: self._outside(value) for name, value in task.env}
        started = time.monotonic()
        done = subprocess.run(list(task.argv), input=task.stdin, env=env, capture_output=True, check=False)
        seconds = time.monotonic() - started
        return Completed(Ending.EXITED, done.returncode, done.stdout, done.stderr, seconds)

    def _outside(self, value: str) -> str:
        if value == UV:
            return self.uv
        return str(self.store) + value.removeprefix(STORE) if value.startswith(STORE) else value
