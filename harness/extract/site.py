"""One page from bytes to samples: reading this is reading the package."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from harness.extract import directives
from harness.extract.document import Document, UnreadableError, decode
from harness.extract.fields import code_fields
from harness.extract.lexers import front_matter, notebook
from harness.extract.lexers.base import Comment, Lexeme
from harness.extract.lexers.markdown import Scanner, Syntax
from harness.extract.pages import NONE_GIVEN, read_pages, unreadable
from harness.extract.profiles import DEFAULT_PROFILES, Body, Profile, profile_for
from harness.extract.rendering import indented_and_checked
from harness.extract.result import Extraction
from harness.extract.samples import Item, Made, make
from harness.extract.weave import Woven
from harness.model.source import Directive, Form, PageInfo, Region, Span
from harness.model.verdict import PageFault

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.extract.lexers.front_matter import FrontMatter

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SLUG: Final = re.compile(r"[^\w.-]+")
_CELL_DIRECTIVE: Final = re.compile(r"\s*#\s*(harness\s*:.*)")
DIRECTIVE_FAULT: Final = "P404"
"""Code of a directive that cannot be read."""


def extract_paths(
    paths: Sequence[str | os.PathLike[str]],
    profiles: Sequence[Profile] = DEFAULT_PROFILES,
    given: Mapping[str, bytes] = NONE_GIVEN,
) -> Iterator[Extraction]:
    """Extract every page behind the paths; see `extract` and `read_pages`."""
    for page in read_pages(paths, given=given):
        if page.fault is not None:
            yield Extraction(PageInfo(page.path, _stem(page.path)), findings=(page.fault,))
        else:
            yield extract(page.path, page.data, profiles)


def extract(
    path: str,
    data: bytes,
    profiles: Sequence[Profile] = DEFAULT_PROFILES,
    *,
    today: dt.date | None = None,
) -> Extraction:
    """Take every code region out of one page.

    Args:
        path: The path as it was given; its ending says the format.
        data: The page's bytes.
        profiles: How publishers read their pages; the first that fits the path holds.
        today: Date that skips with an expiry are held against.

    Returns:
        What the page holds. A page that cannot be read has one finding, P403, that says why.
    """
    try:
        document = decode(data)
        digest = hashlib.sha256(data).hexdigest()
        return _extract(
            path, document, profile_for(path, profiles), today or dt.datetime.now().astimezone().date(), digest
        )
    except UnreadableError as error:
        raw = unreadable(path, error.cause, error.next_step, error.line, error.column)
        return Extraction(PageInfo(path, _stem(path)), findings=(raw.fault,) if raw.fault else ())


def _extract(path: str, document: Document, profile: Profile, today: dt.date, digest: str) -> Extraction:
    """Extract a page that could be decoded."""
    source = Woven.literal(document.text, 0)
    ending = PurePath(path).suffix.lower()
    faults: list[PageFault] = []
    if ending == ".ipynb":
        book = notebook.read(source, document.start)
        page = PageInfo(path, _stem(path), title=book.title)
        items = _directed(path, document, _cell_comments(book.lexemes), Directive(), faults)
        items = [replace(item, flows=item.region.form is Form.CELL) for item in items]
    else:
        matter = front_matter.read(source, document.start)
        page = _page(path, matter)
        whole = _page_directive(path, matter, faults)
        fields = tuple(code_fields(matter, profile))
        replaced = profile.replaces_body and any(field.published for field in fields)
        items = [Item(region, whole) for field in fields for region in field.regions]
        body = _directed(path, document, _body(source, matter.end, ending, profile), whole, faults)
        items += [replace(item, unpublished=True) for item in body] if replaced else body
    page = replace(page, digest=digest)
    made = make(page, document, items, profile, today)
    return _finished(page, made, faults)


def _finished(page: PageInfo, made: Made, faults: Sequence[PageFault]) -> Extraction:
    """Put the parts together, findings in page order."""
    findings = sorted((*made.findings, *faults), key=lambda fault: (fault.line, fault.column, fault.code))
    return Extraction(page, made.samples, made.inventory, tuple(findings))


def _body(source: Woven, start: int, ending: str, profile: Profile) -> list[Lexeme]:
    """Return what the body of a page holds, in page order."""
    if ending in {".html", ".htm"}:
        return list(Scanner(source, Syntax(fences=False, rendered=False), start).scan())
    syntax = Syntax(mdx=ending == ".mdx", glued=profile.body is Body.ANY_FENCE)
    scanner = Scanner(source, syntax, start)
    found = list(scanner.scan())
    comments: list[Lexeme] = [item for item in found if isinstance(item, Comment)]
    regions = [item for item in found if isinstance(item, Region)]
    checked = indented_and_checked(source, start, regions, lambda: scanner.blocks)
    if not comments and len(checked) == len(found):
        return list(checked)
    return sorted([*comments, *checked], key=lambda item: item.span.start)


def _cell_comments(lexemes: Iterable[Lexeme]) -> Iterator[Lexeme]:
    """Yield lexemes with the directives that stand in the first line of a cell."""
    for item in lexemes:
        if isinstance(item, Region) and item.form is Form.CELL and (match := _CELL_DIRECTIVE.match(item.text)):
            yield Comment(item.map.span(match.start(1), match.end(1)), match[1])
        yield item


def _directed(
    path: str, document: Document, lexemes: Iterable[Lexeme], whole: Directive, faults: list[PageFault]
) -> list[Item]:
    """Give each region the directives that stand before it."""
    items: list[Item] = []
    pending = Directive()
    waiting: Span | None = None
    for lexeme in lexemes:
        if isinstance(lexeme, Region):
            if lexeme.form is Form.COMMENT:
                items.append(Item(lexeme))
                continue
            directive = directives.merge(whole, pending) if waiting else whole
            items.append(Item(lexeme, directive))
            pending, waiting = Directive(), None
        elif read := directives.parse(lexeme.text):
            faults += [_fault(path, document, lexeme.span, message) for message in read.faults]
            pending, waiting = directives.merge(pending, read.directive), lexeme.span
    if waiting:
        faults.append(_fault(path, document, waiting, "there is no code below it"))
    return items


def _fault(path: str, document: Document, span: Span, message: str) -> PageFault:
    """Return the finding of a directive that cannot be followed."""
    at = document.position(span.start)
    return PageFault(path, at.line, f"directive: {message}", DIRECTIVE_FAULT, at.column)


def _page(path: str, matter: FrontMatter) -> PageInfo:
    """Return what the front matter says of the page."""
    slug = _SLUG.sub("-", matter.get("slug").strip("/")).strip("-") if matter.get("slug") else ""
    return PageInfo(
        path=path,
        slug=slug or _stem(path),
        title=matter.get("title"),
        tool=matter.get("toolName"),
        category=matter.get("category"),
        updated=_date(matter, "lastUpdated"),
        published=_date(matter, "lastPublished"),
    )


def _stem(path: str) -> str:
    """Return the slug of a page that names none."""
    pure = PurePath(path)
    stem = pure.parent.name if pure.stem == "index" and pure.parent.name else pure.stem
    return _SLUG.sub("-", stem).strip("-") or "page"


def _date(matter: FrontMatter, name: str) -> str:
    """Return an ISO date of the front matter, wherever in it the key stands."""
    found = (f.text.text for f in matter.fields if f.path == name or f.path.endswith(f".{name}"))
    return next((match[0] for text in found if (match := _DATE.match(text.strip()))), "")


def _page_directive(path: str, matter: FrontMatter, faults: list[PageFault]) -> Directive:
    """Return the directive that holds for the whole page."""
    own = [field for field in matter.fields if field.path == "harness" or field.path.startswith("harness.")]
    if not own:
        return Directive()
    if own[0].path == "harness":
        read = directives.parse(f"harness: {own[0].text.text}") or directives.Read(Directive())
    else:
        read = directives.from_settings((field.path.split(".")[1], field.text.text) for field in own)
    faults += [PageFault(path, own[0].line, f"directive: {message}", DIRECTIVE_FAULT) for message in read.faults]
    return read.directive
