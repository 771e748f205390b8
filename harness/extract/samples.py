"""Gives regions their meaning: language, number, role, directive, and what becomes of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from harness.extract import directives
from harness.extract.language import declared, infer
from harness.extract.lexers.html import undo
from harness.extract.notebooks import as_python, without_magics
from harness.extract.parts import split
from harness.extract.weave import Woven, joined
from harness.model.source import (
    CHECKED,
    Directive,
    Fate,
    Form,
    InventoryItem,
    Language,
    PageInfo,
    Part,
    Position,
    Region,
    Rendering,
    Sample,
)
from harness.model.verdict import Code, PageFault
from harness.syntax_tree import parses

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from harness.extract.document import Document
    from harness.extract.profiles import Profile

_ENTITY: Final = re.compile(r"&(?:lt|gt|amp|quot|#39|#x27|apos);")
NONE: Final = Directive()
"""What an author says who says nothing."""
_HIDDEN: Final = "inside a comment, so no reader sees it"
_STYLED: Final = frozenset({Form.PRE, Form.CODE})
_FLOW: Final = "\0flow"
_EMPTY: Final = "it is empty"
_REASONS: Final = {
    Language.CONSOLE: (Fate.OUTPUT, "a console session or what a program prints"),
    Language.TEXT: (Fate.SKIPPED, "plain text, no code"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A region with what the page says about it."""

    region: Region
    """The region."""
    directive: Directive = NONE
    """What the author told the harness."""
    unpublished: bool = False
    """True where the publisher shows a front-matter field in its place."""
    flows: bool = False
    """True where it runs on from the regions before it, as notebook cells do."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of the regions of a page."""

    samples: tuple[Sample, ...]
    """Every region that holds code, groups as one."""
    inventory: tuple[InventoryItem, ...]
    """One item per region."""
    findings: tuple[PageFault, ...]
    """P401 and P402."""


def make(page: PageInfo, document: Document, items: Sequence[Item], profile: Profile, today: dt.date) -> Made:
    """Make samples of regions.

    Args:
        page: What the page says of itself.
        document: Its text.
        items: Its regions in page order.
        profile: How its publisher reads it.
        today: A skip with a date holds before that date.
    """
    maker = _Maker(page, document, profile, today)
    for item in items:
        maker.add(item)
    return Made(tuple(maker.samples()), tuple(maker.inventory), tuple(maker.findings))


