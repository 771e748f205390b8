"""Finds the stubs: every folder beside this file whose ``__init__.py`` holds a ``STUB``.

Standard library only, Python 3.9 and newer. Knows declarations and no application.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from importlib import import_module
from typing import TYPE_CHECKING

from .protocol import Stub

if TYPE_CHECKING:
    from collections.abc import Iterable

_HERE = os.path.dirname(os.path.abspath(__file__))
_LOCAL = ("localhost", "*.localhost", "127.*", "0.0.0.0", "::1", "host.docker.internal")  # noqa: S104 - only compared


def stubs() -> tuple[Stub, ...]:
    """Return every stub there is, by name."""
    names = sorted(name for name in os.listdir(_HERE) if os.path.isfile(os.path.join(_HERE, name, "__init__.py")))
    found = (import_module(f"{__package__}.{name}").STUB for name in names)
    return tuple(stub for stub in found if isinstance(stub, Stub))


def local(host: str) -> bool:
    """Return whether a host name means this machine."""
    return any(fnmatchcase(host.lower(), pattern) for pattern in _LOCAL)


def route(found: Iterable[Stub], host: str, path: str) -> Stub | None:
    """Return who answers for a host and a path, or None.

    A host of its own decides first; on this machine's ports, where a service has no name, the path does.
    """
    found = tuple(found)
    by_host, by_path = _by_host(found, host.lower()), _by_path(found, path)
    return (by_path or by_host) if local(host) else (by_host or by_path)


def _by_host(found: tuple[Stub, ...], host: str) -> Stub | None:
    """Return the stub whose pattern says most about the name."""
    matches = [(len(one), stub) for stub in found for one in stub.hosts if fnmatchcase(host, one)]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def _by_path(found: tuple[Stub, ...], path: str) -> Stub | None:
    matches = [(len(one), stub) for stub in found for one in stub.paths if path.startswith(one)]
    return max(matches, key=lambda match: match[0])[1] if matches else None
