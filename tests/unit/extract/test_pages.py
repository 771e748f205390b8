"""Finding pages and reading them: each once, as given, and a bad one by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.errors import ConfigError
from harness.extract import extract_paths, read_pages

GOOD = b"```py\na = 1\n```\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("b.md", "a.mdx", "sub/c.HTML", "sub/d.ipynb", "sub/e.markdown", "sub/f.htm"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(GOOD)
    for name in ("x.png", "y.txt", "node_modules/z.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(GOOD)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["."], ["./a.mdx", "./b.md", "./sub/c.HTML", "./sub/d.ipynb", "./sub/e.markdown", "./sub/f.htm"]),
        (["sub/c.HTML", "b.md", "b.md"], ["sub/c.HTML", "b.md"]),
        (["*"], ["a.mdx", "b.md", "sub/c.HTML", "sub/d.ipynb", "sub/e.markdown", "sub/f.htm"]),
        (["**/*.md*"], ["a.mdx", "b.md"]),
        (["node_modules/*"], ["node_modules/z.md"]),
        (["y.txt"], ["y.txt"]),
    ],
)
def test_paths_are_kept_as_given(site: Path, given: list[str], found: list[str]) -> None:
    assert [page.path for page in read_pages(given)] == found


@pytest.mark.parametrize("path", ["nowhere", "nowhere/*.md", "a.md[x"])
def test_a_path_that_is_not_there_is_an_error_of_use(site: Path, path: str) -> None:
    with pytest.raises(ConfigError, match="no such file or folder"):
        list(read_pages([path]))


def test_a_loop_of_links_ends(site: Path) -> None:
    (site / "sub" / "loop").symlink_to(site)
    assert len(list(read_pages(["."]))) == 6


BAD = {
    "utf16.md": ("x".encode("utf-16"), "UTF-16", 1),
    "latin.md": (b"ok\nna\xefve\n", "byte 0xef is not UTF-8", 2),
    "binary.md": (b"\x89PNG\x00\xff\xfe", "binary", 1),
    "nul.md": (b"a\nb\x00c", "NUL", 2),
    "yaml.md": (b"---\na: [\n---\n" + GOOD, "front matter", 3),
    "book.ipynb": (b"{", "not JSON", 1),
    "big.md": (b"a" * 3000, "above the limit", 1),
}


@pytest.mark.parametrize("name", BAD)
def test_a_page_that_cannot_be_read_is_named_and_the_others_go_on(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, cause, line = BAD[name]
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.md").write_bytes(GOOD)
    monkeypatch.setattr("harness.extract.pages.MAX_BYTES", 2000)
    bad, good = sorted(extract_paths([tmp_path]), key=lambda found: found.page.path.endswith("good.md"))
    assert (bad.samples, bad.inventory) == ((), ())
    [fault] = bad.findings
    assert (fault.code, fault.page, fault.line) == ("P403", str(tmp_path / name), line)
    assert cause in fault.message
    assert [sample.text for sample in good.samples] == ["a = 1\n"]


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    found = list(read_pages([tmp_path]))
    assert [page.fault is not None for page in found] == [True, True]


def test_a_file_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_bytes(GOOD)

    def refuse(*args: object, **kwargs: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    [page] = read_pages([tmp_path])
    assert page.fault is not None
    assert "Permission denied" in page.fault.message
