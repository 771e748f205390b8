"""What did not change since a commit, in repositories made for the test."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness import changes, pipeline
from harness.errors import ConfigError
from harness.options import load

PAGE = """\
---
slug: a
lastUpdated: 2024-01-02
---

```python
one = 1
```

Words.

<!-- harness: timeout=5 -->

```python
two = 2
```
"""


def git(*arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "core.autocrlf=false", *arguments],
        check=True,
        capture_output=True,
    )


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "site"
    (folder / "contexts").mkdir(parents=True)
    monkeypatch.chdir(folder)
    Path("a.md").write_text(PAGE, encoding="utf-8")
    Path("b.md").write_text("```python\nother = 1\n```\n", encoding="utf-8")
    Path("contexts/b.toml").write_text("timeout = 9\n", encoding="utf-8")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")


def unchanged(*pages: str, given: dict[str, bytes] | None = None, **more: Any) -> set[str]:
    """Return the ids of the samples that are as they were."""
    wanted = {"pages": pages or (".",), "changed_since": "HEAD", "contexts": "contexts", **more}
    options = load(wanted, env={})
    texts = given or {}
    found = changes.since(pipeline.extract(options, texts), options, texts)
    return set(found.samples)


def rewrite(name: str, *pairs: tuple[str, str]) -> None:
    text = Path(name).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    Path(name).write_text(text, encoding="utf-8")


def test_where_nothing_changed_everything_is_unchanged() -> None:
    assert unchanged() == {"a#0", "a#1", "b#0"}


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("two = 2", "two = 3", {"a#1"}),
        ("Words.", "Other words.\n\nAnd more.", set()),
        ("timeout=5", "timeout=6", {"a#1"}),
        ("<!-- harness: timeout=5 -->\n", "", {"a#1"}),
        ("slug: a\n", "slug: a\nharness:\n  requires: six\n", {"a#0", "a#1"}),
        ("slug: a\n", "slug: a\ntitle: other\n", set()),
        ("2024-01-02", "2025-01-02", set()),
        ("```python\none", "```\none", {"a#0"}),
        ("\n", "\r\n", set()),
    ],
    ids=["code", "prose", "directive", "no directive", "front matter", "title", "date", "language", "line ends"],
)
def test_a_sample_is_unchanged_where_nothing_that_its_check_depends_on_changed(
    old: str, new: str, changed: set[str]
) -> None:
    Path("a.md").write_bytes(PAGE.replace(old, new).encode())
    assert unchanged("a.md") == {"a#0", "a#1"} - changed


def test_the_date_of_a_page_counts_where_its_day_is_asked_for() -> None:
    rewrite("a.md", ("2024-01-02", "2025-01-02"))
    assert unchanged("a.md", lanes=("current", "published")) == set()


def test_a_block_that_moved_on_its_page_or_to_another_is_the_same() -> None:
    first = "```python\none = 1\n```\n"
    rewrite("a.md", (first, ""), ("Words.", f"Words.\n\n```python\nnew = 1\n```\n\n{first}"))
    assert unchanged("a.md") == {"a#1", "a#2"}
    rewrite("a.md", (first, ""))
    rewrite("b.md", ("other = 1\n```\n", f"other = 1\n```\n\n{first}"))
    assert "b#1" not in unchanged("b.md"), "the context of b is another one"
    Path("contexts/b.toml").unlink()
    assert unchanged("b.md") == {"b#1"}


def test_code_that_stands_on_another_page_already_is_new_where_it_is_written() -> None:
    rewrite("a.md", ("one = 1", "other = 1"))
    Path("contexts/b.toml").unlink()
    git("commit", "-qam", "without a context")
    rewrite("a.md", ("other = 1", "one = 1"))
    git("commit", "-qam", "and without a copy")
    rewrite("a.md", ("one = 1", "other = 1"))
    assert unchanged() == {"a#1", "b#0"}


@pytest.mark.parametrize("staged", [True, False])
def test_a_page_that_was_renamed_is_the_same(staged: bool) -> None:
    Path("deep").mkdir()
    if staged:
        git("mv", "a.md", "deep/other.md")
    else:
        Path("a.md").rename("deep/other.md")
    assert unchanged("deep") == {"a#0", "a#1"}
    rewrite("deep/other.md", ("one = 1", "one = 2"))
    assert unchanged("deep") == {"a#1"}


def test_a_new_page_is_changed_whether_git_knows_it_or_not() -> None:
    Path("new.md").write_text("```python\nnew = 1\n```\n", encoding="utf-8")
    assert unchanged("new.md") == set()
    git("add", "new.md")
    assert unchanged("new.md") == set()


@pytest.mark.parametrize("text", ["timeout = 10\n", "[samples.0]\nrequires = ['six']\n", None, "no toml"])
def test_a_context_that_changed_changes_the_samples_of_its_page(text: str | None) -> None:
    if text is None:
        Path("contexts/b.toml").unlink()
    elif text == "no toml":
        Path("contexts/b.toml").write_text(text, encoding="utf-8")
        git("commit", "-qam", "spoilt")
        Path("contexts/b.toml").write_text("timeout = 9\n", encoding="utf-8")
    else:
        Path("contexts/b.toml").write_text(text, encoding="utf-8")
    assert unchanged() == {"a#0", "a#1"}


def test_a_new_context_changes_the_samples_of_its_page() -> None:
    Path("contexts/a.toml").write_text("timeout = 10\n", encoding="utf-8")
    assert unchanged() == {"b#0"}


def test_contexts_outside_the_repository_are_taken_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text("timeout = 10\n", encoding="utf-8")
    assert unchanged(contexts=str(tmp_path)) == {"a#0", "a#1", "b#0"}


def test_a_text_that_stands_for_a_page_is_held_against_the_page() -> None:
    text = Path("a.md").read_bytes().replace(b"one = 1", b"one = 2")
    assert unchanged("a.md", given={"a.md": text}) == {"a#1"}
    assert unchanged("no/such.md", given={"no/such.md": Path("a.md").read_bytes()}) == set()


def test_the_working_tree_is_held_against_any_commit() -> None:
    rewrite("a.md", ("one = 1", "one = 2"))
    git("commit", "-qam", "second")
    assert unchanged("a.md") == {"a#0", "a#1"}
    assert unchanged("a.md", changed_since="HEAD~1") == {"a#1"}


def test_before_the_first_commit_everything_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    git("init", "-q")
    Path("a.md").write_text(PAGE, encoding="utf-8")
    assert unchanged("a.md") == set()


def test_variables_that_git_sets_for_hooks_name_no_other_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert unchanged("a.md") == {"a#0", "a#1"}


def test_what_cannot_be_told_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for ref in ("nowhere", "--help", "HEAD:a.md"):
        with pytest.raises(ConfigError, match="there is no commit") as caught:
            unchanged(changed_since=ref)
        assert "git fetch" in caught.value.next_step
    outside = tmp_path / "outside.md"
    outside.write_text(PAGE, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"outside\.md: git cannot tell[^~]*not a git repository"):
        unchanged(str(outside))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError, match="git is not installed"):
        unchanged()


def test_a_damaged_repository_is_said() -> None:
    rewrite("a.md", ("one = 1", "one = 2"))
    blob = subprocess.run(["git", "rev-parse", "HEAD:b.md"], check=True, capture_output=True, text=True).stdout.strip()
    (Path(".git/objects") / blob[:2] / blob[2:]).unlink()
    rewrite("b.md", ("other = 1", "other = 2"))
    with pytest.raises(ConfigError, match="git cannot tell what changed"):
        unchanged()
