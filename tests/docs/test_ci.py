"""The examples for CI and cron: valid, pinned, with no right too many; and their shell does what it says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.docs.written import ROOT

EXAMPLES = ROOT / "docs" / "ci"
ACTION, GITHUB, GITLAB = ROOT / "action.yml", EXAMPLES / "github.yml", EXAMPLES / "gitlab.yml"
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
"""How GitHub starts the shell of a step that names bash."""
GH = """\
#!/usr/bin/env bash
printf '%s\\n' "$(printf '%q ' "$@")" >>"$CALLS"
if [ "$2" = list ]; then cat "$ISSUES"; fi
"""
"""Stands in for GitHub's program: writes down how it is called, and lists what issues there are."""
HARNESS = """\
#!/usr/bin/env bash
printf '%s\\n' "$@" >"$CALLS"
echo "what the harness says"
while [ $# -gt 0 ]; do if [ "$1" = --out ]; then out=$2; fi; shift; done
if [ "$CODE" != 2 ]; then mkdir -p "$out" && echo "the news" >"$out/news.md"; fi
exit "$CODE"
"""
"""Stands in for the harness: leaves with the code it is told to."""


def loaded(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the steps of a workflow or an action."""
    data = loaded(path)
    for job in data["jobs"].values() if "jobs" in data else [data["runs"]]:
        yield from job["steps"]


def step(path: Path, name: str) -> dict[str, Any]:
    return next(one for one in steps(path) if one.get("name") == name)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def shell(one: Mapping[str, Any], values: Mapping[str, str], env: Mapping[str, str], cwd: Path) -> int:
    """Run a step's shell as GitHub does, with values for what it takes from its context."""
    said = {
        name: re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: values[match[1]], str(text))
        for name, text in one.get("env", {}).items()
    }
    return subprocess.run([*BASH, one["run"]], env={**os.environ, **env, **said}, cwd=cwd, check=False).returncode


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-actions", ACTION),
        ("vendor.github-workflows", GITHUB),
        ("custom.github-workflows-require-timeout", GITHUB),
        ("vendor.gitlab-ci", GITLAB),
    ],
    ids=["action", "github", "timeouts", "gitlab"],
)
def test_it_is_valid_by_its_schema(schema: str, path: Path) -> None:
    argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_an_audit_has_nothing_to_say() -> None:
    audit = shutil.which("zizmor", path=Path(sys.executable).parent)
    assert audit, "it is among the test tools"
    argv = [audit, "--offline", "--persona=pedantic", "--no-progress", str(ACTION), str(GITHUB)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", [ACTION, GITHUB], ids=lambda path: path.stem)
def test_actions_are_pinned_and_values_never_become_code(path: Path) -> None:
    used = [
        line.strip().removeprefix("- ") for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line
    ]
    assert used
    assert not [line for line in used if not PINNED.fullmatch(line) and not line.startswith("uses: ./.harness ")]
    assert not [one["run"] for one in steps(path) if "${{" in one.get("run", "")]


def test_each_job_has_the_rights_it_needs_and_the_one_that_runs_samples_can_write_nothing() -> None:
    workflow = loaded(GITHUB)
    assert workflow["permissions"] == {}
    rights = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    assert rights == {
        "check": {"contents": "read"},
        "code-scanning": {"security-events": "write", "actions": "read", "contents": "read"},
        "publish": {"pages": "write", "id-token": "write"},
        "issue": {"issues": "write"},
    }


def test_outputs_are_what_the_harness_writes() -> None:
    from harness.commands import nightly

    outputs = loaded(ACTION)["outputs"]
    source = Path(nightly.__file__).read_text(encoding="utf-8")
    assert all(f'"{name}"' in source for name in outputs)
    asked = {value for job in loaded(GITHUB)["jobs"].values() for value in job.get("outputs", {}).values()}
    assert {re.sub(r"\$\{\{ steps\.night\.outputs\.([\w-]+) \}\}", r"\1", one) for one in asked} <= set(outputs)


Issue = Callable[..., list[str]]


@pytest.fixture
def issue(tmp_path: Path) -> Issue:
    """Return the step that looks after the issue, as the calls that it makes."""
    if not shutil.which("jq"):
        pytest.skip("no jq is installed here, as it is on the machines that run workflows: apt-get install jq")
    program(tmp_path / "bin" / "gh", GH)
    (tmp_path / "harness-nightly").mkdir()

    def run(*bodies: str, still_open: int, news: str = "news") -> list[str]:
        issues = [{"number": number, "body": body} for number, body in enumerate(bodies, 7)]
        (tmp_path / "issues.json").write_text(json.dumps(issues), encoding="utf-8")
        (tmp_path / "harness-nightly" / "news.md").write_text(news, encoding="utf-8")
        (tmp_path / "calls").write_text("", encoding="utf-8")
        values = {
            "github.token": "t",
            "github.repository": "owner/site",
            "needs.check.outputs.open": str(still_open),
            "needs.check.outputs.title": '2 "code" $(samples) broke',
            "needs.check.outputs.marker": "<!-- mark: 1 -->",
        }
        env = {
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "CALLS": str(tmp_path / "calls"),
            "ISSUES": str(tmp_path / "issues.json"),
        }
        assert shell(step(GITHUB, "Open, update or close the issue"), values, env, tmp_path) == 0
        listed, *calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
        assert listed.startswith("issue list --app github-actions --state open")
        return [line.removeprefix("issue ").strip() for line in calls]

    return run


MINE = "<!-- mark: 1 -->\n\nwhat broke"
TITLE = r"2\ \"code\"\ \$\(samples\)\ broke"


def test_new_breakage_opens_one_issue(issue: Issue) -> None:
    opened = issue("<!-- mark: 12 -->", "somebody else's", still_open=2)
    assert opened == [f"create --title {TITLE} --body-file issue.md"]


def test_the_issue_that_is_there_is_brought_up_to_date_and_told_the_news(issue: Issue) -> None:
    edited = f"edit 8 --title {TITLE} --body-file issue.md"
    assert issue("other", MINE, still_open=2) == ["comment 8 --body-file news.md", edited]
    assert issue("other", MINE, still_open=2, news="") == [edited]


def test_the_issue_is_closed_when_all_is_mended(issue: Issue) -> None:
    assert issue(MINE, still_open=0) == ["comment 7 --body-file news.md", "close 7 --reason completed"]


def test_a_quiet_night_without_an_issue_calls_nobody(issue: Issue) -> None:
    assert issue("other", still_open=0) == []


@pytest.mark.parametrize(("code", "kept"), [(0, True), (1, True), (2, False), (130, True)])
def test_the_action_hands_pages_and_flags_on_and_leaves_with_the_code_of_the_harness(
    code: int, kept: bool, tmp_path: Path
) -> None:
    program(tmp_path / "harness" / "bin" / "harness", HARNESS)
    (tmp_path / "harness-store").mkdir()
    (tmp_path / "harness-store" / "ledger.sqlite").write_text("nights", encoding="utf-8")
    values = {
        "inputs.pages": "content/compare\n--with a 'space' $(id)\n\n",
        "inputs.flags": "--fail-on=never\n",
        "runner.temp": str(tmp_path),
    }
    env = {"RUNNER_TEMP": str(tmp_path), "CALLS": str(tmp_path / "calls"), "CODE": str(code)}
    assert shell(step(ACTION, "Check"), values, env, tmp_path) == code
    assert (tmp_path / "calls").read_text(encoding="utf-8").splitlines() == [
        *("nightly", "--out", str(tmp_path / "harness-nightly"), "--fail-on=never"),
        *("--", "content/compare", "--with a 'space' $(id)"),
    ]
    assert (tmp_path / "harness-nightly" / "ledger.sqlite").exists() is kept


@pytest.mark.parametrize("code", [0, 1, 2, 8])
def test_the_script_of_gitlab_leaves_with_the_code_of_the_harness(code: int, tmp_path: Path) -> None:
    called = program(tmp_path / "harness", HARNESS)
    script = "\n".join(loaded(GITLAB)["code-samples"]["script"]).replace("/opt/harness/bin/harness", str(called))
    env = {**os.environ, "CALLS": str(tmp_path / "calls"), "CODE": str(code), "PAGES": "content"}
    assert subprocess.run([*BASH, script], env=env, cwd=tmp_path, check=False).returncode == code
    assert (tmp_path / "calls").read_text(encoding="utf-8").split() == [
        "nightly",
        "content",
        "--out",
        "harness-nightly",
    ]


@pytest.fixture
def cron(tmp_path: Path) -> Callable[[int], subprocess.CompletedProcess[str]]:
    """Return the script for cron, on a checkout of a site, with a harness that leaves with a code."""
    program(tmp_path / "bin" / "harness", HARNESS)
    for name in ("origin", "site"):
        (tmp_path / name).mkdir()
    git = ["git", "-c", "user.name=me", "-c", "user.email=me@example.org"]
    subprocess.run([*git, "init", "-q", "origin"], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "pages"], cwd=tmp_path / "origin", check=True)
    subprocess.run([*git, "clone", "-q", "origin", "site"], cwd=tmp_path, check=True)

    def run(code: int) -> subprocess.CompletedProcess[str]:
        env = {
            **os.environ,
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "FOLDER": str(tmp_path),
            "CALLS": str(tmp_path / "calls"),
            "CODE": str(code),
        }
        argv = [str(EXAMPLES / "cron.sh"), str(tmp_path / "site"), "content"]
        return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        (0, ""),
        (1, "the news\nall of it: {}/harness-nightly/site/index.html\n"),
        (8, "harness nightly left with exit code 8:"),
    ],
    ids=["quiet", "news", "failed"],
)
def test_cron_mails_news_and_what_went_wrong_and_nothing_else(
    code: int, printed: str, cron: Callable[[int], subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = cron(code)
    assert done.returncode == code
    expected = printed.format(tmp_path)
    assert done.stdout == expected if code < 8 else done.stdout.startswith(expected)
    assert "what the harness says" in (tmp_path / "harness-nightly.log").read_text(encoding="utf-8")


def test_cron_lets_a_night_that_is_not_over_finish(
    cron: Callable[[int], subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    with (tmp_path / "harness-nightly.lock").open("w", encoding="utf-8") as lock:
        subprocess.run(["flock", "--nonblock", str(lock.fileno())], pass_fds=[lock.fileno()], check=True)
        done = cron(0)
    assert done.returncode == 75
    assert "not over yet" in done.stdout
    assert not (tmp_path / "calls").exists()
