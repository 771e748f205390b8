"""Every check is recorded, and what keeps it from that takes nothing else away."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from harness import cli
from harness.errors import ReportError
from harness.executing import local
from harness.ledger import database, read
from harness.model.ledger import RunSummary
from harness.model.verdict import Verdict
from tests.fakes import answer, equipping


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("```python\nimport prefect\n```\n", encoding="utf-8")
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "jobs", lambda _task: answer()))


def recorded(ledger: str = "") -> tuple[RunSummary, ...]:
    return read.runs(database.connect(ledger, Path("store")))


def test_a_check_is_recorded_with_what_was_asked_for() -> None:
    assert cli.run(["check", "docs", "--lanes", "current,next"]) == 0
    (run,) = recorded()
    assert run.verdicts == {Verdict.OK: 1}
    assert run.options["lanes"] == "current, next"
    assert run.options["pages"] == "docs"
    assert run.commit == ""


def test_a_ledger_can_be_named_and_left_out(tmp_path: Path) -> None:
    assert cli.run(["check", "docs", "--ledger", "runs/mine.sqlite"]) == 0
    assert cli.run(["check", "docs", "--no-ledger"]) == 0
    assert len(recorded("runs/mine.sqlite")) == 1
    assert not (tmp_path / "store" / database.FILE).exists()


def test_the_scope_is_what_was_asked_for_wherever_it_is_checked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init")
    git(tmp_path, "add", "docs")
    git(tmp_path, "-c", "user.name=me", "-c", "user.email=me@example.org", "commit", "-qm", "pages")
    git(tmp_path, "clone", "-q", ".", "elsewhere")
    for folder, page in (("", "docs"), ("elsewhere", "docs"), ("docs", "."), ("", "docs/a.md")):
        monkeypatch.chdir(tmp_path / folder)
        assert cli.run(["check", page]) == 0
    with (tmp_path / "docs" / "a.md").open("a", encoding="utf-8") as file:
        file.write("More.\n")
    assert cli.run(["check", "docs/a.md", "--select", "a#*"]) == 0
    monkeypatch.chdir(tmp_path)
    first, there, within, one, chosen = recorded()
    assert first.scope == there.scope == within.scope
    assert len({first.scope, one.scope, chosen.scope}) == 3
    assert len(first.commit) == 40
    assert first.commit == there.commit == one.commit
    assert chosen.commit == f"{first.commit}-dirty"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def test_a_ledger_that_cannot_be_written_takes_no_report_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken.sqlite").write_bytes(b"this is a text, and no database at all" * 200)
    assert cli.run(["check", "docs", "--ledger", "taken.sqlite", "--format", "json=out.json"]) == 0
    said = capsys.readouterr()
    assert "1 ok" in said.out
    assert "the run is not recorded" in said.err
    assert "file is not a database" in said.err
    assert (tmp_path / "out.json").exists()
    assert (tmp_path / "taken.sqlite").read_bytes().startswith(b"this is a text")


def test_an_address_that_is_none_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["check", "docs", "--ledger", "mysql://host/db"]) == 2
    assert "a ledger cannot be kept in mysql" in capsys.readouterr().err
    assert not (tmp_path / "store").exists()


def test_the_password_of_a_ledger_is_in_no_run_and_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["check", "docs", "--ledger", "postgresql://me:secret@127.0.0.1:1/db?password=secret&connect_timeout=2"])
    assert "secret" not in "".join(capsys.readouterr())


def test_a_bug_in_the_ledger_takes_no_report_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def bug(*_: object) -> None:
        raise AttributeError("nobody thought of this")

    monkeypatch.setattr("harness.ledger.record.record", bug)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert cli.run(["check", "docs", "--format", "json=out.json"]) == 70
    assert "1 ok" in capsys.readouterr().out
    assert (tmp_path / "out.json").exists()


def test_a_report_that_cannot_be_written_is_recorded_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ReportError("no space left")

    monkeypatch.setattr("harness.reporting.write", full)
    assert cli.run(["check", "docs"]) == 7
    assert len(recorded()) == 1


def test_a_run_of_an_earlier_day_says_so_in_the_report_and_in_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = equipping(tmp_path / "jobs", lambda _task: answer(), as_of="2024-06-30")
    monkeypatch.setattr(local, "equipped", script)
    assert cli.run(["check", "docs", "--as-of", "2024-06-30", "--format", "json=out.json"]) == 0
    (run,) = json.loads((tmp_path / "out.json").read_bytes())["samples"][0]["runs"]
    assert "with the libraries of 2024-06-30" in run["notes"]
    assert recorded()[0].options["as-of"] == "2024-06-30"
