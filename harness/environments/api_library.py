"""The releases of distributions, read when they are asked for and kept in the store.

``<store>/timeline/<distribution>/`` holds the list of releases and one small
file for each release that was looked at: its modules, what it requires, and the
interface of the modules that mattered so far. The files hold no code and no
credentials and do not depend on the machine: they can be copied to another one.
"""

from __future__ import annotations

import gzip
import logging
import re
import threading
import zlib
from datetime import UTC, datetime
from email.parser import HeaderParser
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from packaging.requirements import InvalidRequirement, Requirement

from harness.environments.api_archive import Archive, opened
from harness.environments.api_listing import Release, look_up
from harness.environments.api_shape import Content, Module, module_paths
from harness.environments.api_visit import visit
from harness.environments.api_web import Web, WebError
from harness.environments.locks import Freshness
from harness.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from harness.environments.index import IndexSettings

logger = logging.getLogger(__name__)

FORMAT: Final = 10
"""Part of every file's name: what an older harness wrote is left aside."""
_DEFINES: Final = re.compile(rb"^(?:class|def|async def)[ \t]+([A-Za-z]\w*)", re.MULTILINE)
_T = TypeVar("_T")
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class Listing(msgspec.Struct):
    """What the index said of a distribution."""

    asked: datetime
    """When."""
    releases: tuple[Release, ...]
    """Oldest version first; none where no index knows the name."""


class Shelf:
    """One release; safe to share by threads."""

    def __init__(self, distribution: str, release: Release, path: Path, web: Web | None) -> None:
        """Say where it is kept.

        Args:
            distribution: Normalised name.
            release: The release.
            path: Its file in the store.
            web: Where to get it, None for offline.
        """
        self.distribution = distribution
        self.release = release
        self._path = path
        self._web = web
        self._lock = threading.RLock()
        self._archive: Archive | None = None
        self._content: Content | None = None
        self._fault: WebError | None = None
        self._changed = False

    def has(self, module: str) -> bool:
        """Return whether a module is there, packages without a file of their own included."""
        return module in self._open().paths

    def file(self, module: str) -> str:
        """Return the file of a module, empty where it has none."""
        return self._open().paths.get(module, "")

    def modules(self) -> tuple[str, ...]:
        """Return the names of all modules."""
        return tuple(self._open().paths)

    def module(self, name: str) -> Module | None:
        """Return the interface of a module, None where there is no such module.

        Raises:
            WebError: If the release cannot be read.
        """
        with self._lock:
            content = self._open()
            if name not in content.paths:
                return None
            if name not in content.modules:
                path = content.paths[name]
                readable = path.endswith((".py", ".pyi"))
                content.modules[name] = visit(name, path, self.read(path)) if readable else Module(broken=bool(path))
                self._changed = True
            return content.modules[name]

    def requires(self) -> tuple[Requirement, ...]:
        """Return what the release requires without extras."""
        with self._lock:
            content = self._open()
            if content.requires is None:
                content.requires = _requires(self._reach())
                self._changed = True
            return tuple(Requirement(line) for line in content.requires)

    def defined(self, name: str) -> tuple[str, ...]:
        """Return the modules that define a class or function of this name, public ones first.

        Raises:
            WebError: If the release cannot be read, or is too large to be read whole.
        """
        with self._lock:
            content = self._open()
            if content.defined is None:
                content.defined = self._definitions(content)
                self._changed = True
            return content.defined.get(name, ())

    def _definitions(self, content: Content) -> dict[str, tuple[str, ...]]:
        archive = self._reach()
        archive.gather()
        found: dict[str, list[str]] = {}
        for module, path in sorted(content.paths.items(), key=lambda pair: (_hidden(pair[0]), pair[0])):
            if path.endswith(".py"):
                for match in _DEFINES.finditer(archive.read(path)):
                    found.setdefault(match[1].decode(), []).append(module)
        return {name: tuple(modules) for name, modules in found.items()}

    def read(self, path: str) -> bytes:
        """Return a file of the release.

        Raises:
            WebError: If it cannot be read.
        """
        with self._lock:
            return self._reach().read(path)

    def keep(self) -> None:
        """Write down what was learnt, and let go of the archive."""
        with self._lock:
            self._archive = None
            if self._content is not None and self._changed:
                write_whole(self._path, gzip.compress(msgspec.msgpack.encode(self._content), mtime=0))
                self._changed = False

    def _open(self) -> Content:
        with self._lock:
            if self._content is None:
                self._content = _kept(self._path, Content)
            if self._content is None:
                self._content = Content(module_paths(self._reach().names))
                self._changed = True
            return self._content

    def _reach(self) -> Archive:
        if self._fault:
            raise self._fault
        if self._archive is None:
            try:
                self._archive = self._fetch()
            except WebError as error:
                self._fault = error
                raise
        return self._archive

    def _fetch(self) -> Archive:
        if self._web is None:
            raise WebError(f"{self.distribution} {self.release.version} is not in the store, and this run is offline")
        if not self.release.files:
            raise WebError(f"{self.distribution} {self.release.version} has no file that can be read")
        *others, last = self.release.files
        for file in others:
            try:
                return opened(self._web, file)
            except WebError as error:
                logger.info("%s; its source distribution is read instead", error)
        return opened(self._web, last)


