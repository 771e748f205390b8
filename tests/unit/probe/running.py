"""Runs the probe without a sandbox, on the interpreters that this machine happens to have."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SUPERVISOR = Path(__file__).resolve().parents[3] / "harness" / "probe" / "supervisor.py"
VERSIONS = ("3.9", "3.11", "3.12", "3.13")


def interpreter(version: str) -> str:
    """Return a Python of this version, or skip: the probe must run on many, a machine has some."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    made = sorted(Path(os.environ.get("PYENV_ROOT", "/root/.pyenv")).glob(f"versions/{version}.*/bin/python"))
    found = [str(path) for path in (*made, Path(f"/usr/bin/python{version}")) if path.exists()]
    found += [sys.executable] if version == here else []
    if not found:
        pytest.skip(f"no Python {version} on this machine")
    return found[0]


def orders(python: str, files: dict[str, str], **changes: Any) -> dict[str, Any]:
    """Return orders for the supervisor: every Python file but the helpers is an entry."""
    plain: dict[str, Any] = {
        "python": python,
        "files": files,
        "entries": [{"file": "sample.py", "language": "python"}],
        "argv": [],
        "env": {},
        "prelude": "",
        "timeout": 30.0,
        "output": 4 << 20,
        "modules": [],
    }
    return plain | changes


def supervise(given: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the supervisor in a folder."""
    return subprocess.run(
        [sys.executable, "-I", str(SUPERVISOR)],
        input=json.dumps(given).encode(),
        capture_output=True,
        cwd=folder,
        timeout=60,
        check=False,
    )


def probe(folder: Path, text: str, version: str = "3.13", **changes: Any) -> dict[str, Any]:
    """Run one sample and return its evidence."""
    files = {"sample.py": text, **changes.pop("files", {})}
    done = supervise(orders(interpreter(version), files, **changes), folder)
    assert done.stderr == b""
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["probe"] == 1
    found: dict[str, Any] = document["evidence"]
    return found
