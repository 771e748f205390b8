"""The files that one region holds: pages put several under one fence, each below a comment with its name.

Conservative, since a file cut in two no longer runs: a header is a whole line
that is nothing but a file name, and what follows it must look like that file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from harness.extract.language import infer
from harness.model.source import Language, Part

_MAX_PARTS: Final = 64
"""Above this the headers are something else, and looking at every piece would take long."""
_MAX_NAME: Final = 160

_ENDINGS: Final = {
    Language.PYTHON: "py pyi",
    Language.YAML: "yaml yml",
    Language.JSON: "json jsonc json5",
    Language.TOML: "toml",
    Language.SHELL: "sh bash zsh",
    Language.DOCKERFILE: "dockerfile containerfile",
    Language.HCL: "tf tfvars hcl",
    Language.JAVASCRIPT: "js jsx mjs cjs ts tsx",
    Language.TEXT: "txt",
    Language.OTHER: "cfg conf css csv env go html ini ipynb java md mdx mk proto rs rst scala sql svg xml",
}
_LANGUAGES: Final = {ending: language for language, endings in _ENDINGS.items() for ending in endings.split()}
_PLAIN_NAMES: Final = {
    "dockerfile": Language.DOCKERFILE,
    "containerfile": Language.DOCKERFILE,
    "makefile": Language.OTHER,
}
_DEFAULT_NAMES: Final = {
    Language.PYTHON: "sample.py",
    Language.YAML: "sample.yaml",
    Language.JSON: "sample.json",
    Language.TOML: "sample.toml",
    Language.SHELL: "sample.sh",
    Language.DOCKERFILE: "Dockerfile",
    Language.HCL: "sample.tf",
    Language.JAVASCRIPT: "sample.js",
}
_UNDECIDED: Final = frozenset({Language.TEXT, Language.OTHER})
_HASH_COMMENTS: Final = frozenset(
    {Language.PYTHON, Language.YAML, Language.TOML, Language.SHELL, Language.DOCKERFILE, Language.HCL}
)

_NAME: Final = r"(?:\.?/)?(?P<name>(?:[\w.-]+/)*[\w.-]*\w)"
_SAID: Final = rf"(?:(?i:file|filename|path)\s*[:=]\s*)?[`'\"]?{_NAME}[`'\"]?(?:\s*\([^()]*\))?\s*:?"
_HEADERS: Final = (
    re.compile(rf"(?:#+|//+)[ \t]*{_SAID}\s*$"),
    re.compile(rf"(?:(?:#|//)[ \t]*)?(?P<rule>[-=*#])(?P=rule){{1,80}}[ \t]*{_SAID}[ \t]*(?P=rule){{2,80}}\s*$"),
    re.compile(rf"<!--\s*{_SAID}\s*-->\s*$"),
    re.compile(rf"/\*+\s*{_SAID}\s*\*+/\s*$"),
)
_TITLE: Final = re.compile(r"\b(?:title|file|filename|name)=[\"']?([\w./-]+)|^\s*[\w+-]+:([\w./-]+)")


@dataclass(frozen=True, slots=True)
class _Header:
    """A line that names the file below it."""

    row: int
    name: str
    language: Language
    hash_comment: bool


def split(text: str, language: Language, info: str = "") -> tuple[Part, ...]:
    """Return the files that a region holds, at least one.

    Args:
        text: The code of the region.
        language: The language of the region as a whole.
        info: What the page says of the region; it may name the file (``title="train.py"``).
    """
    lines = text.splitlines(keepends=True)
    headers = _headers(lines, language)
    if not headers:
        return (Part(_only_name(language, info), language, text),)
    parts: list[Part] = []
    if any(line.strip() for line in lines[: headers[0].row]):
        parts.append(Part(_only_name(language, info), language, "".join(lines[: headers[0].row])))
    ends = [header.row for header in headers[1:]] + [len(lines)]
    for header, end in zip(headers, ends, strict=True):
        # A header that the language reads as a comment stays: a single file is then the region to the letter.
        keep = header.hash_comment and header.language in _HASH_COMMENTS
        start = (0 if not parts else header.row) if keep else header.row + 1
        name = _unique(header.name, {part.name for part in parts})
        parts.append(Part(name, header.language, "".join(lines[start:end]), start + 1))
    return tuple(parts)


def language_of(name: str) -> Language | None:
    """Return the language that a file name stands for, or None where it is not the name of a file that we know.

    Args:
        name: A file name, with or without folders.
    """
    last = PurePosixPath(name).name.lower()
    return _PLAIN_NAMES.get(last) or _LANGUAGES.get(last.rpartition(".")[2] if "." in last else "")


def _headers(lines: list[str], language: Language) -> list[_Header]:
    """Return the header lines that hold, in order."""
    found = [header for row, line in enumerate(lines) if (header := _header(row, line)) and _stands_free(lines, row)]
    if not found or len(found) > _MAX_PARTS:
        return []
    leads = not any(line.strip() for line in lines[: found[0].row])
    held: list[_Header] = []
    for position, header in enumerate(found):
        end = found[position + 1].row if position + 1 < len(found) else len(lines)
        body = "".join(lines[header.row + 1 : end])
        start = held[-1].row if held else 0
        if _quote_open(lines[start : header.row]) or not _fits(header, body):
            continue
        # Without a name for the beginning, a name in the middle is a header only if the language changes with it.
        changes = header.language is not language and infer("", body)[0] is header.language
        if (leads and (held or header is found[0])) or changes:
            held.append(header)
    return held


def _header(row: int, line: str) -> _Header | None:
    """Return the header that a line is, if it is one."""
    if len(line) > _MAX_NAME or not line.strip() or line[0].isspace():
        return None
    for pattern in _HEADERS:
        match = pattern.match(line)
        if match is None:
            continue
        name = match["name"]
        language = language_of(name)
        if language is not None and ".." not in name.split("/"):
            return _Header(row, name, language, line.startswith("#"))
    return None


def _stands_free(lines: list[str], row: int) -> bool:
    """Return whether a line begins the text or has an empty line above it."""
    return row == 0 or not lines[row - 1].strip() or not any(line.strip() for line in lines[:row])


def _fits(header: _Header, body: str) -> bool:
    """Return whether what follows a header has code and can be the file that the header names."""
    if not any(line.strip() and not line.lstrip().startswith(("#", "//")) for line in body.splitlines()):
        return False
    looks = infer("", body)[0]
    if looks is header.language or looks in _UNDECIDED:
        return True
    return header.language in _UNDECIDED and looks is not Language.PYTHON


def _quote_open(lines: list[str]) -> bool:
    """Return whether lines end inside a triple-quoted string."""
    text = "".join(lines)
    return any(text.count(quote) % 2 == 1 for quote in ('"""', "'''"))


def _only_name(language: Language, info: str) -> str:
    """Return the name of a file that the code itself does not name."""
    title = _TITLE.search(info[:_MAX_NAME])
    name = (title[1] or title[2] or "").removeprefix("./").lstrip("/") if title else ""
    if name and language_of(name) is language and ".." not in name.split("/"):
        return name
    if language is Language.JSON and (dialect := re.search(r"\bjson(?:c|5)\b", info.lower())):
        return f"sample.{dialect[0]}"
    return _DEFAULT_NAMES.get(language, "sample.txt")


def _unique(name: str, taken: set[str]) -> str:
    """Return a name that no other part has, as a file or as a folder."""
    path, number = PurePosixPath(name), 1
    while (
        path.as_posix() in taken
        or any(folder.as_posix() in taken for folder in path.parents)
        or any(path in PurePosixPath(other).parents for other in taken)
    ):
        number += 1
        path = PurePosixPath(f"{name.removesuffix(path.suffix)}_{number}{path.suffix}".replace("/", "_"))
    return path.as_posix()
