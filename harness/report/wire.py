"""The versioned wire format: what ``harness check --format json`` writes.

Kept apart from the model so that the model may change while readers of
reports need not. A field is only ever added, with a default; what takes one
away or gives it another meaning raises `VERSION`. The docstrings below are the descriptions in
the JSON Schema.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from harness.errors import ReportError
from harness.model.execution import Outcome
from harness.model.source import Fate, Form
from harness.model.verdict import Code, Confidence, Kind, Verdict

VERSION: Literal[1] = 1
DISTRIBUTION = "sample-harness"


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """What wrote the report."""

    name: str
    """Name of the distribution."""
    version: str
    """Its version."""


class Sandbox(msgspec.Struct, frozen=True, kw_only=True):
    """What isolated the jobs."""

    name: str
    """``docker``, ``namespace`` or ``process``; empty where nothing was run."""
    strength: str
    """What it keeps in and what it does not."""


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Number of samples by verdict."""

    ok: int
    """Works."""
    outdated: int
    """At least one API finding."""
    incomplete: int
    """The page leaves out names, files or logic; every API it uses is current."""
    unrunnable: int
    """No installable library, or a proprietary platform."""
    skipped: int
    """Not checked, with a reason."""
    error: int
    """The harness's fault, never the page's."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """What the published releases say of a symbol."""

    distribution: str
    """Normalised name of the distribution."""
    last_good: str | None
    """The newest release that has the symbol, or null if none has it."""
    first_bad: str | None
    """The release after it, or null if not known."""
    first_bad_date: str | None
    """ISO date of that release, or null if not known."""
    releases_checked: int
    """How many releases were looked at."""
    releases: tuple[str, ...] = ()
    """Which ones, oldest first."""


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What to write instead."""

    text: str
    """For an author."""
    replacement: str | None
    """What the sample's lines become, or null if nothing can be derived."""
    verified: bool
    """True where a copy of the sample with the replacement ran without the finding and without a new one."""
    replaced: str = ""
    """The lines that become it: the finding's and those that must change with it; empty where there is none."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What one witness says of a finding."""

    witness: str
    """Which one."""
    evidence: str
    """What it saw, in its own words."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong at one place."""

    code: Code
    """What sort of thing is wrong, to look up; ``A…`` are API findings."""
    kind: Kind
    """What sort of thing is wrong, in a word."""
    line: int
    """Line of the sample's text, from 1."""
    page_line: int
    """Line of the page, from 1."""
    column: int
    """Column of the sample's line, from 1."""
    page_column: int
    """Column of the page's line, from 1."""
    end_column: int
    """Column of the sample's line behind the marked text; 0 where not known."""
    symbol: str
    """Full dotted path of the library's name; the bare name for S102; the path as written for S103."""
    message: str
    """What is wrong, for an author."""
    confidence: Confidence
    """``confirmed`` where a run or an introspection saw it, ``likely`` where it is concluded."""
    witnesses: tuple[str, ...]
    """Which witnesses saw it."""
    evidence: str
    """What was seen, e.g. the exception as raised."""
    source: str
    """The sample's line."""
    history: History | None
    """What the published releases say, or null where they were not asked."""
    suggestion: Suggestion | None
    """What to write instead, or null."""
    accounts: tuple[Account, ...] = ()
    """What each witness says by itself."""
    settled: bool = False
    """True where the harness found a way around it, so that it does not count towards the verdict (E203)."""
    fingerprint: str = ""
    """What it is known again by when its line moves."""
    accepted: str = ""
    """Why the baseline accepts it, or empty where it does not."""


