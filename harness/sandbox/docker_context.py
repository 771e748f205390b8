"""What goes into a runner image: the build context, and the digest that names it."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import tarfile
import tempfile
from importlib.metadata import version
from typing import IO, TYPE_CHECKING

from harness.sandbox import assets, policy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSED_ON = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST")
"""The host's index settings that a build may need to fetch the resolver."""
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
"""The host's proxies: the engine knows these names and keeps their values out of the image."""
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
"""One processor, two names."""


def fits(machine: str) -> bool:
    """Tell whether this host's resolver and type checker run on an engine's machine as well."""
    names = (_MACHINES.get(name.lower(), name.lower()) for name in (machine, platform.machine()))
    return platform.system() == "Linux" and len(set(names)) == 1


def digest(base: str, machine: str) -> str:
    """Return the digest of everything that goes into a runner image.

    Args:
        base: Identity of the base image.
        machine: The engine's processor.
    """
    total = hashlib.sha256()
    for text in (base, machine, version("uv"), version("ty"), str(policy.UID)):
        total.update(text.encode() + b"\0")
    for name, path in _entries():
        content = path.read_bytes()
        total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def arguments(base: str, python: str) -> dict[str, str]:
    """Return the build arguments: the base, and what the build needs of the host's settings."""
    passed = {name: os.environ[name] for name in (*PASSED_ON, *_PROXIES) if os.environ.get(name)}
    versions = {"UV_VERSION": version("uv"), "TY_VERSION": version("ty")}
    return {"BASE": base, "PYTHON": python, "UID": str(policy.UID)} | versions | passed


def archive(machine: str) -> IO[bytes]:
    """Return the build context as an open tar file; the same content gives the same bytes."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name in ("bin", "probe", "stubs"):
            _add(tar, name, None)
        for name, path in _entries():
            _add(tar, name, path)
        if fits(machine):
            _add(tar, "bin/uv", assets.uv(), mode=0o755)
            _add(tar, "bin/ty", assets.ty(), mode=0o755)
    file.seek(0)
    return file


def _entries() -> Iterator[tuple[str, Path]]:
    yield "Dockerfile", assets.folder("docker") / "Dockerfile"
    yield "ca.pem", assets.ca_bundle()
    for folder, root in (("stubs", assets.folder("stubs")), ("probe", assets.probe())):
        for name, path in assets.files(root):
            yield f"{folder}/{name}", path


def _add(tar: tarfile.TarFile, name: str, path: Path | None, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)  # owner, time and mode are ours, not the checkout's
    if path is None:
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(entry)
        return
    content = path.read_bytes()
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))
