"""Git, asked about the repository that pages are in: reading only, bounded in time."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 60
"""Seconds that one question may take; the largest repositories need some."""
_LOCAL = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS",
        "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)  # fmt: skip
"""Variables that git sets for its hooks, and that would name another repository than the pages'."""


class GitError(Exception):
    """Git is not there, does not answer, or refuses; says why in git's own words."""


def ask(folder: Path, *arguments: str, given: bytes = b"", patience: float = PATIENCE) -> bytes:
    """Return what git prints.

    Args:
        folder: A folder of the repository.
        arguments: What stands behind ``git``.
        given: What it reads from its standard input.
        patience: Seconds that it may take.

    Raises:
        GitError: If it is not there, does not answer in time, or refuses.
    """
    # a repository's own settings may name a program to run
    argv = ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *arguments]
    env = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    try:
        done = subprocess.run(argv, input=given, capture_output=True, timeout=patience, check=False, env=env)
    except FileNotFoundError as error:
        raise GitError("git is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git did not answer within {patience:g} s") from error
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror or error}") from error
    if done.returncode:
        raise GitError(done.stderr.decode(errors="replace").strip() or f"git ended with status {done.returncode}")
    return done.stdout
