"""Real clients beside the front: an environment with the SDK, and a machine on which every host is a stub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from uv import find_uv_bin

ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 240

Clients = Callable[..., str]
"""Takes requirements, gives the Python of an environment that holds them."""
Beside = Callable[..., "Ran"]
"""Takes a Python and a program's text, runs it beside the front."""


@dataclass(frozen=True)
class Ran:
    """What a program left behind."""

    code: int
    """Its exit code."""
    out: str
    """What it printed."""
    err: str
    """What it printed to standard error, calls apart."""
    calls: tuple[dict[str, Any], ...]
    """The calls that the front wrote down."""

    @property
    def names(self) -> list[str]:
        """What the calls are called, in their order."""
        return [call["name"] for call in self.calls]


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    """Install published clients from the index, each set of them once."""
    environment = dict(os.environ)  # as it is before tests are kept from the user's home: the cache is there
    made: dict[tuple[str, ...], str] = {}

    def install(*requirements: str) -> str:
        if requirements not in made:
            folder = tmp_path_factory.mktemp("client") / "env"
            python = str(folder / "bin" / "python")
            create = ("venv", "--python", sys.executable, str(folder))
            for command in (create, ("pip", "install", "--python", python, *requirements)):
                argv = [find_uv_bin(), "--quiet", *command]
                subprocess.run(argv, env=environment, check=True, timeout=_SECONDS)
            made[requirements] = python
        return made[requirements]

    return install


@pytest.fixture
def shipped(clients: Clients) -> str:
    """Return the Python of the environment that stubs run in, for those that need more of it than tests have."""
    return clients("-r", str(ROOT / "stubs" / "requirements.lock"))


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    """Run programs where every host is the front; skip where namespaces are not allowed."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    if subprocess.run(["unshare", *user, "--net", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no namespaces, and the stubs' hosts are names of real services")

    def run(python: str, text: str, *, front: str = sys.executable, **environment: str) -> Ran:
        script = tmp_path / "program.py"
        script.write_text(dedent(text))
        argv = [front, "-m", "stubs.front", "--", python, "-W", "ignore", str(script)]
        given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        done = subprocess.run(
            argv, env=given, cwd=tmp_path, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        lines = done.stderr.splitlines()
        calls = tuple(json.loads(line[line.index('{"host"') :]) for line in lines if '{"host"' in line)
        rest = "\n".join(line for line in lines if '{"host"' not in line)
        return Ran(done.returncode, done.stdout, rest, calls)

    return run
