"""What a callable takes in one release: its parameters, keywords taken out of ``**kwargs``, fields of data classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.environments.api_resolve import DEEPEST, Found, UnclearError
from harness.environments.api_shape import CLASS, FUNCTION

if TYPE_CHECKING:
    from harness.environments.api_resolve import Names

_PLAIN: Final = frozenset(
    ("object", "ABC", "ABCMeta", "Generic", "Protocol", "type", "Exception", "Enum", "str", "int", "dict", "list")
)
"""Bases that add no parameters worth asking for."""
_DATA: Final = frozenset(("dataclass", "dataclasses", "define", "attrs", "attributes", "frozen", "mutable", "s", "ib"))
"""Decorators that make parameters of fields."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a callable takes."""

    names: tuple[str, ...]
    """The keywords it is known to take, in order."""
    required: frozenset[str] = frozenset()
    """Those that cannot be left out."""
    open: bool = False
    """True where it takes further keywords that cannot be told by reading."""

    def joined(self, other: Signature) -> Signature:
        """Return what both take together; the other is what this one passes keywords on to."""
        names = tuple(dict.fromkeys((*self.names, *other.names)))
        return Signature(names, self.required | other.required, other.open)


def signature(names: Names, found: Found, depth: int = 0) -> Signature:
    """Return what a function, a method or a class takes.

    Raises:
        UnclearError: If what is found is no callable that can be read.
    """
    found = names.followed(found)
    if depth > DEEPEST or found.thing is None:
        raise UnclearError(f"what {found.path} takes cannot be read")
    if found.thing.kind == CLASS:
        return _of_class(names, found, depth)
    if found.thing.kind == FUNCTION:
        return _of_function(names, found, depth)
    kinds = names.results(found)
    if kinds and (call := names.member(kinds[0], "__call__")):
        return signature(names, call, depth + 1)
    raise UnclearError(f"what {found.path} takes cannot be read")


def _of_class(names: Names, owner: Found, depth: int) -> Signature:
    """Return what a class takes: its constructor's parameters, else its fields."""
    for kind in names.lineage(owner):
        for maker in ("__init__", "__new__"):
            init = kind.thing.members.get(maker) if kind.thing else None
            if init is not None and init.kind == FUNCTION:
                made = _of_function(names, Found(kind.module, f"{kind.name}.{maker}", init), depth)
                return made.joined(_fields(names, owner)) if made.open and _has_fields(names, owner) else made
    if _has_fields(names, owner):
        return _fields(names, owner)
    if any(base.rpartition(".")[2] not in _PLAIN for base in names.outside(owner)):
        raise UnclearError(f"what {owner.path} takes is said elsewhere")
    return Signature(())


def _has_fields(names: Names, owner: Found) -> bool:
    """Return whether a class makes parameters of its fields: it says so, or a base from elsewhere may do so."""
    things = [kind.thing for kind in names.lineage(owner) if kind.thing]
    if any(mark.rpartition(".")[2] in _DATA for thing in things for mark in thing.marks):
        return True
    annotated = any("annotated" in member.marks for thing in things for member in thing.members.values())
    return annotated and any(base.rpartition(".")[2] not in _PLAIN for base in names.outside(owner))


def _fields(names: Names, owner: Found) -> Signature:
    found: dict[str, bool] = {}
    aliases: list[str] = []
    for kind in reversed(list(names.lineage(owner))):
        if kind.thing:
            members = kind.thing.members.items()
            found |= {name: "bare" in member.marks for name, member in members if "annotated" in member.marks}
            aliases += kind.thing.taken
    return Signature(tuple(dict.fromkeys((*found, *aliases))), frozenset(name for name in found if found[name]))


def _of_function(names: Names, found: Found, depth: int) -> Signature:
    thing = found.thing
    if thing is None:
        raise UnclearError(f"what {found.path} takes cannot be read")
    plain = [parameter for parameter in thing.parameters if not parameter.star]
    # a decorator's wrapper may take what the text of the function no longer names
    wrapped = [name for mark in thing.marks for name in names.given(found.module, mark, depth)]
    own = Signature(
        tuple(dict.fromkeys((*(parameter.name for parameter in plain), *thing.taken, *wrapped))),
        frozenset(parameter.name for parameter in plain if parameter.required),
        any(parameter.star > 1 for parameter in thing.parameters),
    )
    if not own.open:
        return own
    for target in thing.passes:
        try:
            passed = _passed(names, found, target, depth + 1)
        except UnclearError:
            passed = Signature((), open=True)
        joined = own.joined(passed)
        own = Signature(joined.names, own.required, own.open if len(thing.passes) > 1 else passed.open)
    return own


def _passed(names: Names, found: Found, target: str, depth: int) -> Signature:
    """Return what the callable takes that a function passes its keywords on to."""
    owner, _, name = found.name.rpartition(".")
    if depth > DEEPEST:
        raise UnclearError("names lead in circles")
    if target == "super" and owner:
        kinds = list(names.lineage(_class_of(names, found, owner)))[1:]
        for kind in kinds:
            inherited = kind.thing.members.get(name) if kind.thing else None
            if inherited is not None and inherited.kind == FUNCTION:
                return _of_function(names, Found(kind.module, f"{kind.name}.{name}", inherited), depth)
        return Signature((), open=any(one.rpartition(".")[2] not in _PLAIN for one in _outside(names, found, owner)))
    first, _, rest = target.partition(".")
    path = f"{owner}.{rest}" if first in ("self", "cls") and owner else target
    reached = names.find(f"{found.module}.{path}")
    if reached is None:
        raise UnclearError(f"what {target} takes cannot be read")
    return signature(names, reached, depth)


def _outside(names: Names, found: Found, owner: str) -> tuple[str, ...]:
    return names.outside(_class_of(names, found, owner))


def _class_of(names: Names, found: Found, owner: str) -> Found:
    kind = names.find(f"{found.module}.{owner}")
    if kind is None:
        raise UnclearError(f"{owner} cannot be found")
    return kind
