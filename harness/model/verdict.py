"""What is said of a sample: findings, verdicts and reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.model.edit import Edit
from harness.model.environment import HeldBack
from harness.model.execution import Call, Outcome
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


JUDGED = (Verdict.OK, Verdict.OUTDATED, Verdict.INCOMPLETE)
"""Verdicts that say something of a page; accuracy is the share of the first among them."""


class Kind(StrEnum):
    """What sort of thing is wrong."""

    REMOVED = "removed"
    """A module, attribute or name that a published release had."""
    NEVER_EXISTED = "never-existed"
    """A module, attribute or name that no published release had."""
    SIGNATURE = "signature"
    """A call that no longer binds."""
    PROTOCOL = "protocol"
    """An object that can no longer be used this way: called, entered, iterated."""
    DEPRECATED = "deprecated"
    """It works, and the library says not to use it."""
    SYNTAX = "syntax"
    """It does not parse."""
    UNDEFINED_NAME = "undefined-name"
    """A name that the sample neither defines nor imports."""
    MISSING_FILE = "missing-file"
    """A file that a reader does not have."""
    SAMPLE_BUG = "sample-bug"
    """It fails in its own logic whatever the version."""
    TIMEOUT = "timeout"
    """It takes more than its time."""
    LIMIT = "limit"
    """It takes more than its memory, output or processes."""
    PLATFORM = "platform"
    """A distribution that is unknown, proprietary or not installable here."""
    RESOLUTION = "resolution"
    """No set of versions satisfies it."""
    ENVIRONMENT = "environment"
    """The library fails by itself as it resolves today."""
    SERVICE = "service"
    """It needs a service that nothing stands in for."""
    RENDERING = "rendering"
    """A reader does not see it as code."""
    LANGUAGE = "language"
    """The page does not say its language."""
    UNREADABLE = "unreadable"
    """The page cannot be read."""
    DIRECTIVE = "directive"
    """A directive that cannot be understood."""
    INTERNAL = "internal"
    """The harness or the engine failed."""


class Code(StrEnum):
    """Stable names of findings; ``docs/codes.md`` says what to do about each."""

    MODULE = "A001"
    """Import of a module that the library does not have."""
    NAME = "A002"
    """Attribute or name that the library does not have."""
    SIGNATURE = "A003"
    """The call no longer binds."""
    PROTOCOL = "A004"
    """The object can no longer be used this way."""
    DEPRECATED = "A005"
    """It works, and the library says not to use it."""
    SYNTAX = "S101"
    """It does not parse."""
    UNDEFINED = "S102"
    """A name that the sample neither defines nor imports."""
    FILE = "S103"
    """A file that a reader does not have."""
    BUG = "S104"
    """It fails in its own logic whatever the version."""
    TIMEOUT = "S105"
    """Over its time."""
    LIMIT = "S106"
    """Over its memory, output or processes."""
    PLATFORM = "E201"
    """A distribution that is unknown, proprietary or not installable here."""
    RESOLUTION = "E202"
    """No set of versions satisfies the sample."""
    ENVIRONMENT = "E203"
    """The library fails by itself as it resolves today."""
    SERVICE = "N301"
    """It needs a service that nothing stands in for."""
    RENDERING = "P401"
    """A reader does not see it as code."""
    LANGUAGE = "P402"
    """The page does not say its language."""
    UNREADABLE = "P403"
    """The page cannot be read."""
    DIRECTIVE = "P404"
    """A directive that cannot be understood."""
    INTERNAL = "X901"
    """The harness or the engine failed."""


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
    """Normalised name of the distribution."""
    last_good: str | None
    """The newest release that has the symbol, or None if none has it."""
    first_bad: str | None
    """The release after it, or None if not known."""
    first_bad_date: str | None
    """ISO date of that release, or None if not known."""
    releases_checked: int
    """How many releases were looked at."""
    releases: tuple[str, ...] = ()
    """Which ones, oldest first."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to write instead."""

    text: str
    """For an author, one sentence."""
    replacement: str | None = None
    """What the sample's lines become, or None if nothing can be derived."""
    verified: bool = False
    """True where a copy of the sample with the replacement ran without the finding and without a new one."""
    replaced: str = ""
    """The lines that become it: the finding's and those that must change with it; empty where there is none."""
    successors: tuple[str, ...] = ()
    """What takes the symbol's place, the likeliest first: dotted paths, or ``name=`` for an argument; each is what
    the library says of itself, or was checked by importing it."""


