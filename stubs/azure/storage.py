"""What storage accounts hold: containers of blobs, in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from stubs.azure.answers import http_date

LARGEST = 64 << 20
"""Bytes that all accounts hold together: a stand-in shares the memory of the sample."""


class FullError(Exception):
    """More is written than a stand-in keeps."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob and what is said of it."""

    content: bytes = b""
    """What it holds."""
    kind: str = "BlockBlob"
    """Its sort, as clients name it; ``directory`` for a folder of a data lake."""
    media: str = "application/octet-stream"
    """Its media type."""
    metadata: tuple[tuple[str, str], ...] = ()
    """What clients wrote beside it: header names and values."""
    changed: str = field(default_factory=http_date)
    """When it was written."""

    @property
    def tag(self) -> str:
        """What tells this state of it from others."""
        return f'"0x{hashlib.sha256(self.content).hexdigest()[:16]}"'

    @property
    def headers(self) -> dict[str, str]:
        """What every answer says of it."""
        kind = {"x-ms-blob-type": self.kind, "x-ms-resource-type": "directory" if self.kind == "directory" else "file"}
        return {
            "ETag": self.tag,
            "Last-Modified": self.changed,
            "Accept-Ranges": "bytes",
            **kind,
            **dict(self.metadata),
        }


@dataclass(slots=True)
class Container:
    """A container of blobs."""

    blobs: dict[str, Blob] = field(default_factory=dict)
    """Blobs by their names."""
    blocks: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Pieces that were sent and not yet put together, by blob."""

    def under(self, prefix: str, delimiter: str) -> tuple[list[str], list[str]]:
        """Return the names below a prefix, and the folders that stand for longer ones."""
        names, folders = [], {}
        for name in sorted(self.blobs):
            if not name.startswith(prefix):
                continue
            head, found, _ = name[len(prefix) :].partition(delimiter) if delimiter else (name, "", "")
            if found:
                folders[prefix + head + delimiter] = True
            else:
                names.append(name)
        return names, list(folders)


@dataclass(slots=True)
class Storage:
    """All accounts of a job."""

    accounts: dict[str, dict[str, Container]] = field(default_factory=dict)
    """Containers by account and name."""
    kept: int = 0
    """Bytes that were ever written."""

    def account(self, host: str) -> dict[str, Container]:
        """Return the containers of the account that a host stands for."""
        return self.accounts.setdefault(host.partition(".")[0], {})

    def container(self, host: str, name: str) -> Container:
        """Return a container: one that a sample names counts as there."""
        return self.account(host).setdefault(name, Container())

    def take(self, piece: bytes) -> bytes:
        """Count what is about to be kept.

        Raises:
            FullError: If it is too much.
        """
        self.kept += len(piece)
        if self.kept > LARGEST:
            raise FullError(f"a stand-in keeps {LARGEST >> 20} MiB")
        return piece


STORAGE = Storage()
"""What this job's accounts hold."""
