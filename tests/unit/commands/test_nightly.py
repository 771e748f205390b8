"""``harness nightly`` as cron and CI meet it: exit codes, files, what a second start and a stop leave."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import cli
from harness.errors import SandboxError
from harness.executing import local
from harness.ledger import database, read
from harness.model.execution import Completed, Task
from harness.model.ledger import RunSummary
from tests.fakes import equipping, module_gone, passing

PAGE = "---\nslug: a\n---\n\n```python\nimport prefect\nimport prefect.gone\n```\n"
FILES = ["issue.md", "junit.xml", "news.md", "night.json", "report.json", "report.sarif", "site", "summary.md"]
Script = Callable[[Task], Completed]


def outdated(_task: Task) -> Completed:
    return module_gone(line=2)


def broken(_task: Task) -> Completed:
    raise SandboxError("the engine went away", next_step="docker info")


def stopped(_task: Task) -> Completed:
    raise KeyboardInterrupt


@pytest.fixture
def nightly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return a nightly run of one page whose samples answer as a script has it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")

    def run(script: Script, *arguments: str) -> int:
        jobs = tmp_path / f"jobs-{script.__name__}"
        monkeypatch.setattr(local, "equipped", equipping(jobs, script))
        return cli.run(["nightly", "a.md", *arguments])

    return run


def yesterday(nightly: Callable[..., int], script: Script) -> None:
    """Record the night before: the same pages, with the libraries of an earlier day."""
    nightly(script, "--as-of", "2026-01-31", "--fail-on", "never")


def facts(out: str = "harness-nightly") -> dict[str, object]:
    read_back: dict[str, object] = json.loads(Path(out, "night.json").read_bytes())
    return read_back


def recorded() -> tuple[RunSummary, ...]:
    return read.runs(database.connect("", Path("store")))


def test_the_first_night_pages_nobody_and_all_lanes_are_recorded(
    nightly: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert nightly(outdated) == 0
    assert "the first night" in capsys.readouterr().out
    assert sorted(one.name for one in Path("harness-nightly").iterdir()) == FILES
    report = json.loads(Path("harness-nightly/report.json").read_bytes())
    assert [run["lane"] for run in report["samples"][0]["runs"]] == ["current", "published", "next"]
    assert [one.verdicts for one in recorded()] == [{"outdated": 1}]


def test_lanes_that_are_named_are_taken(nightly: Callable[..., int]) -> None:
    assert nightly(passing, "--lanes", "next") == 0
    report = json.loads(Path("harness-nightly/report.json").read_bytes())
    assert [run["lane"] for run in report["samples"][0]["runs"]] == ["next"]


@pytest.mark.parametrize(
    ("before", "now", "flags", "code"),
    [
        (passing, outdated, [], 1),
        (outdated, outdated, [], 0),
        (passing, passing, [], 0),
        (outdated, passing, [], 0),
        (passing, outdated, ["--fail-on", "never"], 0),
        (outdated, outdated, ["--fail-on", "deprecated"], 1),
        (passing, broken, [], 8),
        (passing, broken, ["--fail-on", "never"], 8),
    ],
    ids=["broke", "known", "fine", "mended", "gate-off", "every-night", "engine", "engine-outranks-the-gate"],
)
def test_exit_codes(nightly: Callable[..., int], before: Script, now: Script, flags: list[str], code: int) -> None:
    yesterday(nightly, before)
    assert nightly(now, *flags) == code
    assert facts()["exit-code"] == code


def test_a_gate_of_the_options_file_holds_and_a_flag_comes_before_it(nightly: Callable[..., int]) -> None:
    yesterday(nightly, outdated)
    Path("harness.toml").write_text('fail-on = "outdated"\n', encoding="utf-8")
    assert nightly(outdated) == 1
    assert nightly(outdated, "--fail-on", "newly-broken") == 0


def test_what_the_baseline_accepts_pages_nobody(nightly: Callable[..., int]) -> None:
    yesterday(nightly, passing)
    assert nightly(outdated) == 1
    assert cli.run(["baseline", "write", "--reason", "a review is planned"]) == 0
    assert nightly(outdated) == 0
    assert facts()["open"] == 0


def test_the_files_say_what_broke(nightly: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    yesterday(nightly, passing)
    assert nightly(outdated, "--out", "out") == 1
    assert (facts("out")["newly-broken"], facts("out")["open"]) == (1, 1)
    for name in ("summary.md", "issue.md", "news.md"):
        text = Path("out", name).read_text(encoding="utf-8")
        assert "`a.md:7` **A001** `prefect.gone`" in text, name
    assert Path("out/issue.md").read_text(encoding="utf-8").startswith(str(facts("out")["marker"]))
    assert "newly broken" in Path("out/site/index.html").read_text(encoding="utf-8").lower()
    said = capsys.readouterr().out
    assert "newly broken: 1" in said
    assert "what counts: 1 newly broken, 0 newly fixed, 1 open" in said


def test_a_night_that_is_run_again_runs_nothing_is_recorded_once_and_says_the_same(
    nightly: Callable[..., int],
) -> None:
    yesterday(nightly, passing)
    assert nightly(outdated) == 1
    first = facts()
    assert nightly(outdated) == 1
    assert facts() == first
    assert len(recorded()) == 2
    report = json.loads(Path("harness-nightly/report.json").read_bytes())
    runs = {run["lane"]: run["cached"] for run in report["samples"][0]["runs"] if run["outcome"] != "skipped"}
    assert runs == {"current": True, "next": True}


def test_a_stop_records_and_reports_nothing(
    nightly: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(local, "wait", stop)
    assert nightly(passing) == 130
    assert "goes on where this one stopped" in capsys.readouterr().err
    assert not Path("harness-nightly").exists()
    assert recorded() == ()


def test_github_gets_its_summary_and_outputs_behind_what_others_wrote(
    nightly: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday(nightly, passing)
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        Path(name).write_text("before=1\n", encoding="utf-8")
        monkeypatch.setenv(name, name)
    assert nightly(outdated) == 1
    summary = Path("GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")
    assert summary == "before=1\n" + Path("harness-nightly/summary.md").read_text(encoding="utf-8")
    outputs = dict(line.split("=", 1) for line in Path("GITHUB_OUTPUT").read_text(encoding="utf-8").splitlines())
    assert outputs == {"before": "1"} | {name: str(value) for name, value in facts().items()}


def test_a_ledger_out_of_reach_takes_no_report_away_and_is_an_error(
    nightly: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken.sqlite").write_bytes(b"this is a text, and no database at all" * 200)
    assert nightly(outdated, "--ledger", "taken.sqlite") == 7
    assert "file is not a database" in capsys.readouterr().err
    assert Path("harness-nightly/site/index.html").exists()
    assert "not compared" in Path("harness-nightly/summary.md").read_text(encoding="utf-8")
    assert facts() == {"exit-code": 7}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--fail-on", "newly"], "'newly' is not one of"),
        (["--ledger", "mysql://host/db"], "a ledger cannot be kept in mysql"),
        (["--out", "a.md"], "the report cannot be written there"),
        (["--fail-on", "new"], "there is no baseline"),
    ],
)
def test_bad_usage_is_refused_before_anything_runs(
    nightly: Callable[..., int], arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert nightly(broken, *arguments) == 2
    assert says in capsys.readouterr().err
    assert not Path("store").exists()


def test_a_night_needs_a_ledger(
    nightly: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HARNESS_NO_LEDGER", "true")
    assert nightly(passing) == 2
    assert "HARNESS_NO_LEDGER: a nightly run needs a ledger" in capsys.readouterr().err
