"""From the rows of the ledger to runs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

import msgspec
import sqlalchemy as sa

from harness.errors import NothingSelectedError
from harness.ledger import schema
from harness.model.ledger import RecordedFinding, RecordedJob, RecordedPage, RecordedRun, RecordedSample, RunSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection

    from harness.ledger.database import Database

T = TypeVar("T")
K = TypeVar("K")
Row = Mapping[str, object]
"""A row that was read, by column."""
_SAMPLES = schema.samples.join(
    schema.pages,
    sa.and_(schema.pages.c.run_id == schema.samples.c.run_id, schema.pages.c.number == schema.samples.c.page),
)
"""Samples beside their pages."""


def runs(database: Database, *, scope: str | None = None, newest: int | None = None) -> tuple[RunSummary, ...]:
    """Return runs, oldest first.

    Args:
        database: The ledger.
        scope: Only those that checked this, as `RunSummary.scope` has it.
        newest: Only so many, the newest.

    Raises:
        ReportError: If the ledger cannot be read.
    """
    where = sa.true() if scope is None else schema.runs.c.scope == scope
    with database.reading() as connection:
        return _summaries(connection, where, newest) if connection else ()


def run(database: Database, number: int) -> RecordedRun:
    """Return a run with all that the ledger has of it.

    Args:
        database: The ledger.
        number: Which one, as `RunSummary.id` has it.

    Raises:
        NothingSelectedError: If there is no such run.
        ReportError: If the ledger cannot be read.
    """
    with database.reading() as connection:
        found = _summaries(connection, schema.runs.c.id == number, None) if connection else ()
        if not connection or not found:
            raise NothingSelectedError(
                f"the ledger has no run {number}", where=database.where, next_step="harness history lists the runs"
            )
        samples = _samples(connection, schema.samples.c.run_id == number)[number]
        of_run = sa.select(schema.pages).where(schema.pages.c.run_id == number)
        pages = _rows(connection, of_run.order_by(schema.pages.c.number))
        of_page = schema.findings.c.sample.is_(None) & (schema.findings.c.run_id == number)
        faults = _rows(connection, sa.select(schema.findings).where(of_page).order_by(schema.findings.c.number))
    told = _grouped((row["page"], _made(RecordedFinding, row)) for row in faults)
    made = (_made(RecordedPage, {**row, "findings": told[row["number"]]}) for row in pages)
    return RecordedRun(found[0], tuple(made), samples)


def history(database: Database, what: str) -> tuple[tuple[RunSummary, tuple[RecordedSample, ...]], ...]:
    """Return what runs had to say of a page or a sample, oldest first; runs that did not look at it are left out.

    Args:
        database: The ledger.
        what: Id of a sample, slug of a page, or its path as it was given.

    Raises:
        ReportError: If the ledger cannot be read.
    """
    of_page = sa.or_(schema.pages.c.slug == what, schema.pages.c.path == what)
    with database.reading() as connection:
        if not connection:
            return ()
        found = _samples(connection, schema.samples.c.sample == what) or _samples(connection, of_page)
        summaries = _summaries(connection, schema.runs.c.id.in_(list(found)), None)
    return tuple((one, found[one.id]) for one in summaries)


def _summaries(connection: Connection, where: sa.ColumnElement[bool], newest: int | None) -> tuple[RunSummary, ...]:
    table = schema.runs
    query = sa.select(table).where(where).order_by(table.c.started.desc(), table.c.id.desc())
    rows = _rows(connection, query if newest is None else query.limit(newest))[::-1]
    columns = (schema.samples.c.run_id, schema.samples.c.verdict)
    counted = sa.select(*columns, sa.func.count()).where(columns[0].in_([row["id"] for row in rows])).group_by(*columns)
    verdicts: defaultdict[object, dict[str, int]] = defaultdict(dict)
    for number, verdict, many in connection.execute(counted):
        verdicts[number][verdict] = many
    return tuple(_made(RunSummary, {**row, **_times(row), "verdicts": verdicts[row["id"]]}) for row in rows)


def _times(row: Row) -> dict[str, str]:
    times = {name: row[name] for name in ("started", "finished")}
    return {
        name: when.isoformat(timespec="milliseconds") for name, when in times.items() if isinstance(when, dt.datetime)
    }


def _samples(connection: Connection, where: sa.ColumnElement[bool]) -> defaultdict[int, tuple[RecordedSample, ...]]:
    """Return samples, with what was found in them and their jobs, by the number of their run."""
    chosen = sa.select(schema.samples, schema.pages.c.path).select_from(_SAMPLES).where(where)
    rows = _rows(connection, chosen.order_by(schema.samples.c.run_id, schema.samples.c.number))
    findings = _rows(connection, _belonging(schema.findings, where))
    locks = schema.jobs.outerjoin(schema.locks, schema.locks.c.digest == schema.jobs.c.lock)
    jobs = _rows(connection, _belonging(schema.jobs, where, locks, schema.locks.c.packages.label("locked")))
    of_sample = _grouped(((row["run_id"], row["sample"]), _made(RecordedFinding, row)) for row in findings)
    ran = _grouped(((row["run_id"], row["sample"]), _job(row)) for row in jobs)
    keys = [(row["run_id"], row["number"]) for row in rows]
    made = (
        _made(
            RecordedSample,
            {**row, "id": row["sample"], "page": row["path"], "findings": of_sample[key], "jobs": ran[key]},
        )
        for key, row in zip(keys, rows, strict=True)
    )
    return _grouped((int(str(run_id)), sample) for (run_id, _), sample in zip(keys, made, strict=True))


def _belonging(
    table: sa.Table,
    where: sa.ColumnElement[bool],
    source: sa.FromClause | None = None,
    *more: sa.ColumnElement[object],
) -> sa.Select[tuple[object, ...]]:
    """Ask for the rows that belong to samples, in the order in which they were written."""
    to_sample = sa.and_(schema.samples.c.run_id == table.c.run_id, schema.samples.c.number == table.c.sample)
    joined = (table if source is None else source).join(_SAMPLES, to_sample)
    return sa.select(table, *more).select_from(joined).where(where).order_by(table.c.run_id, table.c.number)


def _job(row: Row) -> RecordedJob:
    return _made(RecordedJob, {**row, "locked": row["locked"] or row["packages"]})


def _rows(connection: Connection, query: sa.Select[tuple[object, ...]]) -> Sequence[Row]:
    # names of columns are strings of a class of their own
    return [{str(name): value for name, value in row.items()} for row in connection.execute(query).mappings()]


def _made(kind: type[T], values: Row) -> T:
    """Return a value of the model; columns that it has no field for are left out."""
    return msgspec.convert(values, kind)


def _grouped(pairs: Iterable[tuple[K, T]]) -> defaultdict[K, tuple[T, ...]]:
    found: defaultdict[K, list[T]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return defaultdict(tuple, {key: tuple(values) for key, values in found.items()})
