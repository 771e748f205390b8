"""Options: what may be written, where, and what is said when it is wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.errors import ConfigError
from harness.model.matrix import Lane
from harness.options import FailOn, SandboxChoice, load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.options import Options

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def options(text: str = "", flags: Mapping[str, object] | None = None, env: Mapping[str, str] | None = None) -> Options:
    """Read options with this text in ./harness.toml."""
    Path("harness.toml").write_text(text, encoding="utf-8")
    return load(flags, env=env or {})


def refused(
    text: str = "", flags: Mapping[str, object] | None = None, env: Mapping[str, str] | None = None
) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        options(text, flags, env)
    assert caught.value.exit_code == 2
    return caught.value


def test_nothing_written_gives_defaults_that_say_so(here: Path) -> None:
    read = load(env={})
    assert read.lanes == (Lane.CURRENT,)
    assert read.fail_on is FailOn.DEPRECATED
    assert read.lock_max_age == timedelta(hours=12)
    assert read.jobs >= 1
    assert read.store.name == "sample-harness"
    assert {setting.source for setting in read.describe()} == {"default"}


def test_each_layer_beats_the_one_below_and_is_named(here: Path) -> None:
    text = "\n# why\njobs = 2\ntimeout = 5\nfail-on = 'any'\nsandbox = 'docker'\n"
    read = options(
        text, {"sandbox": "process", "jobs": None, "allow": ()}, {"HARNESS_TIMEOUT": "2m", "HARNESS_SANDBOX": "auto"}
    )
    assert (read.jobs, read.timeout, read.fail_on, read.sandbox) == (2, 120.0, FailOn.ANY, SandboxChoice.PROCESS)
    names = ("jobs", "timeout", "fail_on", "sandbox", "allow")
    assert [read.source(name) for name in names] == [
        "harness.toml:3",
        "HARNESS_TIMEOUT",
        "harness.toml:5",
        "--sandbox",
        "default",
    ]
    assert read.limits.seconds == 120.0


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("lanes", "['published', 'current', 'published']", (Lane.PUBLISHED, Lane.CURRENT)),
        ("lanes", "'current,next'", (Lane.CURRENT, Lane.NEXT)),
        ("pythons", "['3.9', '3.13']", ("3.9", "3.13")),
        ("pythons", "'3.12'", ("3.12",)),
        ("pythons", "[]", ()),
        ("memory", "'1.5GiB'", 1_610_612_736),
        ("memory", "1000", 1000),
        ("timeout", "'1.5m'", 90.0),
        ("lock-max-age", "'7d'", timedelta(days=7)),
        ("offline", "true", True),
        ("docker-bases", "{ '3.13' = 'python:3.13-slim' }", {"3.13": "python:3.13-slim"}),
        ("profiles", "{ docs = { paths = ['a'] } }", {"docs": {"paths": ["a"]}}),
        ("output", "'-'", None),
        ("require-docker", "false", False),
    ],
)
def test_a_value_is_read(here: Path, key: str, text: str, value: object) -> None:
    assert getattr(options(f"{key} = {text}"), key.replace("-", "_")) == value


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("jobs", "'many'", "a whole number from 1 up"),
        ("jobs", "0", "a whole number from 1 up"),
        ("jobs", "true", "a whole number from 1 up"),
        ("jobs", "'²'", "a whole number from 1 up"),
        ("pythons", "[3.10]", "in quotes"),
        ("pythons", "3.10", "in quotes"),
        ("pythons", "['2.7']", "in quotes"),
        ("shard", "'9/8'", "which part, from 1, of how many"),
        ("shard", "'0/8'", "which part, from 1, of how many"),
        ("shard", "3", "which part, from 1, of how many"),
        ("executor", "'dask://host'", "dask://HOST:PORT"),
        ("executor", "'dask://host:8786/x'", "dask://HOST:PORT"),
        ("executor", "'dask://me:secret@host:8786'", "dask://HOST:PORT"),
        ("executor", "'dask://host:many'", "dask://HOST:PORT"),
        ("executor", "'tcp://host:8786'", "dask://HOST:PORT"),
        ("lanes", "[]", "one or more of current, published, next"),
        ("lanes", "['latest']", "one or more of current, published, next"),
        ("sandbox", "'podman'", "one of auto, docker, namespace, process"),
        ("sandbox", "1", "one of auto, docker, namespace, process"),
        ("memory", "'2 elephants'", "a size"),
        ("timeout", "-1", "a duration"),
        ("timeout", "0", "a duration"),
        ("timeout", "true", "a duration"),
        ("offline", "'maybe'", "true or false"),
        ("offline", "1", "true or false"),
        ("select", "[1]", "a list of strings"),
        ("store", "''", "a path"),
        ("profiles", "'x'", "named tables"),
        ("docker-bases", "{ '3.13' = 1 }", "a table"),
    ],
)
def test_a_wrong_value_is_refused_with_place_cause_and_next_step(
    here: Path, key: str, text: str, expected: str
) -> None:
    error = refused(f"# first line\n\n{key} = {text}\n")
    assert expected in error.what
    assert error.what.startswith(f"{key} must be ")
    assert error.where == "harness.toml:3"
    assert error.cause.startswith("it is ")
    assert f"{key} = " in error.next_step


@pytest.mark.parametrize(
    ("flags", "env", "cause", "step"),
    [
        ({"timeout": "soon"}, {}, "it is 'soon'", "--timeout 90s"),
        ({"format": ("jsn", "x")}, {}, "it is 'jsn', 'x'", "--format console"),
        ({}, {"HARNESS_TIMEOUT": "soon"}, "it is 'soon'", "HARNESS_TIMEOUT=90s"),
        ({"as_of": "soon"}, {}, "it is 'soon'", "--as-of 2024-06-30"),
    ],
)
def test_the_next_step_is_for_the_place_where_the_value_was_written(
    here: Path, flags: dict[str, object], env: dict[str, str], cause: str, step: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(flags, cwd=here, env=env)
    assert (caught.value.cause, caught.value.next_step) == (cause, f"write for instance {step}")


def test_a_table_in_our_own_file_is_told_for_what_it_is(here: Path) -> None:
    assert refused("[harness]\njobs = 1\n").cause.startswith("it is a table: harness.toml holds options at its top")


def test_every_example_in_a_message_is_itself_read(here: Path) -> None:
    """The next step of each message is taken by the word."""
    examples = 0
    for setting in load(env={}).describe():
        error = refused(f"{setting.key} = 1979-05-27T07:32:00")
        line = error.next_step.removeprefix("write for instance ").removesuffix(" in an options file")
        options(line)
        examples += 1
    assert examples == len(load(env={}).describe())


def test_an_unknown_key_gets_the_nearest_one(here: Path) -> None:
    error = refused("jobs = 1\nlock_max_age = '1h'\n")
    assert (error.where, error.what) == ("harness.toml:2", "unknown option 'lock_max_age'")
    assert "'lock-max-age'" in error.cause
    assert "fail-on" in error.next_step
    assert "no option has a similar name" in refused("qqqq = 1").cause


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("jobbs = 1", 1),
        ('select = ["""\njobbs = 1\n""",\n]\njobbs = 1', 5),
        ("# jobbs = 1\nselect = [\n  'jobbs',\n]\njobbs = [\n 1,\n]", 5),
        ("[docker-bases]\njobbs = 'x'\n[jobbs]\n", 3),
        ("jobs = 1\r\njobbs = 1\r\n", 2),
    ],
)
def test_the_line_of_a_key_is_exact(here: Path, text: str, line: int) -> None:
    assert refused(text).where == f"harness.toml:{line}"


def test_the_search_goes_up_and_prefers_our_own_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "pyproject.toml").write_text(
        "[project]\nname = 'x'\n[tool.harness]\njobs = 3\npages = ['docs']\nstore = 's'\n"
    )
    inner = here / "a" / "b"
    inner.mkdir(parents=True)
    (here / "a" / "pyproject.toml").write_text("[project]\nname = 'no options of ours'\n")
    monkeypatch.chdir(inner)
    read = load(env={})
    assert (read.jobs, read.pages, read.store) == (3, ("../../docs",), here / "s")
    assert read.source("jobs") == f"{here / 'pyproject.toml'}:4"
    (here / "harness.toml").write_text("jobs = 4")
    assert load(env={}).jobs == 4


def test_a_named_file_is_read_in_place_of_a_search(here: Path) -> None:
    (here / "other.toml").write_text("jobs = 7")
    (here / "harness.toml").write_text("jobs = 1")
    assert load(env={}, config=Path("other.toml")).jobs == 7
    assert load(env={"HARNESS_CONFIG": "other.toml"}).jobs == 7
    with pytest.raises(ConfigError, match=r"absent\.toml: cannot read"):
        load(env={}, config=Path("absent.toml"))


def test_broken_files_are_refused_with_their_line(here: Path) -> None:
    assert refused("jobs = 1\njobs = ").where == "harness.toml:2"
    assert refused("jobs = = 1\njobs = ").where == "harness.toml:1"
    (here / "harness.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot read the options"):
        load(env={})
    (here / "harness.toml").unlink()
    (here / "pyproject.toml").write_text("[tool]\nharness = 1\n")
    with pytest.raises(ConfigError, match=r"pyproject\.toml:2: \[tool\.harness\] must be a table"):
        load(env={})


def test_paths_are_relative_to_the_place_they_are_written_at(here: Path) -> None:
    read = options(
        "contexts = 'c'", {"output": "out/r.json", "pages": ("./a b.md", "x/../y.md")}, {"HARNESS_STORE": "~/s"}
    )
    assert (read.contexts, read.output, read.store) == (here / "c", here / "out/r.json", Path.home() / "s")
    assert read.pages == ("./a b.md", "x/../y.md")


def test_contradictions_are_refused_with_both_places(here: Path) -> None:
    error = refused("offline = true", {"refresh": True})
    assert error.where == "harness.toml:1, --refresh"
    assert "require-docker and sandbox" in refused("", {"require_docker": True, "sandbox": "process"}).what


def test_an_empty_variable_counts_as_unset(here: Path) -> None:
    assert load(env={"HARNESS_JOBS": "", "HARNESS_CONFIG": ""}).source("jobs") == "default"


def test_the_example_in_the_docs_is_read(here: Path) -> None:
    text = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^```toml\n(.+?)^```", text, re.MULTILINE | re.DOTALL)
    assert options(example).fail_on is FailOn.INCOMPLETE


@pytest.mark.parametrize("text", ["as-of = '2024-06-30'", "as-of = 2024-06-30"])
def test_a_day_may_be_a_date_of_toml(here: Path, text: str) -> None:
    assert options(text).as_of == "2024-06-30"


@pytest.mark.parametrize("day", ["2999-01-01", "yesterday", "2024-13-01", "2024-06-30T10:00:00"])
def test_a_day_that_has_not_come_is_none(here: Path, day: str) -> None:
    assert "a day that has come" in refused(flags={"as_of": day}).what


def test_a_ledger_is_shown_without_its_password(here: Path) -> None:
    read = options("ledger = 'postgresql://me:secret@host:5433/runs?password=secret'")
    assert {one.key: one.value for one in read.describe()}["ledger"] == "postgresql://host:5433/runs"
    assert options("ledger = 'mine.sqlite'").ledger == str(here / "mine.sqlite")
