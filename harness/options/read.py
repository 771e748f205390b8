"""How values are read, whether written in TOML, in the environment or as flags.

A reader takes what was written and the folder that paths in it are relative
to. It returns the value, or raises ValueError with what is expected; the
message around it is made in one place, by the caller.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from harness.model.matrix import Lane, Shard
from harness.options.choices import LOCAL, Format, Output

Reader = Callable[[object, Path], object]
"""See above."""

_Choice = TypeVar("_Choice", bound=StrEnum)
_WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"": 1.0, "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30}


def text(value: object, _base: Path) -> str:
    """Read a word."""
    if isinstance(value, str):
        return value
    raise ValueError("text in quotes")


def day(value: object, _base: Path) -> str:
    """Read a day that has come, as an ISO date; TOML has dates of its own."""
    try:
        read = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    except ValueError:
        read = None
    if read is None or isinstance(read, dt.datetime) or read > dt.datetime.now(dt.UTC).date():
        raise ValueError("a day that has come, such as '2024-06-30'")
    return read.isoformat()


def switch(value: object, _base: Path) -> bool:
    """Read true or false."""
    word = _WORDS.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(word, bool):
        raise ValueError("true or false")  # noqa: TRY004 - readers refuse in one way
    return word


def count(value: object, _base: Path) -> int:
    """Read a number of things, at least one."""
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ValueError("a whole number from 1 up")
    return number


def shard(value: object, _base: Path) -> Shard:
    """Read one part of several."""
    found = re.fullmatch(r"(\d+)/(\d+)", value, re.ASCII) if isinstance(value, str) else None
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ValueError("K/N: which part, from 1, of how many")
    return Shard(int(found[1]), int(found[2]))


def executor(value: object, _base: Path) -> str:
    """Read where jobs run."""
    text = str(value)
    try:
        parts = urlsplit(text)
        cluster = parts.scheme == "dask" and bool(parts.hostname and parts.port) and text == f"dask://{parts.netloc}"
    except ValueError:
        cluster = False
    if text != LOCAL and (not cluster or "@" in text):
        raise ValueError(f"{LOCAL} or dask://HOST:PORT, the address of a Dask scheduler")
    return text


def some_or_none(value: object, base: Path) -> int:
    """Read a number of things, zero for none."""
    try:
        return 0 if value == "0" or (value == 0 and not isinstance(value, bool)) else count(value, base)
    except ValueError as error:
        raise ValueError("a whole number from 0 up") from error


def duration(value: object, _base: Path) -> float:
    """Read a time as seconds."""
    return _measure(value, _SECONDS, "a duration such as 90, '90s', '10m', '12h' or '7d'")


def age(value: object, base: Path) -> dt.timedelta:
    """Read a time that is compared with dates."""
    return dt.timedelta(seconds=duration(value, base))


def size(value: object, _base: Path) -> int:
    """Read an amount of memory as bytes."""
    return int(_measure(value, _BYTES, "a size such as '512MiB' or '2GiB', or a number of bytes"))


def _measure(value: object, units: Mapping[str, float], expected: str) -> float:
    """Read a number with a unit; a bare number is in the unit named by the empty string."""
    match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,6})?)\s*([A-Za-z]*)", str(value).strip(), re.ASCII)
    unit = units.get(match[2].lower()) if match and not isinstance(value, bool) else None
    if match is None or unit is None or float(match[1]) <= 0:
        raise ValueError(expected)
    return float(match[1]) * unit


def strings(value: object, _base: Path) -> tuple[str, ...]:
    """Read a list; in one string its items are separated by commas or line ends."""
    items = re.split(r"[,\n]", value) if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError("a list of strings")
    return tuple(item.strip() for item in items if item.strip())


def pages(value: object, base: Path) -> tuple[str, ...]:
    """Read paths of pages and keep them as given, for reports repeat them.

    Those of an options file in another folder are made relative to this one.
    """
    here = Path.cwd()
    return tuple(name if base == here else os.path.relpath(base / name, here) for name in strings(value, base))


def pythons(value: object, base: Path) -> tuple[str, ...]:
    """Read Python versions, which TOML mangles where they are not in quotes."""
    versions = strings(value, base) if isinstance(value, str | list | tuple) and all(map(_is_text, value)) else ()
    if (value and not versions) or not all(re.fullmatch(r"3\.\d{1,2}", version, re.ASCII) for version in versions):
        raise ValueError("a list of Python versions in quotes such as '3.13' (without them TOML reads 3.10 as 3.1)")
    return versions


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def one_of(choices: type[_Choice]) -> Callable[[object, Path], _Choice]:
    """Return a reader of one word out of a few."""

    def reader(value: object, _base: Path) -> _Choice:
        if not isinstance(value, str) or value not in list(choices):
            raise ValueError("one of " + ", ".join(choices))
        return choices(value)

    return reader


def lanes(value: object, base: Path) -> tuple[Lane, ...]:
    """Read lanes, each once, at least one."""
    names = strings(value, base)
    if not names or not set(names) <= set(Lane):
        raise ValueError("a list of one or more of " + ", ".join(Lane))
    return tuple(Lane(name) for name in dict.fromkeys(names))


def path(value: object, base: Path) -> Path:
    """Read a path."""
    if not isinstance(value, str | Path) or not str(value):
        raise ValueError("a path")
    return base / Path(value).expanduser()


def output(value: object, base: Path) -> Path | None:
    """Read a path to write to; ``-`` is standard output."""
    return None if str(value) == "-" else path(value, base)


def ledger(value: object, base: Path) -> str:
    """Read the URL of a database, which is kept as it is, or the path of a file."""
    if isinstance(value, str) and "://" in value:
        return value
    return str(path(value, base))


def without_secrets(ledger: str) -> str:
    """Return where the ledger is without the user, the password and all else that stands beside the place."""
    if "://" not in ledger:
        return ledger or "-"
    scheme, _, rest = ledger.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def outputs(value: object, base: Path) -> tuple[Output, ...]:
    """Read formats, each with the file that it goes to or without."""
    items = strings(value, base)
    if not items:
        raise ValueError("a list of one or more formats, each NAME or NAME=FILE")
    return tuple(_output(item, base) for item in items)


def _output(item: str, base: Path) -> Output:
    name, named, file = item.partition("=")
    if name not in list(Format):
        near = get_close_matches(name, list(Format), n=1)
        meant = f" (did you mean '{near[0]}'?)" if near else ""
        raise ValueError(f"NAME or NAME=FILE, with NAME one of {', '.join(Format)}{meant}")
    if named and not file:
        raise ValueError(f"NAME or NAME=FILE: a file's name is missing behind {item!r}")
    return Output(Format(name), output(file, base) if file else None)


def tables(value: object, _base: Path) -> Mapping[str, Mapping[str, object]]:
    """Take named tables as they are."""
    if not isinstance(value, Mapping) or not all(isinstance(item, Mapping) for item in value.values()):
        raise ValueError("named tables, each under its own [profiles.NAME]")
    return dict(value)


def images(value: object, _base: Path) -> Mapping[str, str]:
    """Read a table of Python version to image."""
    if not isinstance(value, Mapping) or not all(isinstance(image, str) for image in value.values()):
        raise ValueError("a table of Python version to image")
    return dict(value)
