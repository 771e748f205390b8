"""Where a dotted name leads in one release: through imports, star imports, lazy exports and base classes.

Pure over a `Space`; nothing is imported or executed. What cannot be told by
reading raises `UnclearError`, which is not the same as not being there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from harness.environments.api_shape import ALIAS, CLASS, VALUE, Module, Thing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEEPEST: Final = 24
"""Steps from name to name; code that goes in circles ends here."""


class UnclearError(Exception):
    """Reading does not tell."""


class Space(Protocol):
    """The modules of one release and of those that come with it."""

    def has(self, module: str) -> bool:
        """Return whether a module is there."""

    def module(self, name: str) -> Module | None:
        """Return the interface of a module."""

    def covers(self, module: str) -> bool:
        """Return whether a module's absence says anything: its top-level package belongs to this space."""


@dataclass(frozen=True, slots=True)
class Found:
    """A name that is there."""

    module: str
    """The module that holds it, or the module itself."""
    name: str = ""
    """Its name within the module, dotted; empty for a module."""
    thing: Thing | None = None
    """What it is; None for a module, and where only its existence is known."""

    @property
    def path(self) -> str:
        """Its full dotted path."""
        return f"{self.module}.{self.name}" if self.name else self.module


class Names:
    """Looks names up in one space."""

    def __init__(self, space: Space) -> None:
        """Say where to look."""
        self.space = space
        self._is_reading = False

    def find(self, path: str, depth: int = 0) -> Found | None:
        """Return what a full dotted path leads to, None where it leads nowhere.

        Raises:
            UnclearError: If reading does not tell.
        """
        if depth > DEEPEST:
            raise UnclearError("names lead in circles")
        module, *rest = path.split(".")
        if not self.space.has(module):
            return None
        while rest:
            found = self._in_module(module, rest[0], depth)
            if found is None:
                return None
            del rest[0]
            if found.name:
                return self._below(found, rest, depth)
            module = found.module
        return Found(module)

    def member(self, owner: Found, name: str, depth: int = 0) -> Found | None:
        """Return a member of a class, its own or inherited, None where it has none of that name."""
        for kind in self.lineage(owner, depth):
            if kind.thing is not None and name in kind.thing.members:
                return Found(kind.module, f"{kind.name}.{name}", kind.thing.members[name])
            if self._is_given(kind, name, depth):
                return Found(kind.module, f"{kind.name}.{name}", Thing(VALUE))
        return None

    def _is_given(self, kind: Found, name: str, depth: int) -> bool:
        """Return whether a call sets a name on a class: one written in the call, or one of those it goes through."""
        if kind.thing is None:
            return False
        return name in kind.thing.given or any(name in self.given(kind.module, one, depth) for one in kind.thing.lists)

    def given(self, module: str, path: str, depth: int = 0) -> tuple[str, ...]:
        """Return the names that something lists or takes for others, none where it cannot be found."""
        if self._is_reading:  # a list is found by its own name, not by what other lists may hold: they would multiply
            return ()
        self._is_reading = True
        try:
            found = self._near(module, path, depth + 1)
        except UnclearError:
            return ()
        finally:
            self._is_reading = False
        return found.thing.given if found and found.thing else ()

    def lineage(self, owner: Found, depth: int = 0) -> Iterator[Found]:
        """Yield a class and its bases that can be found, nearest first."""
        seen: set[str] = set()
        waiting = [owner]
        while waiting:
            kind = waiting.pop(0)
            if kind.path in seen or kind.thing is None or len(seen) > DEEPEST * 2:
                continue
            seen.add(kind.path)
            yield kind
            waiting += [base for path in kind.thing.parents if (base := self._class(kind.module, path, depth + 1))]

    def outside(self, owner: Found) -> tuple[str, ...]:
        """Return the bases of a class that cannot be found, as they are named."""
        kinds = list(self.lineage(owner))
        return tuple(
            path
            for kind in kinds
            for path in (kind.thing.parents if kind.thing else ())
            if self._class(kind.module, path, 1) is None
        )

    def followed(self, found: Found, depth: int = 0) -> Found:
        """Return what a value is another name of, or itself."""
        while found.thing is not None and found.thing.kind != CLASS and found.thing.target:
            target = self._near(found.module, found.thing.target, depth + 1)
            if target is None or target.path == found.path or depth > DEEPEST:
                break
            found, depth = target, depth + 1
        return found

    def results(self, found: Found, depth: int = 0) -> list[Found]:
        """Return the classes that a function's or a value's annotation names and that can be found."""
        paths = found.thing.parents if found.thing else ()
        return [kind for path in paths if (kind := self._class(found.module, path, depth + 1))]

    def _class(self, module: str, path: str, depth: int) -> Found | None:
        try:
            found = self._near(module, path, depth)
        except UnclearError:
            return None
        return found if found and found.thing is not None and found.thing.kind == CLASS else None

    def _near(self, module: str, path: str, depth: int) -> Found | None:
        """Return what a path as written in a module leads to."""
        whole = path if "." in path and self.space.has(path.partition(".")[0]) else f"{module}.{path}"
        found = self.find(whole, depth)
        return self.followed(found, depth) if found and found.thing and found.thing.kind != CLASS else found

    def _below(self, found: Found, rest: Sequence[str], depth: int) -> Found | None:
        """Follow the rest of a path through members of classes."""
        for name in rest:
            found = self.followed(found, depth)
            if found.thing is None:
                raise UnclearError(f"{found.path} is defined elsewhere")
            kinds = [found] if found.thing.kind == CLASS else self.results(found, depth)
            if not kinds:
                raise UnclearError(f"what {found.path} is cannot be read")
            members = (self.member(kind, name, depth) for kind in kinds)
            member = next((one for one in members if one), None)
            if member is None:
                return None
            found = member
        return found

    def _in_module(self, module: str, name: str, depth: int) -> Found | None:
        """Return what a name means in a module."""
        seen = self.space.module(module)
        if seen is None:
            return None
        whole = f"{module}.{name}"
        thing = seen.things.get(name)
        # a value of which nothing is known stands for the module of its name: what loads it when it is needed
        loader = thing is not None and thing.kind == VALUE and not thing.target and self.space.has(whole)
        if thing is not None and thing.target != whole and not loader:
            alias = thing.kind == ALIAS
            return self._imported(module, name, thing.target, depth) if alias else Found(module, name, thing)
        if self.space.has(whole):
            return Found(whole)
        if name in seen.lazy:
            return self._imported(module, name, seen.lazy[name], depth)
        unclear: UnclearError | None = None
        for star in seen.stars if not name.startswith("_") and depth < DEEPEST else ():
            try:
                found = self._handed_on(star, name, depth + 1)
            except UnclearError as error:
                # one that cannot be read does not hide what the others have
                found, unclear = None, error
            if found:
                return found
        if unclear:
            raise unclear
        if seen.broken or (seen.dynamic and not name.startswith("__")):
            raise UnclearError(f"{module} cannot be read" if seen.broken else f"{module} makes up names when asked")
        return None

    def _handed_on(self, module: str, name: str, depth: int) -> Found | None:
        """Return what ``from module import *`` gives under a name: of what Python itself has, nothing."""
        seen = self.space.module(module)
        thing = seen.things.get(name) if seen else None
        own = thing is not None and thing.kind == ALIAS and thing.target == f"builtins.{name}"
        return None if own else self._in_module(module, name, depth)

    def _imported(self, module: str, name: str, target: str, depth: int) -> Found:
        """Return what an import leads to; where that is not here, the name exists all the same."""
        try:
            found = self.find(target, depth + 1) if target and self.space.covers(target) else None
        except UnclearError:
            found = None
        return found or Found(module, name)