@dataclass(frozen=True, slots=True)
class Account:
    """What one witness says of a finding."""

    witness: str
    """``static``, ``execution``, ``parser`` and the like."""
    evidence: str
    """What it saw, in its own words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong at one place."""

    code: Code
    """What sort of thing is wrong, to look up."""
    kind: Kind
    """What sort of thing is wrong, in a word."""
    line: int
    """Line of the sample's text, from 1."""
    symbol: str
    """Full dotted path of the library's name; the bare name for S102; the path as written for S103."""
    message: str
    """What is wrong, for an author, one sentence without a full stop."""
    column: int = 1
    """Column of the sample's line, from 1."""
    end_column: int = 0
    """Column behind the marked text, 0 where not known."""
    confidence: Confidence = Confidence.CONFIRMED
    """How sure it is."""
    witnesses: tuple[str, ...] = ("execution",)
    """Which witnesses saw it: ``static``, ``execution``, ``timeline``, ``parser``."""
    evidence: str = ""
    """What was seen, e.g. the exception as raised."""
    accounts: tuple[Account, ...] = ()
    """What each witness says by itself, once `judge.verdict.merge` has put them together."""
    history: History | None = None
    """What the published releases say, or None where they were not asked."""
    suggestion: Suggestion | None = None
    """What to write instead, or None."""
    settled: bool = False
    """True where the harness found a way around it, so that it says nothing about the sample (E203)."""
    guessed: bool = False
    """True where it rests on a likely guess, so that it counts only if a published release had what is missing."""


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A request to a service and where on the page it comes from."""

    call: Call
    """The request."""
    page_line: int
    """Line of the page, from 1, 0 where no line of the sample was running."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of a sample, for the report."""

    lane: str
    """Which library versions were asked for."""
    python: str
    """``3.13``, or empty where no environment was made."""
    sandbox: str
    """``docker``, ``namespace`` or ``process``."""
    outcome: Outcome
    """How it ended."""
    packages: tuple[tuple[str, str], ...] = ()
    """The distributions asked for, with the versions that ran."""
    lock: str = ""
    """Digest of the exact packages, ``sha256:…``, or empty."""
    locked: tuple[tuple[str, str], ...] = ()
    """The exact packages, with their versions."""
    seconds: float = 0.0
    """Wall time of the sample."""
    services: tuple[str, ...] = ()
    """Remote services that the sample asked for, ``host:port``."""
    calls: tuple[PlacedCall, ...] = ()
    """Requests to services, those of libraries for themselves included."""
    repairs: tuple[str, ...] = ()
    """Requirements that were added because a library asked for them."""
    held_back: tuple[HeldBack, ...] = ()
    """Where what was tested is not the newest release."""
    notes: tuple[str, ...] = ()
    """What else a reader should know of how it was made ready."""
    cached: bool = False
    """True where the result of an earlier, equal run was used."""
    stdout: str = ""
    """What the sample printed, bounded."""
    stderr: str = ""
    """What the sample printed to standard error, bounded."""


@dataclass(frozen=True, slots=True)
class SampleReport:
    """The verdict on one sample and what led to it."""

    id: str
    """``<slug>#<index>``."""
    page: PageInfo
    """The page it stands on."""
    index: int
    """Its number among the page's code regions, from 0."""
    role: str
    """``zenml`` or ``tool`` on comparison pages, else ``sample``."""
    language: str
    """Language of its first part that is checked."""
    page_line: int
    """Line of the page on which its code begins, from 1."""
    verdict: Verdict
    """The verdict."""
    reason: str = ""
    """Why it was skipped or why the harness failed, else empty."""
    unchanged: bool = False
    """True where it was not looked at because nothing of it changed (``--changed-since``)."""
    findings: tuple[PlacedFinding, ...] = ()
    """What is wrong, in the order of the sample's lines."""
    runs: tuple[RunRecord, ...] = ()
    """Its runs."""
    reach: float = 0.0
    """Executed lines / executable lines."""
    expected: str = ""
    """The verdict or code that its author expects (``expect=``), or empty."""
    surprise: str = ""
    """How it differs from what its author expects, or empty."""
    remark: str = ""
    """Whether it was right when its page was last updated, or empty where that is not known."""
    edits: tuple[Edit, ...] = ()
    """What makes all verified replacements at once, in offsets of the sample's text."""
    code: str = ""
    """Its text."""
    changes: tuple[Change, ...] = ()
    """What ``edits`` change on the page, spelled as the page spells it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of a page that verified replacements change."""

    line: int
    """Line of the page on which it begins, from 1."""
    column: int
    """Column of its first character, from 1."""
    end_line: int
    """Line on which it ends."""
    end_column: int
    """Column behind its last character; equal places mean that text is put in."""
    text: str
    """What stands there instead."""


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding with its place on the page."""

    finding: Finding
    """What is wrong."""
    page_line: int
    """Line of the page, from 1."""
    page_column: int
    """Column of the page, from 1."""
    source: str
    """The sample's line, for display."""
    fingerprint: str = ""
    """What it is known again by when its line moves, see `harness.report.fingerprint`."""
    accepted: str = ""
    """Why the baseline accepts it, or empty where it does not."""


@dataclass(frozen=True, slots=True)
class PageFault:
    """A page that could not be read (the others go on), or a P4xx finding about a page."""

    page: str
    """The path as it was given."""
    line: int
    """Line of the page, from 1; 0 where the page as a whole is meant."""
    message: str
    """What is wrong, for an author, one sentence without a full stop."""
    code: str = "X901"
    """What sort of thing is wrong, to look up."""
    column: int = 1
    """Column of the page, from 1."""
    sample: str = ""
    """Id of the sample that it concerns, or empty."""
    fingerprint: str = ""
    """What it is known again by when its line moves, see `harness.report.fingerprint`."""
    accepted: str = ""
    """Why the baseline accepts it, or empty where it does not."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """An entry of a baseline that is to be looked at: its day has passed, or nothing is left of what it accepts."""

    fingerprint: str
    """What the entry accepts."""
    page: str
    """Path of the page, as it was given."""
    message: str
    """What is to be done about it, one sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that one invocation has to say."""

    started: str
    """ISO date and time."""
    finished: str
    """ISO date and time."""
    samples: tuple[SampleReport, ...]
    """One for each sample that was selected."""
    inventory: tuple[InventoryItem, ...] = ()
    """Every candidate for code on the pages."""
    faults: tuple[PageFault, ...] = ()
    """What is wrong with pages."""
    overdue: tuple[Overdue, ...] = ()
    """What is to be tidied in the baseline."""
    interrupted: bool = False
    """True where ^C left jobs undone."""
    sandbox: str = ""
    """Name of the sandbox, or empty where nothing was run."""
    strength: str = ""
    """What the sandbox keeps in and what it does not (``Sandbox.strength``)."""
