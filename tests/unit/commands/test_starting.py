"""``harness init``: what it writes is all there is to say, and says nothing by itself."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from harness import cli
from harness.options import Options, load

KEY = re.compile(r"^# ([a-z-]+ = .+)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written() -> str:
    assert cli.run(["init"]) == 0
    return Path("harness.toml").read_text(encoding="utf-8")


def values(options: Options) -> dict[str, object]:
    """Return what options come to, wherever they are written."""
    found = {field.name: getattr(options, field.name) for field in dataclasses.fields(options)}
    del found["sources"]
    return {name: value.absolute() if isinstance(value, Path) else value for name, value in found.items()}


def test_it_loads_to_the_defaults_and_has_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    before = load(env={})
    text = written()
    assert "wrote harness.toml" in capsys.readouterr().out
    assert load(env={}) == before
    assert re.findall(r"^# ([a-z-]+) = ", text, re.MULTILINE) == [one.key for one in before.describe()]
    assert all(len(line) <= 120 for line in text.splitlines())
    assert "None" not in text


def test_what_stands_there_as_a_default_is_the_default() -> None:
    before = values(load(env={}))
    text = re.sub(r"^# For example:\n# .*\n", "", written(), flags=re.MULTILINE)
    Path("harness.toml").write_text(KEY.sub(r"\1", text), encoding="utf-8")
    options = load(env={})
    assert values(options) == before
    assert len(options.sources) > 12


def test_every_option_can_be_set_as_it_stands_there() -> None:
    Path("harness.toml").write_text(KEY.sub(r"\1", written()), encoding="utf-8")
    options = load(env={})
    assert set(options.sources) == set(values(options))
    assert options.changed_since == "origin/main"


def test_words_to_choose_from_are_listed() -> None:
    assert "Choices: auto, docker, namespace, process." in written()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("harness.toml", "jobs = 1\n", "harness.toml: it is there already"),
        ("pyproject.toml", "[tool.harness]\njobs = 1\n", "pyproject.toml: the options are in [tool.harness] there"),
    ],
)
def test_options_that_are_there_stay_as_they_are(
    name: str, text: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_text(text, encoding="utf-8")
    assert cli.run(["init"]) == 2
    assert says in capsys.readouterr().err
    assert Path(name).read_text(encoding="utf-8") == text
    assert [path.name for path in Path().iterdir()] == [name]


def test_a_pyproject_without_options_is_no_obstacle() -> None:
    Path("pyproject.toml").write_text("[project]\nname = 'a'\n", encoding="utf-8")
    assert written()


def test_a_folder_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir("/proc")
    assert cli.run(["init"]) == 2
    assert "/proc/harness.toml: it cannot be written" in capsys.readouterr().err
