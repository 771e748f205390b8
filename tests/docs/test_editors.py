"""The set-ups for editors, held against what the command really prints."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness import cli
from harness.executing import local
from harness.model.execution import Completed, Task
from tests.docs.written import ROOT
from tests.fakes import equipping, module_gone

TEXT = (ROOT / "docs/editors.md").read_text(encoding="utf-8")
PAGE = "# a\n\n```\nimport os, prefect.gone\nprint(left_out)\n```\n"


def block(language: str) -> str:
    return TEXT.partition(f"```{language}\n")[2].partition("\n```")[0]


def matchers() -> list[dict[str, Any]]:
    return [task["problemMatcher"] for task in json.loads(block("json"))["tasks"]]


def failing(_task: Task) -> Completed:
    return module_gone()


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> str:
    """What ``harness check`` prints about a page with findings, notes beside it among it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "store", failing))
    for name in ("my page.md", "b:1.md"):
        Path(name).write_text(PAGE, encoding="utf-8")
    Path("latin.md").write_bytes(b"caf\xe9")
    assert cli.run(["check", *sorted(map(str, Path().glob("*.md"))), "--store", "store", "--format", "lines"]) == 1
    shown = capfd.readouterr()
    return shown.out + shown.err


def test_the_problem_matcher_of_vs_code_finds_every_finding(printed: str) -> None:
    for matcher in matchers():
        pattern = matcher["pattern"]
        names = ("file", "line", "column", "severity", "code")
        found = [
            tuple(match[pattern[name]] for name in names)
            for line in printed.splitlines()
            if (match := re.search(pattern["regexp"], line))
        ]
        assert found == [
            ("b:1.md", "3", "1", "note", "P402"),
            ("b:1.md", "4", "12", "error", "A001"),
            ("b:1.md", "5", "7", "warning", "S102"),
            ("my page.md", "3", "1", "note", "P402"),
            ("my page.md", "4", "12", "error", "A001"),
            ("my page.md", "5", "7", "warning", "S102"),
            ("latin.md", "1", "4", "error", "P403"),
        ]


def test_vs_code_is_told_when_a_watch_is_busy() -> None:
    source = (ROOT / "harness/commands/watching.py").read_text(encoding="utf-8")
    background = matchers()[1]["background"]
    assert re.search(background["beginsPattern"], "checking 1 page")
    assert re.search(background["beginsPattern"], "checking 12 pages")
    said = re.findall(r'note\("([^"]+)"\)', source)
    assert any(re.search(background["endsPattern"], line) for line in said)


def test_the_tasks_are_commands_that_the_harness_understands() -> None:
    for task in json.loads(block("json"))["tasks"]:
        assert task["command"] == "harness"
        name, *rest = task["args"]
        command = cli.main.get_command(None, name)  # type: ignore[arg-type]  # the context is not asked for
        assert command
        assert command.make_context(name, rest).params["pages"]


def test_vim_reads_the_lines(printed: str, tmp_path: Path) -> None:
    vim = shutil.which("vim")
    if (
        not vim
        or "+quickfix" not in subprocess.run([vim, "--version"], capture_output=True, text=True, check=True).stdout
    ):
        pytest.skip("no Vim with a quickfix list is installed")
    (tmp_path / "errors").write_text(printed, encoding="utf-8")
    show = "call writefile(map(filter(getqflist(), 'v:val.valid'), 'v:val.lnum . v:val.type'), 'found')"
    script = [f"-c{line}" for line in (block("vim").splitlines()[1], "cgetfile errors", show, "qa!")]
    subprocess.run([vim, "-u", "NONE", "-es", *script], check=True, timeout=60)
    found = (tmp_path / "found").read_text(encoding="utf-8").split()
    assert found == ["3n", "4e", "5w", "3n", "4e", "5w", "1e"]
