"""Finds what is shipped into sandboxes, in a checkout and in an installed wheel alike.

Knows folders of the project and files of the host; knows no sandbox.
"""

from __future__ import annotations

import hashlib
import os
import ssl
from functools import cache
from pathlib import Path

import certifi
from ty import find_ty_bin
from uv import find_uv_bin

from harness.errors import SandboxError

PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of the ``harness`` package."""


def folder(name: str) -> Path:
    """Return a shipped folder: ``docker``, ``stubs`` or ``samples``.

    A wheel carries it inside the package; a checkout has it beside the package.

    Raises:
        SandboxError: If the installation is damaged.
    """
    for path in (PACKAGE / "_data" / name, PACKAGE.parent / name):
        if path.is_dir():
            return path
    raise SandboxError(
        f"the folder '{name}' of the installation is missing",
        where=str(PACKAGE),
        cause="the package was copied in part",
        next_step="pip install --force-reinstall sample-harness",
    )


def probe() -> Path:
    """Return the folder of the probe."""
    return PACKAGE / "probe"


@cache
def uv() -> Path:
    """Return the resolver and installer that came with the harness, built for this host."""
    return Path(find_uv_bin())


@cache
def ty() -> Path:
    """Return the type checker that came with the harness, built for this host."""
    return Path(find_ty_bin())


def ca_bundle() -> Path:
    """Return the certificates that the host trusts.

    The user's word comes first (``SSL_CERT_FILE``, ``REQUESTS_CA_BUNDLE``), as
    a company whose proxy signs its traffic sets it; then the system's bundle;
    then the public one that Python programs carry.
    """
    named = (os.environ.get("SSL_CERT_FILE"), os.environ.get("REQUESTS_CA_BUNDLE"))
    system = (ssl.get_default_verify_paths().cafile, "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/cert.pem")
    for name in (*named, *system):
        if name and Path(name).is_file():
            return Path(name)
    return Path(certifi.where())


def files(root: Path) -> tuple[tuple[str, Path], ...]:
    """Return (path below the folder, file) of all files that are shipped, sorted; byte code stays at home."""
    found = (path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return tuple((path.relative_to(root).as_posix(), path) for path in found)


def digest(root: Path) -> str:
    """Return the SHA-256 over the names and contents of all files below a folder."""
    total = hashlib.sha256()
    for name, path in files(root):
        total.update(f"{name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return total.hexdigest()
