"""Notebooks: outputs as a kernel would have left them."""

from __future__ import annotations

import json
from typing import Any

from harness.model.execution import Outcome
from harness.model.verdict import RunRecord, Verdict
from harness.report import notebook
from tests.unit.report.helpers import finding, sample, told

TRACE = 'Traceback (most recent call last):\n  File "/work/sample.py", line 1, in <module>\nlib.Gone: no x\nmore\n'


def cells(*findings: Any, **more: Any) -> list[dict[str, Any]]:
    made = notebook.render(told(sample(*findings, **more)))
    assert list(made) == ["p.ipynb"]
    read = json.loads(made["p.ipynb"])["cells"]
    assert isinstance(read, list)
    return read


def ran(outcome: Outcome, **printed: str) -> tuple[RunRecord, ...]:
    return (RunRecord("current", "3.13", "docker", outcome, **printed),)  # type: ignore[arg-type]


def test_a_failed_run_ends_with_its_error() -> None:
    (code,) = [
        one
        for one in cells(finding(), runs=ran(Outcome.FAILED, stdout="hello\n", stderr="careful\n" + TRACE))
        if one["cell_type"] == "code"
    ]
    assert code["source"] == "beta.x()"
    assert code["execution_count"] == 1
    out, err, error = code["outputs"]
    assert (out["name"], out["text"], err["name"], err["text"]) == ("stdout", "hello\n", "stderr", "careful\n")
    assert (error["ename"], error["evalue"]) == ("lib.Gone", "no x")
    assert error["traceback"][0] == "Traceback (most recent call last):"


def test_a_traceback_that_a_passing_sample_prints_is_no_error() -> None:
    made = cells(runs=ran(Outcome.PASSED, stderr=TRACE), verdict=Verdict.OK)
    assert [one["output_type"] for one in made[2]["outputs"]] == ["stream"]


def test_what_was_not_run_has_no_number() -> None:
    made = cells(verdict=Verdict.SKIPPED, reason="needs a GPU")
    assert made[2]["execution_count"] is None
    assert "needs a GPU" in made[1]["source"]


def test_other_languages_are_shown_and_not_run() -> None:
    made = cells(language="yaml", code="a: '```'\n", verdict=Verdict.OK)
    assert made[2]["cell_type"] == "markdown"
    assert made[2]["source"] == "````yaml\na: '```'\n````"
