"""What is to run: lanes, targets and jobs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.model.source import Sample


class Lane(StrEnum):
    """Which library versions a job runs against."""

    CURRENT = "current"
    """What the index serves today."""
    PUBLISHED = "published"
    """What the index served on the page's lastUpdated date."""
    NEXT = "next"
    """Pre-releases."""


@dataclass(frozen=True, slots=True)
class Target:
    """A lane and a Python version."""

    lane: Lane
    """The lane."""
    python: str | None = None
    """``3.13``, or None for the newest on offer that the libraries support."""


@dataclass(frozen=True, slots=True)
class Session:
    """The samples that need one library, at one target: what a matrix runs as one."""

    library: str
    """Normalised name of a distribution, or ``no library`` for samples that need none."""
    target: Target
    """The lane and the Python version."""
    samples: tuple[str, ...] = ()
    """Ids of the samples."""

    @property
    def name(self) -> str:
        """What it is called, e.g. ``verify-3.13(prefect, current)``."""
        return f"verify-{self.target.python}({self.library}, {self.target.lane})"


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of what is to run, for one machine of several."""

    number: int
    """Which one, from 1."""
    of: int
    """How many there are."""

    def __str__(self) -> str:
        """Return it as a user writes it."""
        return f"{self.number}/{self.of}"


@dataclass(frozen=True, slots=True)
class Need:
    """One distribution that a sample needs, and why."""

    requirement: str
    """PEP 508 requirement."""
    reason: str
    """``import prefect (line 2)``, ``PEP 723 block``, ``directive``, ``context`` or ``library asked: …``."""
    module: str = ""
    """The module whose import led to it, dotted, or empty."""
    alternatives: tuple[str, ...] = ()
    """Normalised names of the other distributions that are known to provide that module."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An import that leads to no known distribution (E201)."""

    module: str
    """The module as the sample imports it."""
    line: int
    """Line of the sample's text, from 1."""
    reason: str
    """Why it is not installed, for a person."""
    own: bool = False
    """True where the name is one that authors give modules of their own (``utils``,
    ``steps.train``): what a reader lacks is a file (S103), not a distribution."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a sample needs and does not say, written down by hand; never required."""

    requires: tuple[str, ...] = ()
    """PEP 508 requirements to add."""
    files: tuple[tuple[str, str], ...] = ()
    """(path, text) of files to put beside the sample."""
    env: tuple[tuple[str, str], ...] = ()
    """Environment variables."""
    prelude: str = ""
    """Python that runs first, in the sample's namespace."""
    timeout: float | None = None
    """Seconds that the sample may take."""
    expect: str | None = None
    """Verdict, or finding code, that the sample is expected to have."""


@dataclass(frozen=True, slots=True)
class Job:
    """A sample at a target: one isolated run."""

    sample: Sample
    """The sample."""
    target: Target
    """The lane and the Python version."""
    needs: tuple[Need, ...] = ()
    """The distributions to install."""
    unknown: tuple[Unknown, ...] = ()
    """Imports that are not installed."""
    context: Context = Context()
    """What was written down for it by hand."""
    requires_python: str = ""
    """PEP 440 specifier for the Python, from the sample's PEP 723 block, or empty."""
    skip: str = ""
    """Why this job cannot run, or empty."""

    @property
    def id(self) -> str:
        """``<sample>@<lane>`` with ``-<python>`` where the target names one."""
        python = f"-{self.target.python}" if self.target.python else ""
        return f"{self.sample.id}@{self.target.lane}{python}"

    @property
    def requirements(self) -> tuple[str, ...]:
        """The requirements alone, sorted, each once."""
        return tuple(sorted({need.requirement for need in self.needs}))
