"""The command line as a user meets it: exit codes, messages, what is written where."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from harness import cli, pipeline
from harness.commands.flags import note
from harness.errors import SandboxError
from harness.executing import local
from harness.model.execution import Completed, Task
from tests.fakes import equipping, module_gone, passing

PAGE = "---\nslug: a\n---\n\n```python\nimport prefect\n```\n"


def outdated(_task: Task) -> Completed:
    return module_gone()


def broken(_task: Task) -> Completed:
    raise SandboxError("the engine went away", next_step="docker info")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "pageless").mkdir()
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "store", passing))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["check"], 2, "no pages are given"),
        (["check", "nowhere.md"], 2, "nowhere.md: no such file or folder"),
        (["check", "pageless"], 3, "pageless: there is no page"),
        (["plan", "pageless"], 3, "pageless: there is no page"),
        (["env", "prune", "--unused-for", "-1"], 2, "-1"),
        (["env", "prune", "--keep", "-1"], 2, "-1"),
        (["check", "a.md", "--sandbax", "docker"], 2, "--sandbox"),
        (["check", "a.md", "--sandbox", "jail"], 2, "'jail' is not one of"),
        (["check", "a.md", "--timeout", "soon"], 2, "timeout must be a duration"),
        (["check", "a.md", "--lanes", "curent"], 2, "lanes must be"),
        (["check", "a.md", "--select", "b*"], 3, "near misses: a#0"),
        (["check", "a.md", "--offline", "--refresh"], 2, "contradict one another"),
        (["extract", "a.md", "--format", "files"], 2, "--out FOLDER"),
        (["check", "a.md", "--format", "sarf"], 2, "did you mean 'sarif'?"),
        (["check", "a.md", "--format", "sarif="], 2, "a file's name is missing"),
        (["check", "a.md", "--format", "json", "--format", "sarif"], 2, "json and sarif"),
        (["check", "a.md", "--format", "json=x", "--format", "sarif=./x"], 2, "two reports go to one file"),
        (["check", "a.md", "--format", "json=x", "-o", "y"], 2, "each format names its own file"),
        (["check", "a.md", "--format", "notebook"], 2, "notebook is a folder of files"),
        (["check", "a.md", "--format", "notebook=a.md"], 2, "it is a file, and a folder is needed"),
        (["check", "a.md", "--format", "json=a.md/report.json"], 2, "a.md/report.json: the report cannot be written"),
        (["report", "sarf"], 2, "sarf"),
        (["report", "sarif", "nowhere.json"], 2, "'nowhere.json' does not exist"),
        (["report", "sarif", "a.md"], 7, "not a report in a known format"),
        (["explain", "A999"], 2, "A999"),
        (["chek", "a.md"], 2, "No such command 'chek'. Did you mean 'check'?"),
    ],
)
def test_bad_usage_says_what_is_wrong(
    arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == code
    shown = capsys.readouterr()
    assert says in shown.err
    assert "Traceback" not in shown.err


def test_a_name_that_anybody_chose_steers_neither_terminal_nor_runner(capsys: pytest.CaptureFixture[str]) -> None:
    note("a\x1b[2J.md\n::error::b: wrote c")
    assert cli.run(["check", "gone\x1b[2J\n::error::x.md"]) == 2
    shown = capsys.readouterr().err.split("\n")
    assert shown[:2] == [r"a\x1b[2J.md", r"\x3a:error::b: wrote c"]
    assert shown[2:4] == [r"harness: error: gone\x1b[2J", r"\x3a:error::x.md: no such file or folder"]


@pytest.mark.parametrize(
    ("script", "flags", "code"),
    [
        (passing, [], 0),
        (passing, ["--fail-on", "any"], 1),  # P402: the fence below says python, so only unreadable pages would
        (outdated, [], 1),
        (outdated, ["--fail-on", "never"], 0),
        (broken, [], 8),
        (broken, ["--fail-on", "never"], 8),
    ],
    ids=["passes", "any", "outdated", "gate-off", "engine", "engine-outranks-the-gate"],
)
def test_exit_codes_of_check(
    script: object, flags: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if flags == ["--fail-on", "any"]:
        (tmp_path / "a.md").write_text(PAGE.replace("```python", "```"), encoding="utf-8")
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "s", script))  # type: ignore[arg-type]
    assert cli.run(["check", "a.md", *flags]) == code


@pytest.mark.parametrize("expect", ["outdated", "A001"])
@pytest.mark.parametrize(("script", "code"), [(outdated, 0), (passing, 1)], ids=["as expected", "mended"])
def test_what_is_known_to_be_broken_passes_and_what_is_mended_by_surprise_fails(
    expect: str, script: object, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PAGE.replace("```python", f"<!-- harness: expect={expect} -->\n```python")
    (tmp_path / "a.md").write_text(page, encoding="utf-8")
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "s", script))  # type: ignore[arg-type]
    for gate in ("outdated", "deprecated", "incomplete", "any"):
        assert cli.run(["check", "a.md", "--fail-on", gate]) == code, gate
    assert cli.run(["check", "a.md", "--fail-on", "never"]) == 0


def test_an_unreadable_page_fails_and_the_others_are_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "latin.md").write_bytes("caf\xe9".encode("latin-1"))
    assert cli.run(["check", "latin.md", "a.md"]) == 1
    shown = capsys.readouterr().out
    assert "latin.md:1" in shown
    assert "a#0 ok" in shown


def test_the_report_is_written_where_it_was_asked_for_and_fits_its_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert cli.run(["check", "a.md", "--format", "json", "-o", "out/report.json"]) == 0
    report = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, schema)
    assert report["samples"][0]["id"] == "a#0"
    assert "a#0 ok" in capsys.readouterr().out


def test_json_alone_stands_on_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.run(["check", "a.md", "--format", "json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["totals"]["ok"] == 1


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").mkdir()
    assert cli.run(["check", "a.md", "-o", "taken"]) == 2
    assert "taken: it is a folder, and a file is needed" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [["--format", "json=a.md/x"], ["--fail-on", "new"], ["--baseline", "none.toml"]])
def test_what_cannot_be_done_in_the_end_is_refused_in_the_beginning(
    flags: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("nothing may run")

    monkeypatch.setattr(pipeline, "check", forbidden)
    assert cli.run(["check", "a.md", *flags]) == 2


def test_several_reports_are_written_at_once_and_a_person_sees_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    formats = ("json", "junit", "sarif", "gitlab", "markdown", "csv", "lines", "badge", "notebook")
    flags = [flag for name in formats for flag in ("--format", f"{name}=out/{name}")]
    assert cli.run(["check", "a.md", *flags]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(formats)
    assert [path.name for path in (tmp_path / "out" / "notebook").iterdir()] == ["a.ipynb"]
    assert "a#0 ok" in capsys.readouterr().out


def test_an_earlier_report_is_told_again_and_an_options_file_does_not_say_where(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert cli.run(["check", "a.md", "--store", "s", "--format", "json=report.json", "--format", "sarif=a.sarif"]) == 0
    (tmp_path / "harness.toml").write_text('output = "report.json"\n', encoding="utf-8")
    kept = (tmp_path / "report.json").read_bytes()
    capsysbinary.readouterr()
    assert cli.run(["report", "sarif", "report.json"]) == 0
    assert capsysbinary.readouterr().out == (tmp_path / "a.sarif").read_bytes()
    assert cli.run(["report", "sarif", "--store", "s", "-o", "b.sarif"]) == 0
    assert (tmp_path / "b.sarif").read_bytes() == (tmp_path / "a.sarif").read_bytes()
    assert (tmp_path / "report.json").read_bytes() == kept


def test_a_job_summary_is_added_to_what_stands_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "summary.md").write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert cli.run(["check", "a.md", "--format", "github"]) == 0
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").startswith("before\n## Code samples: 1 of 1 work")
    assert capsys.readouterr().out == "harness: 1 sample: 1 ok\n"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    assert cli.run(["check", "a.md", "--format", "github"]) == 7
    assert "cannot write the report" in capsys.readouterr().err


def test_options_files_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "harness.toml").write_text('pages = ["a.md"]\ntimeuot = 3\n', encoding="utf-8")
    assert cli.run(["check"]) == 2
    assert "harness.toml:2: unknown option 'timeuot'" in capsys.readouterr().err
    (tmp_path / "harness.toml").write_text('pages = ["a.md"]\n', encoding="utf-8")
    assert cli.run(["check"]) == 0


def test_extraction_is_printed_as_json(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.run(["extract", "a.md", "--format", "json"]) == 0
    sample = json.loads(capsysbinary.readouterr().out)["samples"][0]
    assert (sample["id"], sample["page_line"], sample["code"]) == ("a#0", 6, "import prefect\n")


def test_the_plan_runs_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("a plan makes no sandbox ready")

    monkeypatch.setattr(local, "equipped", forbidden)
    assert cli.run(["plan", "a.md"]) == 0
    assert "a#0@current" in capsys.readouterr().out
    assert cli.run(["plan", "a.md", "--format", "json"]) == 0
    planned = json.loads(capsys.readouterr().out)
    assert planned[0]["requirements"][0]["requirement"] == "prefect"


def test_every_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "a004"]) == 0
    assert "What to do" in capsys.readouterr().out


def test_a_bug_leaves_a_log_to_attach(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr(pipeline, "extract", bug)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert cli.run(["check", "a.md"]) == 70
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    assert "nobody thought of this" in next(tmp_path.glob("harness-bug-*.log")).read_text(encoding="utf-8")


def test_an_interruption_has_its_own_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "check", interrupt)
    assert cli.run(["check", "a.md"]) == 130


def test_a_report_that_cannot_be_kept_is_shown_all_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "kept"
    assert cli.run(["check", "a.md", "--store", str(store)]) == 0
    assert json.loads((store / "reports" / "last.json").read_bytes())["samples"][0]["id"] == "a#0"
    (tmp_path / "taken").write_bytes(b"")
    capsys.readouterr()
    assert cli.run(["check", "a.md", "--store", str(tmp_path / "taken")]) == 0
    shown = capsys.readouterr()
    assert "a#0 ok" in shown.out
    assert "cannot keep the report" in shown.err


def test_a_line_of_the_last_report_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["explain", "a#0:1"]) == 7
    assert "no check has left a report yet" in capsys.readouterr().err
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "s", outdated))
    assert cli.run(["check", "a.md", "-o", "mine.txt"]) == 1
    capsys.readouterr()
    assert cli.run(["explain", "a#0:1"]) == 0
    shown = capsys.readouterr().out
    assert "A001" in shown
    assert "execution: ModuleNotFoundError: No module named 'prefect.gone'" in shown
    assert cli.run(["explain", "a.md:6"]) == 0
    assert capsys.readouterr().out == shown
    assert cli.run(["explain", "a.md:6", "--report", "mine.txt"]) == 7
    assert "not a report in a known format" in capsys.readouterr().err
