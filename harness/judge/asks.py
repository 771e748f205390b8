"""What a library's message asks a reader to install; pure text, no evidence.

Messages that name a missing package follow few patterns: a command
(``pip install x[y]``), an extra (``without the `y` extra``) or a sentence
(``requires the x package``). What these yield are candidates: whether a name
is known, and may be installed, is for the caller to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a library reports as missing; one of the first two is empty."""

    requirement: str
    """A PEP 508 requirement, where it says which distribution to install."""
    module: str
    """A name that may be a module's, where it says no more than that."""
    says: str
    """What it says, on one line, bounded."""
    by: str = ""
    """Top-level module of the library that says it, or empty."""


_PROSE_WORDS = (
    "a again all also an and any as at be before by can directly enable environment first following for from fix get "
    "have if in instead into is it latest manually might more must need needed not of on or please required run see "
    "so support that the then this to try up use using version via want we when which while will with you your"
)
_PROSE = frozenset(_PROSE_WORDS.split())
"""Words that follow a command's arguments in a sentence."""
_OTHER_WORDS = (
    "additional api client cli cuda current dependencies dependency driver extra extras feature git it's java "
    "jupyter library libraries missing module modules name node npm optional other package packages pip pip3 plugin "
    "program provider requirements server software system them these tool uv wheel"
)
_NOT_NAMES = _PROSE | frozenset(_OTHER_WORDS.split())
"""Words that stand where a name would and are none that helps."""
_SPOKEN = {"pytorch": "torch", "opencv": "opencv-python-headless", "beautifulsoup": "beautifulsoup4"}
"""What libraries are called in speech."""

_COMMAND = re.compile(
    r"(?P<quote>[`'\"]?)(?:[!%$]\s?)?(?:python[\d.]*\s+-m\s+)?"
    r"(?:(?:uv\s+)?pip3?\s+install|(?:uv|poetry)\s+add)(?P<rest>[^\n]*)",
    re.IGNORECASE,
)
_NEXT_COMMAND = re.compile(
    r"\b(?:or|and)\b[\s`'\"]*(?:uv\s+)?(?:pip3?|conda|uv|poetry)\b|&&|\|\||;|(?<=\S)[.)](?=\s|$)", re.IGNORECASE
)
_REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w., -]+\])?(?:[<>=~!]=?=?[\w.*,<>=~!]+)?")
_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|\S+")
_TAKES_VALUE = re.compile(r"-[rceift]|--(?:requirement|constraint|editable|index-url|extra-index-url|find-links)")
_LONGEST_MESSAGE = 8000
_LONGEST_QUOTE = 200


def _phrase(text: str) -> re.Pattern[str]:
    """Return the pattern of a phrase: a space is any space, a group captures nothing, braces as below."""
    pattern = re.sub(r"\((?!\?)", "(?:", text).replace(" ", r"\s+")
    for mark, meaning in (
        ("{thing}", r"(?:python\s+)?(?:package|library|module|dependency)"),
        ("{quoted}", r"(?<![\w.])[`'\"]+(?P<name>[A-Za-z][\w.-]*\w)[`'\"]+"),
        ("{name}", r"(?<![\w.])[`'\"]*(?P<name>[A-Za-z][\w.-]*\w)[`'\"]*"),
        ("{extra}", r"[`'\"]*(?P<extra>[A-Za-z][\w-]*)[`'\"]*"),
        ("{end}", r"(?=$|[\s.,:;!])"),
    ):
        pattern = pattern.replace(mark, meaning)
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


_SENTENCES = tuple(
    _phrase(text)
    for text in (
        r"\b(requires?|needs?|depends on) (the )?(optional )?{name} {thing}\b",
        r"\b(requires?|needs?|depends on) (the )?{thing} {name}",
        r"\b(requires?|needs?) {name} (to be )?installed",
        r"\bmissing (an? )?(optional |required |import )?{thing}\s*:?\s*{name}",
        r"{quoted} {thing} (is|was|could) not (be )?(installed|available|found|imported)",
        r"{quoted} {thing} (is|are) (required|missing|needed)",
        r"{name} ({thing} )?(must be|needs to be|has to be) installed",
        r"{name} {thing} (was |is )?(not found|not installed|missing|is required|is needed)",
        r"\bimport {name} failed",
        r"\b(could not|cannot|can't|unable to|failed to) (import|find) (the )?{name} {thing}\b",
        r"\b{thing} {quoted} (is )?(required|missing|not installed)",
        r"{name} is (required|needed|missing)\b[^\n]{0,80}?\binstall (?P=name){end}",
    )
)
_LOOSE = tuple(
    _phrase(text)
    for text in (
        r"\b(requires?|needs?) {name}\s*:",
        r"{quoted} (is|was|could) not (be )?(installed|available|found|imported)",
        r"{quoted} (is|are) (required|missing|needed)",
        r"(^|, |\bbut ){name} is not installed",
        r"\b(requires?|needs?) (the )?{quoted}{end}",
        r"^install {name} to\b",
        r"(?<!or\s){name} is (required|needed) (to|for|but)\b",
        r"\b(please|must|should|need to|have to|try) (first )?(pip )?install(ing)? (the )?({thing} )?{name}{end}",
    )
)
_ABSENT = _phrase("No module named {quoted}")
_EXTRAS = tuple(
    _phrase(text)
    for text in (
        r"{name}( package)?( is)?( installed)? with(out)? (the )?(optional )?{extra} (extras?\b|optional dependenc)",
        r"{extra} extras? (of|for|from|in) (the )?{name}",
    )
)
_BRACKETED = re.compile(
    r"\b(?:install(?:ing)?|requires?|needs?|missing|extras?|dependenc\w+)\b[^\n\[]{0,40}?"
    r"(?<![\w.])(?P<before>[A-Za-z][\w.-]*\[[a-z][\w,-]*\])"
    r"|(?<![\w.])(?P<after>[A-Za-z][\w.-]*\[[a-z][\w,-]*\])[`'\"]*\s+(?:extra|install|package|dependenc)"
)


