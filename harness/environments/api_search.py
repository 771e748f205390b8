"""Which releases are looked into, and what follows: the fewest that answer the question.

Pure over a function that looks into one release. A removal is taken to be one
change: of each minor line the newest release is asked, ever further back, and
the change is then narrowed down. A name that no line has, and no release 0.0.z,
is ``never-existed``.
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
MOST_LINES: Final = 250
"""Minor lines that are looked at one by one; of more, the newest, and then nothing is said to have never existed."""
MOST_UNSETTLED: Final = 60
"""Releases 0.0.z that are looked at before a name is said to have never existed; of more, as many, evenly spread."""
MOST_UNTOLD: Final = 4
"""Releases that may be passed over, for reading does not tell, while a change is narrowed down."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the search found."""

    tested: Sighting | None
    """What the tested version shows, None where it is not published."""
    last_good: Release | None = None
    """The newest release that has it."""
    first_bad: Release | None = None
    """The final release after it, None where reading does not tell that it is without."""
    seen: dict[str, Sighting] = field(default_factory=dict)
    """What each release that was looked into shows, by version."""
    prerelease: Release | None = None
    """A pre-release that has it, where no final release does."""
    whole: bool = True
    """False where there are more minor lines than were looked at."""

    @property
    def clear(self) -> bool:
        """Whether reading told of more than half of the releases before the tested one, each line among them."""
        before = [sighting.good is not None for sighting in self.seen.values() if sighting is not self.tested]
        return self.whole and sum(before) * 2 > len(before)


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
        first = next((one.parsed.release[:2] for one in usable if not one.parsed.is_prerelease), None)
        # before the line of the first final release, pre-releases are what there was to install
        early = {one.version for one in usable if first is None or one.parsed.release[:2] < first}
        self._final = [one for one in usable if one.version in early or not one.parsed.is_prerelease]
        self._pre = [one for one in usable if one.version not in early and one.parsed.is_prerelease]
        self._look = look
        self._seen: dict[str, Sighting] = {}

    def run(self) -> Outcome:
        tested = self._tested
        if tested is not None and self._good([tested])[0]:
            return Outcome(self._seen[tested.version], seen=self._seen)
        newest = [line[-1] for line in _lines(self._final)]
        last_good = self._last_good(newest)
        pre = self._prerelease() if last_good is None else None
        return Outcome(
            self._seen[tested.version] if tested else None,
            last_good,
            self._after(last_good) if last_good else None,
            self._seen,
            pre,
            len(newest) <= MOST_LINES,
        )

    def _last_good(self, newest: Sequence[Release]) -> Release | None:
        """Return the newest release that has it: by the newest of each minor line, then within one."""
        # most of what goes, goes with a major version
        majors = {one.parsed.major: at for at, one in reversed([*enumerate(newest)])}
        steps = [newest[step] for step in sorted({*_steps(len(newest)), *majors.values()})]
        if not any(self._good(steps)):
            steps = [*newest[:MOST_LINES]]
        if not any(self._good(steps)):
            steps = self._unsettled()
        there = self._good(steps)
        if not any(there):
            return None
        last = self._last(self._upto(steps[there.index(True)], newest[::-1]))
        within = self._upto(last, self._final)
        # most changes come with the first release of a line
        return last if len(within) > 1 and self._told(within[1]) is False else self._last(within)

    def _unsettled(self) -> list[Release]:
        """Return the releases 0.0.z, newest first: each of them may take away what the one before it brought."""
        found = [one for one in reversed(self._final) if one.parsed.release[:2] == (0, 0)]
        return found[:: -(-len(found) // MOST_UNSETTLED) or 1]

    def _upto(self, good: Release, releases: Sequence[Release]) -> list[Release]:
        """Return of some releases, oldest first, those from a good one up to the next that is known to be bad."""
        newer = [one for one in releases if one.parsed > good.parsed]
        known = [number for number, one in enumerate(newer) if one.version in self._seen and self._told(one) is False]
        return [good, *newer[: known[0] if known else None]]

    def _last(self, releases: Sequence[Release]) -> Release:
        """Return the newest that has it of releases of which the first does, and what follows the last does not.

        What reading does not tell is passed over, a bounded number of times; then it is looked for on the way there.
        """
        left, untold = list(releases), 0
        while len(left) > 1:
            middle = len(left) // 2
            told = self._told(left[middle])
            if told is None and untold < MOST_UNTOLD:
                del left[middle]
                untold += 1
            else:
                left = left[middle:] if told else left[:middle]
        return left[0]

    def _after(self, good: Release) -> Release | None:
        """Return the final release after one, None where reading does not tell that it is without."""
        after = next((one for one in self._final if one.parsed > good.parsed), None)
        return self._tested if after is None else after if self._told(after) is False else None

    def _prerelease(self) -> Release | None:
        """Return a pre-release that has it: the newest of each minor line is asked."""
        newest = [line[-1] for line in _lines(self._pre)][:MOST_LINES]
        return next((one for one, good in zip(newest, self._good(newest), strict=True) if good), None)

    def _told(self, release: Release) -> bool | None:
        """Return whether a release has it, None where reading does not tell."""
        self._good([release])
        return self._seen[release.version].good

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
