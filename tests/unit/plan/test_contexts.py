"""Contexts as written, and what is said where one is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import ConfigError
from harness.model.matrix import Context
from harness.plan.contexts import PageContext, read, read_folder

if TYPE_CHECKING:
    from pathlib import Path

FULL = """
requires = ["mlflow>=3"]
timeout = 120
expect = "incomplete"
prelude = "a = 1"
env = {REGION = "eu", KEEP = "yes"}
files = {"data/rows.csv" = "a,b\\n"}

[samples.1]
requires = ["torch"]
timeout = 5.5
expect = "A001"
prelude = "b = 2"
env = {REGION = "us"}
files = {"data/rows.csv" = "c\\n", "x.txt" = ""}
"""


def test_sample_adds_to_its_page(tmp_path: Path) -> None:
    (tmp_path / "a-page.toml").write_text(FULL)
    (tmp_path / "other.txt").write_text("not one")
    found = read_folder(tmp_path)
    assert list(found) == ["a-page"]
    assert found["a-page"].of(0) == Context(
        requires=("mlflow>=3",),
        files=(("data/rows.csv", "a,b\n"),),
        env=(("REGION", "eu"), ("KEEP", "yes")),
        prelude="a = 1",
        timeout=120.0,
        expect="incomplete",
    )
    assert found["a-page"].of(1) == Context(
        requires=("mlflow>=3", "torch"),
        files=(("data/rows.csv", "c\n"), ("x.txt", "")),
        env=(("REGION", "us"), ("KEEP", "yes")),
        prelude="a = 1\nb = 2",
        timeout=5.5,
        expect="A001",
    )


def test_no_folder_and_empty_file_hold_nothing(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "absent") == {}
    (tmp_path / "p.toml").write_text("")
    assert read(tmp_path / "p.toml") == PageContext()


@pytest.mark.parametrize(
    ("text", "key", "word"),
    [
        ("require = []", "'require'", "is not a key"),
        ("requires = 'mlflow'", "'requires'", "list"),
        ("requires = ['>=3']", "'requires'", ">=3"),
        ("requires = [3]", "'requires'", "3"),
        ("timeout = 'long'", "'timeout'", "seconds"),
        ("timeout = 0", "'timeout'", "above 0"),
        ("timeout = true", "'timeout'", "seconds"),
        ("timeout = inf", "'timeout'", "seconds"),
        ("expect = 'fine'", "'expect'", "verdict"),
        ("prelude = 'a b'", "'prelude'", "not Python"),
        ("prelude = 1", "'prelude'", "text"),
        ("env = {A = 1}", "'env.A'", "text"),
        ("env = []", "'env'", "table"),
        ("files = {'../x' = ''}", "'files.../x'", "within"),
        ("files = {'/etc/passwd' = ''}", "'files./etc/passwd'", "within"),
        ("files = {'.' = ''}", "'files..'", "within"),
        ("samples = 1", "'samples'", "table"),
        ("[samples.first]", "'samples.first'", "index"),
        ("[samples]\n0 = 1", "'samples.0'", "table"),
        ("[samples.0]\ntimeout = -1", "'samples.0.timeout'", "above 0"),
        ("[samples.0.samples.0]", "'samples.0.samples'", "is not a key"),
        ("a = ]", "cannot be read", "line 1"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(tmp_path: Path, text: str, key: str, word: str) -> None:
    path = tmp_path / "a-page.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert key in said
    assert word in said


def test_file_that_is_not_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a-page.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="a-page"):
        read(path)
