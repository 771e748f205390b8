"""From import names to the names of distributions, by data files and nothing else.

A name is *known* when it stands in ``data/distributions.txt``, the most
downloaded distributions of the index. What is not known is never installed
for its own sake: anybody may register a name that a page happens to mention.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATA = Path(__file__).parent / "data"
_API_VERSION = re.compile(r"_v\d+(?:p\d+)?(?:(?:alpha|beta)\d*)?$")


@dataclass(frozen=True, slots=True)
class Provider:
    """What is known of the origin of a module."""

    distributions: tuple[str, ...] = ()
    """Distributions that provide it, the preferred one first; empty where none is known."""
    reason: str = ""
    """Why none is known, for a person."""
    own: bool = False
    """True for a name that authors give modules of their own."""


@cache
def listed() -> frozenset[str]:
    """Return the normalised names of the known distributions."""
    return frozenset((_DATA / "distributions.txt").read_text(encoding="utf-8").split())


def provider(module: str) -> Provider:
    """Return what provides a module; the longest rule that fits its dotted name decides.

    Args:
        module: Dotted name, e.g. ``google.cloud.storage``.
    """
    module = module.strip(".")
    top = module.partition(".")[0]
    rules = _namespaces()
    for prefix in _prefixes(module):
        if prefix in rules["closed"]:
            return Provider(reason=f"'{prefix}' {rules['closed'][prefix]}")
        if found := rules["exact"].get(prefix) or _below(prefix):
            return Provider((found,))
    if top in rules["below"]:
        return Provider(reason=f"'{top}' is shared by many distributions and no known one provides '{module}'")
    if found := _renamed(top):
        return Provider(found)
    return _same_name(top)


def is_shared(module: str) -> bool:
    """Say whether a top-level module is shared by distributions, or one that authors have of their own."""
    return module in _namespaces()["below"] or provider(module).own


def targets(data: Path) -> set[str]:
    """Return every name that the rules in a folder lead to."""
    rules = _read(data / "namespaces.toml")
    lists = ([names] if isinstance(names, str) else names for names in _read(data / "imports.toml").values())
    return {name for names in lists for name in names} | set(rules["exact"].values())


def _same_name(top: str) -> Provider:
    """Return the distribution that is called as its module, if it is known and meant."""
    own, name = _namespaces()["own"], canonicalize_name(top)
    if top in own["names"]:
        return Provider(reason=f"'{top}' is a usual name for a module of the author's own", own=True)
    if name in listed():
        return Provider((name,))
    if top.startswith(tuple(own["starts"])) or top.endswith(tuple(own["ends"])):
        return Provider(reason=f"'{top}' looks like a module of the author's own", own=True)
    return Provider(reason=f"no known distribution provides '{top}'; allow one to install it")


def _below(module: str) -> str | None:
    """Return the listed distribution that is named after the parts of a module below a shared one."""
    if module in _namespaces()["below"]:
        # Names such as google-cloud exist, as remnants of the time before the namespace was split.
        return None
    for root in _prefixes(module.rpartition(".")[0]):
        if start := _namespaces()["below"].get(root):
            rest = _API_VERSION.sub("", module.removeprefix(root))
            name = canonicalize_name(start + rest)
            return name if name in listed() else None
    return None


def _prefixes(module: str) -> Iterator[str]:
    """Yield a dotted name and its parents, the longest first."""
    while module:
        yield module
        module = module.rpartition(".")[0]


def _renamed(top: str) -> tuple[str, ...]:
    """Return the distributions of an import name that differs from theirs; none where it does not.

    One name stands on one line, and to parse that line alone takes a hundredth of the time.
    """
    line = re.search(rf"^{re.escape(top)} = .*$", _imports(), re.MULTILINE)
    names = tomllib.loads(line[0])[top] if line else ()
    return (names,) if isinstance(names, str) else tuple(names)


@cache
def _imports() -> str:
    """Return the import names that differ from their distribution's, as written."""
    return (_DATA / "imports.toml").read_text(encoding="utf-8")


@cache
def _namespaces() -> dict[str, Any]:
    """Return the rules for dotted modules."""
    return _read(_DATA / "namespaces.toml")


def _read(path: Path) -> dict[str, Any]:
    """Read one of our own data files."""
    return tomllib.loads(path.read_text(encoding="utf-8"))
