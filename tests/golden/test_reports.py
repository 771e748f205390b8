"""What reports look like, held against files that ``--update-golden`` rewrites."""

from __future__ import annotations

import io
from importlib.metadata import version
from pathlib import Path

import pytest
from rich.console import Console

from harness.model.verdict import Code, Report, Verdict
from harness.report import wire
from harness.report.console import render
from harness.report.encode import encode
from harness.report.schema import json_schema
from tests.golden.made_up import report

HERE = Path(__file__).parent


def printed(made: Report, **options: bool) -> str:
    out = io.StringIO()
    render(made, Console(file=out, width=80, color_system=None), **options)
    return out.getvalue()


def encoded() -> str:
    own = version(wire.DISTRIBUTION)
    return encode(report()).decode().replace(f'"version": "{own}"', '"version": "0"', 1)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("report.json", encoded),
        ("schema.json", json_schema),
        ("console.txt", lambda: printed(report())),
        ("console-quiet.txt", lambda: printed(report(), quiet=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_golden_file_is_what_is_written(name: str, seen: object, request: pytest.FixtureRequest) -> None:
    assert callable(seen)
    text = seen()
    path = HERE / name
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_text(encoding="utf-8"), "rewrite with --update-golden where the change is meant"


def test_the_made_up_report_has_every_code_and_verdict() -> None:
    made = report()
    of_samples = {placed.finding.code for sample in made.samples for placed in sample.findings}
    assert of_samples | {Code(fault.code) for fault in made.faults} == set(Code)
    assert {sample.verdict for sample in made.samples} == set(Verdict)
