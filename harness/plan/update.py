"""Regenerates the data files of names; run by ``nox -s update_data``.

::

    python -m harness.plan.update names LIST [--count N]   # distributions.txt from a list of names
    python -m harness.plan.update imports WHEEL…           # imports.toml from what wheels contain

``LIST`` is a file or an address that the user gives: TSV or CSV with a header,
or JSON, with a column for the name and one for the downloads or the rank.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
import urllib.request
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name, parse_wheel_filename

from harness.errors import ConfigError
from harness.plan import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DATA = Path(__file__).parent / "data"
_FEWEST = 10_000
_NAME_KEYS = ("project", "name", "package", "distribution")
_TIMEOUT = 60


def main(arguments: Sequence[str] | None = None, data: Path = DATA) -> None:
    """Rewrite one of the data files, and say on standard output what changed."""
    parser = argparse.ArgumentParser(prog="python -m harness.plan.update", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("names", help="rewrite distributions.txt")
    listing.add_argument("source", help="file or address of a list")
    listing.add_argument("--count", type=int, default=15_000, help="how many of the most downloaded to keep")
    wheels = commands.add_parser("imports", help="add to imports.toml")
    wheels.add_argument("wheels", type=Path, nargs="+", help="wheels to read")
    options = parser.parse_args(arguments)
    if options.command == "names":
        said = update_names(options.source, options.count, data)
    else:
        said = update_imports(options.wheels, data)
    sys.stdout.write(said + "\n")


def update_names(source: str, count: int, data: Path, fewest: int = _FEWEST) -> str:
    """Rewrite ``distributions.txt``: the most downloaded names, and those that our rules lead to.

    A name that a rule leads to is kept where the list has it at any rank, or
    where it was known before; a new one that the list lacks is an error, since
    a slip in a rule would make a name installable that anybody may register.

    Raises:
        ConfigError: If the list is malformed or too short, or lacks what a new rule leads to.
    """
    ranked, listed = _ranked(_load(source), source)
    if len(ranked[:count]) < fewest:
        raise ConfigError(f"the list ranks {len(ranked)} names, fewer than {fewest}", where=source)
    path = data / "distributions.txt"
    before = set(path.read_text(encoding="utf-8").split()) if path.exists() else set()
    led_to = names.targets(data)
    if lost := sorted(led_to - listed - before):
        raise ConfigError(f"rules lead to names that the list lacks: {', '.join(lost)}", where=source)
    after = {*ranked[:count], *led_to}
    path.write_text("\n".join(sorted(after)) + "\n", encoding="utf-8")
    return f"{len(after)} names: {len(after - before)} new, {len(before - after)} gone"


def update_imports(wheels: Iterable[Path], data: Path) -> str:
    """Add to ``imports.toml`` the modules of wheels that are not called as their distribution.

    What the file says already stays: it may have been chosen by a person.
    """
    path = data / "imports.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    header = [line for line in lines if line.startswith("#")]
    entries = dict(line.split(" = ", 1) for line in lines if " = " in line and not line.startswith("#"))
    known = (data / "distributions.txt").read_text(encoding="utf-8").split()
    added = []
    for wheel in wheels:
        name = parse_wheel_filename(wheel.name)[0]
        for module in sorted(modules(wheel)):
            new = module not in entries and canonicalize_name(module) != name and not names.is_shared(module)
            if new and name in known and canonicalize_name(module) not in known:
                entries[module] = f'"{name}"'
                added.append(f"{module} = {name}")
    path.write_text(
        "\n".join([*header, *(f"{key} = {entries[key]}" for key in sorted(entries))]) + "\n", encoding="utf-8"
    )
    return "\n".join([*added, f"{len(added)} import names added"])


def modules(wheel: Path) -> set[str]:
    """Return the top-level modules in a wheel: its ``top_level.txt``, else what its RECORD lists."""
    with zipfile.ZipFile(wheel) as archive:
        members = archive.namelist()
        stated = next((name for name in members if name.endswith(".dist-info/top_level.txt")), None)
        if stated:
            found = set(archive.read(stated).decode().split())
        else:
            record = next(name for name in members if name.endswith(".dist-info/RECORD"))
            rows = csv.reader(io.StringIO(archive.read(record).decode()))
            found = {module for row in rows if row and (module := _module(PurePosixPath(row[0])))}
    return {name for name in found if name.isidentifier() and not name.startswith("_")}


def _module(path: PurePosixPath) -> str:
    """Return the top-level module that a wheel's file belongs to, or an empty string."""
    top = path.parts[0]
    if path.suffix not in {".py", ".so", ".pyd"} or top.endswith((".dist-info", ".data")):
        return ""
    return top.partition(".")[0]


def _load(source: str) -> str:
    """Return the text of a file or an address."""
    if re.match(r"https?://", source):
        with urllib.request.urlopen(source, timeout=_TIMEOUT) as answer:  # noqa: S310  the scheme is checked above
            return str(answer.read().decode())
    try:
        return Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("the list cannot be read", where=source, cause=str(error)) from error


def _ranked(text: str, source: str) -> tuple[list[str], set[str]]:
    """Return the names in order, the most downloaded first, and all names that the list has."""
    rows = list(_rows(text))
    key = next((key for key in _NAME_KEYS if rows and key in rows[0]), None)
    if key is None:
        raise ConfigError(f"the list has no column named {', '.join(_NAME_KEYS)}", where=source)
    weight = next((column for column in rows[0] if re.search("rank|download", column)), None)
    if weight is None:
        raise ConfigError("the list has no column with a rank or downloads", where=source)
    sign = 1 if "rank" in weight else -1
    weighed = [(sign * int(row[weight]), str(canonicalize_name(str(row[key])))) for row in rows if row[weight]]
    return [name for _, name in sorted(weighed)], {str(canonicalize_name(str(row[key]))) for row in rows}


def _rows(text: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a list in JSON, TSV or CSV."""
    if text.lstrip().startswith(("{", "[")):
        read = json.loads(text)
        yield from read["rows"] if isinstance(read, dict) else read
        return
    tabs = "\t" in text.partition("\n")[0]
    lines = io.StringIO(text)
    yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if tabs else csv.DictReader(lines)


if __name__ == "__main__":
    main()
