"""Small tables for a person: the plan, the environments, what the doctor saw."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from harness.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    from harness.model.matrix import Job, Session
    from harness.model.source import Sample


def plan_json(jobs: Iterable[Job]) -> str:
    """Return the plan for machines: a list of jobs, each with what it needs and why."""
    return json.dumps(
        [
            {
                "id": job.id,
                "page": job.sample.page.path,
                "page_line": job.sample.position(1).line,
                "language": job.sample.language,
                "lane": job.target.lane,
                "python": job.target.python,
                "requirements": [{"requirement": need.requirement, "reason": need.reason} for need in job.needs],
                "unknown": [{"module": one.module, "line": one.line, "reason": one.reason} for one in job.unknown],
                "skip": job.skip,
            }
            for job in jobs
        ],
        indent=2,
        ensure_ascii=False,
    )


def matrix_json(
    sessions: Iterable[Session], pages: Sequence[str], contexts: str, missing: Mapping[str, str], *, named: bool
) -> str:
    """Return the matrix for machines: what it was read from, and its sessions with what each is called with.

    Args:
        sessions: The sessions.
        pages: The pages, as they were given.
        contexts: The folder of contexts.
        missing: Why a Python cannot be had, by version.
        named: Whether the Pythons were asked for; else they are only the newest that samples may run on.
    """
    told = [
        {
            "name": one.name,
            "library": one.library,
            "lane": one.target.lane,
            "python": one.target.python,
            "samples": one.samples,
            "arguments": [
                *("--libraries", one.library, "--lanes", one.target.lane),
                *(("--pythons", one.target.python) if named else ()),
            ],
            "missing": missing.get(one.target.python or "", ""),
        }
        for one in sessions
    ]
    return json.dumps({"pages": pages, "contexts": contexts, "sessions": told}, indent=2, ensure_ascii=False)


def plan(jobs: Sequence[Job], left_out: Sequence[tuple[Sample, str]], console: Console) -> None:
    """Print the plan: a row a job, then what is left out and why."""
    table = _table("job", "language", "requirements", "not installed")
    for job in jobs:
        table.add_row(
            *_row(
                job.id,
                job.sample.language,
                "\n".join(need.requirement for need in job.needs) or "-",
                "\n".join(one.module for one in job.unknown) or job.skip or "-",
                encoding=console.encoding,
            )
        )
    console.print(table)
    for sample, reason in left_out:
        console.print(Text(plain(f"left out: {sample.id}: {reason}", console.encoding)), soft_wrap=True)
    samples = len({job.sample.id for job in jobs})
    console.print(f"{len(jobs)} jobs of {samples} samples; {len(left_out)} samples left out", highlight=False)


def rows(headers: Sequence[str], cells: Iterable[Sequence[str]], console: Console) -> None:
    """Print a table of plain text; nothing in it is taken for markup."""
    table = _table(*headers)
    for row in cells:
        table.add_row(*_row(*row, encoding=console.encoding))
    console.print(table)


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def _row(*cells: str, encoding: str) -> list[Text]:
    return [Text("\n".join(plain(line, encoding) for line in cell.split("\n"))) for cell in cells]
