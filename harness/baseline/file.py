"""The file: read strictly, and changed entry by entry, so that what people wrote around entries stays."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import takewhile
from typing import TYPE_CHECKING

from harness.errors import ConfigError, ReportError
from harness.files import write_whole
from harness.options import FailOn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from harness.options import Options

PREAMBLE = """\
# What is known to be wrong on the pages and accepted for a while: docs/baseline.md of sample-harness tells how.
# Change reasons and days by hand; `harness baseline write`, `check` and `prune` do the rest.
"""
_TABLE = "accepted"
_HEADER = re.compile(r"""\[accepted\.(?:"([0-9a-f]+)"|'([0-9a-f]+)'|([0-9a-f]+))\]\s*(?:#.*)?""")
_TEXTS = ("page", "code", "symbol", "line", "reason")
_NEEDED = ("page", "code", "reason", "until")


@dataclass(frozen=True, slots=True)
class Accepted:
    """One finding that is accepted."""

    fingerprint: str
    """What the finding is known again by."""
    page: str
    """Slug of its page, or the path of a page that has none."""
    code: str
    """Its code."""
    reason: str
    """Why it is accepted."""
    until: dt.date
    """The last day on which it is."""
    symbol: str = ""
    """The library's name, for whoever reads the file."""
    line: str = ""
    """The line of code, for whoever reads the file."""

    @property
    def order(self) -> tuple[str, ...]:
        """What entries are sorted by."""
        return (self.page, self.code, self.symbol, self.fingerprint)

    @property
    def text(self) -> str:
        """The entry as it is written."""
        values = {"page": self.page, "code": self.code, "symbol": self.symbol, "line": self.line, "reason": self.reason}
        lines = [f"{name} = {_quoted(value)}" for name, value in values.items() if value]
        return "\n".join([f"[{_TABLE}.{self.fingerprint}]", *lines, f"until = {self.until.isoformat()}"]) + "\n"


@dataclass(frozen=True, slots=True)
class Baseline:
    """A file of accepted findings."""

    path: Path
    """Where it is."""
    entries: Mapping[str, Accepted]
    """What it accepts, by fingerprint."""
    blocks: Mapping[str, str]
    """Each entry as it stands in the file, with the comments above it, by fingerprint."""
    preamble: str = PREAMBLE
    """What stands above the first entry."""

    def added(self, new: Iterable[Accepted]) -> Baseline:
        """Return it with more entries; one that is there already is written anew below its comments.

        Args:
            new: The entries.
        """
        entries, blocks = dict(self.entries), dict(self.blocks)
        for one in new:
            old = blocks.get(one.fingerprint, "").strip("\n").splitlines(keepends=True)
            above = "".join(takewhile(lambda line: line.startswith(("#", "\n")), old))
            entries[one.fingerprint], blocks[one.fingerprint] = one, above + one.text
        return replace(self, entries=entries, blocks=blocks)

    def without(self, fingerprints: Iterable[str]) -> Baseline:
        """Return it without some entries, their comments gone with them.

        Args:
            fingerprints: Which ones.
        """
        gone = set(fingerprints)
        entries = {name: one for name, one in self.entries.items() if name not in gone}
        return replace(self, entries=entries, blocks={name: self.blocks[name] for name in entries})

    @property
    def text(self) -> str:
        """The file, sorted by page, so that two branches seldom touch the same lines."""
        order = sorted(self.entries.values(), key=lambda one: one.order)
        blocks = [self.blocks[one.fingerprint].strip("\n") + "\n" for one in order]
        return "\n".join([self.preamble.rstrip("\n") + "\n", *blocks]).lstrip("\n")

    def write(self) -> None:
        """Write the file as a whole.

        Raises:
            ReportError: If it cannot be written.
        """
        try:
            write_whole(self.path, self.text.encode())
        except OSError as error:
            raise ReportError(
                "cannot write the baseline",
                where=str(self.path),
                cause=error.strerror or "",
                next_step="name another file",
            ) from error


def load(path: Path) -> Baseline:
    """Read a baseline; one that is not there is empty.

    Raises:
        ConfigError: If it cannot be read or says something that is not understood.
    """
    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except FileNotFoundError:
        return Baseline(path, {}, {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ConfigError(
            "cannot read the baseline",
            where=f"{path}:{line[1]}" if line else str(path),
            cause=str(error),
            next_step="mend that place: a merge may have left both sides of an entry",
        ) from error
    table = data.pop(_TABLE, {})
    if data or not isinstance(table, dict):
        raise _wrong(path, f"only [{_TABLE}.FINGERPRINT] may stand here, not {', '.join(data) or table!r}")
    entries = {name: _entry(path, name, value) for name, value in table.items()}
    preamble, blocks = _split(text)
    if set(blocks) != set(entries):
        raise _wrong(path, f"each entry begins with a line of its own: [{_TABLE}.FINGERPRINT]")
    return Baseline(path, entries, blocks, preamble)


def asked_for(options: Options) -> Baseline:
    """Return the baseline that a check goes by.

    Raises:
        ConfigError: If it cannot be read, or is asked for and not there.
    """
    named = options.source("baseline") != "default"
    if (named or options.fail_on is FailOn.NEW) and not options.baseline.exists():
        raise ConfigError(
            "there is no baseline",
            where=str(options.baseline),
            cause=f"{options.source('baseline' if named else 'fail_on')} asks for it",
            next_step='harness check PAGES, then harness baseline write --reason "…"',
        )
    return load(options.baseline)


def _entry(path: Path, name: str, value: object) -> Accepted:
    if not isinstance(value, dict):
        raise _wrong(path, f"{_TABLE}.{name} must be a table")
    known = (*_TEXTS, "until")
    for key, item in value.items():
        if key not in known:
            near = get_close_matches(key, known, n=1)
            raise _wrong(path, f"{name}: unknown key {key!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
        if key in _TEXTS and not isinstance(item, str):
            raise _wrong(path, f"{name}: {key} must be a text in quotes")
    missing = [key for key in _NEEDED if not value.get(key)]
    if missing:
        raise _wrong(path, f"{name}: {' and '.join(missing)} must be given")
    if type(value["until"]) is not dt.date:
        raise _wrong(path, f"{name}: until must be a day without quotes, such as until = 2027-01-31")
    return Accepted(fingerprint=name, **value)


def _split(text: str) -> tuple[str, dict[str, str]]:
    """Return what stands above the first entry, and each entry with the comments right above it."""
    lines = text.splitlines(keepends=True)
    starts: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        if match := _HEADER.fullmatch(line.strip()):
            first = number
            # what stands above the first entry is about the file, unless it touches the entry
            between = "#" if not starts else ("#", "\n")
            while first and lines[first - 1].startswith(between):
                first -= 1
            starts.append((first, match[1] or match[2] or match[3]))
    ends = [first for first, _ in starts[1:]] + [len(lines)]
    blocks = {name: "".join(lines[first:end]) for (first, name), end in zip(starts, ends, strict=False)}
    return "".join(lines[: starts[0][0]] if starts else lines), blocks


def _wrong(path: Path, what: str) -> ConfigError:
    return ConfigError(what, where=str(path), next_step="docs/baseline.md says what an entry holds")


def _quoted(text: str) -> str:
    """Return a TOML string: JSON's escapes are TOML's, but for one character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