class _Maker:
    """Numbers regions and keeps what is made of them."""

    def __init__(self, page: PageInfo, document: Document, profile: Profile, today: dt.date) -> None:
        """Begin with nothing made."""
        self._page = page
        self._document = document
        self._profile = profile
        self._today = today
        self._count = 0
        self._roles = iter(profile.roles)
        self._made: dict[str, list[Sample]] = {}
        self._groups: dict[str, str] = {}
        self.inventory: list[InventoryItem] = []
        self.findings: list[PageFault] = []

    def add(self, item: Item) -> None:
        """Make a sample of one region, or say why it is none."""
        position = self._document.position(item.region.span.start)
        if item.region.fault or not item.region.text:
            fate, reason = (Fate.MALFORMED, item.region.fault) if item.region.fault else (Fate.SKIPPED, _EMPTY)
            self.inventory.append(InventoryItem(self._page.path, position, item.region.form, fate, reason))
            return
        region = _undone_twice(item.region)
        sample, fate, reason = self._sample(item, region)
        self._made.setdefault(sample.id, []).append(sample)
        self.inventory.append(InventoryItem(self._page.path, position, item.region.form, fate, reason, sample.id))
        self._report(sample, region, fate, position)

    def samples(self) -> Iterator[Sample]:
        """Yield the samples, those of a group as one."""
        for members in self._made.values():
            yield members[0] if len(members) == 1 else self._joined(members)

    def _sample(self, item: Item, region: Region) -> tuple[Sample, Fate, str]:
        """Make a sample of one region, and say what becomes of it and why."""
        info = region.info
        if region.form in _STYLED and declared(info) is None:
            info = ""  # a class that names no language is only a style
        language, inferred = infer(info, region.text, self._profile.language)
        parts = split(region.text, language, info)
        plain = as_python if region.form is Form.CELL else without_magics
        parts = tuple(plain(part) for part in parts)
        language = next((part.language for part in parts if part.language in CHECKED), parts[0].language)
        fate, reason = self._fate(item, language, inferred=inferred)
        index = self._count
        self._count += 1
        name = f"{self._page.slug}#{index}"
        first = self._leader(item, language, name) if fate is Fate.SAMPLE else name
        sample = Sample(
            id=first,
            page=self._page,
            index=index,
            role=next(self._roles, "sample") if fate is Fate.SAMPLE and first == name else "sample",
            language=language,
            text=region.text,
            map=region.map,
            parts=parts,
            lines=self._document.lines(region.text, region.map),
            directive=item.directive,
            inferred=inferred,
        )
        return sample, fate, reason

    def _fate(self, item: Item, language: Language, *, inferred: bool) -> tuple[Fate, str]:
        """Return what becomes of a region, and why."""
        if item.region.form is Form.COMMENT:
            return Fate.SKIPPED, _HIDDEN
        if item.unpublished:
            return Fate.SKIPPED, "unpublished copy: readers see the front-matter field"
        if directives.holds(item.directive, self._today):
            until = f" (until {item.directive.skip_until})" if item.directive.skip_until else ""
            return Fate.SKIPPED, f"{item.directive.skip}{until}"
        if item.region.form is Form.CODE and inferred and language is Language.TEXT:
            return Fate.SKIPPED, "inline code that wraps"
        if language in CHECKED:
            return Fate.SAMPLE, ""
        return _REASONS.get(language, (Fate.OTHER, f"{language} is not checked"))

    def _leader(self, item: Item, language: Language, name: str) -> str:
        """Return the id of the first sample of a group, or of the sample itself."""
        group = item.directive.group
        if group is None and item.flows and language is Language.PYTHON:
            group = _FLOW
        return name if group is None else self._groups.setdefault(group, name)

    def _joined(self, members: list[Sample]) -> Sample:
        """Return the samples of a group as one that runs them in page order."""
        first = members[0]
        woven = joined([Woven(member.text, member.map) for member in members])
        directive = first.directive
        for member in members[1:]:
            directive = directives.merge(directive, member.directive)
        return replace(
            first,
            text=woven.text,
            map=woven.map,
            parts=_joined_parts(members),
            lines=tuple(line for member in members for line in member.lines),
            directive=directive,
            inferred=any(member.inferred for member in members),
        )

    def _report(self, sample: Sample, region: Region, fate: Fate, at: Position) -> None:
        """Note what is wrong with how the page shows a region."""
        if fate is Fate.SKIPPED:
            return
        for reason in region.rendering:
            place = self._document.position(reason.span.start)
            message = f"{reason.message} (the code begins on line {sample.lines[0].line})"
            fault = PageFault(self._page.path, place.line, message, Code.RENDERING, place.column, sample.id)
            self.findings.append(fault)
        if sample.inferred and fate is Fate.SAMPLE:
            message = f"no language given (inferred: {sample.language})"
            self.findings.append(PageFault(self._page.path, at.line, message, Code.LANGUAGE, at.column, sample.id))


def _joined_parts(members: list[Sample]) -> tuple[Part, ...]:
    """Return the files of a group; what is one file of one language each is one file for all."""
    if all(len(member.parts) == 1 and member.parts[0].language is members[0].language for member in members):
        return (replace(members[0].parts[0], text="".join(member.parts[0].text for member in members)),)
    parts: list[Part] = []
    line = 0
    for member in members:
        parts += [replace(part, first_line=part.first_line + line) for part in member.parts]
        line += member.text.count("\n")
    return tuple(parts)


def _undone_twice(region: Region) -> Region:
    """Return HTML code that was escaped twice as its author wrote it: only once more undone does it parse."""
    if region.form not in {Form.PRE, Form.CODE} or not (entity := _ENTITY.search(region.text)):
        return region
    if parses(region.text):
        return region
    again, _ = undo(Woven(region.text, region.map), 0, len(region.text))
    if not parses(again.text):
        return region
    message = f"{entity[0]} is escaped twice, so readers see it in place of the character"
    shown = Rendering(region.map.span(entity.start(), entity.end()), message)
    return replace(region, text=again.text, map=again.map, rendering=(*region.rendering, shown))
