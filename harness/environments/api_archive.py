"""The files of one release, read without unpacking or running it.

Of a wheel on a server that knows ranges only the directory and the wanted
members are read; everything else is read whole, in memory, bounded. An archive
is hostile until proven otherwise: every member is read up to a limit.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, Final, Protocol

from harness.environments.api_web import WebError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.environments.api_listing import File
    from harness.environments.api_web import Web

SMALL: Final = 192 << 10
"""Bytes up to which a wheel is read whole: one request costs more than that."""
TAIL: Final = 48 << 10
"""Bytes read from a wheel's end, which hold the directory of most."""
SLACK: Final = 512
"""Bytes beyond a member that may be its header's own fields."""
LARGEST: Final = 96 << 20
"""Bytes of an archive that is read whole."""
LARGEST_MEMBER: Final = 4 << 20
"""Bytes of a member; no module is longer."""
MOST_MEMBERS: Final = 60_000
_BROKEN: Final = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, NotImplementedError,
                  RuntimeError, ValueError)  # fmt: skip
_METADATA: Final = (".dist-info/METADATA", "PKG-INFO", "requires.txt")


class Archive(Protocol):
    """What can be asked of a release's file."""

    names: tuple[str, ...]
    """The paths of its members; of a source distribution, below its top folder."""

    def read(self, name: str) -> bytes:
        """Return a member, bounded; raises `WebError` where it cannot be had."""

    def gather(self) -> None:
        """Get the whole file at once, for most of it will be read; raises `WebError` where it is too large."""


def opened(web: Web, file: File) -> Archive:
    """Open a release's file.

    Raises:
        WebError: If it cannot be had, is too large, or is no archive.
    """
    try:
        if not file.is_wheel:
            content = io.BytesIO(_whole(web, file))
            return _Zip(content) if file.name.endswith(".zip") else _Tar(content)
        if 0 < file.size <= SMALL:
            return _Zip(io.BytesIO(_whole(web, file)), strip=False)
        return _Zip(_Ranges(lambda wanted: web.part(file.url, wanted, LARGEST)), strip=False)
    except _BROKEN as error:
        raise WebError(f"{file.name} cannot be read: {type(error).__name__}") from error


def _whole(web: Web, file: File) -> bytes:
    if file.size > LARGEST:
        raise WebError(f"{file.name} is larger than {LARGEST} bytes")
    return web.whole(file.url, LARGEST)


class _Zip:
    """A wheel or a zipped source distribution."""

    def __init__(self, content: io.BytesIO | _Ranges, *, strip: bool = True) -> None:
        self._content = content
        self._zip = zipfile.ZipFile(content)
        infos = [info for info in self._zip.infolist()[:MOST_MEMBERS] if not info.is_dir()]
        self._infos = {_below(info.filename) if strip else info.filename: info for info in infos}
        self.names = tuple(self._infos)

    def read(self, name: str) -> bytes:
        """Return a member, bounded."""
        info = self._infos[name]
        try:
            if isinstance(self._content, _Ranges):
                self._content.want(info.header_offset, info.compress_size + len(info.filename) + SLACK)
            with self._zip.open(info) as member:
                return member.read(LARGEST_MEMBER)
        except _BROKEN as error:
            raise WebError(f"{name} cannot be read: {type(error).__name__}") from error

    def gather(self) -> None:
        """Get the whole file at once."""
        if isinstance(self._content, _Ranges):
            self._content.want(0, self._content.size)


class _Tar:
    """A source distribution: its members are few and small enough to be kept, the modules and what it requires."""

    def __init__(self, content: io.BytesIO) -> None:
        self._members = dict(_kept(content))
        self.names = tuple(self._members)

    def read(self, name: str) -> bytes:
        """Return a member."""
        return self._members[name]

    def gather(self) -> None:
        """Do nothing: it was read whole."""


def _kept(content: io.BytesIO) -> Iterator[tuple[str, bytes]]:
    """Yield the members that say anything, as long as they stay within bounds."""
    left = LARGEST
    with tarfile.open(fileobj=content, mode="r:*") as tar:
        for count, member in enumerate(tar):
            if count > MOST_MEMBERS or left < 0:
                raise WebError("the source distribution holds too much")
            left -= 512 + min(member.size, LARGEST)  # what is skipped is decompressed all the same
            if member.isfile() and member.name.endswith((".py", ".pyi", ".so", *_METADATA)):
                file = tar.extractfile(member)
                data = file.read(LARGEST_MEMBER) if file and not member.name.endswith(".so") else b""
                yield _below(member.name), data


def _below(path: str) -> str:
    """Return a path below the top folder of a source distribution."""
    return path.removeprefix("./").partition("/")[2]


class _Ranges(io.RawIOBase):
    """A remote file that is read in pieces; what was read is kept."""

    def __init__(self, part: Callable[[str], tuple[int, int, bytes]]) -> None:
        super().__init__()
        self._part = part
        start, self.size, data = part(f"-{TAIL}")
        self._pieces = [(start, data)]
        self._at = 0
        self._requests = 1

    def want(self, start: int, size: int) -> None:
        """Read a stretch in one request, for it will be asked for in many."""
        end = min(start + size, self.size)
        if self._have(start, end) is None and start < end:
            self._requests += 1
            if self._requests * SMALL > self.size:
                start, end = 0, self.size  # many pieces cost more than the whole
            at, _, data = self._part(f"{start}-{end - 1}")
            self._pieces.append((at, data))

    def _have(self, start: int, end: int) -> bytes | None:
        for at, data in reversed(self._pieces):
            if at <= start and end <= at + len(data):
                return data[start - at : end - at]
        return None

    def seekable(self) -> bool:
        """Say that it can be read anywhere."""
        return True

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        return self._at

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """Read from the place on."""
        end = self.size if size < 0 else min(self._at + size, self.size)
        if end <= self._at:
            return b""
        self.want(self._at, end - self._at)
        data = self._have(self._at, end)
        if data is None:
            raise WebError("the server gave less than was asked for")
        self._at = end
        return data
