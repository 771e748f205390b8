"""Runs as points and columns of a drawing; the templates draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.model.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model.ledger import RunSummary

WIDTH, HEIGHT = 720, 160
"""Size of a drawing, in its own units."""


@dataclass(frozen=True, slots=True)
class Block:
    """The samples of one verdict in one run."""

    verdict: Verdict
    """The verdict."""
    y: float
    """Where it begins, from above."""
    height: float
    """How tall it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """A run."""

    run: RunSummary
    """The run."""
    x: float
    """Where its column begins, from the left."""
    width: float
    """How wide its column is."""
    blocks: tuple[Block, ...]
    """Its samples, those that work at the bottom."""
    y: float | None
    """Where its accuracy is, from above; None where nothing could be judged."""

    @property
    def centre(self) -> float:
        """The middle of its column."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Trend:
    """Runs side by side, oldest first."""

    columns: tuple[Column, ...]
    """The runs."""
    most: int
    """How many samples the run with the most has."""

    @property
    def line(self) -> str:
        """The points of the line of accuracy."""
        return " ".join(f"{one.centre:.1f},{one.y:.1f}" for one in self.columns if one.y is not None)


def trend(runs: Sequence[RunSummary]) -> Trend:
    """Lay runs out side by side.

    Args:
        runs: The runs, oldest first.
    """
    most = max((sum(run.verdicts.values()) for run in runs), default=0)
    step = WIDTH / max(1, len(runs))
    columns = [
        Column(
            run=run,
            x=round(number * step + step * 0.1, 2),
            width=round(step * 0.8, 2),
            blocks=_blocks(run, most),
            y=None if run.accuracy is None else round(HEIGHT * (1 - run.accuracy), 2),
        )
        for number, run in enumerate(runs)
    ]
    return Trend(tuple(columns), most)


def _blocks(run: RunSummary, most: int) -> tuple[Block, ...]:
    blocks, floor = [], float(HEIGHT)
    for verdict in Verdict:
        height = HEIGHT * run.verdicts.get(verdict, 0) / max(1, most)
        floor -= height
        if height:
            blocks.append(Block(verdict, round(floor, 2), round(height, 2)))
    return tuple(blocks)