class HeldBack(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution that was tested at less than its newest release."""

    name: str
    """Normalised name."""
    tested: str
    """The version that ran."""
    newest: str
    """The newest published release."""
    reason: str
    """What holds it back, or empty."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a service, which a stub answered or nobody did."""

    host: str
    """The name that the client asked for."""
    port: int
    """The port."""
    method: str
    """HTTP method, empty for what is not HTTP."""
    path: str
    """Path without the query, bounded."""
    status: int
    """HTTP status; 0 where there was no answer, 501 where nobody stands in for what was asked."""
    stub: str
    """Who answers for the host, empty where nobody does."""
    name: str
    """A friendlier name of the operation, or empty."""
    line: int
    """Line of the sample that was running, 0 where none was."""
    page_line: int
    """Line of the page, likewise."""
    aside: bool
    """True where a library made it for itself, in a thread of its own."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a sample."""

    lane: str
    """Which library versions were asked for: ``current``, ``published`` or ``next``."""
    python: str
    """``3.13``, or empty where no environment was made."""
    sandbox: str
    """``docker``, ``namespace`` or ``process``."""
    outcome: Outcome
    """How it ended."""
    packages: dict[str, str]
    """The distributions asked for, with the versions that ran."""
    lock: str
    """Digest of the exact packages, or empty."""
    seconds: float
    """Wall time of the sample."""
    services: tuple[str, ...]
    """Remote services that the sample asked for, ``host:port``."""
    calls: tuple[Call, ...]
    """Requests to services, those of libraries for themselves included."""
    repairs: tuple[str, ...]
    """Requirements that were added because a library asked for them."""
    held_back: tuple[HeldBack, ...]
    """Where what was tested is not the newest release."""
    notes: tuple[str, ...]
    """What else a reader should know of how it was made ready."""
    cached: bool
    """True where the result of an earlier, equal run was used."""
    stdout: str
    """What the sample printed, bounded."""
    stderr: str
    """What the sample printed to standard error, bounded."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
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
    """What stands there instead, spelled as the page spells it."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one sample and what led to it."""

    id: str
    """``<slug>#<index>``."""
    page: str
    """Path of the page, as it was given."""
    slug: str
    """The page's slug."""
    index: int
    """Its number among the page's code regions, from 0."""
    role: str
    """``zenml`` or ``tool`` on comparison pages, else ``sample``."""
    language: str
    """Its language."""
    page_line: int
    """Line of the page on which its code begins, from 1."""
    verdict: Verdict
    """The verdict."""
    reason: str
    """Why it was skipped or why the harness failed, else empty."""
    reach: float
    """Executed lines / executable lines."""
    findings: tuple[Finding, ...]
    """What is wrong, in the order of the lines."""
    runs: tuple[Run, ...]
    """Its runs."""
    expected: str = ""
    """The verdict or code that its author expects, or empty."""
    surprise: str = ""
    """How it differs from what its author expects, or empty."""
    remark: str = ""
    """Whether it was right when its page was last updated, or empty where that is not known."""
    code: str = ""
    """Its text."""
    unchanged: bool = False
    """True where it was not looked at because nothing of it changed (``--changed-since``)."""
    changes: tuple[Change, ...] = ()
    """What its verified replacements, all together, change on the page."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of code on a page, or what looks like one, and what became of it."""

    line: int
    """Line of the page on which it begins, from 1."""
    column: int
    """Column, from 1."""
    form: Form
    """The shape in which the page carries it."""
    fate: Fate
    """What became of it."""
    reason: str
    """Why, for a person; empty where the fate is ``sample``."""
    sample: str
    """Id of the sample that it belongs to, or empty."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page that was looked at."""

    path: str
    """The path as it was given."""
    slug: str
    """The front matter's slug, else the file name without its ending; empty where the page has no sample here."""
    title: str
    """Its title, or empty."""
    tool: str
    """The tool that it compares with, or empty."""
    category: str
    """Its category, or empty."""
    updated: str
    """ISO date of its last update, or empty."""
    published: str
    """ISO date of its last publication, or empty."""
    samples: int
    """How many samples it has, those that were not selected among them."""
    candidates: tuple[Candidate, ...] = ()
    """Every piece of code on it, and what became of each."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a page, whatever its samples do."""

    page: str
    """The path as it was given."""
    line: int
    """Line of the page, from 1; 0 where the page as a whole is meant."""
    column: int
    """Column, from 1."""
    code: str
    """What sort of thing is wrong, to look up."""
    message: str
    """What is wrong, for an author."""
    sample: str
    """Id of the sample that it concerns, or empty."""
    fingerprint: str = ""
    """What it is known again by when its line moves."""
    accepted: str = ""
    """Why the baseline accepts it, or empty where it does not."""


class Overdue(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the baseline that is to be looked at."""

    fingerprint: str
    """What the entry accepts."""
    page: str
    """Path of the page, as it was given."""
    message: str
    """What is to be done about it."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that one invocation has to say."""

    schema: Literal[1]
    """Version of this format."""
    tool: Tool
    """What wrote it."""
    started: str
    """ISO date and time."""
    finished: str
    """ISO date and time."""
    interrupted: bool
    """True where jobs were left undone."""
    sandbox: Sandbox
    """What isolated the jobs."""
    totals: Totals
    """Number of samples by verdict."""
    inventory: dict[str, int]
    """Number of candidates for code on the pages, by what became of them."""
    faults: tuple[Fault, ...]
    """What is wrong with pages."""
    samples: tuple[Sample, ...]
    """The samples, in the order of the pages."""
    pages: tuple[Page, ...] = ()
    """The pages, in the order in which they were given."""
    overdue: tuple[Overdue, ...] = ()
    """What is to be tidied in the baseline."""
    locks: dict[str, dict[str, str]] = {}
    """The exact packages that jobs ran against, by the digest that a run names as its lock."""


def decode(data: bytes) -> Report:
    """Read a report back.

    Raises:
        ReportError: If it is no report, or one in a version of the format that is not known here.
    """
    try:
        return msgspec.json.decode(data, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReportError(
            "not a report in a known format",
            cause=str(error),
            next_step=f"write it with 'harness check --format json' of a harness with report format {VERSION}",
        ) from error
