"""Whether one release has what is asked for, and what it says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.environments.api_resolve import Found, Names, UnclearError
from harness.environments.api_shape import CLASS, FUNCTION
from harness.environments.api_signature import Signature, signature
from harness.environments.api_web import WebError
from harness.model.history import Sense

if TYPE_CHECKING:
    from harness.environments.api_space import ReleaseSpace
    from harness.model.history import Question

_MANAGES: Final = re.compile(r"contextmanager$")
_ENTERS: Final = frozenset(("__enter__", "__exit__", "__aenter__", "__aexit__"))


@dataclass(frozen=True, slots=True)
class Sighting:
    """What looking into one release showed."""

    good: bool | None
    """Whether what the sample wrote works with it, None where reading does not tell."""
    why: str = ""
    """Why it does not tell."""
    found: Found | None = None
    """Where it was found."""
    parameters: tuple[str, ...] = ()
    """What the callable takes, where a parameter was asked for."""
    notes: tuple[str, ...] = ()
    """What the release says of its future."""


def sight(question: Question, space: ReleaseSpace) -> Sighting:
    """Look for what a question asks in one release."""
    names = Names(space)
    look = {Sense.MODULE: _module, Sense.ATTRIBUTE: _name, Sense.PROTOCOL: _protocol}.get(question.sense, _parameter)
    try:
        return look(question, names)
    except (UnclearError, WebError) as error:
        return Sighting(None, str(error))


def _name(question: Question, names: Names) -> Sighting:
    """Look for a name in a module or a member of a class."""
    found = names.find(question.path)
    return Sighting(found is not None, found=found, notes=_notes(names, found))


def _module(question: Question, names: Names) -> Sighting:
    """Look for a module, or for what passes for one: a package may make one up by a table."""
    found = Found(question.path) if names.space.has(question.path) else None
    if found is None and "." in question.path:
        found = names.find(question.path)
        if found is not None and found.name and not (found.thing and found.thing.kind == CLASS):
            found = None
    return Sighting(found is not None, found=found, notes=_notes(names, found))


def _protocol(question: Question, names: Names) -> Sighting:
    """Look for a special method of a class, or of what a function gives back."""
    found = names.find(question.path)
    if found is None:
        return Sighting(False)
    found = names.followed(found)
    thing = found.thing
    if thing is None:
        raise UnclearError(f"{found.path} is defined elsewhere")
    if thing.kind == FUNCTION and _offers(question.member, thing.marks):
        return Sighting(True, found=found, notes=thing.notes)
    kinds = [found] if thing.kind == CLASS else names.results(found)
    if not kinds:
        raise UnclearError(f"what {found.path} gives back cannot be read")
    member = next((one for kind in kinds if (one := names.member(kind, question.member))), None)
    return Sighting(member is not None, found=member or found, notes=_notes(names, member))


def _offers(method: str, marks: tuple[str, ...]) -> bool:
    """Return whether a function itself can be used this way: called, or entered where its decorator says so."""
    return method == "__call__" or (method in _ENTERS and any(_MANAGES.search(mark) for mark in marks))


def _parameter(question: Question, names: Names) -> Sighting:
    """Look for a parameter of a callable."""
    found = names.find(question.path)
    if found is None:
        return Sighting(False)
    takes = signature(names, found)
    there = question.member in takes.names
    if not there and takes.open and question.sense is not Sense.REQUIRED:
        raise UnclearError(f"{found.path} takes keywords that it does not name")
    good = {
        Sense.PARAMETER: there,
        Sense.NEWCOMER: not there,
        Sense.REQUIRED: question.member not in takes.required,
    }[question.sense]
    notes = tuple(note for note in _notes(names, found) if re.search(rf"\b{re.escape(question.member)}\b", note))
    return Sighting(good, found=found, parameters=_listed(takes), notes=notes)


def _listed(takes: Signature) -> tuple[str, ...]:
    return (*takes.names, "**") if takes.open else takes.names


def _notes(names: Names, found: Found | None) -> tuple[str, ...]:
    """Return what a release says of the future of what was found."""
    if found is None:
        return ()
    if found.thing is not None:
        init = names.member(found, "__init__") if found.thing.kind == CLASS else None
        return (*found.thing.notes, *(init.thing.notes if init and init.thing else ()))
    module = names.space.module(found.module)
    return module.notes if module and not found.name else ()
