"""The documentation as a site: strict, whole, and read without a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.written import ROOT

FETCHED = re.compile(r'<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)="((?:https?:)?//[^"]+)"')
"""What a browser gets without being asked; a link that somebody follows is none of it."""


def build(docs: Path, out: Path) -> str:
    """Build a site as ``nox -s docs`` does; return what was wrong."""
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E", docs, out],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert bool(done.returncode) is bool(done.stderr), done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built without a warning."""
    out = tmp_path_factory.mktemp("site")
    assert build(ROOT / "docs", out) == ""
    return out


def test_every_page_is_there(site: Path) -> None:
    for page in (ROOT / "docs").glob("*.md"):
        assert (site / page.with_suffix(".html").name).is_file()


def test_reading_fetches_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert pages
    assert not [(page.name, address) for page in pages for address in FETCHED.findall(page.read_text("utf-8"))]
    styles = [path.read_text("utf-8") for path in site.rglob("*.css")]
    assert not [
        address for text in styles for address in re.findall(r"(?:url\(|@import)\s*[\"']?(https?:[^\"')]*)", text)
    ]


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a site in which everything is wrong."""
    docs = tmp_path_factory.mktemp("wrong") / "docs"
    docs.mkdir()
    (docs / "_static").mkdir()
    shutil.copytree(ROOT / "docs" / "_ext", docs / "_ext")
    shutil.copy(ROOT / "docs" / "conf.py", docs)
    wrong = "[gone](no-such-page.md) [gone](options.md#no-such-place)\n\n```{from-code} the-weather\n```\n"
    (docs / "index.md").write_text(f"# Start\n\n{wrong}\n```{{toctree}}\noptions\n```\n", encoding="utf-8")
    (docs / "options.md").write_text("# Options\n\n## The gate\n", encoding="utf-8")
    (docs / "lost.md").write_text("# Lost\n", encoding="utf-8")
    return build(docs, docs.with_name("site"))


@pytest.mark.parametrize(
    "said",
    [
        "cross-reference target not found: 'no-such-page.md'",
        "local id not found in doc 'options': 'no-such-place'",
        "nothing makes 'the-weather'",
        "lost.md: WARNING: document isn't included in any toctree",
    ],
    ids=["page", "anchor", "maker", "no place in the contents"],
)
def test_what_leads_nowhere_stops_the_build(said: str, faults: str) -> None:
    assert said in faults
