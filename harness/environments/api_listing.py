"""The published releases of a distribution, as an index lists them (PEP 503, 691 and 700).

Pure but for `look_up`: which file of a release is read, and what counts as final or pre-release.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urljoin

import msgspec
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from harness.environments.api_web import WebError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.environments.api_web import Web

JSON: Final = "application/vnd.pypi.simple.v1+json"
ACCEPT: Final = f"{JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
LARGEST_PAGE: Final = 64 << 20
_SDIST: Final = re.compile(r"\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)$")


class File(msgspec.Struct, frozen=True, array_like=True):
    """One file of a release."""

    name: str
    """Its name."""
    url: str
    """Where it is, without credentials."""
    size: int
    """Its bytes, 0 where the index does not say."""

    @property
    def is_wheel(self) -> bool:
        """Whether single members of it can be read."""
        return self.name.endswith(".whl")


class Release(msgspec.Struct, frozen=True, array_like=True):
    """One published version."""

    version: str
    """As the index writes it."""
    date: str
    """ISO date and time of its first upload, or empty."""
    yanked: bool
    """True where all of its files were taken back."""
    files: tuple[File, ...]
    """What can be read of it, best first: a wheel for all platforms, another wheel, a source distribution."""

    @property
    def parsed(self) -> Version:
        """What orders releases."""
        return Version(self.version)


def look_up(web: Web, distribution: str) -> tuple[Release, ...] | None:
    """Return the releases of a distribution, oldest version first; None where no index knows it.

    As uv does, the first index that has the name is the one that counts.

    Raises:
        WebError: If an index does not answer, or its answer cannot be read.
    """
    for index in web.indexes():
        found = web.page(index, distribution, ACCEPT, LARGEST_PAGE)
        if found:
            url, media, content = found
            return releases(_entries(url, media, content), distribution)
    return None


def releases(entries: Iterable[dict[str, Any]], distribution: str) -> tuple[Release, ...]:
    """Group the files of an index's page by version, oldest version first; what has no version is left out."""
    grouped: dict[Version, list[dict[str, Any]]] = {}
    for entry in entries:
        version = _version(entry["filename"], distribution)
        if version is not None:
            grouped.setdefault(version, []).append(entry)
    return tuple(_release(version, grouped[version]) for version in sorted(grouped))


def _release(version: Version, entries: list[dict[str, Any]]) -> Release:
    files = [File(entry["filename"], entry["url"], int(entry.get("size") or 0)) for entry in entries]
    dates = [str(entry["upload-time"]) for entry in entries if entry.get("upload-time")]
    files.sort(key=_merit)
    wheel = [file for file in files if file.is_wheel][:1]
    source = [file for file in files if _SDIST.search(file.name)][:1]
    yanked = all(entry.get("yanked") not in (None, False) for entry in entries)
    return Release(str(version), min(dates, default=""), yanked, (*wheel, *source))


def _merit(file: File) -> tuple[bool, bool, int, str]:
    """Order files: for every platform first, then those for Linux, then the smallest."""
    return not file.name.endswith("-any.whl"), "linux" not in file.name, file.size, file.name


def _version(filename: str, distribution: str) -> Version | None:
    """Return the version that a file is of, None for other distributions, installers and what has no version."""
    try:
        if filename.endswith(".whl"):
            name, version, *_ = parse_wheel_filename(filename)
        elif filename.endswith((".tar.gz", ".zip")):
            name, version = parse_sdist_filename(filename)
        else:
            stem, _, text = _SDIST.sub("", filename).rpartition("-")
            name, version = canonicalize_name(stem), Version(text)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
    return version if canonicalize_name(name) == distribution else None


def _entries(url: str, media: str, content: bytes) -> list[dict[str, Any]]:
    """Read an index's page in either of its forms."""
    try:
        if "json" in media:
            entries = json.loads(content)["files"]
            return [{**entry, "url": urljoin(url, entry["url"])} for entry in entries]
        anchors = _Anchors(url)
        anchors.feed(content.decode("utf-8", "replace"))
    except (ValueError, KeyError, TypeError) as error:
        raise WebError(f"the index's page cannot be read: {type(error).__name__}") from error
    return anchors.entries


class _Anchors(HTMLParser):
    """Collects the links of a page, which carry no dates and no sizes."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.entries: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a link's address and whether it is yanked; its file name is the address's last part."""
        given = dict(attrs)
        if tag != "a" or not given.get("href"):
            return
        url = urljoin(self._url, given["href"]).partition("#")[0]
        name = unquote(url.rpartition("/")[2])
        self.entries.append({"filename": name, "url": url, "yanked": True if "data-yanked" in given else None})
