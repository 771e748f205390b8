"""The options file: where it is, what it says, and on which line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import ConfigError

NAME = "harness.toml"
"""A file that holds nothing but our options."""
SHARED = "pyproject.toml"
"""A file that holds our options in a table."""
TABLE = ("tool", "harness")
"""That table."""


@dataclass(frozen=True, slots=True)
class OptionsFile:
    """An options file as written; nothing in it is checked but that it is TOML."""

    path: Path
    """Where it is."""
    table: Mapping[str, object]
    """Key to value."""
    text: str = field(repr=False)
    """The whole file, for positions."""
    prefix: tuple[str, ...] = ()
    """Path of the table inside the file."""

    @property
    def name(self) -> str:
        """The path for messages: relative where the file is below the current folder."""
        return _name(self.path)

    def where(self, *keys: str) -> str:
        """Return ``file:line`` of a key."""
        return f"{self.name}:{_line(self.text, (*self.prefix, *keys))}"


def search(folder: Path) -> OptionsFile | None:
    """Return the options file that is met first from a folder upwards, or None.

    Raises:
        ConfigError: If one that is met cannot be read.
    """
    for parent in (folder, *folder.parents):
        if (parent / NAME).is_file():
            return load_file(parent / NAME)
        if (parent / SHARED).is_file() and (found := load_file(parent / SHARED)).table:
            return found
    return None


def load_file(path: Path) -> OptionsFile:
    """Read an options file; one named ``pyproject.toml`` holds them in ``[tool.harness]``.

    Raises:
        ConfigError: If it cannot be read, is not TOML, or ``tool.harness`` is not a table.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "cannot read the options", where=_name(path), cause=str(error), next_step="make it a readable UTF-8 file"
        ) from error
    try:
        data: object = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))  # absent where the end of the file came too early
        raise ConfigError(
            "not valid TOML",
            where=f"{_name(path)}:{line[1] if line else len(text.splitlines())}",
            cause=str(error),
            next_step="mend that line",
        ) from error
    prefix = TABLE if path.name == SHARED else ()
    for key in prefix:
        data = data.get(key, {}) if isinstance(data, Mapping) else data
    if not isinstance(data, Mapping):
        raise ConfigError(
            "[tool.harness] must be a table",
            where=f"{_name(path)}:{_line(text, TABLE)}",
            cause="the key tool.harness holds a plain value",
            next_step="write [tool.harness] on a line of its own and the options below it",
        )
    return OptionsFile(path, data, text, prefix)


def _name(path: Path) -> str:
    here = Path.cwd()
    return os.path.relpath(path, here) if path.is_relative_to(here) else str(path)


def _line(text: str, keys: tuple[str, ...]) -> int:
    """Return the line on which a key is set, from 1.

    The standard library's parser keeps no positions. So each line that has the
    key's text is tried: the shortest valid text from the top through that line
    has the key if, and only if, it is set there.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if keys[-1] in line and _has(_beginning(lines, number), keys):
            return number
    return 1


def _beginning(lines: list[str], number: int) -> object:
    """Parse the first lines, and as many more as a value over several lines needs."""
    for end in range(number, len(lines) + 1):
        try:
            return tomllib.loads("\n".join(lines[:end]) + "\n")
        except tomllib.TOMLDecodeError:
            continue
    return {}


def _has(data: object, keys: tuple[str, ...]) -> bool:
    for key in keys:
        if not isinstance(data, Mapping) or key not in data:
            return False
        data = data[key]
    return True
