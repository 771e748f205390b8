"""The filters and orders of searches: comparisons that are joined by ``and``."""

from __future__ import annotations

import operator
import re
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Item = dict[str, Any]

_TERM = re.compile(
    r"""(?P<name>[\w.]+|\w+\.[`"][^`"]+[`"])\s*(?P<sign>!=|>=|<=|=|>|<|\bI?LIKE\b)\s*(?P<value>'[^']*'|"[^"]*"|[-\w.]+)""",
    re.IGNORECASE,
)


def _like(value: object, pattern: object) -> bool:
    return re.fullmatch(re.escape(str(pattern)).replace("%", ".*"), str(value), re.IGNORECASE) is not None


_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "LIKE": _like,
    "ILIKE": _like,
}


def kept(items: Iterable[Item], wanted: str, look: Callable[[Item, str], object]) -> list[Item]:
    """Return the items that a filter lets through.

    Args:
        items: What is searched.
        wanted: The filter, as MLflow writes it.
        look: What an item has under a name of the filter, ``metrics.loss``; None where it has nothing.
    """
    terms = [match.group("name", "sign", "value") for match in _TERM.finditer(wanted or "")]
    return [item for item in items if all(_holds(look(item, _plain(n)), s, v) for n, s, v in terms)]


def ordered(items: list[Item], orders: Iterable[str], look: Callable[[Item, str], object]) -> list[Item]:
    """Return items in the order of ``metrics.loss DESC`` and its like; those without a value come last."""
    for order in reversed(list(orders)):
        written, _, direction = order.strip().partition(" ")
        name = _plain(written)
        having = sorted(
            (item for item in items if look(item, name) is not None),
            key=partial(_place, look, name),
            reverse=direction.upper() == "DESC",
        )
        items = having + [item for item in items if look(item, name) is None]
    return items


def _place(look: Callable[[Item, str], object], name: str, item: Item) -> tuple[bool, float, str]:
    """Return where an item stands by what it has under a name: numbers as such, all else as text."""
    found = look(item, name)
    number = float(found) if isinstance(found, int | float) else 0.0
    return (isinstance(found, str), number, str(found))


def _plain(name: str) -> str:
    return name.replace("`", "").replace('"', "")


def _holds(found: object, sign: str, value: str) -> bool:
    if found is None:
        return False
    wanted: object = value.strip("'\"")
    if isinstance(found, int | float):
        wanted = float(str(wanted))
    return bool(_SIGNS[sign.upper()](found, wanted))
