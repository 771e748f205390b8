"""Which releases are looked into, and what follows: the fewest that answer the question.

Pure over a function that looks into one release. A removal is taken to be one
change: of each minor line the newest release is asked, ever further back, and
the change is then narrowed down. A name that no line has is ``never-existed``.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from harness.environments.api_listing import Release
    from harness.environments.api_presence import Sighting

    Look = Callable[[Release], Sighting]

AT_ONCE: Final = 4
"""Releases that are looked into at the same time."""
MOST_LINES: Final = 150
"""Minor lines that are looked at; of more, the newest."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the search found."""

    tested: Sighting | None
    """What the tested version shows, None where it is not published."""
    last_good: Release | None = None
    """The newest release that has it."""
    first_bad: Release | None = None
    """The final release after it."""
    seen: dict[str, Sighting] = field(default_factory=dict)
    """What each release that was looked into shows, by version."""
    prerelease: Release | None = None
    """A pre-release that has it, where no final release does."""

    @property
    def clear(self) -> bool:
        """Whether reading told of more than half of the releases before the tested one."""
        before = [sighting.good is not None for sighting in self.seen.values() if sighting is not self.tested]
        return sum(before) * 2 > len(before)


def search(releases: Sequence[Release], tested: str, look: Look) -> Outcome:
    """Find the newest release below the tested one that has what is looked for.

    Args:
        releases: All releases, oldest version first.
        tested: The version that is known not to have it.
        look: Looks into one release; is called from several threads.
    """
    return _Search(releases, tested, look).run()


class _Search:
    """One search and what it has seen so far."""

    def __init__(self, releases: Sequence[Release], tested: str, look: Look) -> None:
        limit = Version(tested)
        usable = [one for one in releases if one.files and not one.yanked and one.parsed < limit]
        self._tested = next((one for one in releases if one.parsed == limit), None)
        self._final = [one for one in usable if not one.parsed.is_prerelease]
        self._pre = [one for one in usable if one.parsed.is_prerelease]
        if not self._final:
            self._final, self._pre = self._pre, []
        self._look = look
        self._seen: dict[str, Sighting] = {}

    def run(self) -> Outcome:
        tested = self._tested
        if tested is not None and self._good([tested])[0]:
            return Outcome(self._seen[tested.version], seen=self._seen)
        lines = _lines(self._final)[:MOST_LINES]
        at = self._newest_line([line[-1] for line in lines])
        last_good = self._within(lines[at], lines[at - 1] if at else []) if at is not None else None
        pre = self._prerelease() if last_good is None else None
        after = [one for one in self._final if last_good and one.parsed > last_good.parsed]
        return Outcome(
            self._seen[tested.version] if tested else None,
            last_good,
            next(iter(after), tested) if last_good else None,
            self._seen,
            pre,
        )

    def _newest_line(self, newest: Sequence[Release]) -> int | None:
        """Return which of the lines, newest first, is the first that has it."""
        steps = _steps(len(newest))
        there = self._good([newest[step] for step in steps])
        hit = next((number for number, good in enumerate(there) if good), None)
        if hit is None:
            every = self._good(newest)
            return next((number for number, good in enumerate(every) if good), None)
        bad, good = (steps[hit - 1] if hit else -1), steps[hit]
        while good - bad > 1:
            middle = (good + bad) // 2
            if self._good([newest[middle]])[0]:
                good = middle
            else:
                bad = middle
        return good

    def _within(self, line: Sequence[Release], newer: Sequence[Release]) -> Release:
        """Return the newest release that has it: the newest of a line does, and the newest of the next does not."""
        last_good = line[-1]
        low, high = 0, len(newer) - 1
        if high <= 0 or not self._good([newer[0]])[0]:
            return last_good
        while high - low > 1:
            middle = (low + high) // 2
            if self._good([newer[middle]])[0]:
                low = middle
            else:
                high = middle
        return newer[low]

    def _prerelease(self) -> Release | None:
        """Return a pre-release that has it: the newest of each minor line is asked."""
        newest = [line[-1] for line in _lines(self._pre)][:MOST_LINES]
        return next((one for one, good in zip(newest, self._good(newest), strict=True) if good), None)

    def _good(self, releases: Sequence[Release]) -> list[bool]:
        """Return of each release whether it has it; what reading does not tell counts as no."""
        new = [one for one in releases if one.version not in self._seen]
        if len(new) > 1:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                sightings = list(pool.map(self._look, new))
        else:
            sightings = [self._look(one) for one in new]
        self._seen |= {one.version: sighting for one, sighting in zip(new, sightings, strict=True)}
        return [self._seen[one.version].good is True for one in releases]


def _lines(releases: Iterable[Release]) -> list[list[Release]]:
    """Group releases by minor line: the newest line first, within it the oldest release first."""
    lines: dict[tuple[int, int, int], list[Release]] = {}
    for one in releases:
        version = one.parsed
        lines.setdefault((version.epoch, version.major, version.minor), []).append(one)
    return [lines[key] for key in sorted(lines, reverse=True)]


def _steps(length: int) -> list[int]:
    """Return ever wider steps: 0, 1, 3, 7, 15 …, and the last."""
    steps, at = [], 0
    while at < length:
        steps.append(at)
        at = at * 2 + 1
    return [*steps, length - 1] if length and steps[-1] != length - 1 else steps
