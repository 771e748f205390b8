"""Which older releases are tried to find the one in which a line stopped working: pure over a look into one.

A look is dear, for it installs and runs. So it begins where the line is likely
to work, with the release of the day on which its page was written, and halves
the way from there to the tested one: minor lines first, then releases of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.environments.api_listing import Release

    Look = Callable[[Release], bool | None]

MAX_FAILING: Final = 3
"""Releases that may fail before one is found in which the line works: the fault may be the sample's own."""
MAX_UNUSABLE: Final = 4
"""Releases that may be of no use before then: too old for the Pythons on offer, or out of step with the rest."""


class OutOfRunsError(Exception):
    """No more releases may be tried."""


@dataclass(frozen=True, slots=True)
class Change:
    """Where a line stopped working."""

    last_good: Release
    """The newest release in which it works."""
    first_bad: Release
    """The next one that could be tried."""


def narrowed(releases: Sequence[Release], updated: str, look: Look) -> Change | None:
    """Find the release in which a line stopped working; None where that cannot be shown.

    Args:
        releases: What is published, oldest version first; the last one is known to be bad.
        updated: ISO date on which the line is likely to have worked, or empty.
        look: Says whether the line works in a release, None where that release cannot be used;
            raises `OutOfRunsError` where no more may be tried.
    """
    newest = {(one.parsed.epoch, one.parsed.major, one.parsed.minor): one for one in releases}
    lines = list(newest.values())
    try:
        good = _some_good(lines, _on_that_day(releases, lines, updated), look)
        if good is None:
            return None
        last, first = _halved(lines[good:], look)
        line = [one for one in releases if one.parsed.release[:2] == first.parsed.release[:2]]
        # most changes come with the first release of a line
        if len(line) > 1 and look(line[0]) is False:
            return Change(last, line[0])
        return Change(*_halved([last, *line], look))
    except OutOfRunsError:
        return None


def _on_that_day(releases: Sequence[Release], lines: Sequence[Release], updated: str) -> int:
    """Return the number of the newest line that had begun on a day, of the one before the last else."""
    begun = {one.parsed.release[:2] for one in releases if updated and one.date and one.date[:10] <= updated[:10]}
    there = [number for number, one in enumerate(lines[:-1]) if one.parsed.release[:2] in begun]
    return max(there, default=len(lines) - 2)


def _some_good(lines: Sequence[Release], start: int, look: Look) -> int | None:
    """Return the number of a line that works: ever older ones; where the old are of no use, halfway to what fails."""
    at, step, unusable, bad = start, 1, -1, len(lines) - 1
    failing = useless = 0
    while failing < MAX_FAILING and useless < MAX_UNUSABLE and unusable < at < bad:
        told = look(lines[at])
        if told:
            return at
        if told is None:
            unusable, useless = at, useless + 1
        else:
            bad, failing = at, failing + 1
        at, step = ((unusable + bad) // 2, step) if useless else (max(at - step, 0), step * 2)
    return None


def _halved(releases: Sequence[Release], look: Look) -> tuple[Release, Release]:
    """Return the neighbours between which it changed: the first works, the last does not."""
    left = list(releases)
    while len(left) > 2:  # noqa: PLR2004 -- two neighbours
        middle = len(left) // 2
        told = look(left[middle])
        if told is None:
            del left[middle]
        else:
            left = left[middle:] if told else left[: middle + 1]
    return left[0], left[1]
