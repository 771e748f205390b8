"""What the noxfile makes of a command line and of pages, before any session runs."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MATRIX = {"contexts": "contexts", "sessions": [{"missing": ""}]}


@pytest.fixture
def noxfile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The noxfile, asked for nothing, with an empty folder for its own."""
    monkeypatch.setattr("sys.argv", ["nox", "-s", "lint"])
    monkeypatch.delenv("NOXSESSION", raising=False)
    monkeypatch.setattr("nox.registry._REGISTRY", {})
    spec = importlib.util.spec_from_file_location("noxfile", ROOT / "noxfile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "KEPT", tmp_path / ".nox")
    (tmp_path / ".nox").mkdir()
    monkeypatch.setattr(module, "harness", lambda: "harness")
    return module


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("", True),
        ("-l", True),
        ("-t nightly", True),
        ("-k prefect", True),
        ("-s lint", False),
        ("-s lint types -- -k verify", False),
        ("--session=lint -l", False),
        ("-s lint report", True),
        ("-e verify-3.13", True),
        ("--sessions tests -s verify", True),
    ],
)
def test_other_sessions_do_not_wait_for_the_matrix(noxfile: ModuleType, line: str, wanted: bool) -> None:
    assert noxfile.wanted(line.split()) is wanted


def test_sessions_of_the_environment_count(noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOXSESSION", "lint,types")
    assert not noxfile.wanted([])


@pytest.mark.parametrize(
    ("line", "pages", "flags"),
    [
        ("-l", [], []),
        ("-l -- a.md docs", ["a.md", "docs"], []),
        ("-l -- --fail-on never", [], ["--fail-on", "never"]),
        ("-l -- docs --select a#1", ["docs"], ["--select", "a#1"]),
    ],
)
def test_pages_stand_before_flags(noxfile: ModuleType, line: str, pages: list[str], flags: list[str]) -> None:
    assert noxfile.behind_dashes(["nox", *line.split()]) == (pages, flags)


class Asked:
    """Answers in place of the harness, and remembers what it was asked."""

    def __init__(self, noxfile: ModuleType) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.error: Exception | None = None
        self.matrix: dict[str, Any] = {**MATRIX, "pages": ["docs", "more/*.md"]}
        self._error = noxfile.MatrixError

    def __call__(self, *argv: str) -> str:
        self.calls.append(argv[4:])
        if not argv[4:] and "docs" not in os.environ.get("HARNESS_PAGES", "docs"):
            raise self._error("harness: error: no pages are given")
        return json.dumps(self.matrix)


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


@pytest.fixture
def asked(noxfile: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Asked:
    for name in ("docs", "more"):
        write(f"{name}/a.md", "one")
    answers = Asked(noxfile)
    monkeypatch.setattr(noxfile, "said", answers)
    assert noxfile.read_matrix([]) == answers.matrix
    return answers


def test_the_matrix_is_read_once_for_the_same_pages(noxfile: ModuleType, asked: Asked) -> None:
    assert noxfile.read_matrix([]) == asked.matrix
    assert len(asked.calls) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda: write("docs/a.md", "two"),
        lambda: write("docs/deep/b.md", "new"),
        lambda: write("more/b.md", "new"),
        lambda: Path("docs/a.md").unlink(),
        lambda: write("contexts/a.toml", ""),
        lambda: write("harness.toml", ""),
        lambda: write("harness/plan.py", ""),
        lambda: os.environ.update(HARNESS_LANES="next"),
    ],
    ids=["page", "deeper", "glob", "gone", "context", "options", "harness", "variable"],
)
def test_what_the_matrix_depends_on_has_it_read_anew(
    noxfile: ModuleType, asked: Asked, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_LANES", "current")
    noxfile.read_matrix([])
    before = len(asked.calls)
    change()
    noxfile.read_matrix([])
    assert len(asked.calls) == before + 1


def test_each_set_of_pages_has_a_matrix_of_its_own(noxfile: ModuleType, asked: Asked) -> None:
    noxfile.read_matrix(["docs"])
    noxfile.read_matrix([])
    assert asked.calls == [(), ("docs",)]


def test_what_cannot_be_had_is_asked_for_again(noxfile: ModuleType, asked: Asked) -> None:
    asked.matrix = {**asked.matrix, "sessions": [{"missing": "no such Python"}]}
    noxfile.read_matrix(["docs"])
    noxfile.read_matrix(["docs"])
    assert asked.calls[1:] == [("docs",), ("docs",)]


def test_where_no_pages_are_named_the_bundled_ones_are_read(
    noxfile: ModuleType, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_PAGES", "none")
    noxfile.read_matrix([])
    assert asked.calls[1:] == [(), (noxfile.BUNDLED,)]
    assert (ROOT / noxfile.BUNDLED).is_dir()
