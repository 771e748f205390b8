"""A report as files, one after the other, so that a site of any size is never whole in memory."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness.model.matrix import Lane
from harness.model.past import NO_PAST
from harness.model.verdict import Verdict
from harness.report import over_time
from harness.report.html import charts, words
from harness.report.html.code import listing
from harness.report.html.site import LibraryView, PageView, gather, library
from harness.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.past import Past
    from harness.report.entries import Entry
    from harness.report.wire import Report, Sample

LONGEST = 8_000
"""Characters of what was seen or printed that a page shows."""


_CODE, _PROSE = Markup("<code>{}</code>"), Markup("{}")
_QUOTED = re.compile(r"`([^`]+)`")


def render(report: Report, past: Past = NO_PAST) -> Iterator[tuple[str, bytes]]:
    """Yield a report's files, each with its name below the report's folder.

    Args:
        report: The report.
        past: What earlier runs say.
    """
    site = gather(report)
    everywhere = {"site": site, "pages": {one.page.path: one for one in site.pages}}

    def made(template: str, root: str, **values: object) -> bytes:
        return _environment().get_template(template).render(root=root, **everywhere, **values).encode()

    yield "index.html", made("index.html.j2", "", past=past)
    yield "findings.html", made("findings.html.j2", "")
    links = {one.name: one for one in site.libraries}
    for page in site.pages:
        yield page.file, made("page.html.j2", "../", view=page, listings=_listings(page), links=links)
    for one in site.libraries:
        yield one.file, made("library.html.j2", "../", view=one, broken=_broken(one))


def shown(value: object) -> object:
    """Return a value as a template may show it: what steers a terminal or turns text around becomes visible.

    Args:
        value: What a template names; markup is ours, all other text may come from anyone.
    """
    if value is None:
        return ""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return "\n".join(plain(line) for line in value.split("\n"))


def bounded(text: str) -> str:
    """Return as much of a text as a page shows."""
    return text if len(text) <= LONGEST else text[:LONGEST] + "\n… the JSON report has the rest"


def spoken(text: str) -> Markup:
    """Return a message in which what stands in backticks is code."""
    # what was split at a group has the group's text at every second place
    pieces = enumerate(_QUOTED.split(text))
    return Markup("").join((_CODE if at % 2 else _PROSE).format(shown(piece)) for at, piece in pieces)


@cache
def _environment() -> Environment:
    templates = Environment(
        loader=PackageLoader("harness.report.html"),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = (_asset(name) for name in ("report.css", "report.js"))
    templates.globals.update(
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        policy=_policy(style, script),
        verdicts=tuple(Verdict),
        story=words.story,
        difference=words.difference,
        library=library,
        Lane=Lane,
        trend=charts.trend,
        percent=over_time.percent,
        because=over_time.because,
    )
    templates.filters.update(month=words.month, bounded=bounded, spoken=spoken)
    return templates


def _asset(name: str) -> str:
    return files("harness.report.html").joinpath("assets", name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Return a content security policy that lets nothing in but our own style and script."""
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
    )
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{style_hash}'; "
        f"script-src 'sha256-{script_hash}'; base-uri 'none'; form-action 'none'"
    )


def _listings(page: PageView) -> list[tuple[Sample, Any]]:
    """Return each sample of a page with its code and findings."""
    mine: dict[str, list[Entry]] = defaultdict(list)
    for entry in page.entries:
        if entry.sample:
            mine[entry.sample.id].append(entry)
    return [(sample, listing(sample, mine[sample.id])) for sample in page.samples]


def _broken(view: LibraryView) -> list[tuple[str, list[Entry]]]:
    """Return the symbols that are wrong, that of most findings first, each with its findings."""
    symbols: dict[str, list[Entry]] = defaultdict(list)
    for entry in view.entries:
        symbols[entry.symbol].append(entry)
    return sorted(symbols.items(), key=lambda one: (-len(one[1]), one[0]))
