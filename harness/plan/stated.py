"""What a sample's own text says to install: PEP 723 blocks and pip lines."""

from __future__ import annotations

import re
import shlex
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.model.source import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.source import Part

_BLOCK = re.compile(r"^# /// script[ \t]*$\n(?P<body>(?:^#(?: .*)?$\n)+?)^# ///[ \t]*$", re.MULTILINE)
_INSTALL = r"(?:python3?\s+-m\s+)?(?:(?:uv\s+)?pip3?\s+install|uv\s+add|poetry\s+add)\s+(?P<rest>.+)$"
_IN_PYTHON = re.compile(rf"^\s*(?:[!%]\s*|(?:pass\s+)?#\s*[!%$]?\s*){_INSTALL}")
_IN_SHELL = re.compile(rf"^\s*(?:[$#]\s*)?{_INSTALL}")
_TAKES_VALUE = re.compile(
    r"-[rceift]|--(?:requirement|constraint|editable|index-url|extra-index-url|find-links|target|group|python)"
)
_ENDS = frozenset({"&&", "||", ";", "|", ">", ">>", "&"})


@dataclass(frozen=True, slots=True)
class Stated:
    """One requirement that the page states."""

    text: str
    """The requirement as PEP 508."""
    reason: str
    """Where it is stated, for a person."""
    line: int
    """Line of the sample's text, from 1."""
    fault: str = ""
    """Why it cannot be followed, or empty."""


@dataclass(frozen=True, slots=True)
class ScriptBlock:
    """A PEP 723 block."""

    stated: tuple[Stated, ...] = ()
    """Its dependencies."""
    python: str = ""
    """Its ``requires-python``, or empty."""


def script_block(part: Part) -> ScriptBlock:
    """Return the PEP 723 block of a Python file; an empty one where it has none."""
    match = _BLOCK.search(part.text)
    if not match:
        return ScriptBlock()
    line = part.first_line + part.text.count("\n", 0, match.start())
    try:
        table = tomllib.loads(re.sub(r"^# ?", "", match["body"], flags=re.MULTILINE))
    except tomllib.TOMLDecodeError as error:
        return ScriptBlock((Stated("# /// script", "PEP 723 block", line, f"the PEP 723 block is not TOML: {error}"),))
    return _checked(table, line)


def _checked(table: dict[str, Any], line: int) -> ScriptBlock:
    """Return a block with what is malformed in it marked."""
    dependencies, python = table.get("dependencies", []), table.get("requires-python", "")
    if not isinstance(dependencies, list) or not isinstance(python, str):
        fault = "the PEP 723 block's dependencies are a list and its requires-python is text"
        return ScriptBlock((Stated("# /// script", "PEP 723 block", line, fault),))
    stated = [Stated(str(text), "PEP 723 block", line, _fault(str(text))) for text in dependencies]
    try:
        SpecifierSet(python)
    except InvalidSpecifier as error:
        stated.append(Stated("requires-python", "PEP 723 block", line, f"{error}"))
        python = ""
    return ScriptBlock(tuple(stated), python)


def pip_lines(part: Part) -> Iterator[Stated]:
    """Yield what a file's pip lines name: notebook magics, comments and shell lines.

    Versions are left out: today's reader is who we stand for, and a pip line
    of years ago is a hint about names and extras.
    """
    if part.language not in {Language.PYTHON, Language.SHELL}:
        return
    pattern = _IN_PYTHON if part.language is Language.PYTHON else _IN_SHELL
    for number, line in enumerate(part.text.split("\n"), part.first_line):
        if match := pattern.match(line):
            for text in _arguments(match["rest"]):
                yield Stated(text, f"pip line {number}", number)


def _arguments(rest: str) -> Iterator[str]:
    """Yield the names with extras among a pip command's arguments."""
    try:
        words = iter(shlex.split(rest, comments=True))
    except ValueError:
        # An unclosed quote: prose after all, not a command.
        return
    for word in words:
        if word in _ENDS:
            return
        if _TAKES_VALUE.fullmatch(word):
            next(words, None)
        elif not word.startswith("-"):
            try:
                parsed = Requirement(word)
            except InvalidRequirement:
                continue
            extras = f"[{','.join(sorted(parsed.extras))}]" if parsed.extras else ""
            yield f"{parsed.name}{extras}"


def _fault(text: str) -> str:
    """Say why a stated requirement cannot be followed, or nothing."""
    try:
        parsed = Requirement(text)
    except InvalidRequirement as error:
        return f"'{text}' is not a requirement: {str(error).splitlines()[0]}"
    return f"'{text}' names an address; only the package index is used" if parsed.url else ""
