"""``harness baseline`` as a user meets it: what is accepted passes, what is new fails, what is done is tidied."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from harness import cli
from harness.executing import local
from harness.model.execution import Completed, Task
from tests.fakes import equipping, module_gone, passing

PAGE = "---\nslug: a\n---\n\n```python\nimport prefect\nimport prefect.gone\n```\n"
SOON = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)).isoformat()


def outdated(_task: Task) -> Completed:
    return module_gone(line=2)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "jobs", outdated))


def run(*arguments: str) -> int:
    return cli.run(arguments)


def test_what_is_accepted_passes_and_what_is_new_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "a.md") == 1
    assert run("baseline", "write", "--reason", "a review is planned", "--until", SOON) == 0
    assert "accepted 1 findings" in capsys.readouterr().out
    assert run("baseline", "check") == 0
    (tmp_path / "a.md").write_text(PAGE.replace("```python", "A line.\n\n```python"), encoding="utf-8")
    for gate in ("outdated", "any", "new"):
        assert run("check", "a.md", "--fail-on", gate) == 0
    assert f"accepted: a review is planned (until {SOON})" in capsys.readouterr().out
    (tmp_path / "a.md").write_text(PAGE.replace("import prefect\n", "import prefect as p\n"), encoding="utf-8")
    assert run("check", "a.md", "--fail-on", "new") == 0, "the line of the finding did not change"
    (tmp_path / "a.md").write_text(PAGE.replace("prefect.gone", "prefect.gone  # changed"), encoding="utf-8")
    assert run("check", "a.md", "--fail-on", "new") == 1
    assert run("baseline", "check") == 1
    assert "new: a.md:7:" in capsys.readouterr().out


def test_an_entry_that_expired_is_said_and_fails_and_can_be_renewed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("check", "a.md")
    run("baseline", "write", "--reason", "for now", "--until", SOON)
    path = tmp_path / "harness-baseline.toml"
    path.write_text("# ours\n" + path.read_text(encoding="utf-8").replace(SOON, "2020-01-01"), encoding="utf-8")
    assert run("check", "a.md") == 1
    assert "was accepted until 2020-01-01: mend it, or renew it" in capsys.readouterr().err
    assert run("baseline", "check") == 1
    assert run("baseline", "write", "--reason", "once more") == 0
    assert path.read_text(encoding="utf-8").startswith("# ours\n")
    assert run("check", "a.md", "--fail-on", "new") == 0


def test_an_entry_without_a_finding_is_said_and_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("check", "a.md")
    run("baseline", "write", "--reason", "for now")
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "more", passing))
    assert run("check", "a.md") == 0
    assert "is not found any more: take the entry away" in capsys.readouterr().err
    assert run("check", "a.md", "--fail-on", "new") == 1
    assert run("baseline", "check") == 1
    assert run("baseline", "prune") == 0
    assert "took away 1 of 1 entries" in capsys.readouterr().out
    assert run("check", "a.md", "--fail-on", "new") == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["check", "a.md", "--fail-on", "new"], 2, "there is no baseline"),
        (["check", "a.md", "--baseline", "typo.toml"], 2, "typo.toml: there is no baseline"),
        (["check", "a.md", "--baseline", "a.md"], 2, "a.md:1: cannot read the baseline"),
        (["baseline", "write", "--reason", " "], 2, "a reason is needed"),
        (["baseline", "write", "--reason", "x", "--until", "2020-01-01"], 2, "the last day has passed"),
        (["baseline", "write", "--reason", "x", "--until", "soon"], 2, "soon"),
        (["baseline", "write"], 2, "--reason"),
        (["baseline", "check"], 7, "no check has left a report yet"),
        (["baseline", "check", "nowhere.json"], 2, "does not exist"),
    ],
)
def test_bad_usage_says_what_is_wrong(
    arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == code
    assert says in capsys.readouterr().err
