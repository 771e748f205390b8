"""What can be asked of a distribution's published releases, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.model.verdict import History


class Sense(StrEnum):
    """What is looked for in a release."""

    MODULE = "module"
    """A module that can be imported."""
    ATTRIBUTE = "attribute"
    """A name in a module, or a member of a class."""
    PARAMETER = "parameter"
    """A parameter that a callable takes."""
    REQUIRED = "required"
    """A parameter that cannot be left out: a release where it can is a good one."""
    PROTOCOL = "protocol"
    """A special method of a class, e.g. ``__enter__``."""
    PLAIN = "plain"
    """A name that is there and of which nothing says that it will go: a release that says so is a bad one."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to look for in the releases of a distribution."""

    distribution: str
    """Normalised name."""
    tested: str
    """The version that a finding was seen in; newer ones are not looked at."""
    sense: Sense
    """What is looked for."""
    path: str
    """Full dotted path: the module, the name, the callable or the class."""
    member: str = ""
    """The parameter or the special method."""
    also: tuple[tuple[str, str], ...] = ()
    """(normalised name, version tested) of others that share the package, asked where the first never had it."""
    alternatives: tuple[str, ...] = ()
    """Normalised names of distributions that are not installed and may hold the package, asked where none has it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the releases say; without a history, ``reason`` says why there is none."""

    question: Question
    """What was asked."""
    history: History | None = None
    """When it went, or how many releases never had it; None where nothing can be said."""
    never_existed: bool = False
    """True where releases of every minor line were looked at and none has it."""
    present: bool = False
    """True where the tested version is not to blame: it has what the finding says is missing."""
    reason: str = ""
    """Why there is no history, one sentence without a full stop, else empty."""
    lived_in: str = ""
    """File of the last release in which it was found."""
    hint: str = ""
    """What that release says of its future, e.g. a deprecation message, or empty."""
    parameters_then: tuple[str, ...] = ()
    """The parameters that the callable had in the last good release."""
    parameters_now: tuple[str, ...] = ()
    """The parameters that it has in the tested version."""
    moved_to: tuple[str, ...] = ()
    """Full dotted paths under which the tested version has it, nearest first; to be checked by import."""
    prerelease: str = ""
    """A pre-release that had it where no final release did, or empty."""
