"""The noxfile as a new user meets it: nox that knows nothing of the harness, pages, and one report."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("UV_CACHE_DIR") or Path.home() / ".cache" / "uv")
"""What was downloaded once; tests have a home of their own."""
PYTHON = ".".join(platform.python_version_tuple()[:2])
PAGES = {
    "good.md": b"```python\nimport six\nprint(six.moves.range)\n```\n",
    "bad.md": b"```python\nimport six\nsix.gone()\n```\n\n```python\nprint(1)\n```\n\n```console\n$ ls\n```\n",
    "unreadable.md": b"\xff\xfe\x00",
}

pytestmark = [pytest.mark.network, pytest.mark.xdist_group("nox"), pytest.mark.timeout(600)]

Nox = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of its own, in which no session was run."""
    there = tmp_path_factory.mktemp("nox") / "checkout"
    there.mkdir()
    for name in ("harness", "stubs", "docker", "samples"):
        shutil.copytree(ROOT / name, there / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("noxfile.py", "pyproject.toml", "requirements.lock", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, there / name)
    docs = there / "docs"
    docs.mkdir()
    for name, text in PAGES.items():
        (docs / name).write_bytes(text)
    return there


@pytest.fixture
def nox(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Nox:
    """Return what runs nox in that checkout."""
    store = tmp_path_factory.getbasetemp() / "nox-store"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HARNESS_", "PYTHON", "CI"))}
    own = {
        "HARNESS_SANDBOX": "namespace",
        "HARNESS_PYTHONS": PYTHON,
        "HARNESS_WITNESSES": "plain",
        "HARNESS_STORE": str(store),
        "UV_CACHE_DIR": str(CACHE),
        "NO_COLOR": "1",
    }

    def run(*arguments: str, cwd: Path = checkout, **variables: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "nox", *arguments]
        return subprocess.run(argv, cwd=cwd, env=kept | own | variables, capture_output=True, text=True, check=False)

    return run


def listed(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the sessions that nox lists as selected."""
    assert done.returncode == 0, done.stderr
    lines = [line.removeprefix("* ") for line in done.stdout.splitlines() if line.startswith("* ")]
    return [line.partition(" ->")[0].partition(" [")[0] for line in lines]


def test_the_matrix_is_that_of_the_pages(nox: Nox) -> None:
    every = [f"verify-{PYTHON}(six, current)", f"verify-{PYTHON}(no library, current)", "report"]
    first = nox("-l", "-t", "nightly", "--", "docs")
    assert listed(first) == every
    assert "installing the harness into .nox/harness, once" in first.stderr
    again = nox("-l", "-t", "nightly", HARNESS_PAGES="docs")
    assert listed(again) == every
    assert "installing" not in again.stderr
    assert listed(nox("-l", "-k", "six", "--", "docs")) == every[:1]
    assert listed(nox("-l", "-s", every[0], "--", "docs")) == every[:1]
    assert f"verify-{PYTHON}(packaging, current)" in listed(nox("-l", "-t", "nightly")), "the bundled pages"
    lanes = listed(nox("-l", "-t", "six", "-p", PYTHON, "--", "docs", HARNESS_LANES="current,next"))
    assert lanes == [f"verify-{PYTHON}(six, {lane})" for lane in ("current", "next")]


def test_sessions_check_their_samples_and_make_one_report(nox: Nox, checkout: Path, tmp_path: Path) -> None:
    done = nox("-t", "nightly", "--", "docs", HARNESS_LEDGER=str(tmp_path / "ledger.sqlite"))
    assert done.returncode == 1
    assert f"* verify-{PYTHON}(six, current): failed" in done.stderr, "an API is gone"
    assert f"* verify-{PYTHON}(no library, current): failed" in done.stderr, "a page cannot be read"
    assert "* report: failed" in done.stderr
    report = json.loads((checkout / ".nox/verify/report.json").read_bytes())
    assert {one["id"]: one["verdict"] for one in report["samples"]} == {
        "bad#0": "outdated",
        "bad#1": "ok",
        "bad#2": "skipped",
        "good#0": "ok",
    }
    assert [one["page"] for one in report["faults"]] == ["docs/unreadable.md"]
    program = checkout / ".nox/harness/bin/harness"
    asked = [str(program), "history", "--format", "json", "--ledger", str(tmp_path / "ledger.sqlite")]
    (run,) = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    assert run["verdicts"] == {"ok": 2, "outdated": 1, "skipped": 1}


def test_one_session_is_reported_and_not_recorded(nox: Nox, checkout: Path) -> None:
    done = nox("-s", f"verify-{PYTHON}(six, current)", "--", "docs/good.md", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "* report: success" in done.stderr
    report = json.loads((checkout / ".nox/verify/report.json").read_bytes())
    assert [one["id"] for one in report["samples"]] == ["good#0"]


def test_a_python_that_is_missing_is_skipped_at_a_desk_and_fails_in_ci(nox: Nox) -> None:
    session = "verify-3.9(six, current)"
    desk = nox("-s", session, "--", "docs", HARNESS_PYTHONS=f"{PYTHON},3.9")
    assert desk.returncode == 0
    assert f"{session} skipped: Python 3.9: the namespace sandbox has no such Python" in desk.stderr
    assert nox("-s", session, "--", "docs", HARNESS_PYTHONS=f"{PYTHON},3.9", CI="true").returncode == 1


def test_pages_that_give_no_matrix_take_no_other_session_away(nox: Nox) -> None:
    listing = nox("-l", "--", "nowhere.md")
    assert listed(listing) == ["tests", "lint", "types"]
    assert "nox: the pages give no matrix: harness: error: nowhere.md: no such file or folder" in listing.stderr
    assert "nox:" not in nox("-l", "-s", "lint", "--", "nowhere.md").stderr
    whole = nox("-s", "verify", "--", "nowhere.md")
    assert whole.returncode == 1
    assert "Session verify aborted: the pages give no matrix" in whole.stderr


def test_the_noxfile_of_the_documentation_runs(nox: Nox, checkout: Path, tmp_path: Path) -> None:
    assert nox("-l").returncode == 0, "the harness is installed by now"
    shown = (ROOT / "docs" / "nox.md").read_text("utf-8").split("```python\n")[1].split("```")[0]
    (tmp_path / "noxfile.py").write_text(shown, encoding="utf-8")
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("```python\nprint(1)\n```\n", encoding="utf-8")
    program = checkout / ".nox" / "harness" / "bin"
    done = nox("-t", "nightly", cwd=tmp_path, PATH=f"{program}{os.pathsep}{os.environ['PATH']}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"* verify-{PYTHON}(no library, current): success" in done.stderr
    assert [one["verdict"] for one in json.loads((tmp_path / "report.json").read_bytes())["samples"]] == ["ok"]
