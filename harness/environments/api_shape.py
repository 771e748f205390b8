"""What is kept of a release: which modules it has, what they hold, what it requires.

Small values that are written to the store; no code is kept, only its interface.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

CLASS: Final = "c"
FUNCTION: Final = "f"
VALUE: Final = "v"
ALIAS: Final = "a"
MADE_UP: Final = "(table)"
"""Mark of a module that exists by a table alone."""
REFUSES: Final = "(refuses)"
"""Mark of a function that only raises."""
_MODULE: Final = re.compile(r"^(?P<path>(?:[^\W\d]\w*/)*[^\W\d]\w*)(?:\.py|\.pyi|(?:\.[\w-]+)*\.(?:so|pyd))$")
_DATA: Final = re.compile(r"^[^/]+\.data/(?:purelib|platlib)/")
_ROOTS: Final = ("src/", "lib/", "python/")
"""Folders of a source distribution that are put on the path."""


class Parameter(msgspec.Struct, frozen=True, array_like=True):
    """One parameter of a callable."""

    name: str
    """Its name, without stars."""
    required: bool = False
    """True where it cannot be left out."""
    star: int = 0
    """2 for one that takes all further keywords, 1 for all further positions."""


class Thing(msgspec.Struct, array_like=True):
    """A class, a function, a value or an imported name."""

    kind: str
    """One of the letters above."""
    target: str = ""
    """Of an alias, or a value that is another name: the full dotted path."""
    parents: tuple[str, ...] = ()
    """Of a class its bases, of a function what its annotation says it returns: full dotted paths where known."""
    parameters: tuple[Parameter, ...] = ()
    """Of a function, without ``self``."""
    members: dict[str, Thing] = {}
    """Of a class."""
    marks: tuple[str, ...] = ()
    """The decorators' dotted names."""
    taken: tuple[str, ...] = ()
    """Keywords that the body takes out of ``**kwargs``, and aliases of fields."""
    passes: tuple[str, ...] = ()
    """What the body passes ``**kwargs`` on to: dotted names, or ``super``."""
    notes: tuple[str, ...] = ()
    """What its code says of its future: deprecation messages, bounded."""
    documented: tuple[str, ...] = ()
    """What its docstring says of the future, its own or its parameters'."""
    given: tuple[str, ...] = ()
    """Of a class names that calls set on it; of what others ask for theirs, those that it lists or takes for them."""
    lists: tuple[str, ...] = ()
    """Of a class: what is gone through, elsewhere too, to set more names on it."""


class Module(msgspec.Struct, array_like=True):
    """The interface of one module."""

    things: dict[str, Thing] = {}
    """What it holds, by name."""
    stars: tuple[str, ...] = ()
    """Modules whose names it takes over."""
    lazy: dict[str, str] = {}
    """Names that it gives out when asked, with the full path they stand for, empty where not known."""
    dynamic: bool = False
    """True where it makes up names when asked, in a way that cannot be read."""
    notes: tuple[str, ...] = ()
    """What its code says of its own future."""
    documented: tuple[str, ...] = ()
    """What its docstring says of the future."""
    broken: bool = False
    """True where it does not parse; nothing is known of what it holds."""


class Content(msgspec.Struct):
    """All that is known of one release."""

    paths: dict[str, str]
    """Module to its file; a package without a file of its own stands for an empty one."""
    requires: tuple[str, ...] | None = None
    """Requirements that hold without an extra, None until they are asked for."""
    modules: dict[str, Module] = {}
    """The modules that were read so far."""
    defined: dict[str, tuple[str, ...]] | None = None
    """Class or function to the modules that define it, None until it is asked for."""


def module_paths(names: Iterable[str]) -> dict[str, str]:
    """Return the modules that a release's files make up, packages without a file of their own included."""
    every = list(names)
    roots = [root for root in _ROOTS if f"{root}__init__.py" not in every]
    found: dict[str, str] = {}
    for name in sorted(every, key=_preference):
        inner = _DATA.sub("", name)
        inner = next((inner.removeprefix(root) for root in roots if inner.startswith(root)), inner)
        if match := _MODULE.match(inner):
            module = match["path"].replace("/", ".").removesuffix(".__init__")
            found.setdefault(module, name)
    for module in list(found):
        while module := module.rpartition(".")[0]:
            found.setdefault(module, "")
    return found


def _preference(name: str) -> tuple[bool, bool]:
    """Order files that make up the same module: source first, then stubs, then binaries."""
    return not name.endswith(".py"), not name.endswith(".pyi")