class Trust(IntEnum):
    """How far a message's wording is taken at its word."""

    COMMANDS = 0
    """Commands and extras only: a line of a log."""
    SENTENCES = 1
    """Also sentences that speak of packages: an exception."""
    LOOSE = 2
    """Also sentences that speak of things required: an exception about an import."""


def asks(message: str, by: str = "", trust: Trust = Trust.LOOSE) -> tuple[Asked, ...]:
    """Return what a message asks for, the most exact first, each thing once.

    Args:
        message: What a library says.
        by: Who says it, to be kept.
        trust: How far to take its wording.
    """
    message = message[:_LONGEST_MESSAGE]
    found = [Asked(text, "", _quote(message, text), by) for text in (*_commanded(message), *_extras(message))]
    found += [_named(name, _quote(message, name), by) for name in _spoken(message, trust)]
    return merged(found)


def merged(found: Iterable[Asked]) -> tuple[Asked, ...]:
    """Return each thing once: what names extras or a requirement wins over a bare name, else the first."""
    kept: dict[str, Asked] = {}
    for one in found:
        key = _key(one.requirement or one.module)
        if key not in kept or _weight(one) > _weight(kept[key]):
            kept[key] = one
    return tuple(kept.values())


def _commanded(message: str) -> list[str]:
    """Return the requirements in the commands of a message; of alternatives, the first or what needs no GPU."""
    found: list[str] = []
    position = 0
    while match := _COMMAND.search(message, position):
        between = message[position : match.start()].rstrip("`'\" ")
        alternative = bool(found) and re.search(r"\bor$", between, re.IGNORECASE)
        rest = _bounded(match["rest"], match["quote"])
        arguments = list(_arguments(rest, in_prose=not match["quote"]))
        if not alternative:
            found += arguments
        elif found[-1].endswith("-gpu"):
            found[-1:] = arguments
        position = match.start("rest") + len(rest)
    return found


def _bounded(rest: str, quote: str) -> str:
    """Cut a command's arguments where the quote closes or the sentence or the next command begins."""
    if quote and not rest.lstrip().startswith(quote):
        rest = rest.partition(quote)[0]
    end = _NEXT_COMMAND.search(rest)
    return rest[: end.start()] if end else rest


def _arguments(rest: str, *, in_prose: bool) -> Iterator[str]:
    """Yield the requirements among the words behind a command."""
    words = iter(_WORD.findall(rest))
    for word in words:
        bare = word.strip("`'\",:!").rstrip(".)")
        if _TAKES_VALUE.fullmatch(bare):
            next(words, None)
        elif bare and not bare.startswith("-"):
            if not _REQUIREMENT.fullmatch(bare) or (in_prose and bare.casefold() in _PROSE):
                return
            if bare.casefold() not in _NOT_NAMES and _parses(bare):
                yield bare
            if in_prose and word.endswith((".", ",", ":", "!", "`")):
                return


def _extras(message: str) -> Iterator[str]:
    """Yield the requirements with extras that a message speaks of."""
    for pattern in _EXTRAS:
        for match in pattern.finditer(message):
            if not {match["extra"].casefold(), match["name"].casefold()} & _NOT_NAMES:
                yield f"{match['name']}[{match['extra']}]"
    for match in _BRACKETED.finditer(message):
        text = match["before"] or match["after"]
        if _parses(text):
            yield text


def _spoken(message: str, trust: Trust) -> Iterator[str]:
    """Yield the names that sentences of a message say are missing."""
    if trust >= Trust.SENTENCES:
        yield from (match["name"] for match in _ABSENT.finditer(message))
    patterns = (*(_SENTENCES if trust >= Trust.SENTENCES else ()), *(_LOOSE if trust >= Trust.LOOSE else ()))
    for pattern in patterns:
        names = (match["name"] for match in pattern.finditer(message))
        yield from (name for name in names if name.casefold() not in _NOT_NAMES)


def _named(name: str, says: str, by: str) -> Asked:
    """Return what a bare name stands for: a hyphen makes it a distribution's, else it may be a module's."""
    name = _SPOKEN.get(name.casefold(), name)
    return Asked(name, "", says, by) if "-" in name else Asked("", name, says, by)


def _weight(one: Asked) -> int:
    """Say how exact something asked for is."""
    return len(one.requirement) > 0 and 1 + ("[" in one.requirement)


def _parses(text: str) -> bool:
    """Say whether a text is a requirement."""
    try:
        Requirement(text)
    except InvalidRequirement:
        return False
    return True


def _key(text: str) -> str:
    """Return what makes two asks the same: the normalised name without extras and versions."""
    name = re.split(r"[\[<>=~!]", text, maxsplit=1)[0]
    return canonicalize_name(_SPOKEN.get(name.casefold(), name))


def _quote(message: str, text: str) -> str:
    """Return the line of a message that names something, bounded."""
    name = text.partition("[")[0]
    line = next((line for line in message.splitlines() if name in line), message)
    return " ".join(line.split())[:_LONGEST_QUOTE]
