"""What the ledger tells of runs: values that commands and reports share, whatever database they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model.verdict import JUDGED, History, Suggestion, Verdict


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run of ``harness check``."""

    id: int
    """Its number in the ledger; later runs have higher ones."""
    started: str
    """ISO date and time, UTC."""
    finished: str
    """ISO date and time, UTC."""
    version: str
    """Version of the harness."""
    sandbox: str
    """What isolated the jobs, or empty where nothing was run."""
    scope: str
    """Stands for what was asked to be checked: runs of equal scope can be compared as a whole."""
    commit: str
    """Git commit of the pages, with ``-dirty`` where they were changed; empty where they are in no repository."""
    interrupted: bool
    """True where jobs were left undone."""
    options: Mapping[str, str] = field(default_factory=dict)
    """The options that were not left at their defaults."""
    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    """Number of samples by verdict; those that no sample has are left out."""
    since: int | None = None
    """For a nightly run: the run that what is newly broken is counted from."""

    @property
    def ok(self) -> int:
        """How many samples work."""
        return self.verdicts.get(Verdict.OK, 0)

    @property
    def judged(self) -> int:
        """How many samples could be judged."""
        return sum(self.verdicts.get(one, 0) for one in JUDGED)

    @property
    def accuracy(self) -> float | None:
        """The share of samples that work among those that could be judged; None where none could."""
        return self.ok / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class RecordedFinding:
    """A finding as a run recorded it."""

    fingerprint: str
    """What it is known again by."""
    code: str
    """Its code."""
    kind: str
    """Its kind; empty for what is wrong with a page."""
    line: int
    """Line of the sample, from 1; 0 for what is wrong with a page."""
    page_line: int
    """Line of the page, from 1; 0 where the page as a whole is meant."""
    symbol: str
    """The library's name, or empty."""
    message: str
    """What is wrong, for an author."""
    confidence: str = ""
    """``confirmed`` or ``likely``."""
    evidence: str = ""
    """What was seen."""
    settled: bool = False
    """True where it does not count towards the verdict."""
    accepted: str = ""
    """Why the baseline accepted it, or empty."""
    history: History | None = None
    """What the published releases say."""
    suggestion: Suggestion | None = None
    """What to write instead."""

    @property
    def counts(self) -> bool:
        """True where it keeps its sample from being ok: not what was got around, nor services and rendering."""
        return not self.settled and not self.code.startswith(("N", "P"))


@dataclass(frozen=True, slots=True)
class RecordedJob:
    """A job as a run recorded it."""

    lane: str
    """Which library versions were asked for."""
    python: str
    """Its Python, or empty where no environment was made."""
    outcome: str
    """How it ended."""
    lock: str
    """Digest of the exact packages, or empty."""
    packages: Mapping[str, str]
    """What the sample asks for, with the versions that ran."""
    seconds: float
    """Wall time of the sample."""
    locked: Mapping[str, str] = field(default_factory=dict)
    """All packages with their versions; those asked for alone where a run is older than the ledger's locks."""
    services: tuple[str, ...] = ()
    """Remote services that the sample asked for."""
    cached: bool = False
    """True where an earlier, equal run answered."""


@dataclass(frozen=True, slots=True)
class RecordedSample:
    """A sample as a run recorded it."""

    id: str
    """``<slug>#<index>``."""
    page: str
    """Path of its page, as it was given."""
    page_line: int
    """Line of the page on which its code begins."""
    language: str
    """Its language."""
    verdict: Verdict
    """Its verdict."""
    reason: str
    """Why it was skipped or why the harness failed, or empty."""
    reach: float
    """Executed lines / executable lines."""
    code: str
    """SHA-256 of its text, as hexadecimal digits."""
    findings: tuple[RecordedFinding, ...] = ()
    """What was wrong with it."""
    jobs: tuple[RecordedJob, ...] = ()
    """Its runs."""
    expected: str = ""
    """What its author expects of it, or empty."""
    surprise: str = ""
    """How it differs from that, or empty."""

    @property
    def as_expected(self) -> bool:
        """True where its author said what it would have, and it has that."""
        return bool(self.expected) and not self.surprise


@dataclass(frozen=True, slots=True)
class RecordedPage:
    """A page as a run recorded it."""

    path: str
    """The path as it was given."""
    slug: str
    """Its slug, or empty."""
    title: str = ""
    """Its title, or empty."""
    tool: str = ""
    """The tool that it compares with, or empty."""
    category: str = ""
    """Its category, or empty."""
    updated: str = ""
    """ISO date of its last update, or empty."""
    findings: tuple[RecordedFinding, ...] = ()
    """What is wrong with the page, whatever its samples do."""


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A run with all that the ledger has of it."""

    summary: RunSummary
    """The run."""
    pages: tuple[RecordedPage, ...]
    """Its pages, in the order of the report."""
    samples: tuple[RecordedSample, ...]
    """Its samples, in the order of the report."""
