"""A report ordered the way people ask about it: by page, library, tool and category."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from packaging.utils import canonicalize_name

from harness.model.matrix import Lane
from harness.model.verdict import JUDGED, Verdict
from harness.report.entries import Entry, Level, entries
from harness.report.extraction import free_name, safe_name
from harness.report.wire import Page, Report, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


_UNDATED = "9999"
"""Sorts behind every date."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How samples fared."""

    counts: Counter[Verdict] = field(default_factory=Counter)
    """How many have which verdict."""

    @property
    def ok(self) -> int:
        """How many work."""
        return self.counts[Verdict.OK]

    @property
    def judged(self) -> int:
        """How many could be judged."""
        return sum(self.counts[one] for one in JUDGED)

    @property
    def percent(self) -> int | None:
        """How many of a hundred work; None where none could be judged. Never rounded up to all of them."""
        return 100 * self.ok // self.judged if self.judged else None

    @property
    def total(self) -> int:
        """How many there are."""
        return self.counts.total()


@dataclass(frozen=True, slots=True)
class PageView:
    """A page and all that was found on it."""

    page: Page
    """What it says of itself."""
    file: str
    """Its file below the report's folder."""
    samples: tuple[Sample, ...]
    """Its samples, from above."""
    entries: tuple[Entry, ...]
    """What is wrong, from above."""
    libraries: tuple[str, ...]
    """The libraries that its samples ask for."""
    tally: Tally
    """How its samples fared."""

    @property
    def name(self) -> str:
        """What to call it."""
        return self.page.title or self.page.slug or self.page.path

    @property
    def href(self) -> str:
        """Its address below the report's folder."""
        return quote(self.file)

    @property
    def counting(self) -> int:
        """How many findings count."""
        return sum(not one.excused and one.level is not Level.NOTE for one in self.entries)

    @property
    def urgency(self) -> tuple[bool, str, str]:
        """Sorts the page that has been wrong for longest to the front."""
        outdated = bool(self.tally.counts[Verdict.OUTDATED])
        return (not outdated, self.page.updated[:10] or _UNDATED, self.page.path)


@dataclass(frozen=True, slots=True)
class LibraryView:
    """A library and the samples that ask for it."""

    name: str
    """Normalised name of the distribution."""
    file: str
    """Its file below the report's folder."""
    samples: tuple[Sample, ...]
    """The samples that ask for it."""
    entries: tuple[Entry, ...]
    """What is wrong with how it is used."""
    tally: Tally
    """How its samples fared."""

    @property
    def href(self) -> str:
        """Its address below the report's folder."""
        return quote(self.file)

    def versions(self, lane: str) -> str:
        """Return the versions that ran in a lane, newest last."""
        found = {run.packages[self.name] for one in self.samples for run in one.runs
                 if run.lane == lane and self.name in run.packages}  # fmt: skip
        return ", ".join(sorted(found))

    @property
    def coming(self) -> tuple[Sample, ...]:
        """The samples that were run with its pre-releases."""
        return tuple(one for one in self.samples if any(run.lane == Lane.NEXT for run in one.runs))


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that have something in common."""

    name: str
    """What."""
    pages: int
    """How many pages."""
    tally: Tally
    """How their samples fared."""


@dataclass(frozen=True, slots=True)
class Site:
    """A whole report, ordered."""

    report: Report
    """What it is made of."""
    pages: tuple[PageView, ...]
    """The pages, the one that has been outdated for longest first."""
    libraries: tuple[LibraryView, ...]
    """The libraries, by name."""
    categories: tuple[Group, ...]
    """The pages by category."""
    tools: tuple[Group, ...]
    """The pages by tool."""
    tally: Tally
    """How all samples fared."""


def gather(report: Report) -> Site:
    """Order a report.

    Args:
        report: The report.
    """
    found = entries(report)
    pages = sorted(_pages(report, found), key=lambda one: one.urgency)
    return Site(
        report=report,
        pages=tuple(pages),
        libraries=tuple(_libraries(report.samples, found)),
        categories=tuple(_groups(pages, lambda one: one.page.category)),
        tools=tuple(_groups(pages, lambda one: one.page.tool)),
        tally=tally(report.samples),
    )


def tally(samples: Iterable[Sample]) -> Tally:
    """Count samples by verdict."""
    return Tally(Counter(sample.verdict for sample in samples))


def library(entry: Entry) -> str:
    """Return the library that a finding is about, or an empty string where it is about none."""
    if entry.finding is None or entry.sample is None:
        return ""
    if entry.finding.history:
        return entry.finding.history.distribution
    asked = {name for run in entry.sample.runs for name in run.packages}
    named = canonicalize_name(entry.symbol.partition(".")[0])
    return named if entry.code.startswith("A") and named in asked else ""


def _pages(report: Report, found: Sequence[Entry]) -> Iterable[PageView]:
    samples: dict[str, list[Sample]] = defaultdict(list)
    for sample in report.samples:
        samples[sample.page].append(sample)
    mine: dict[str, list[Entry]] = defaultdict(list)
    for entry in found:
        mine[entry.page].append(entry)
    known = {page.path: page for page in report.pages}
    taken: set[str] = set()
    for path in dict.fromkeys([*known, *samples, *mine]):
        here = sorted(samples[path], key=lambda one: one.page_line)
        page = known.get(path) or _nameless(path, here)
        yield PageView(
            page=page,
            file="pages/" + free_name(safe_name(page.slug or path, "page"), ".html", taken),
            samples=tuple(here),
            entries=tuple(mine[path]),
            libraries=tuple(sorted({name for one in here for run in one.runs for name in run.packages})),
            tally=tally(here),
        )


def _nameless(path: str, samples: Sequence[Sample]) -> Page:
    """Return a page of a report that says nothing of its pages."""
    slug = samples[0].slug if samples else ""
    return Page(path=path, slug=slug, title="", tool="", category="", updated="", published="", samples=len(samples))


def _libraries(samples: Iterable[Sample], found: Iterable[Entry]) -> Iterable[LibraryView]:
    users: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        for name in dict.fromkeys(name for run in sample.runs for name in run.packages):
            users[name].append(sample)
    wrong: dict[str, list[Entry]] = defaultdict(list)
    for entry in found:
        wrong[library(entry)].append(entry)
    taken: set[str] = set()
    for name in sorted(users.keys() | wrong.keys() - {""}):
        file = "libraries/" + free_name(safe_name(name, "library"), ".html", taken)
        yield LibraryView(name, file, tuple(users[name]), tuple(wrong[name]), tally(users[name]))


def _groups(pages: Iterable[PageView], key: Callable[[PageView], str]) -> Iterable[Group]:
    """Put pages together by what they say of themselves; the least accurate first."""
    parts: dict[str, list[PageView]] = defaultdict(list)
    for one in pages:
        if key(one):
            parts[key(one)].append(one)
    made = [Group(name, len(some), tally(s for one in some for s in one.samples)) for name, some in parts.items()]
    return sorted(made, key=lambda one: (one.tally.percent is None, one.tally.percent or 0, one.name))
