"""What ``harness doctor`` says about containers: what is there, what is missing, the command that mends it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from harness.sandbox import assets, docker_engine, docker_image
from harness.sandbox.base import Check
from harness.sandbox.failure import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator


def docker_report() -> tuple[Check, ...]:
    """Look at everything that running samples in containers needs; changes nothing."""
    try:
        engine = docker_engine.connect()
    except EngineError as exc:
        return (Check("docker engine", ok=False, detail=exc.what, mend=_mend_engine(exc)),)
    try:
        return (*_engine(engine), _bases(engine))
    finally:
        engine.api.close()


def _engine(engine: docker_engine.Engine) -> Iterator[Check]:
    where = os.environ.get("DOCKER_HOST", "the local socket")
    yield Check("docker engine", ok=True, detail=f"version {engine.version} at {where}, {engine.cpus:g} cores")
    lacks = "; ".join(line for line in engine.warnings if "limit" in line.lower())
    yield Check(
        "docker limits",
        ok=not lacks,
        detail=lacks or "memory, processes and processor time can be limited",
        mend="enable the memory and pids controllers of the kernel's control groups" if lacks else "",
    )


def _bases(engine: docker_engine.Engine) -> Check:
    try:
        if pythons := docker_image.offered(engine):
            return Check("docker pythons", ok=True, detail=f"bases for Python {', '.join(pythons)} are there")
    except EngineError as exc:
        return Check("docker pythons", ok=False, detail=exc.what, mend=exc.next_step)
    if docker_image.obtainable(engine, docker_image.FIRST[0]):
        return Check("docker pythons", ok=True, detail="none is there yet; a registry serves them")
    return Check(
        "docker pythons",
        ok=False,
        detail="no base image is there, and no registry answers",
        mend=f"{docker_image.make_base()} bookworm",
    )


def _mend_engine(exc: EngineError) -> str:
    if "permission denied" in exc.what.lower():
        return exc.next_step
    if host := os.environ.get("DOCKER_HOST"):
        return f"unset DOCKER_HOST, or start the engine at {host}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}")
    for folder in (runtime, "/run"):
        socket = Path(folder) / "podman" / "podman.sock"
        if socket.exists():
            return f"export DOCKER_HOST=unix://{socket}"
    return f"sudo {assets.folder('docker') / 'engine'}"
