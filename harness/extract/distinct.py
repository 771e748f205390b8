"""Names for pages that are called alike, so that every sample's id is its own."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from itertools import count
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from harness.extract.result import Extraction

_OTHER: Final = re.compile(r"[^\w.-]+")


def distinct(extractions: Sequence[Extraction]) -> tuple[Extraction, ...]:
    """Put the folders of pages that share a slug before it, as many as tell them apart.

    All of them get it, not only the later ones, so that their order is of no account.
    """
    alike: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(extractions):
        alike[one.page.slug].append(number)
    taken = {slug for slug, numbers in alike.items() if len(numbers) == 1}
    named = list(extractions)
    for slug, numbers in alike.items():
        if len(numbers) > 1:
            names = _apart(slug, [extractions[number].page.path for number in numbers], taken)
            taken.update(names)
            for number, name in zip(numbers, names, strict=True):
                named[number] = _named(extractions[number], name)
    return tuple(named)


def _apart(slug: str, paths: Sequence[str], taken: Collection[str]) -> list[str]:
    """Return a name for each page; numbers where their folders do not tell them apart."""
    folders = [_folders(path, slug) for path in paths]
    for depth in range(1, max(map(len, folders)) + 1):
        names = ["-".join((*parts[-depth:], slug)) for parts in folders]
        if len({*names} - {*taken}) == len(names):
            return names
    free = (name for number in count(1) if (name := f"{slug}-{number}") not in taken)
    return [next(free) for _ in paths]


def _folders(path: str, slug: str) -> tuple[str, ...]:
    """Return the folders above a page as they may stand in an id, without one that is the slug already."""
    parts = [_OTHER.sub("-", part).strip("-.") for part in PurePath(path).parts[:-1]]
    if PurePath(path).stem == "index" and parts and parts[-1] == slug:
        del parts[-1]
    return tuple(part for part in parts if part)


def _named(one: Extraction, slug: str) -> Extraction:
    """Return what a page holds under another name."""
    page = replace(one.page, slug=slug)
    return replace(
        one,
        page=page,
        samples=tuple(replace(sample, page=page, id=_id(sample.id, slug)) for sample in one.samples),
        inventory=tuple(replace(item, sample=_id(item.sample, slug)) for item in one.inventory),
        findings=tuple(replace(fault, sample=_id(fault.sample, slug)) for fault in one.findings),
    )


def _id(name: str, slug: str) -> str:
    """Return an id with another page's name; no id stays none."""
    return f"{slug}#{name.rpartition('#')[2]}" if name else ""
