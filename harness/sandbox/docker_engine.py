"""The connection to a container engine: every failure of it comes out as an `EngineError`.

``DOCKER_HOST`` says where the engine is, as for the ``docker`` command; Podman's
socket and remote engines answer the same way.
"""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docker import APIClient
from docker.constants import DEFAULT_UNIX_SOCKET
from docker.errors import APIError, DockerException
from docker.utils import kwargs_from_env
from urllib3.exceptions import HTTPError

from harness.sandbox import failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE = 30
"""Seconds after which an engine that says nothing counts as failed."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answers."""

    api: APIClient
    """The connection; threads may share it."""
    cpus: float
    """Processor cores it has."""
    machine: str
    """Its processor, as ``platform.machine()`` names it."""
    version: str
    """Its version, for people."""
    warnings: tuple[str, ...] = ()
    """What it says about itself, e.g. that it cannot limit memory."""
    bases: Mapping[str, str] = field(default_factory=dict)
    """Base image that the user names for a Python version."""


def connect() -> Engine:
    """Return the engine that ``DOCKER_HOST`` names, or the local one.

    Raises:
        EngineError: If none answers.
    """
    with asking("say what it is"):
        _knock()
        api = APIClient(**kwargs_from_env(), version="auto", timeout=PATIENCE)
        about = api.info()
        warnings = about.get("Warnings") or ()
        return Engine(api, float(about["NCPU"]), about["Architecture"], about["ServerVersion"], tuple(warnings))


def _knock() -> None:
    """See that something listens on a local socket; the SDK would leave a socket open where nothing does."""
    host = os.environ.get("DOCKER_HOST") or DEFAULT_UNIX_SOCKET
    scheme, _, path = host.partition("://")
    if scheme in {"unix", "http+unix"}:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(PATIENCE)
            sock.connect(path)


@contextmanager
def asking(doing: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into an `EngineError`.

    Args:
        doing: What the engine is asked to do, for the message.
    """
    try:
        yield
    except APIError as exc:
        raise failure.error(failure.Answer(exc.status_code, exc.explanation or str(exc), doing)) from exc
    except (DockerException, HTTPError, OSError) as exc:
        raise failure.error(failure.Answer(None, str(exc) or type(exc).__name__, doing)) from exc
