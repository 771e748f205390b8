"""From a report to the rows of a run."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from harness.ledger import schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection

    from harness.ledger.database import Database
    from harness.ledger.origin import Origin
    from harness.report.wire import Fault, Finding, Page, Report, Run, Sample

Row = dict[str, object]
"""A row to be written, by column."""


def record(
    database: Database, report: Report, origin: Origin, *, since: int | None = None, once_from: datetime | None = None
) -> int:
    """Write a run, as a whole or not at all.

    Args:
        database: The ledger.
        report: What the run has to say.
        origin: Where it comes from.
        since: The run that what is newly broken is counted from, for a nightly run.
        once_from: A run of the same scope that started from then on and says the same stands for this one.

    Returns:
        The run's number.

    Raises:
        ReportError: If it cannot be written.
    """
    rows = _rows(report)
    run = {**_run(report, origin), "content": _content(report, origin, rows), "since": since}
    with database.writing() as connection:
        if once_from and (known := _known(connection, run, once_from)):
            return known
        _write_locks(connection, report)
        made = connection.execute(sa.insert(schema.runs).values(_clean(run)))
        number = made.inserted_primary_key[0] if made.inserted_primary_key else 0
        for table in (schema.pages, schema.samples, schema.findings, schema.jobs):
            if rows[table.name]:
                connection.execute(sa.insert(table), [_clean(row) | {"run_id": number} for row in rows[table.name]])
    return int(number)


def _known(connection: Connection, run: Row, start: datetime) -> int | None:
    """Return the number of a run that said the same."""
    table = schema.runs
    same = (table.c[name] == run[name] for name in ("scope", "content", "interrupted"))
    return connection.execute(sa.select(table.c.id).where(table.c.started >= start, *same)).scalar()


def _write_locks(connection: Connection, report: Report) -> None:
    """Write the locks that no run had before; another run may write the same at the same time."""
    rows = [{"digest": digest, "packages": packages} for digest, packages in sorted(report.locks.items())]
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if rows:
        connection.execute(insert(schema.locks).on_conflict_do_nothing(), rows)


def _run(report: Report, origin: Origin) -> Row:
    return {
        "started": datetime.fromisoformat(report.started),
        "finished": datetime.fromisoformat(report.finished),
        "version": report.tool.version,
        "sandbox": report.sandbox.name,
        "scope": origin.scope,
        "commit": origin.commit,
        "interrupted": report.interrupted,
        "options": dict(origin.options or {}),
    }


def _content(report: Report, origin: Origin, rows: Mapping[str, Sequence[Row]]) -> str:
    """Return what stands for all that a run says, whenever and however fast it was made."""
    jobs = [{**row, "seconds": 0, "cached": False} for row in rows["jobs"]]
    day = (origin.options or {}).get("as-of", "")
    everything = [report.tool.version, report.sandbox.name, origin.commit, day, {**rows, "jobs": jobs}]
    return hashlib.sha256(msgspec.json.encode(everything)).hexdigest()[:16]


def _rows(report: Report) -> dict[str, list[Row]]:
    """Return the rows of all tables but the runs', numbered in the order of the report."""
    place = {page.path: number for number, page in enumerate(report.pages)}
    samples, findings, jobs = [], [], []
    for number, sample in enumerate(report.samples):
        on = {"page": place[sample.page], "sample": number}
        samples.append(_sample(sample) | {"page": on["page"]})
        findings += [_finding(one) | on for one in sample.findings]
        jobs += [_job(one) | {"sample": number} for one in sample.runs]
    findings += [_fault(one) | {"page": place[one.page]} for one in report.faults]
    tables = {"pages": [_page(one) for one in report.pages], "samples": samples, "findings": findings, "jobs": jobs}
    return {name: [row | {"number": at} for at, row in enumerate(rows)] for name, rows in tables.items()}


def _page(page: Page) -> Row:
    said = ("path", "slug", "title", "tool", "category", "updated", "published")
    return {name: getattr(page, name) for name in said}


def _sample(sample: Sample) -> Row:
    said = ("role", "language", "page_line", "reason", "reach", "expected", "surprise")
    return {
        **{name: getattr(sample, name) for name in said},
        "sample": sample.id,
        "verdict": sample.verdict.value,
        "code": hashlib.sha256(sample.code.encode()).hexdigest(),
    }


def _finding(finding: Finding) -> Row:
    said = ("fingerprint", "line", "page_line", "symbol", "message", "evidence", "settled", "accepted")
    history = msgspec.to_builtins(finding.history)
    if history:
        # which releases were looked at is in the report, and longer than all the rest of a row
        del history["releases"]
    return {
        **{name: getattr(finding, name) for name in said},
        "code": finding.code.value,
        "kind": finding.kind.value,
        "confidence": finding.confidence.value,
        "history": history,
        "suggestion": msgspec.to_builtins(finding.suggestion),
    }


def _fault(fault: Fault) -> Row:
    """Return what is wrong with a page; every finding has the same columns."""
    return {
        "fingerprint": fault.fingerprint,
        "code": fault.code,
        "page_line": fault.line,
        "message": fault.message,
        "accepted": fault.accepted,
        "sample": None,
        "history": None,
        "suggestion": None,
        "line": 0,
        "settled": False,
        "kind": "",
        "symbol": "",
        "confidence": "",
        "evidence": "",
    }


def _job(run: Run) -> Row:
    return {
        "lane": run.lane,
        "python": run.python,
        "outcome": run.outcome.value,
        "lock": run.lock,
        "packages": run.packages,
        "seconds": run.seconds,
        "services": list(run.services),
        "cached": run.cached,
    }


def _clean(value: object) -> Any:  # noqa: ANN401 - it gives what it gets
    """Return a value without the character that PostgreSQL has no place for."""
    match value:
        case str():
            return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        case dict():
            return {_clean(key): _clean(item) for key, item in value.items()}
        case list():
            return [_clean(item) for item in value]
        case _:
            return value
