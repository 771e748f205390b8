"""The tutorial, run as a new user runs it: what it shows is what comes back."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.model.source import Language
from tests.docs.written import ROOT, Step, blocks, steps

PAGE = ROOT / "docs" / "tutorial.md"
INSTALL = "python3 -m pip install ."
"""What stands for itself: the tests run where it has been done, and ``nox -s build`` does it from a wheel."""
VARIES = re.compile(r"\d+(\.\d+)+( s\b)?|\b\d+ releases\b|\b(docker|namespace)\b")
"""Versions and how many of them there are, seconds, and the sandbox of the machine."""


def test_the_tutorial_begins_with_what_the_readme_says() -> None:
    assert INSTALL in PAGE.read_text("utf-8")
    assert INSTALL in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.network
@pytest.mark.timeout(900)
def test_the_tutorial_is_true(tmp_path: Path) -> None:
    home, binaries = tmp_path / "home", tmp_path / "bin"
    binaries.mkdir()
    command = binaries / "harness"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m harness "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HARNESS_STORE": str(home), "HARNESS_SANDBOX": "namespace"}
    env |= {"PATH": f"{binaries}:{os.environ['PATH']}", "COLUMNS": "80"}
    commands = 0
    for block in blocks(PAGE):
        if block.language is Language.OTHER:
            (tmp_path / "escaping.md").write_text(block.text, encoding="utf-8")
        elif block.language is Language.CONSOLE and INSTALL not in block.text:
            for step in steps(block):
                compare(step, run(step.command, tmp_path, env))
                commands += 1
    assert commands >= 7
    assert (tmp_path / "report" / "index.html").is_file()


def run(command: str, folder: Path, env: dict[str, str]) -> list[str]:
    """Return the lines that a command prints."""
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.stdout.decode().splitlines()


def compare(step: Step, seen: list[str]) -> None:
    """Hold shown lines against those that came back."""
    pattern = "".join(r"(?:.*\n)*?" if line == "…" else _line(line) for line in step.output)
    assert re.fullmatch(pattern, "".join(f"{line}\n" for line in seen)), f"{step.command}\n" + "\n".join(seen)


def _line(text: str) -> str:
    """Return what matches a line, ``…`` and what varies left open."""
    pieces = [".+?".join(map(re.escape, part.split("…"))) for part in VARIES.split(text)[:: VARIES.groups + 1]]
    return ".+?".join(pieces) + r"\s*\n"
