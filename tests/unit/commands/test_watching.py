"""What ``harness watch`` looks at again, without a watcher."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import cli
from harness.commands import watching
from harness.commands.watching import Look
from harness.errors import ConfigError
from harness.executing import local
from harness.options import Format, load
from tests.fakes import equipping, passing

PAGE = "```python\nimport prefect\n```\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "store", passing))
    for name in ("pages/a.md", "pages/b.md", "contexts/a.toml"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(PAGE if name.endswith(".md") else "timeout = 3\n", encoding="utf-8")


def looked(*pages: str, **more: Any) -> Look:
    options = load({"pages": pages or ("pages",), "contexts": "contexts", **more})
    look = Look(options, Format.LINES)
    look.at(look.pages())
    return look


def names(*paths: str) -> set[Path]:
    return {Path(path).absolute() for path in paths}


def test_only_what_differs_from_what_was_looked_at_is_looked_at_again() -> None:
    look = looked()
    assert look.touched(()) == look.touched(names("pages/a.md")) == []
    Path("pages/a.md").write_text(f"{PAGE}more\n", encoding="utf-8")
    assert look.touched(names("pages/b.md")) == []
    assert look.touched(names("pages/a.md", "pages/.a.md.swp")) == ["pages/a.md"]
    assert look.touched(()) == ["pages/a.md"], "what was saved before anybody listened"
    look.at(["pages/a.md"])
    assert look.touched(()) == []


def test_a_context_concerns_every_page_and_another_toml_none() -> None:
    look = looked()
    assert look.touched(names("contexts/a.toml")) == ["pages/a.md", "pages/b.md"]
    assert look.touched(names("pages/harness.toml")) == []


def test_a_page_that_went_is_not_missed_and_one_that_came_is_found() -> None:
    look = looked("pages/a.md", "pages/b*.md")
    Path("pages/a.md").unlink()
    Path("pages/b2.md").write_text(PAGE, encoding="utf-8")
    assert look.touched(names("pages/a.md", "pages/b2.md")) == ["pages/b2.md"]
    for page in Path("pages").iterdir():
        page.unlink()
    assert look.touched(names("pages/b.md")) == []


def test_a_folder_without_pages_is_waited_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def saves(_options: object) -> Any:
        Path("later/a.md").write_text(PAGE, encoding="utf-8")
        yield names("later/a.md")
        raise KeyboardInterrupt

    Path("later").mkdir()
    monkeypatch.setattr(watching, "_saves", saves)
    assert cli.run(["watch", "later"]) == 130
    assert "checking 1 page\n" in capsys.readouterr().err


def test_half_a_context_is_said_and_does_not_end_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def saves(_options: object) -> Any:
        yield set()
        Path("contexts/a.toml").write_text("timeout = ", encoding="utf-8")
        yield names("contexts/a.toml")
        Path("contexts/a.toml").write_text("timeout = 4", encoding="utf-8")
        yield names("contexts/a.toml")
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "_saves", saves)
    assert cli.run(["watch", "pages", "--contexts", "contexts"]) == 130
    shown = capsys.readouterr().err
    assert "contexts/a.toml: this context cannot be read" in shown
    assert shown.count("watching; ^C ends it") == 3


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nowhere.md"], 2, "nowhere.md: no such file"),
        (["pages", "--select", "z*"], 3, "no job matches"),
        (["pages", "--baseline", "none.toml"], 2, "none.toml"),
    ],
)
def test_what_cannot_be_watched_is_said_before_it_begins(
    arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["watch", *arguments]) == code
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("pages", "folders", "deep"),
    [
        (["pages"], {"pages", "contexts"}, True),
        (["pages/a.md", "pages/b.md"], {"pages", "contexts"}, False),
        (["pages/**/a*.md"], {"pages", "contexts"}, True),
    ],
)
def test_no_more_is_watched_than_where_pages_are_saved(
    pages: list[str], folders: set[str], deep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def saved(*paths: Path, **more: Any) -> list[set[tuple[int, str]]]:
        asked.update(more, paths={path.resolve().name for path in paths})
        return [set(), set(), {(1, "x.md")}]

    monkeypatch.setattr(watching, "saved", saved)
    found = list(watching._saves(load({"pages": pages, "contexts": "contexts"})))
    assert found == [set(), {Path("x.md")}]
    assert (asked["paths"], asked["recursive"]) == (folders, deep)
    assert asked["watch_filter"](1, "/x/a.MD")
    assert not asked["watch_filter"](1, "/x/a.py")


def test_a_machine_that_watches_no_more_files_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: Path, **_more: object) -> None:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr(watching, "saved", refuse)
    with pytest.raises(ConfigError, match="watch limit") as caught:
        list(watching._saves(load({"pages": ("pages",)})))
    assert "WATCHFILES_FORCE_POLLING" in caught.value.next_step
