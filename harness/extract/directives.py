"""Reads what authors tell the harness in comments: ``harness: skip reason="needs a GPU" until=2027-01-31``.

A directive holds for the next region; several before one region add up. One
that cannot be read, or that stands before nothing, is reported, never ignored.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final

from packaging.requirements import InvalidRequirement, Requirement

from harness.model.source import Directive
from harness.model.verdict import Code, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_OPENING: Final = re.compile(r"\s*harness\s*:\s*")
_SETTING: Final = re.compile(r"""\s*([A-Za-z_-]+)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?(?=\s|\Z)""")
_GROUP: Final = re.compile(r"[\w.-]+")
_KEYS: Final = ("skip", "reason", "until", "timeout", "requires", "expect", "group")
_EXPECTED: Final = frozenset({*Verdict, *Code})


@dataclass(frozen=True, slots=True)
class Read:
    """A directive, and what is wrong with it."""

    directive: Directive
    """What could be read of it."""
    faults: tuple[str, ...] = ()
    """What is wrong, for an author."""


@dataclass(slots=True)
class _Draft:
    """Settings while they are read."""

    values: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def parse(comment: str) -> Read | None:
    """Read a comment.

    Args:
        comment: What stands between its markers.

    Returns:
        The directive, or None where the comment is none.
    """
    opening = _OPENING.match(comment)
    if opening is None:
        return None
    draft = _Draft()
    at = opening.end()
    text = comment.rstrip()
    while at < len(text):
        match = _SETTING.match(text, at)
        if match is None:
            draft.faults.append(f'cannot read {text[at : at + 40].strip()!r}: write key=value, or key="two words"')
            break
        value = next((group for group in match.groups()[1:] if group is not None), None)
        _take(draft, match[1], value)
        at = match.end()
    if not draft.values and not draft.faults:
        draft.faults.append(f"says nothing: use {', '.join(_KEYS)}")
    return _finish(draft)


def from_settings(settings: Iterable[tuple[str, str]]) -> Read:
    """Read the ``harness:`` mapping of a page's front matter, given as (key, value)."""
    draft = _Draft()
    for key, value in settings:
        _take(draft, key, value)
    return _finish(draft)


def _take(draft: _Draft, key: str, value: str | None) -> None:
    """Take one setting."""
    if key not in _KEYS:
        draft.faults.append(f"unknown key {key!r}: use {', '.join(_KEYS)}")
    elif key in draft.values and key != "requires":
        draft.faults.append(f"{key} is given twice")
    elif value is None and key != "skip":
        draft.faults.append(f"{key} needs a value: write {key}=…")
    elif key == "skip" and value is not None:
        draft.values.setdefault("skip", "")
        draft.values.setdefault("reason", value)
    else:
        draft.values[key] = " ".join(filter(None, [draft.values.get(key), value or ""]))


def _finish(draft: _Draft) -> Read:
    """Check the settings and make a directive of those that hold."""
    values, faults = draft.values, draft.faults
    skip = _skip(values, faults)
    until = _until(values, faults) if skip else None
    directive = Directive(
        skip=skip,
        skip_until=until,
        timeout=_timeout(values, faults),
        requires=_requires(values, faults),
        expect=_one_of(values, faults),
        group=_group(values, faults),
    )
    return Read(directive, tuple(faults))


def _skip(values: Mapping[str, str], faults: list[str]) -> str | None:
    """Return the reason of a skip."""
    if "skip" not in values:
        faults += [f"{key} goes with skip only" for key in ("reason", "until") if key in values]
        return None
    reason = values.get("reason", "").strip()
    if not reason:
        faults.append('a skip needs a reason: write skip reason="…"')
        return None
    return reason


def _until(values: Mapping[str, str], faults: list[str]) -> str | None:
    """Return the date from which a skip no longer holds."""
    value = values.get("until")
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        faults.append(f"until={value} is no date: write until=2027-01-31")
        return None


def _timeout(values: Mapping[str, str], faults: list[str]) -> float | None:
    """Return the seconds that a sample may take."""
    value = values.get("timeout")
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)s?", value)
    if match is None or not float(match[1]):
        faults.append(f"timeout={value} is no number of seconds above 0")
        return None
    return float(match[1])


def _requires(values: Mapping[str, str], faults: list[str]) -> tuple[str, ...]:
    """Return the requirements to add."""
    found: list[str] = []
    for item in re.split(r"[\s;]+|,(?=\s|[A-Za-z])", values.get("requires", "")):
        try:
            found += [str(Requirement(item))] if item else []
        except InvalidRequirement:
            faults.append(f'requires={item} is no requirement: write requires="name>=1.2 other"')
    return tuple(found)


def _one_of(values: Mapping[str, str], faults: list[str]) -> str | None:
    """Return the verdict or finding code that is expected."""
    value = values.get("expect")
    if value is None or value in _EXPECTED:
        return value
    faults.append(f"expect={value} is neither a verdict nor a finding code")
    return None


def _group(values: Mapping[str, str], faults: list[str]) -> str | None:
    """Return the group of a region."""
    value = values.get("group")
    if value is None or _GROUP.fullmatch(value):
        return value
    faults.append(f"group={value} is no name: use letters, digits, dots and dashes")
    return None


def merge(first: Directive, second: Directive) -> Directive:
    """Return both directives as one; the second wins where they differ, requirements add up."""
    values = {item.name: getattr(second, item.name) or getattr(first, item.name) for item in fields(Directive)}
    values["requires"] = tuple(dict.fromkeys((*first.requires, *second.requires)))
    if second.skip:
        values["skip_until"] = second.skip_until
    return Directive(**values)


def holds(directive: Directive, today: dt.date) -> bool:
    """Return whether a directive skips its region today."""
    if directive.skip is None:
        return False
    return directive.skip_until is None or today < dt.date.fromisoformat(directive.skip_until)
