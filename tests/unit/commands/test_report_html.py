"""``harness report html`` as a user meets it: a check, another one, and the site that tells of both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from harness import cli
from tests.unit.commands.test_over_time import check as check

if TYPE_CHECKING:
    import pytest

Check = Callable[[str], int]


def overview(folder: Path = Path("site")) -> str:
    return (folder / "index.html").read_text("utf-8")


def test_site_tells_what_broke_since_the_last_check(check: Check) -> None:
    assert check("1.0") == 0
    assert check("2.0") == 1
    assert cli.run(["report", "html", "-o", "site"]) == 0
    assert "Newly broken" in overview()
    assert "prefect 1.0 → 2.0" in overview()
    assert "between the runs" in overview()
    assert "Over the last 2 runs" in overview()
    assert Path("site/pages/a.html").exists()
    assert Path("site/libraries/prefect.html").exists()


def test_report_that_was_kept_is_told_beside_the_runs_before_it(check: Check) -> None:
    check("1.0")
    Path("kept.json").write_bytes(Path("store/reports/last.json").read_bytes())
    check("2.0")
    assert cli.run(["report", "html", "kept.json", "-o", "site"]) == 0
    assert "Newly broken" not in overview()
    assert "100%" in overview()


def test_without_a_ledger_the_report_stands_by_itself(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    check("1.0")
    check("2.0")
    assert cli.run(["report", "html", "-o", "alone", "--no-ledger"]) == 0
    assert "Since the last run" not in overview(Path("alone"))
    Path("broken.db").write_bytes(b"no database, whatever its name says" * 100)
    assert cli.run(["report", "html", "-o", "site", "--ledger", "broken.db"]) == 0
    assert "the report is without earlier runs" in capsys.readouterr().err
    assert "Since the last run" not in overview()


def test_site_needs_a_folder(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    check("1.0")
    assert cli.run(["report", "html"]) == 2
    assert "html is a folder of files" in capsys.readouterr().err
    Path("file").touch()
    assert cli.run(["report", "html", "-o", "file"]) == 2


def test_check_writes_the_site_itself(check: Callable[..., int]) -> None:
    assert check("1.0") == 0
    assert check("2.0", "--format", "html=site") == 1
    assert "Newly broken" in overview()
    assert "a.md" in overview()
