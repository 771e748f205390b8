"""From the rows of the ledger to runs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

import msgspec
import sqlalchemy as sa

from harness.errors import NothingSelectedError
from harness.ledger import schema
from harness.model.ledger import RecordedFinding, RecordedJob, RecordedPage, RecordedRun, RecordedSample, RunSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.engine import Connection, RowMapping

    from harness.ledger.database import Database

T = TypeVar("T")


def runs(database: Database, *, scope: str | None = None, newest: int | None = None) -> tuple[RunSummary, ...]:
    """Return runs, oldest first.

    Args:
        database: The ledger.
        scope: Only those that checked this, as `RunSummary.scope` has it.
        newest: Only so many, the newest.
    """
    table = schema.runs
    query = sa.select(table).order_by(table.c.started.desc(), table.c.id.desc())
    if scope is not None:
        query = query.where(table.c.scope == scope)
    if newest is not None:
        query = query.limit(newest)
    with database.reading() as connection:
        if connection is None:
            return ()
        rows = connection.execute(query).mappings().all()[::-1]
        verdicts = _verdicts(connection, [row["id"] for row in rows])
    return tuple(_summary(row, verdicts[row["id"]]) for row in rows)


def run(database: Database, number: int) -> RecordedRun:
    """Return a run with all that the ledger has of it.

    Args:
        database: The ledger.
        number: Which one, as `RunSummary.id` has it.

    Raises:
        NothingSelectedError: If there is no such run.
    """
    with database.reading() as connection:
        found = connection and _rows(connection, schema.runs, number, schema.runs.c.id)
        if not connection or not found:
            raise NothingSelectedError(
                f"the ledger has no run {number}", where=database.where, next_step="harness history lists the runs"
            )
        summary = _summary(found[0], _verdicts(connection, [number])[number])
        pages = _rows(connection, schema.pages, number)
        samples = _rows(connection, schema.samples, number)
        findings = _rows(connection, schema.findings, number)
        jobs = _grouped(
            (row["sample"], _made(RecordedJob, dict(row))) for row in _rows(connection, schema.jobs, number)
        )
    of_sample = _grouped((row["sample"], _finding(row)) for row in findings if row["sample"] is not None)
    of_page = _grouped((row["page"], _finding(row)) for row in findings if row["sample"] is None)
    return RecordedRun(
        summary,
        tuple(_made(RecordedPage, {**row, "findings": of_page[row["number"]]}) for row in pages),
        tuple(_sample(row, pages, of_sample[row["number"]], jobs[row["number"]]) for row in samples),
    )


def _rows(
    connection: Connection, table: sa.Table, number: int, column: sa.Column[int] | None = None
) -> list[RowMapping]:
    """Return the rows of a run in the order in which they were written."""
    query = sa.select(table).where((table.c.run_id if column is None else column) == number)
    ordered = query.order_by(table.c.number) if "number" in table.c else query
    return list(connection.execute(ordered).mappings())


def _verdicts(connection: Connection, numbers: list[int]) -> defaultdict[int, dict[str, int]]:
    """Count the samples of runs by verdict."""
    table = schema.samples
    columns = (table.c.run_id, table.c.verdict)
    query = sa.select(*columns, sa.func.count()).where(table.c.run_id.in_(numbers)).group_by(*columns)
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for number, verdict, many in connection.execute(query):
        found[number][verdict] = many
    return found


def _summary(row: RowMapping, verdicts: Mapping[str, int]) -> RunSummary:
    return _made(
        RunSummary,
        {**row, "started": _iso(row["started"]), "finished": _iso(row["finished"]), "verdicts": verdicts},
    )


def _iso(when: dt.datetime) -> str:
    return when.isoformat(timespec="milliseconds")


def _sample(
    row: RowMapping,
    pages: list[RowMapping],
    findings: tuple[RecordedFinding, ...],
    jobs: tuple[RecordedJob, ...],
) -> RecordedSample:
    page = pages[row["page"]]["path"]
    return _made(
        RecordedSample,
        {**row, "id": row["sample"], "page": page, "findings": findings, "jobs": jobs},
    )


def _finding(row: RowMapping) -> RecordedFinding:
    return _made(RecordedFinding, dict(row))


def _made(kind: type[T], values: Mapping[str, object]) -> T:
    """Return a value of the model; columns that it has no field for are left out."""
    # names of columns are strings of a class of their own
    return msgspec.convert({str(name): value for name, value in values.items()}, kind)


def _grouped(pairs: Iterable[tuple[int, T]]) -> defaultdict[int, tuple[T, ...]]:
    found: defaultdict[int, tuple[T, ...]] = defaultdict(tuple)
    for key, value in pairs:
        found[key] += (value,)
    return found
