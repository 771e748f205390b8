"""What is said of a sample: findings, verdicts and reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.model.environment import HeldBack
from harness.model.execution import Outcome
from harness.model.source import InventoryItem, PageInfo


class Verdict(StrEnum):
    """One per sample, derived from its findings."""

    OK = "ok"
    """It works."""
    OUTDATED = "outdated"
    """At least one API finding."""
    INCOMPLETE = "incomplete"
    """The page leaves out names, files or logic; every API it uses is current."""
    UNRUNNABLE = "unrunnable"
    """No installable library, or a proprietary platform."""
    SKIPPED = "skipped"
    """Not checked, with a reason."""
    ERROR = "error"
    """Our fault, never the page's."""


class Kind(StrEnum):
    """What sort of thing is wrong."""

    REMOVED = "removed"
    NEVER_EXISTED = "never-existed"
    SIGNATURE = "signature"
    PROTOCOL = "protocol"
    DEPRECATED = "deprecated"
    SYNTAX = "syntax"
    UNDEFINED_NAME = "undefined-name"
    MISSING_FILE = "missing-file"
    SAMPLE_BUG = "sample-bug"
    TIMEOUT = "timeout"
    LIMIT = "limit"
    PLATFORM = "platform"
    RESOLUTION = "resolution"
    ENVIRONMENT = "environment"
    SERVICE = "service"
    RENDERING = "rendering"
    LANGUAGE = "language"
    INTERNAL = "internal"


class Code(StrEnum):
    """Stable names of findings; ``docs/codes.md`` says what to do about each."""

    MODULE = "A001"
    NAME = "A002"
    SIGNATURE = "A003"
    PROTOCOL = "A004"
    DEPRECATED = "A005"
    SYNTAX = "S101"
    UNDEFINED = "S102"
    FILE = "S103"
    BUG = "S104"
    TIMEOUT = "S105"
    LIMIT = "S106"
    PLATFORM = "E201"
    RESOLUTION = "E202"
    ENVIRONMENT = "E203"
    SERVICE = "N301"
    RENDERING = "P401"
    LANGUAGE = "P402"
    INTERNAL = "X901"


class Confidence(StrEnum):
    """How sure a finding is."""

    CONFIRMED = "confirmed"
    """A run or an introspection saw it."""
    LIKELY = "likely"
    """Concluded, not seen."""


@dataclass(frozen=True, slots=True)
class History:
    """What the published releases say of a symbol."""

    distribution: str
    last_good: str | None
    first_bad: str | None
    first_bad_date: str | None
    releases_checked: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to write instead."""

    text: str
    replacement: str | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong at one place."""

    code: Code
    kind: Kind
    line: int
    """Line of the sample's text, from 1."""
    symbol: str
    """Full dotted path of the library's name; the bare name for S102; the path as written for S103."""
    message: str
    column: int = 1
    """Column of the sample's line, from 1."""
    end_column: int = 0
    """Column behind the marked text, 0 where not known."""
    confidence: Confidence = Confidence.CONFIRMED
    witnesses: tuple[str, ...] = ("execution",)
    """Which witnesses saw it: ``static``, ``execution``, ``timeline``, ``parser``."""
    evidence: str = ""
    """What was seen, e.g. the exception as raised."""
    history: History | None = None
    suggestion: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of a sample, for the report."""

    lane: str
    python: str
    sandbox: str
    outcome: Outcome
    packages: tuple[tuple[str, str], ...] = ()
    """The distributions asked for, with the versions that ran."""
    lock: str = ""
    seconds: float = 0.0
    services: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    """Requirements that were added because a library asked for them."""
    held_back: tuple[HeldBack, ...] = ()
    cached: bool = False
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True, slots=True)
class SampleReport:
    """The verdict on one sample and what led to it."""

    id: str
    page: PageInfo
    index: int
    role: str
    language: str
    page_line: int
    verdict: Verdict
    reason: str = ""
    """Why it was skipped or why the harness failed, else empty."""
    findings: tuple[PlacedFinding, ...] = ()
    runs: tuple[RunRecord, ...] = ()
    reach: float = 0.0


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding with its place on the page."""

    finding: Finding
    page_line: int
    page_column: int
    source: str
    """The sample's line, for display."""


@dataclass(frozen=True, slots=True)
class PageFault:
    """A page that could not be read (the others go on), or a P4xx finding about a page."""

    page: str
    line: int
    message: str
    code: str = "X901"


@dataclass(frozen=True, slots=True)
class Report:
    """All that one invocation has to say."""

    started: str
    finished: str
    samples: tuple[SampleReport, ...]
    inventory: tuple[InventoryItem, ...] = ()
    faults: tuple[PageFault, ...] = ()
    interrupted: bool = False