class Library:
    """All that is known of published releases; safe to share by threads."""

    def __init__(self, store: Path, index: IndexSettings, freshness: Freshness) -> None:
        """Say where it is kept and where it comes from.

        Args:
            store: The host's folder of the store.
            index: What the host has configured.
            freshness: How old a list of releases may be, and whether the network may be used.
        """
        self._folder = store / "timeline"
        self._freshness = freshness
        self.web = Web(index)
        self._lock = threading.RLock()
        self._listings: dict[str, Listing] = {}
        self._shelves: dict[tuple[str, str], Shelf] = {}
        self._tops: dict[str, frozenset[str]] = {}

    def releases(self, distribution: str) -> tuple[Release, ...]:
        """Return the releases of a distribution, oldest version first, none where it is not published.

        Raises:
            WebError: If the index does not answer and nothing is kept.
        """
        if not _NAME.fullmatch(distribution):
            raise WebError(f"{distribution!r} is no name of a distribution")
        with self._lock:
            if distribution not in self._listings:
                self._listings[distribution] = self._listing(distribution)
            return self._listings[distribution].releases

    def shelf(self, distribution: str, release: Release) -> Shelf:
        """Return one release."""
        with self._lock:
            key = (distribution, release.version)
            if key not in self._shelves:
                path = self._folder / distribution / f"{release.version}.{FORMAT}.api"
                web = None if self._freshness.offline else self.web
                self._shelves[key] = Shelf(distribution, release, path, web)
            return self._shelves[key]

    def provides(self, shelf: Shelf, top: str) -> bool:
        """Return whether a distribution holds a top-level package; any release tells for all of them.

        Raises:
            WebError: If the release cannot be read.
        """
        if shelf.distribution not in self._tops:
            tops = frozenset(module for module in shelf.modules() if "." not in module)
            self._tops[shelf.distribution] = tops
        return top in self._tops[shelf.distribution]

    def keep(self) -> None:
        """Write down what was learnt."""
        with self._lock:
            shelves = list(self._shelves.values())
        for shelf in shelves:
            try:
                shelf.keep()
            except OSError as error:
                logger.warning("%s %s is not kept: %s", shelf.distribution, shelf.release.version, error)

    def _listing(self, distribution: str) -> Listing:
        path = self._folder / distribution / f"releases.{FORMAT}.api"
        known = _kept(path, Listing)
        if known and self._freshness.accepts(known.asked):
            return known
        if self._freshness.offline:
            raise WebError(f"the releases of {distribution} are not in the store, and this run is offline")
        try:
            listing = Listing(datetime.now(UTC), look_up(self.web, distribution) or ())
        except WebError:
            if known:
                return known
            raise
        write_whole(path, gzip.compress(msgspec.msgpack.encode(listing), mtime=0))
        return listing


def _hidden(module: str) -> tuple[int, int]:
    """Order modules: those without underscores first, then the shorter ones."""
    words = module.split(".")
    return sum(word.startswith("_") or word in ("test", "tests", "testing") for word in words), len(words)


def _kept(path: Path, kind: type[_T]) -> _T | None:
    """Read a file of the store; one that cannot be read is as good as none."""
    try:
        return msgspec.msgpack.decode(gzip.decompress(path.read_bytes()), type=kind)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, OSError, EOFError, zlib.error) as error:
        logger.warning("%s cannot be read, its content is got anew: %s", path, error)
        return None


def _requires(archive: Archive) -> tuple[str, ...]:
    """Return the requirements that hold without an extra, as a release's metadata states them."""
    lines: list[str] = []
    for ending in (".dist-info/METADATA", "PKG-INFO"):
        name = min((one for one in archive.names if one.endswith(ending)), key=len, default="")
        if name:
            headers = HeaderParser().parsestr(archive.read(name).decode("utf-8", "replace"))
            lines += headers.get_all("Requires-Dist") or []
    if not lines and (name := next((one for one in archive.names if one.endswith("requires.txt")), "")):
        lines = archive.read(name).decode("utf-8", "replace").partition("\n[")[0].split("\n")
    return tuple(dict.fromkeys(text for line in lines if (text := _plain(line))))


def _plain(line: str) -> str:
    """Return a requirement that holds without an extra, else nothing."""
    try:
        found = Requirement(line.strip())
    except InvalidRequirement:
        return ""
    return "" if found.marker and "extra" in str(found.marker) else f"{found.name}{found.specifier}"
