"""The wire format: what is written can be read, is valid, and is told apart from anything else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.errors import ReportError
from harness.model.verdict import Report
from harness.report import wire
from harness.report.encode import encode, to_wire
from harness.report.schema import json_schema
from tests.golden.made_up import report

EMPTY = Report(started="2026-01-01T00:00:00+00:00", finished="2026-01-01T00:00:01+00:00", samples=())


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("made", [report(), EMPTY], ids=["every code", "nothing"])
def test_an_encoded_report_is_valid_by_the_schema(made: Report, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(json.loads(encode(made)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("samples", 0, "verdict"), "fine"),
        (("samples", 1, "findings", 0, "line"), "2"),
        (("totals",), {}),
    ],
    ids=["version", "verdict", "line", "totals"],
)
def test_the_schema_and_the_decoder_refuse_the_same(
    path: tuple[Any, ...], value: object, validator: jsonschema.Draft202012Validator
) -> None:
    data = json.loads(encode(report()))
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert not validator.is_valid(data)
    with pytest.raises(ReportError, match="not a report in a known format"):
        wire.decode(json.dumps(data).encode())


def test_a_report_is_read_back_whole() -> None:
    sound = replace(report(), samples=report().samples[:-1])
    assert wire.decode(encode(sound)) == to_wire(sound)


def test_equal_reports_give_equal_bytes_that_end_with_one_newline() -> None:
    data = encode(report())
    assert data == encode(report())
    assert data.endswith(b"}\n")
    assert not data.endswith(b"\n\n")


def test_a_field_that_is_added_later_does_not_trouble_this_reader() -> None:
    data = json.loads(encode(EMPTY)) | {"added": 1}
    assert wire.decode(json.dumps(data).encode()) == to_wire(EMPTY)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"schema": 1'])
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(ReportError):
        wire.decode(data)


def test_half_characters_are_replaced_and_all_else_is_kept() -> None:
    harmed = json.loads(encode(report()))["samples"][-1]
    assert "?" in harmed["findings"][0]["evidence"]
    assert harmed["findings"][0]["evidence"].startswith("\x1b[2J")
    assert harmed["findings"][0]["message"] == report().samples[-1].findings[0].finding.message


def test_totals_are_those_of_the_samples() -> None:
    data = json.loads(encode(replace(report(), samples=report().samples[1:2] * 3)))
    assert data["totals"] == {"ok": 0, "outdated": 3, "incomplete": 0, "unrunnable": 0, "skipped": 0, "error": 0}


def test_the_report_holds_what_the_contract_promises() -> None:
    found = json.loads(encode(report()))["samples"][1]["findings"][1]
    assert found["history"] == {
        "distribution": "beta", "last_good": "1.4.1", "first_bad": "2.0.0", "first_bad_date": "2022-07-27", "releases_checked": 57,
        "releases": [],
    }  # fmt: skip
    assert found["suggestion"]["replacement"] == "from beta.client import Client"
    assert (found["line"], found["page_line"], found["column"], found["symbol"]) == (3, 75, 18, "beta.Client")


def test_the_example_in_the_docs_is_a_report(validator: jsonschema.Draft202012Validator) -> None:
    text = (Path(__file__).parents[3] / "docs" / "report.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^```json\n(.+?)^```", text, re.MULTILINE | re.DOTALL)
    validator.validate(json.loads(example))
    assert wire.decode(example.encode()).totals.outdated == 1


def test_every_field_has_a_description() -> None:
    parts = json.loads(json_schema())["$defs"]
    bare = [
        f"{part}.{name}"
        for part, said in parts.items()
        for name, prop in said.get("properties", {}).items()
        if not prop.get("description")
    ]
    assert not bare
    assert all(part.get("description") for part in parts.values())
