"""A page from standard input, and what was left out because it did not change, as a user sees them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness import cli
from harness.commands import standard_input
from harness.executing import local
from harness.extract import pages
from harness.ledger.database import FILE
from tests.fakes import equipping, passing

PAGE = "```python\nimport prefect\n```\n\n```python\nimport six\n```\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "store", passing))


def given(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


def report(*arguments: str, code: int = 0) -> dict[str, object]:
    assert cli.run(["check", *arguments, "--format", "json=report.json"]) == code
    return dict(json.loads(Path("report.json").read_text(encoding="utf-8")))


def test_a_page_from_standard_input_is_checked_by_the_name_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    contexts = Path("samples/contexts")
    contexts.mkdir(parents=True)
    (contexts / "draft.toml").write_text('expect = "A001"\n', encoding="utf-8")
    given(monkeypatch, PAGE.encode())
    found = report("-", "--stdin-name", "content/draft.md", code=1)
    assert [(one["id"], one["page"], one["expected"]) for one in found["samples"]] == [  # type: ignore[attr-defined]
        ("draft#0", "content/draft.md", "A001"),
        ("draft#1", "content/draft.md", "A001"),
    ]
    assert not Path("content").exists()


def test_it_has_a_name_of_its_own_where_none_is_given_and_no_place_in_the_ledger(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given(monkeypatch, PAGE.encode())
    assert [one["path"] for one in report("-")["pages"]] == ["stdin.md"]  # type: ignore[attr-defined]
    assert not (tmp_path / "store" / FILE).exists()
    Path("a.md").write_text(PAGE, encoding="utf-8")
    report("a.md")
    assert (tmp_path / "store" / FILE).exists()


def test_what_is_no_page_is_a_finding_as_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, b"caf\xe9")
    assert [one["code"] for one in report("-", code=1)["faults"]] == ["P403"]  # type: ignore[attr-defined]
    monkeypatch.setattr(standard_input, "MAX_BYTES", 8)
    monkeypatch.setattr(pages, "MAX_BYTES", 8)
    given(monkeypatch, PAGE.encode())
    assert "above the limit" in report("-", code=1)["faults"][0]["message"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.md", "--stdin-name", "b.md"], "harness check - --stdin-name b.md"),
        (["a.md", "-", "--stdin-name", "a.md"], "a.md: a page is given twice"),
        (["-", "--fix"], "cannot be written back"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.md").write_text(PAGE, encoding="utf-8")
    given(monkeypatch, PAGE.encode())
    assert cli.run(["check", *arguments]) == 2
    assert says in capsys.readouterr().err


def commit() -> None:
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"],
    ):
        subprocess.run(["git", *arguments], check=True)


def test_what_did_not_change_is_listed_as_not_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    Path("pages").mkdir()
    same, other = Path("pages/same.md"), Path("pages/other.md")
    same.write_text(f"<!-- harness: nonsense -->\n{PAGE}", encoding="utf-8")
    other.write_text(PAGE, encoding="utf-8")
    commit()
    other.write_text(PAGE.replace("import six", "import six, os"), encoding="utf-8")
    found = report("pages", "--changed-since", "HEAD", "--fail-on", "any")
    told = {one["id"]: (one["verdict"], one["reason"], one["unchanged"]) for one in found["samples"]}  # type: ignore[attr-defined]
    assert told == {
        "other#0": ("skipped", "unchanged since HEAD", True),
        "other#1": ("ok", "", False),
        "same#0": ("skipped", "unchanged since HEAD", True),
        "same#1": ("skipped", "unchanged since HEAD", True),
    }
    assert not found["faults"], "nothing is said of a page in which nothing changed"
    assert "unchanged since HEAD" in capsys.readouterr().out
    assert cli.run(["plan", "pages", "--changed-since", "HEAD", "--format", "json"]) == 0
    assert [one["id"] for one in json.loads(capsys.readouterr().out)] == ["other#1@current"]
    other.write_text(PAGE, encoding="utf-8")
    assert {one["unchanged"] for one in report("pages", "--changed-since", "HEAD")["samples"]} == {True}  # type: ignore[attr-defined]


def test_a_baseline_does_not_take_what_was_not_looked_at_for_mended(tmp_path: Path) -> None:
    Path("a.md").write_text("```\nimport prefect\n```\n", encoding="utf-8")
    commit()
    report("a.md")
    assert cli.run(["baseline", "write", "--reason", "later"]) == 0
    assert report("a.md", "--fail-on", "new")["overdue"] == []
    assert report("a.md", "--fail-on", "new", "--changed-since", "HEAD")["overdue"] == []
