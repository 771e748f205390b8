"""What differs between two runs, and what did it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.model.ledger import RecordedFinding, RunSummary
from harness.model.verdict import Verdict


class Reason(StrEnum):
    """What a difference is put down to."""

    RELEASE = "release"
    """The library that the finding is about has another version."""
    PACKAGES = "packages"
    """Other packages of the job have other versions; which of them did it is not known."""
    PAGE = "page"
    """The sample's code was edited."""
    PYTHON = "python"
    """Another Python ran it."""
    HARNESS = "harness"
    """Another version of the harness looked."""
    UNKNOWN = "unknown"
    """Nothing that is recorded changed."""


@dataclass(frozen=True, slots=True)
class Move:
    """Something whose version differs between the runs."""

    name: str
    """Normalised name of the distribution, ``python`` or ``harness``."""
    before: str
    """Its version in the earlier run; empty where it was not there."""
    after: str
    """Its version in the later run; empty where it is not there."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What a difference is put down to, and what shows it."""

    reason: Reason
    """The sort of thing."""
    moves: tuple[Move, ...] = ()
    """What has another version, the likeliest first."""
    release: str = ""
    """The release between the two versions that broke it, where the published releases prove one."""
    date: str = ""
    """ISO date of that release, or empty."""


@dataclass(frozen=True, slots=True)
class ChangedFinding:
    """A finding that one of the runs has, or both."""

    finding: RecordedFinding
    """It, as the later run that has it recorded it."""
    cause: Cause | None = None
    """Why only one of the runs has it; None where both do."""


@dataclass(frozen=True, slots=True)
class ChangedSample:
    """A sample with what is newly broken, newly fixed or still broken in it."""

    id: str
    """``<slug>#<index>`` in the later run; empty for what is wrong with a page as such."""
    page: str
    """Path of its page in the later run."""
    before: Verdict | None
    """Its verdict in the earlier run; None for a page."""
    after: Verdict | None
    """Its verdict in the later run; None for a page."""
    findings: tuple[ChangedFinding, ...]
    """What changed, or did not."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two runs, compared over what both looked at."""

    before: RunSummary
    """The earlier run."""
    after: RunSummary
    """The later run."""
    broken: tuple[ChangedSample, ...]
    """What the later run has and the earlier one has not."""
    fixed: tuple[ChangedSample, ...]
    """What the earlier run has and the later one has not."""
    still: tuple[ChangedSample, ...]
    """What both have."""
    added: tuple[str, ...]
    """Ids of samples that only the later run looked at."""
    removed: tuple[str, ...]
    """Ids of samples that only the earlier run looked at."""
    unknown: tuple[str, ...]
    """Ids of samples that one of the runs could not judge: skipped, or a failure of the harness."""
