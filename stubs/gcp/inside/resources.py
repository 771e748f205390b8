"""The resources of one job, whatever service they belong to: kept by name, in memory."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from stubs.gcp.inside.shape import Proto, fields, repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

CONDITION = re.compile(r"""([\w.]+)\s*(!?=|:)\s*(?:"([^"]*)"|'([^']*)'|([^\s()"']+))""")
TOKEN = re.compile(r"""\s*("[^"]*"|'[^']*'|[()]|[^\s()"']+)""")


class Resources:
    """What was made so far."""

    def __init__(self) -> None:
        self._kept: dict[str, Proto] = {}
        self._origins: dict[str, Proto] = {}
        self._numbers = itertools.count(1)

    def number(self) -> str:
        """Return digits that no other resource has."""
        return str(next(self._numbers))

    def keep(self, name: str, message: Proto, origin: Proto = None) -> Proto:
        """Remember a resource by its name, and the request that made it."""
        self._kept[name] = message
        if origin is not None:
            self._origins[name] = origin
        return message

    def get(self, name: str) -> Proto:
        """Return a resource, None where there is none; the last one where the name ends in ``latest``."""
        name = self.resolve(name)
        return self._kept.get(name)

    def origin(self, name: str) -> Proto:
        """Return the request that made a resource, else None."""
        return self._origins.get(self.resolve(name))

    def resolve(self, name: str) -> str:
        """Return the name that a resource is kept under: without its version, or that of the last one."""
        parent, _, last = name.rpartition("/")
        if last == "latest":
            return next((kept for kept in reversed(list(self._kept)) if kept.rpartition("/")[0] == parent), name)
        return name if name in self._kept else name.partition("@")[0]

    def drop(self, name: str) -> None:
        """Forget a resource and what lies below it."""
        for kept in [kept for kept in self._kept if kept == name or kept.startswith(name + "/")]:
            del self._kept[kept]

    def below(self, parent: str, kind: str) -> Iterator[Proto]:
        """Yield the resources of a kind (full name of their message) below a parent; ``-`` in it stands for any."""
        pattern = re.compile(re.escape(parent).replace("/\\-/", "/[^/]+/") + "/")
        for name, message in list(self._kept.items()):
            if message.DESCRIPTOR.full_name == kind and (not parent or pattern.match(name)):
                yield message


def passes(message: Proto, condition: str) -> bool:
    """Tell whether a resource passes a list's filter, as far as it compares plain fields; the rest passes."""
    condition = condition.strip()
    for word, decide in (("AND", all), ("OR", any)):  # in this language OR binds tighter
        parts = _split(condition, word)
        if len(parts) > 1:
            return decide(passes(message, part) for part in parts)
    if condition.startswith("(") and condition.endswith(")"):
        return passes(message, condition[1:-1])
    found = CONDITION.fullmatch(condition)
    return found is None or _holds(message, found.group(1), found.group(2), next(filter(None, found.groups()[2:]), ""))


def _split(condition: str, word: str) -> list[str]:
    """Split at a word that stands in no parentheses and no quotes."""
    parts, depth, start = [], 0, 0
    for token in TOKEN.finditer(condition):
        depth += {"(": 1, ")": -1}.get(token.group(1), 0)
        if not depth and token.group(1) == word:
            parts.append(condition[start : token.start()])
            start = token.end()
    return [*parts, condition[start:]]


def _holds(message: Proto, path: str, sign: str, text: str) -> bool:
    value = message
    for part in path.split("."):
        field = getattr(value, "DESCRIPTOR", None) and fields(value).get(part)
        if not field:
            return True
        value = getattr(value, part)
        if repeated(field):
            return hasattr(value, "items") or text in [str(one) for one in value]
        if field.enum_type is not None:
            value = field.enum_type.values_by_number[value].name
    if hasattr(value, "DESCRIPTOR"):
        return True
    same = str(value).lower() == text.lower() if isinstance(value, bool) else str(value) == text
    return same != (sign == "!=")
