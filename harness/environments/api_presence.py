"""Whether one release has what is asked for, and what it says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.environments.api_resolve import Found, Names, UnclearError
from harness.environments.api_shape import CLASS, FUNCTION, MADE_UP, REFUSES, Module, Thing
from harness.environments.api_signature import Signature, signature
from harness.environments.api_web import WebError
from harness.model.history import Sense

if TYPE_CHECKING:
    from harness.environments.api_space import ReleaseSpace
    from harness.model.history import Question

_OF_ALL: Final = re.compile(
    r"\W*(?:\[?deprecated|this (?:class|function|module|method)|(?:is )?obsolete)", re.IGNORECASE
)
"""A line of a docstring that speaks of the whole, not of a parameter."""
_ENDS: Final = re.compile(r"deprecat|removed in|will be removed", re.IGNORECASE)
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
    """Where it was found; of a parameter or a method, what takes or holds it."""
    held: bool = True
    """False where what would hold it, the callable or the class, is not there either."""
    parameters: tuple[str, ...] = ()
    """What the callable takes, where a parameter was asked for."""
    notes: tuple[str, ...] = ()
    """What the release says of its future."""


def sight(question: Question, space: ReleaseSpace) -> Sighting:
    """Look for what a question asks in one release."""
    names = Names(space)
    look = _LOOKS.get(question.sense, _parameter)
    try:
        return look(question, names)
    except (UnclearError, WebError) as error:
        return Sighting(None, str(error))


def _name(question: Question, names: Names) -> Sighting:
    """Look for a name in a module or a member of a class."""
    found = names.find(question.path)
    if found is not None:
        # what only raises, whatever it is given, is there to tell that it is gone
        refuses = found.thing is not None and REFUSES in found.thing.marks
        return Sighting(not refuses, found=found, notes=_notes(names, found) or _told_when_asked(question, names))
    owner = names.find(question.path.rpartition(".")[0])
    return Sighting(False, found=owner, held=owner is not None)


def _told_when_asked(question: Question, names: Names) -> tuple[str, ...]:
    """Return what a module warns of when it is asked for a name that it gives out by ``__getattr__``."""
    parent, _, name = question.path.rpartition(".")
    module = names.space.module(parent) if names.space.has(parent) else None
    asked = module.things.get("__getattr__") if module else None
    word = re.compile(rf"\b{re.escape(name)}\b")
    return tuple(note for note in asked.notes if word.search(note)) if asked else ()


def _module(question: Question, names: Names) -> Sighting:
    """Look for a module, or for what passes for one: a package may make one up by a table."""
    found = Found(question.path) if names.space.has(question.path) else None
    if found is None and "." in question.path:
        found = names.find(question.path)
        if found is not None and found.name and not (found.thing and found.thing.kind == CLASS):
            found = None
    return Sighting(found is not None, found=found, notes=_notes(names, found))


def _plain(question: Question, names: Names) -> Sighting:
    """Look for a name of which nothing says that it will go."""
    found = names.find(question.path)
    notes = _notes(names, found)
    owner = names.find(question.path.rpartition(".")[0])
    made_up = owner is not None and owner.thing is not None and MADE_UP in owner.thing.marks
    own = re.compile(rf"\b{re.escape(question.path.rpartition('.')[2])}\b|\bthis\b|^deprecated:", re.IGNORECASE)
    aside = _of_parameter(names, found)
    ends = any(_ENDS.search(note) and own.search(note) and not aside.search(note) for note in notes)
    return Sighting(found is not None and not made_up and not ends, found=found)


def _of_parameter(names: Names, found: Found | None) -> re.Pattern[str]:
    """Return what finds a note that speaks of one parameter of a callable, not of the whole."""
    try:
        takes = signature(names, found).names if found and found.thing else ()
    except UnclearError:
        takes = ()
    words = "|".join(re.escape(name) for name in takes if found and name != found.name.rpartition(".")[2])
    return re.compile(rf"[`'\"](?:{words})=?[`'\"]" if words else r"(?!)")


def _protocol(question: Question, names: Names) -> Sighting:
    """Look for a special method of a class, or of what a function gives back."""
    found = names.find(question.path)
    if found is None:
        return Sighting(False, held=False)
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
        return Sighting(False, held=False)
    takes = signature(names, found)
    there = question.member in takes.names
    if not there and takes.open and question.sense is not Sense.REQUIRED:
        raise UnclearError(f"{found.path} takes keywords that it does not name")
    good = there if question.sense is Sense.PARAMETER else question.member not in takes.required
    word = re.compile(rf"\b{re.escape(question.member)}\b")
    notes = tuple(note for note in _notes(names, found, all_documented=True) if word.search(note))
    return Sighting(good, found=found, parameters=_listed(takes), notes=notes)


def _listed(takes: Signature) -> tuple[str, ...]:
    return (*takes.names, "**") if takes.open else takes.names


def _notes(names: Names, found: Found | None, *, all_documented: bool = False) -> tuple[str, ...]:
    """Return what a release says of the future of what was found.

    Args:
        names: Looks names up.
        found: What was found.
        all_documented: Whether what a docstring says of other things than the whole counts too.
    """
    if found is None:
        return ()
    if found.thing is None:
        module = names.space.module(found.module) if not found.name else None
        said: list[Thing | Module] = [module] if module else []
    else:
        init = names.member(found, "__init__") if found.thing.kind == CLASS else None
        said = [found.thing, *([init.thing] if init and init.thing else [])]
    documented = [text for one in said for text in one.documented if all_documented or _OF_ALL.match(text)]
    return tuple(dict.fromkeys((*(note for one in said for note in one.notes), *documented)))


_LOOKS: Final = {
    Sense.MODULE: _module,
    Sense.ATTRIBUTE: _name,
    Sense.PROTOCOL: _protocol,
    Sense.PLAIN: _plain,
}
