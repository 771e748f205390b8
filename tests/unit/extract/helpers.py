"""Shorthand that the tests of extraction share."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from harness.extract import DEFAULT_PROFILES, Extraction, Profile, extract
from harness.extract.document import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model.source import Sample

TODAY = dt.date(2026, 6, 1)


def page(text: str, path: str = "docs/page.md", profiles: Sequence[Profile] = DEFAULT_PROFILES) -> Extraction:
    """Extract a page given as text."""
    return extract(path, text.encode(), profiles, today=TODAY)


def texts(extraction: Extraction) -> list[str]:
    """Return the text of each sample."""
    return [sample.text for sample in extraction.samples]


def fates(extraction: Extraction) -> list[tuple[str, str]]:
    """Return form and fate of each candidate."""
    return [(item.form.value, item.fate.value) for item in extraction.inventory]


def faults(extraction: Extraction, code: str) -> list[tuple[int, str]]:
    """Return line and message of the findings with a code."""
    return [(fault.line, fault.message) for fault in extraction.findings if fault.code == code]


def origins(sample: Sample, data: bytes) -> list[str]:
    """Return for each character of a sample the page text it came from."""
    text = decode(data).text
    spans = [sample.map.span(offset) for offset in range(len(sample.text))]
    return [text[span.start : span.end] for span in spans]


def check_map(sample: Sample, data: bytes) -> None:
    """Hold a source map to its promises, whatever the page: in order, in range, and agreeing with the lines."""
    document = decode(data)
    sample.map.check()
    last = 0
    for offset in range(len(sample.text)):
        span = sample.map.span(offset)
        assert last <= span.start <= span.end <= len(document.text)
        last = span.start
    starts = [0, *(at + 1 for at, char in enumerate(sample.text[:-1]) if char == "\n")]
    assert list(sample.lines) == [document.position(sample.map.span(start).start) for start in starts]
