"""Each page as a notebook that was executed: the code, what it printed, how it failed, and what was found.

The code is what was checked, whole; cells are never run by whoever writes this.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from harness.model.execution import Outcome
from harness.report.entries import Entry, entries
from harness.report.extraction import fenced, free_name, safe_name
from harness.report.markdown import inline, spoken
from harness.report.words import details

if TYPE_CHECKING:
    from harness.report.wire import Page, Report, Run, Sample

_TRACEBACK = "Traceback (most recent call last):\n"
_RAISED = re.compile(r"^([A-Za-z_][\w.]*)(?:: (.*))?$")


def render(report: Report) -> dict[str, bytes]:
    """Return the notebooks of a report, by file name.

    Args:
        report: The report.
    """
    found = entries(report)
    taken: set[str] = set()
    made = {}
    for page in report.pages:
        samples = [sample for sample in report.samples if sample.page == page.path]
        if samples:
            name = free_name(safe_name(page.slug, "page"), ".ipynb", taken)
            notebook = _notebook(page, samples, [one for one in found if one.page == page.path])
            made[name] = (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
    return made


def _notebook(page: Page, samples: list[Sample], found: list[Entry]) -> dict[str, Any]:
    cells = [_markdown("page", f"# {spoken(page.title or page.slug)}\n\nFrom {inline(page.path)}.")]
    cells += [
        _markdown("faults", _listed(faults)) for faults in [[one for one in found if one.sample is None]] if faults
    ]
    for number, sample in enumerate(samples, 1):
        mine = [one for one in found if one.sample is not None and one.sample.id == sample.id]
        cells += _sample(sample, mine, number)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "harness": {"page": page.path}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _sample(sample: Sample, found: list[Entry], number: int) -> list[dict[str, Any]]:
    role = "" if sample.role == "sample" else f" ({spoken(sample.role)})"
    said = [f"## {spoken(sample.id)}{role}: {sample.verdict}", f"Line {sample.page_line}"]
    said += [spoken(text) for text in (sample.reason, sample.remark) if text]
    run = sample.runs[0] if sample.runs else None
    if run:
        packages = ", ".join(f"{name} {version}" for name, version in run.packages.items())
        said.append(spoken(f"Run against {packages or 'nothing but Python'}, Python {run.python}, in {run.sandbox}"))
    source = sample.code.removesuffix("\n")
    where = {"harness": {"id": sample.id, "page_line": sample.page_line, "verdict": str(sample.verdict)}}
    cells = [_markdown(f"sample-{number}", "\n\n".join(said))]
    if sample.language == "python":
        cells.append(_code(f"sample-{number}-code", source, where, _outputs(run), number if run else None))
    else:
        cells.append(_markdown(f"sample-{number}-code", fenced(source, sample.language), where))
    return [*cells, _markdown(f"sample-{number}-findings", _listed(found))] if found else cells


def _listed(found: list[Entry]) -> str:
    items = []
    for one in found:
        excused = f" ({spoken(one.excused)})" if one.excused else ""
        items.append(f"- {inline(one.place)} **{one.code}** {spoken(one.message)}{excused}")
        items += [f"  - {spoken(line)}" for line in details(one)]
    return "\n".join(items)


def _outputs(run: Run | None) -> list[dict[str, Any]]:
    """Return what a run left behind as a kernel would have said it."""
    if run is None:
        return []
    before, found, trace = run.stderr.rpartition(_TRACEBACK) if run.outcome is Outcome.FAILED else (run.stderr, "", "")
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": name, "text": text}
        for name, text in (("stdout", run.stdout), ("stderr", before))
        if text
    ]
    if found:
        lines = (found + trace).rstrip("\n").split("\n")
        raised = next((match for line in lines[1:] if (match := _RAISED.match(line))), None)
        name, value = (raised[1], raised[2] or "") if raised else ("Error", "")
        outputs.append({"output_type": "error", "ename": name, "evalue": value, "traceback": lines})
    return outputs


def _markdown(name: str, source: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": metadata or {}, "source": source}


def _code(
    name: str, source: str, metadata: dict[str, Any], outputs: list[dict[str, Any]], count: int | None
) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": metadata,
        "source": source,
        "execution_count": count,
        "outputs": outputs,
    }
