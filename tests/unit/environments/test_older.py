"""Which older releases are tried: few, and never a claim that they do not bear out."""

from __future__ import annotations

import pytest

from harness.environments.api_listing import Release
from harness.environments.older import MAX_FAILING, OutOfRunsError, narrowed


def releases(*versions: str) -> tuple[Release, ...]:
    """Return releases, each a year after the one before."""
    return tuple(Release(one, f"{2000 + number}-01-01T00:00:00Z", False, ()) for number, one in enumerate(versions))


MANY = releases(*(f"{major}.{minor}.{patch}" for major in (1, 2, 3) for minor in range(4) for patch in range(3)))


class Line:
    """A line of a sample that works in some releases."""

    def __init__(self, *, until: str, unusable: tuple[str, ...] = (), most: int = 99) -> None:
        self.tried: list[str] = []
        self._until = next(one.parsed for one in MANY if one.version == until) if until else None
        self._unusable = unusable
        self._most = most

    def __call__(self, release: Release) -> bool | None:
        if len(self.tried) == self._most:
            raise OutOfRunsError
        self.tried.append(release.version)
        if release.version.startswith(self._unusable):
            return None
        return self._until is not None and release.parsed <= self._until


@pytest.mark.parametrize("until", [one.version for one in MANY[2:-1]])
def test_every_change_is_found(until: str) -> None:
    line = Line(until=until)
    change = narrowed(MANY, MANY[2].date, line)
    assert change
    assert change.last_good.version == until
    assert change.first_bad is MANY[[one.version for one in MANY].index(until) + 1]
    assert len(line.tried) <= 8


def test_the_release_of_the_day_is_tried_first() -> None:
    line = Line(until="2.1.2")
    narrowed(MANY, MANY[13].date, line)
    assert line.tried[0] == "2.0.2", "the line that had begun on that day"


def test_without_a_date_the_newest_line_is_tried_first() -> None:
    line = Line(until="3.2.2")
    assert narrowed(MANY, "", line)
    assert line.tried[0] == "3.2.2"


def test_a_fault_of_the_samples_own_is_given_up_soon() -> None:
    line = Line(until="")
    assert narrowed(MANY, MANY[30].date, line) is None
    assert len(line.tried) == MAX_FAILING


def test_releases_too_old_to_be_used_are_passed_over() -> None:
    line = Line(until="2.3.2", unusable=("1.",))
    change = narrowed(MANY, MANY[0].date, line)
    assert change
    assert (change.last_good.version, change.first_bad.version) == ("2.3.2", "3.0.0")


def test_nothing_is_said_where_the_runs_do_not_suffice() -> None:
    assert narrowed(MANY, MANY[0].date, Line(until="2.1.1", most=3)) is None


def test_a_single_line_is_halved_by_its_releases() -> None:
    line = releases("1.0.0", "1.0.1", "1.0.2", "1.0.3")
    assert narrowed(line, "", lambda one: one.version < "1.0.2") is None, "no line before the tested one"
