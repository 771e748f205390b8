"""Real pages: every sample found, exact, and the twins of a page equal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.extract import Extraction, extract_paths
from harness.extract.document import decode
from harness.model.source import Fate

FENCE = re.compile(r"^```[^\n`]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


def one(path: Path) -> Extraction:
    [found] = extract_paths([path])
    return found


@pytest.mark.parametrize("name", ["zenml-vs-azure-ml", "zenml-vs-prefect"])
def test_the_seed_pages_have_their_four_samples(shared: Path, name: str) -> None:
    found = one(shared / "pages" / f"{name}.md")
    assert [(sample.id, sample.role) for sample in found.samples] == [(f"{name}#0", "zenml"), (f"{name}#1", "tool")]
    assert {fault.sample for fault in found.findings if fault.code == "P401"} == {f"{name}#0", f"{name}#1"}


def test_what_breaks_the_seed_pages_is_named_by_line(shared: Path) -> None:
    broken = [fault.line for fault in one(shared / "pages/zenml-vs-prefect.md").findings if fault.code == "P401"]
    assert broken == [40, 40]
    broken = [fault.line for fault in one(shared / "pages/zenml-vs-azure-ml.md").findings if fault.code == "P401"]
    assert broken == [202, 237]


def test_ten_comparison_pages_have_twenty_samples(shared: Path) -> None:
    pages = sorted((shared / "pages").glob("zenml-vs-*.md"))
    found = [one(page) for page in pages]
    assert len(found) >= 10
    for page in found:
        assert [(sample.index, sample.role) for sample in page.samples] == [(0, "zenml"), (1, "tool")], page.page.path
        assert {item.fate for item in page.inventory} == {Fate.SAMPLE}
        assert page.page.tool
        assert page.page.updated


def test_blog_posts_give_every_fence(shared: Path) -> None:
    posts = [path for path in (shared / "pages").glob("*.md") if not path.name.startswith(("zenml-vs-", "README"))]
    assert len(posts) == 5
    for post in posts:
        wanted = [text.rstrip("\n") + "\n" for text in FENCE.findall(post.read_text("utf-8"))]
        found = one(post)
        assert [sample.text for sample in found.samples] == wanted
        assert len(found.inventory) == len(wanted) > 2


def test_the_older_form_of_a_page_gives_the_same_samples(shared: Path) -> None:
    older = sorted((shared / "pages-webflow").glob("*.md"))
    assert older
    for page in older:
        twin = shared / "pages" / page.name
        assert [s.text.encode() for s in one(page).samples] == [s.text.encode() for s in one(twin).samples], page.name


def test_every_character_of_every_sample_stands_where_the_map_says(shared: Path) -> None:
    for found in extract_paths([shared / "pages", shared / "pages-webflow"]):
        text = decode(Path(found.page.path).read_bytes()).text
        for sample in found.samples:
            sample.map.check()
            for offset, char in enumerate(sample.text):
                span = sample.map.span(offset)
                assert text[span.start : span.end] in {char, "\r\n", ""} or text[span.start] == "&"
