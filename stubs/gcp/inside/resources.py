"""The resources of one job, whatever service they belong to: kept by name, in memory."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from stubs.gcp.inside.shape import Proto, fields, repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

CONDITION = re.compile(r"""([\w.]+)\s*(!?=|:)\s*(?:"([^"]*)"|'([^']*)'|([^\s()"']+))""")


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
    return all(_holds(message, *found) for found in _conditions(condition))


def _conditions(condition: str) -> list[tuple[str, str, str]]:
    if re.search(r"\bOR\b|\bNOT\b", condition):
        return []
    return [(path, sign, a or b or c) for path, sign, a, b, c in CONDITION.findall(condition)]


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
