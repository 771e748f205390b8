"""Finds where a name lives now: what the library says, then its files by their text, then confirmed by importing."""

import os
import re
import sys
import sysconfig
import time
from typing import Any, Iterator, List, Tuple

from .introspect_access import Heard, load, member
from .introspect_values import Gone, Real

FILES = 8000
"""Files looked at for one name."""
SECONDS = 4.0
"""Seconds for all files of one name."""
TRIED = 5
"""Modules imported to confirm."""
KEPT = 3
"""Modules told."""
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_PRIVATE = re.compile(r"(?:^|\.)_")
_NEVER = re.compile(r"(?:^|\.)(?:tests?\b|testing\b|_testing\b|conftest|examples?(?:\b|_))")
_SIDE = (
    re.compile(r"\.(?:compat\w*|contrib|deprecated|externals?|internals?|legacy|vendor(?:ed)?|v\d+)\b"),
    re.compile(r"\.(?:cli|commands?)\b"),
)
"""Modules that serve what is old or is not the library's own, and such as are no interface at all."""


def search(module: str, names: List[str], text: str = "", *, works: bool = False) -> List[str]:
    """Return the modules that hold all names now, the likeliest first, each imported to be sure.

    Args:
        module: Where the sample looks for them.
        names: What it looks for there; empty where it imports the module itself.
        text: What the library says of it, which may name the new place.
        works: Whether it is still there: then what serves old code is no better place.
    """
    said = [path for path in dict.fromkeys(_DOTTED.findall(text)) if path.partition(".")[0] and path != module]
    told = [place for path in said for place in _places(path, names)]
    found = sorted(_mentioning(module, names), key=lambda place: _distance(module, place))
    found = [place for place in found if not (works and any(_side(place)))][:TRIED]
    confirmed: List[str] = []
    for place in dict.fromkeys([*told, *found]):
        if place != module and len(confirmed) < KEPT and _holds(place, names):
            # what the library says of itself stays as it says it
            shorter = place if place in told or not names else _passed_on(place, names)
            public = place in told or not _PRIVATE.search(shorter)
            confirmed += [shorter] if public and shorter != module and shorter not in confirmed else []
    return confirmed


def _passed_on(place: str, names: List[str]) -> str:
    """Return the package above a module that gives out the very same objects, the shortest one, else the module."""
    words = place.split(".")
    objects = [_held(place, name) for name in names]
    for length in range(1, len(words)):
        above = ".".join(words[:length])
        if -1 not in objects and [_held(above, name) for name in names] == objects and _holds(above, names):
            return above
    return place


def _held(module: str, name: str) -> int:
    """Return what tells an object of a module that is imported from others; without the name, a place of no object."""
    found: Any = member(Real(sys.modules[module], module), name, []) if module in sys.modules else None
    return id(found.obj) if isinstance(found, Real) else -1


def _places(path: str, names: List[str]) -> List[str]:
    """Return the module that a dotted name in a message may mean."""
    parent, _, last = path.rpartition(".")
    return [parent] if last in names else [path]


def _holds(module: str, names: List[str]) -> bool:
    """Return whether a module can be imported and has all names, without calling them deprecated."""
    heard: List[Heard] = []
    found = load(module, heard)
    if found is None or isinstance(found, tuple):
        return False
    return not any(isinstance(member(Real(found, module), name, heard), Gone) for name in names) and not heard


def _distance(old: str, new: str) -> Tuple[List[bool], bool, int, int, str]:
    """Order places: side modules come last, private ones before, those whose last words are the old ones first."""
    before, after = old.split(".")[::-1], new.split(".")[::-1]
    common = 0
    while common < min(len(before), len(after)) and before[common] == after[common]:
        common += 1
    return _side(new), bool(_PRIVATE.search(new)), -common, len(after), new


def _side(place: str) -> List[bool]:
    """Return how far from a library's own interface a module is, for ordering."""
    return [bool(one.search(place)) for one in _SIDE[::-1]]


def _mentioning(module: str, names: List[str]) -> Iterator[str]:
    """Yield the modules whose text binds all names, among the packages that share the library's name."""
    until, looked = time.monotonic() + SECONDS, 0
    last = module.rpartition(".")[2]
    passed_on, defined = [_binding(name) for name in names], [_definition(name) for name in names]
    for path, dotted in _files(module.partition(".")[0]):
        looked += 1
        if looked > FILES or time.monotonic() > until:
            return
        if _NEVER.search(dotted):
            continue
        if not names:
            if dotted.rpartition(".")[2] == last and not _PRIVATE.search(dotted):
                yield dotted
            continue
        try:
            with open(path, "rb") as file:
                text = file.read(1 << 20)
        except OSError:
            continue  # a file that cannot be read is no place to point to
        # what a module merely imports for its own use does not live there; a package passes its names on
        if all(pattern.search(text) for pattern in (passed_on if path.endswith("__init__.py") else defined)):
            yield dotted


def _definition(name: str) -> "re.Pattern[bytes]":
    """Return what finds a name defined at the top of a module."""
    word = re.escape(name).encode()
    return re.compile(rb"^(?:class|def|async def) " + word + rb"\b|^" + word + rb"\s*[:=]", re.MULTILINE)


def _binding(name: str) -> "re.Pattern[bytes]":
    """Return what finds a name defined, or imported to be passed on."""
    word = re.escape(name).encode()
    imported = rb"|^from [\w.]+ import [^\n(]*\b" + word + rb"\b|^ {4}" + word + rb"(?: as \w+)?,?\s*$"
    return re.compile(_definition(name).pattern + imported, re.MULTILINE)


def _files(top: str) -> Iterator[Tuple[str, str]]:
    """Yield (path, dotted module) of the files below the packages that begin with a library's name."""
    site = sysconfig.get_path("purelib")
    for entry in sorted(os.listdir(site)):
        if entry != top and not entry.startswith(top + "_"):
            continue
        for folder, folders, files in os.walk(os.path.join(site, entry)):
            folders[:] = sorted(one for one in folders if one.isidentifier() and one != "__pycache__")
            dotted = os.path.relpath(folder, site).replace(os.sep, ".")
            for file in sorted(files):
                if file == "__init__.py":
                    yield os.path.join(folder, file), dotted
                elif file.endswith(".py"):
                    yield os.path.join(folder, file), f"{dotted}.{file[:-3]}"
