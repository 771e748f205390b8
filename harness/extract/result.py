"""What extraction hands on: the samples of a page, its inventory and what is wrong with the page itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.model.source import InventoryItem, PageInfo, Sample
    from harness.model.verdict import PageFault


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one page holds."""

    page: PageInfo
    """What the page says of itself."""
    samples: tuple[Sample, ...] = ()
    """Every code region in page order, those that are not checked too: the inventory says which and why."""
    inventory: tuple[InventoryItem, ...] = ()
    """One item for every candidate for code."""
    findings: tuple[PageFault, ...] = ()
    """P401 (does not render as code), P402 (no language), P403 (the page cannot be read) and wrong directives."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page as it was read, or why it could not be."""

    path: str
    """The path as it was given."""
    data: bytes = b""
    """Its bytes."""
    fault: PageFault | None = None
    """Why it could not be read; ``data`` is empty then."""
