"""What the reference says is made from the code: all of it, and nothing else."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from typing import Any

import click
import pytest

from harness.cli import COMMANDS, main
from harness.model.verdict import Code
from harness.options import FailOn, Format, load
from harness.report.schema import json_schema
from tests.docs.written import ROOT


@pytest.fixture(scope="module")
def made() -> Any:
    """The module that makes the reference, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("makers", ROOT / "docs/_ext/makers.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["makers"] = module
    spec.loader.exec_module(module)
    return module


def rows(text: str) -> list[list[str]]:
    """Return the cells of a Markdown table below its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_every_option_has_its_default_and_a_meaning(made: Any) -> None:
    found = {names.strip("`").split("`<br>`")[0]: (names, *rest) for names, *rest in rows(made.options())}
    assert list(found) == [setting.key for setting in load({}, env={}).describe()]
    assert all(what for *_, what in found.values())
    names, default, what = found["fail-on"]
    assert (names, default) == ("`fail-on`<br>`HARNESS_FAIL_ON`", "`'deprecated'`")
    assert "`outdated`, `deprecated`, `incomplete`" in what
    assert found["docker-bases"][0] == "`docker-bases`"
    assert found["memory"][1] == "`'2GiB'`"
    assert "/" not in found["store"][1], "a default is not that of the machine that built the pages"


def test_every_command_and_every_flag_is_there(made: Any) -> None:
    text = made.commands()
    headings = re.findall(r"^#+ (harness.*)$", text, re.MULTILINE)
    assert [name for name in headings if name.count(" ") == 1] == [f"harness {name}" for name in COMMANDS]
    assert "harness env prune" in headings
    check = main.get_command(click.Context(main), "check")
    assert check
    section = re.split(r"\n#+ ", text.partition("## harness check\n")[2])[0]
    listed = {name for flag, _ in rows(section) for name in re.findall(r"-+[a-z-]+", flag)}
    assert listed == {name for one in check.params if isinstance(one, click.Option) for name in one.opts}
    assert "| `--sandbox` | What isolates the samples. One of `auto`, `docker`, `namespace`, `process`. |" in section


def test_every_code_is_there_with_its_verdict_and_a_place_to_link_to(made: Any) -> None:
    found = {row[0]: row for row in rows(made.codes())}
    assert [name[1:5] for name in found] == [str(code) for code in Code]
    assert found["[A001](#a001)"][1:] == [
        "removed, never-existed",
        "the library does not have this module",
        "`outdated`",
    ]
    assert found["[P402](#p402)"][3] == ""
    assert all(f"({code.lower()})=\n### {code}: " in made.code_by_code() for code in Code)


def test_every_field_of_the_report_is_there(made: Any) -> None:
    text = made.report()
    objects = json.loads(json_schema())["$defs"]
    for name, part in objects.items():
        section = text.partition(f"(report-{name.lower()})=\n")[2].partition("\n(report-")[0]
        for field in part.get("properties", {}):
            assert f"| `{field}` |" in section, f"{name}.{field}"
    assert text.startswith("(report-report)=")


def test_words_have_the_meaning_that_stands_in_the_code(made: Any) -> None:
    found = dict(rows(made.words("harness.options.choices:FailOn")))
    assert list(found) == [f"`{word}`" for word in FailOn]
    assert found["`never`"] == "Nothing."


def test_every_exit_code_is_there(made: Any) -> None:
    assert [code for code, _ in rows(made.exit_codes())] == ["0", "1", "2", "3", "4", "5", "7", "8", "70", "130"]


def test_every_format_of_a_report_is_described() -> None:
    described = dict(row[:2] for row in rows((ROOT / "docs/formats.md").read_text("utf-8")) if len(row) == 3)
    assert {f"`{form}`" for form in Format} <= set(described)


def test_every_module_stands_on_its_floor(made: Any) -> None:
    listed = {name.strip("`") for name, _ in rows(made.floors()) if name}
    there = {
        path.stem for path in (ROOT / "harness").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert listed == {f"harness.{name}" for name in there - {"__init__", "probe"}}
