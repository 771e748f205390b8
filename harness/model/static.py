"""What was learned of a sample without running it: what the type checker says, and what the real objects are."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.verdict import Code


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that the installed libraries do not offer the way the sample uses it, seen on the real object."""

    code: Code
    """A001 to A005."""
    line: int
    """Line of the sample's text, from 1."""
    column: int
    """Column of the sample's own token, from 1."""
    symbol: str
    """Full dotted path of the library's name, as the sample reaches it."""
    message: str
    """What is wrong, for an author."""
    file: str = ""
    """The sample's file that the line belongs to."""
    end_column: int = 0
    """Column behind the token, 0 where not known."""
    evidence: str = ""
    """What was seen, e.g. the parameters that there are, or the library's own words."""
    sure: bool = True
    """False where an annotation, not the object itself, said what the value is."""
    moved: tuple[str, ...] = ()
    """Modules that hold the name now, each checked by importing it, the likeliest first."""
    name: str = ""
    """The name that is looked for in ``moved``, or empty."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What the type checker said, as it said it."""

    rule: str
    """Name of its rule."""
    line: int
    """Line of the sample's text, from 1."""
    column: int
    """Column, from 1."""
    message: str
    """Its text, bounded."""
    file: str = ""
    """The sample's file that the line belongs to."""
    end_line: int = 0
    """Line of its end, 0 where not known."""
    end_column: int = 0
    """Column behind its end, 0 where not known."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A stretch of the sample whose real object was looked at, so that the type checker's opinion is not needed."""

    line: int
    """Line of the sample's text on which it begins, from 1."""
    column: int
    """Column, from 1."""
    end_line: int
    """Line of its end."""
    end_column: int
    """Column behind its end."""
    file: str = ""
    """The sample's file."""


@dataclass(frozen=True, slots=True)
class Starred:
    """The names that a star import gives."""

    module: str
    """The module, dotted."""
    names: tuple[str, ...]
    """What it exports."""


@dataclass(frozen=True, slots=True)
class StaticEvidence:
    """What the static look at one sample in one environment gave."""

    sightings: tuple[Sighting, ...] = ()
    """What was seen on real objects."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What the type checker says."""
    looked: tuple[Looked, ...] = ()
    """Where real objects were looked at, whatever was seen."""
    starred: tuple[Starred, ...] = ()
    """What the star imports of the sample give."""
    notes: tuple[str, ...] = ()
    """What a reader should know: that the type checker was not there, that a module took too long."""
    whole: bool = True
    """False where something ended before it had said all: another look may see more."""
    seconds: float = 0.0
    """Wall time."""
