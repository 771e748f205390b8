"""Where a run came from: what was asked for, and which commit the pages were at."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness import git

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.options import Options

logger = logging.getLogger(__name__)

PATIENCE = 20
"""Seconds that git may take; a ledger without a commit is better than a check that waits."""
_SCOPE = ("select", "shard", "libraries", "changed_since", "lanes", "pythons", "witnesses")
"""Options that say, beside the pages, what is checked."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a run's report does not say of it."""

    scope: str = ""
    """Stands for what was asked to be checked, wherever the pages are checked out."""
    commit: str = ""
    """Git commit of the pages, ``-dirty`` behind it where they were changed; empty where there is none."""
    options: Mapping[str, str] | None = None
    """Options that were not left at their defaults, as `Options.describe` shows them."""


def origin(options: Options) -> Origin:
    """Return where a run with these options comes from."""
    folder = _folder(options.pages)
    root = _git(folder, "rev-parse", "--show-toplevel")
    asked = [sorted(_place(page, root) for page in options.pages), *(getattr(options, name) for name in _SCOPE)]
    return Origin(
        scope=hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:16],
        commit=_git(folder, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*") if root else "",
        options={one.key: one.value for one in options.describe() if one.source != "default"},
    )


def _folder(pages: Sequence[str]) -> Path:
    """Return the folder of the first page; pages of one run are of one repository."""
    first = Path(pages[0]) if pages else Path()
    return first if first.is_dir() else first.parent


def _place(page: str, root: str) -> str:
    """Return the path of a page within its repository, so that another checkout has the same; else the whole path."""
    path = Path(page).resolve()
    return path.relative_to(root).as_posix() if root and path.is_relative_to(root) else path.as_posix()


def _git(folder: Path, *arguments: str) -> str:
    """Return what git says of a folder, or an empty string where it says nothing."""
    try:
        return git.ask(folder, *arguments, patience=PATIENCE).decode(errors="replace").strip()
    except git.GitError as error:
        logger.info("the commit of the pages is not known: %s", error)
        return ""
