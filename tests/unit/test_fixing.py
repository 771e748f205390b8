"""Verified replacements on their way into pages: shown, written whole, refused where a page has changed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import cli, fixing, pipeline
from harness.errors import EXIT_FINDINGS
from harness.extract import DEFAULT_PROFILES, extract
from harness.model.edit import Edit
from harness.model.verdict import Change, Code, Finding, Kind, PlacedFinding, Report, SampleReport, Verdict

PAGE = b"\xef\xbb\xbftext\r\n\r\n```python\r\nimport old\r\nold.x()\r\n```\r\n"
NEW = PAGE.replace(b"old", b"new")
EDITS = (Edit(7, 10, "new"), Edit(11, 14, "new"))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_bytes(PAGE)
    path.chmod(0o640)
    return path


def report(path: Path) -> Report:
    (sample,) = extract(str(path), path.read_bytes()).samples
    gone = PlacedFinding(Finding(Code.MODULE, Kind.REMOVED, 1, "old", "old is gone"), 4, 1, "import old")
    one = SampleReport(
        sample.id, sample.page, 0, "sample", "python", 4, Verdict.OUTDATED, findings=(gone,), edits=EDITS
    )
    return Report("2024-05-01T00:00:00+00:00", "2024-05-01T00:00:01+00:00", (one,))


def fixed(path: Path) -> fixing.Fixed:
    (one,) = fixing.fixes(report(path), DEFAULT_PROFILES)
    return one


def test_a_page_is_written_whole(page: Path) -> None:
    one = fixed(page)
    assert page.read_bytes() == PAGE
    assert fixing.write(one) == ""
    assert page.read_bytes() == NEW
    assert page.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in page.parent.iterdir()] == ["page.md"]


def test_a_link_stays_a_link(page: Path) -> None:
    link = page.with_name("link.md")
    link.symlink_to(page)
    assert fixing.write(fixed(link)) == ""
    assert link.is_symlink()
    assert page.read_bytes() == NEW


def test_the_diff_shows_the_lines_that_change(page: Path) -> None:
    lines = fixed(page).diff.splitlines()
    assert [line for line in lines if line[0] in "+-"] == [
        f"--- a/{str(page).lstrip('/')}",
        f"+++ b/{str(page).lstrip('/')}",
        "-import old",
        "-old.x()",
        "+import new",
        "+new.x()",
    ]


@given(
    lines=st.lists(st.text("ab é=(", max_size=6), min_size=1, max_size=6),
    places=st.lists(st.tuples(st.floats(0, 1), st.text("ab \n", max_size=4)), max_size=3),
    mark=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_changes_make_the_new_page_of_the_old_one(
    lines: list[str], places: list[tuple[float, str]], mark: bool, newline: str
) -> None:
    before = newline.join(lines)
    after = before
    for place, text in places:
        at = int(place * len(after))
        after = after[:at] + text + after[at + 2 :]
    # half a line end is one more line, which pages never get from an edit
    after = after.replace("\r", "").replace("\n", newline)
    bom = "\ufeff" * mark
    made = before
    for change in reversed(fixing._changes((bom + before).encode(), (bom + after).encode())):
        starts = [0, *(match.end() for match in re.finditer("\n", made))]
        begin = starts[change.line - 1] + change.column - 1
        made = made[:begin] + change.text + made[starts[change.end_line - 1] + change.end_column - 1 :]
    assert made == after


def test_a_report_says_what_changes_where(page: Path) -> None:
    (sample,) = fixing.with_changes(report(page), DEFAULT_PROFILES).samples
    assert sample.changes == (Change(4, 8, 5, 4, "new\r\nnew"),)
    page.write_bytes(PAGE + b"more")
    assert fixing.with_changes(report(page), DEFAULT_PROFILES).samples[0].changes
    seen = report(page)
    page.write_bytes(PAGE)
    assert fixing.with_changes(seen, DEFAULT_PROFILES).samples[0].changes == (), "it changed since it was checked"


def test_a_page_that_changed_since_it_was_checked_is_refused(page: Path) -> None:
    seen = report(page)
    page.write_bytes(PAGE + b"more\r\n")
    (one,) = fixing.fixes(seen, DEFAULT_PROFILES)
    assert one.samples == ()
    assert one.diff == ""
    assert "changed" in one.refused[0].reason


def test_a_page_that_changes_before_it_is_written_is_refused(page: Path) -> None:
    one = fixed(page)
    page.write_bytes(PAGE + b"more\r\n")
    assert "changed" in fixing.write(one)
    assert page.read_bytes() == PAGE + b"more\r\n"


def test_a_page_that_is_gone_is_refused(page: Path) -> None:
    seen, one = report(page), fixed(page)
    page.unlink()
    assert "cannot be read" in fixing.fixes(seen, DEFAULT_PROFILES)[0].refused[0].reason
    assert "cannot be written" in fixing.write(one)


def test_nothing_is_done_without_verified_replacements(page: Path) -> None:
    seen = report(page)
    assert fixing.fixes(replace(seen, samples=(replace(seen.samples[0], edits=()),)), DEFAULT_PROFILES) == ()


@pytest.mark.parametrize(
    ("flag", "expected"),
    [("--diff", (PAGE, "+import new")), ("--fix", (NEW, "wrote page#0")), ("--quiet", (PAGE, "outdated"))],
)
def test_the_command(
    flag: str, expected: tuple[bytes, str], page: Path, monkeypatch: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "check", lambda *_: report(page))
    assert cli.run(["check", str(page), flag]) == EXIT_FINDINGS
    assert page.read_bytes() == expected[0]
    assert expected[1] in "".join(capfd.readouterr())


def test_a_diff_does_not_break_a_report_on_standard_output(
    page: Path, monkeypatch: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "check", lambda *_: report(page))
    cli.run(["check", str(page), "--diff", "--format", "json"])
    heard = capfd.readouterr()
    assert heard.out.startswith("{")
    assert "+import new" not in heard.out
    assert "+import new" in heard.err
