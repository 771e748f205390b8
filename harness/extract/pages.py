"""Finds pages and reads their bytes; one bad page never stops the others."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from harness.errors import ConfigError
from harness.extract.result import RawPage
from harness.model.verdict import PageFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ENDINGS: Final = frozenset({".md", ".mdx", ".markdown", ".html", ".htm", ".ipynb"})
"""Endings of the files that a folder is searched for."""
MAX_BYTES: Final = 20 << 20
"""A page above this size is a dump, not a page."""
NONE_GIVEN: Final[Mapping[str, bytes]] = MappingProxyType({})
"""Every page is that of its file."""
_IGNORED: Final = frozenset({"node_modules", "__pycache__", ".git", ".venv", ".nox", ".tox"})


def read_pages(paths: Sequence[str | os.PathLike[str]], given: Mapping[str, bytes] = NONE_GIVEN) -> Iterator[RawPage]:
    """Read files, folders and globs, each page once, in the order given and sorted within a folder.

    Args:
        paths: What the user typed; the pages keep these paths.
        given: Text in place of that of a file, which need not be there, by path.

    Raises:
        ConfigError: If a path does not exist or a glob matches nothing.
    """
    for name in page_names(paths, given):
        yield _bounded(name, given[name]) if name in given else _read(name)


def page_names(paths: Sequence[str | os.PathLike[str]], given: Mapping[str, bytes] = NONE_GIVEN) -> list[str]:
    """Return the pages behind files, folders and globs; see `read_pages`.

    Raises:
        ConfigError: If a path does not exist or a glob matches nothing.
    """
    typed = [os.fspath(path) for path in paths]
    return list(dict.fromkeys(name for path in typed for name in ([path] if path in given else _expand(path))))


def _expand(path: str) -> list[str]:
    """Return the pages behind one path."""
    if os.path.isdir(path):  # noqa: PTH112 - the path is kept as it was typed
        return sorted(_walk(path))
    if os.path.lexists(path):
        return [path]
    matches = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else []  # noqa: PTH207 - see above
    if not matches:
        raise ConfigError("no such file or folder", where=path, next_step="give a page, a folder of pages or a glob")
    ignored = _IGNORED - set(Path(path).parts)
    kept = [match for match in matches if not ignored & set(Path(match).parts)]
    return [name for match in kept for name in _expand(match) if _is_page(name)]


def _walk(folder: str) -> Iterator[str]:
    """Yield the pages below a folder; links to folders are not followed, so that a loop ends."""
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _IGNORED]
        yield from (os.path.join(root, name) for name in names if _is_page(name))  # noqa: PTH118 - as typed


def _is_page(name: str) -> bool:
    """Return whether a file's ending is that of a page."""
    return Path(name).suffix.lower() in ENDINGS


def _read(name: str) -> RawPage:
    """Read one page, or say why not."""
    path = Path(name)
    try:
        if not path.is_file():
            return unreadable(name, "it is not a regular file", "leave it out")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return unreadable(name, error.strerror or str(error), "check the path and its permissions")
    return _bounded(name, data)


def _bounded(name: str, data: bytes) -> RawPage:
    """Return a page, unless it is too large to be one."""
    if len(data) > MAX_BYTES:
        return unreadable(name, f"it is above the limit of {MAX_BYTES >> 20} MB", "leave it out or split it")
    return RawPage(name, data)


def unreadable(page: str, cause: str, next_step: str, line: int = 1, column: int = 1) -> RawPage:
    """Return a page that could not be read, with the cause and what to do."""
    return RawPage(page, fault=PageFault(page, line, f"cannot be read: {cause}; {next_step}", "P403", column))
