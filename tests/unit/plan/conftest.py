"""Samples made from nothing but their code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from harness.model.source import Directive, Language, PageInfo, Part, Sample, SourceMap

if TYPE_CHECKING:
    from collections.abc import Sequence


class MakeSample(Protocol):
    def __call__(
        self,
        text: str,
        *,
        parts: Sequence[Part] = (),
        slug: str = "page",
        index: int = 0,
        language: Language = Language.PYTHON,
        updated: str = "",
        published: str = "",
        directive: Directive | None = None,
    ) -> Sample: ...


@pytest.fixture
def make() -> MakeSample:
    def made(
        text: str,
        *,
        parts: Sequence[Part] = (),
        slug: str = "page",
        index: int = 0,
        language: Language = Language.PYTHON,
        updated: str = "",
        published: str = "",
        directive: Directive | None = None,
    ) -> Sample:
        return Sample(
            id=f"{slug}#{index}",
            page=PageInfo(f"{slug}.md", slug, updated=updated, published=published),
            index=index,
            role="sample",
            language=language,
            text=text,
            map=SourceMap(()),
            parts=tuple(parts) or (Part("sample.py", language, text),),
            directive=directive or Directive(),
        )

    return made
