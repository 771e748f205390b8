"""What a nightly run has to say beside its report."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.difference import ChangedSample
from harness.model.ledger import RunSummary
from harness.model.past import Past


@dataclass(frozen=True, slots=True)
class Night:
    """A nightly run, held against the nights before it."""

    past: Past
    """The nights up to this one, which is the last, and what changed since the one before."""
    since: RunSummary | None = None
    """The last night on which nothing was open, which what is open is counted from; None on the first night."""
    broken: tuple[ChangedSample, ...] = ()
    """What the night before did not have and somebody has to look at."""
    fixed: tuple[ChangedSample, ...] = ()
    """What only the night before had."""
    open: tuple[ChangedSample, ...] = ()
    """What broke since that night and is neither mended nor accepted."""
    again: bool = False
    """True where the same night has said all of this before."""

    @property
    def run(self) -> RunSummary:
        """This night's run."""
        return self.past.runs[-1]

    @property
    def before(self) -> RunSummary | None:
        """The run of the night before, or None on the first night."""
        return self.past.difference.before if self.past.difference else None
