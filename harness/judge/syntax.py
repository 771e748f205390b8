"""Whether a file of data parses: YAML, JSON and TOML; the first fault of a file is reported with its place.

Nothing is built from the text, so no alias expands and no tag is obeyed, and
no input takes more than bounded work. Template expressions and ``...`` stand
for text that the author left out: they are never a fault. Python and shell
are looked at where they run.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent, NodeEvent
from ruamel.yaml.reader import ReaderError

from harness.model.source import Language
from harness.model.verdict import Code, Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model.source import Part

_MAX_LENGTH: Final = 128 * 1024
_MAX_DEPTH: Final = 200

_DOTS: Final = r"(?:\.{3}|\u2026)"
_TEMPLATE: Final = re.compile(r"\{\{(?:[^}\n]|\}(?!\})){0,400}\}\}|\{[%#][^\n]{0,400}?[%#]\}")
_TEMPLATE_LINE: Final = re.compile(r"^[ \t]*(?:\{\{[^\n]{0,400}\}\}|\{[%#][^\n]{0,400}[%#]\})[ \t]*$", re.MULTILINE)
_DOTS_LINE: Final = re.compile(rf"^[ \t]*(?:(?:#|//)[ \t]*)?{_DOTS}[^\S\n]*$", re.MULTILINE)
_TOML_DOTS: Final = re.compile(rf"(?:(?<== )|(?<==)|(?<=\[)){_DOTS}")
_TOML_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_LEFT_OUT: Final = rf"(?:(?://|\#)[ \t]*)?{_DOTS}[^\n\",\]}}]*+"
_JSON_TOKEN: Final = re.compile(
    rf"""
    (?P<string>"(?:[^"\\\n]|\\[^\n])*+"?)
    | (?P<value>:\s*){_DOTS}
    | (?P<element>,\s*{_LEFT_OUT}|{_LEFT_OUT}\s*,?)
    | (?P<comment>//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)
    | (?P<trailing>,)(?=\s*+[\]}}])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What a parser objects to first."""

    offset: int
    message: str
    limit: bool = False
    """True where the harness gave up, not the text."""


def check_syntax(part: Part) -> tuple[Finding, ...]:
    """Return what keeps a file from being parsed; nothing for languages that are not checked here.

    Args:
        part: The file; lines of the findings are lines of the sample that holds it.
    """
    check = _CHECKS.get(part.language)
    if check is None:
        return ()
    if len(part.text) > _MAX_LENGTH:
        fault: _Fault | None = _Fault(0, f"longer than {_MAX_LENGTH} characters: not checked", limit=True)
    else:
        fault = check(part)
    return () if fault is None else (_finding(part, fault),)


def _finding(part: Part, fault: _Fault) -> Finding:
    """Return the finding for a fault, placed in the sample."""
    before = part.text[: fault.offset]
    return Finding(
        code=Code.LIMIT if fault.limit else Code.SYNTAX,
        kind=Kind.LIMIT if fault.limit else Kind.SYNTAX,
        line=part.first_line + before.count("\n"),
        column=len(before) - before.rfind("\n"),
        symbol="",
        message=f"{part.language.value}: {fault.message}",
        witnesses=("parser",),
    )


def _offset(text: str, line: int, column: int) -> int:
    """Return the offset of a place that a parser counts from 1."""
    lines = text.split("\n")
    return sum(len(each) + 1 for each in lines[: line - 1]) + column - 1


def _blank(match: re.Match[str]) -> str:
    """Return a match with all but its newlines made spaces, so that no position moves."""
    return re.sub(r"[^\n]", " ", match[0])


def _without_templates(text: str) -> str:
    """Return a text with template expressions as numbers and lines left out as empty ones, nothing moved."""
    for whole_line in (_TEMPLATE_LINE, _DOTS_LINE):
        text = whole_line.sub(_blank, text)
    return _TEMPLATE.sub(lambda match: "1" * len(match[0]), text)


def _check_yaml(part: Part) -> _Fault | None:
    """Return the first fault of a YAML stream."""
    fault = _yaml_fault(part.text)
    if fault is None or fault.limit:
        return fault
    plain = _without_templates(part.text)
    return fault if plain == part.text else _yaml_fault(plain)


def _yaml_fault(text: str) -> _Fault | None:
    """Return the first fault of a YAML stream, seen event by event."""
    depth, anchors = 0, set[str]()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if isinstance(event, DocumentStartEvent):
                anchors.clear()
            elif isinstance(event, AliasEvent) and event.anchor not in anchors:
                return _Fault(event.start_mark.index, f"alias *{event.anchor} names no anchor")
            elif isinstance(event, NodeEvent) and event.anchor:
                anchors.add(event.anchor)
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > _MAX_DEPTH:
                return _Fault(event.start_mark.index, f"nested deeper than {_MAX_DEPTH}: not checked", limit=True)
    except ReaderError as error:
        return _Fault(error.position, f"character U+{error.character:04X} is not allowed")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _Fault(mark.index if mark else 0, error.problem or error.context or "does not parse")
    except (YAMLError, ValueError) as error:
        return _Fault(0, str(error).partition("\n")[0])
    return None


def _check_json(part: Part) -> _Fault | None:
    """Return the first fault of a JSON text, or of JSON values one a line."""
    if part.name.endswith(".json5"):
        return None  # another grammar, for which there is no parser here
    fault = _json_fault(part.text)
    if fault is None or fault.limit:
        return fault
    rows = [row for row in part.text.split("\n") if row.strip()]
    if len(rows) > 1 and all(_json_fault(row) is None for row in rows):
        return None
    commented = part.name.endswith(".jsonc")

    def fill(match: re.Match[str]) -> str:
        if match["value"]:
            return match["value"] + "0".ljust(len(match[0]) - len(match["value"]))
        if match["element"] or (commented and (match["comment"] or match["trailing"])):
            return _blank(match)
        return match[0]

    return _json_fault(_JSON_TOKEN.sub(fill, _TEMPLATE.sub(lambda match: "1" * len(match[0]), part.text)))


def _json_fault(text: str) -> _Fault | None:
    """Return the first fault of one JSON value."""
    try:
        # Numbers stay text: converting one of a hundred thousand digits is work without use.
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        return _Fault(error.pos, error.msg)
    except RecursionError:
        return _Fault(0, "nested too deep: not checked", limit=True)
    return None


def _check_toml(part: Part) -> _Fault | None:
    """Return the first fault of a TOML document."""
    fault = _toml_fault(part.text)
    if fault is None or fault.limit:
        return fault
    plain = _TOML_DOTS.sub(lambda match: "1".ljust(len(match[0])), _without_templates(part.text))
    return fault if plain == part.text else _toml_fault(plain)


def _toml_fault(text: str) -> _Fault | None:
    """Return the first fault of a TOML document."""
    try:
        tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        message = _TOML_PLACE.sub("", str(error))
        if place is None or place[1] is None:
            return _Fault(len(text.rstrip("\n")), message)
        return _Fault(_offset(text, int(place[1]), int(place[2])), message)
    except ValueError as error:
        return _Fault(0, str(error))
    except RecursionError:
        return _Fault(0, "nested too deep: not checked", limit=True)
    return None


_CHECKS: Final[dict[Language, Callable[[Part], _Fault | None]]] = {
    Language.YAML: _check_yaml,
    Language.JSON: _check_json,
    Language.TOML: _check_toml,
}
