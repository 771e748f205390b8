"""A run that is recorded is read back with all that the ledger keeps of it."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from harness.errors import ConfigError, NothingSelectedError, ReportError
from harness.ledger import database, read, schema
from harness.ledger.migrate import scripts
from harness.ledger.origin import Origin
from harness.ledger.record import record
from harness.model.execution import Outcome
from harness.model.ledger import RunSummary
from harness.model.verdict import Code, History, PageFault, RunRecord, Verdict
from harness.report import wire
from tests.unit.report.helpers import finding, sample, told

WHERE = Origin("pages", "c0ffee-dirty", {"lanes": "current"})
HISTORY = History("beta", "1.4.1", "2.0.0", "2022-07-27", 2, ("1.4.1", "2.0.0"))


@pytest.fixture
def ledger(tmp_path: Path) -> database.Database:
    return database.connect("", tmp_path)


def outdated() -> wire.Report:
    placed = finding("gone", verified=True)
    placed = replace(placed, finding=replace(placed.finding, history=HISTORY, evidence="AttributeError: x"))
    run = RunRecord(
        "current", "3.13", "namespace", Outcome.FAILED, packages=(("beta", "2.1.0"),), lock="sha256:1", seconds=1.5,
        services=("api.beta.dev:443",),
    )  # fmt: skip
    fault = PageFault("p.md", 3, "no language is given", Code.LANGUAGE)
    return told(sample(placed, runs=(run,), reach=0.5), faults=(fault,))


def test_all_of_a_run_is_read_back(ledger: database.Database) -> None:
    report = outdated()
    assert record(ledger, report, WHERE) == 1
    seen = read.run(ledger, 1)
    assert seen.summary == RunSummary(
        1, "2026-03-01T10:00:00.000+00:00", "2026-03-01T10:00:01.000+00:00", report.tool.version, "", "pages",
        "c0ffee-dirty", interrupted=False, options={"lanes": "current"}, verdicts={Verdict.OUTDATED: 1},
    )  # fmt: skip
    (page,), (one,) = seen.pages, seen.samples
    assert (page.path, page.slug) == ("p.md", "p")
    assert [(fault.code, fault.page_line, fault.message) for fault in page.findings] == [
        ("P402", 3, "no language is given")
    ]
    assert (one.id, one.page, one.verdict, one.reach) == ("p#0", "p.md", Verdict.OUTDATED, 0.5)
    assert one.code == hashlib.sha256(b"beta.x()\n").hexdigest()
    (found,), (job,) = one.findings, one.jobs
    assert found.fingerprint == report.samples[0].findings[0].fingerprint
    assert (found.code, found.kind, found.line, found.page_line, found.symbol) == ("A002", "removed", 3, 13, "beta.x")
    assert found.evidence == "AttributeError: x"
    assert found.history == replace(HISTORY, releases=())
    assert found.suggestion
    assert found.suggestion.verified
    assert (job.lane, job.python, job.outcome, job.lock, job.seconds) == ("current", "3.13", "failed", "sha256:1", 1.5)
    assert job.packages == {"beta": "2.1.0"}
    assert job.services == ("api.beta.dev:443",)


def test_runs_come_oldest_first_and_count_their_samples(ledger: database.Database) -> None:
    fine = told(sample(verdict=Verdict.OK), sample(verdict=Verdict.SKIPPED, id="p#1"))
    for report, origin in ((outdated(), WHERE), (fine, WHERE), (fine, Origin("other"))):
        record(ledger, report, origin)
    assert [(one.id, one.ok, one.judged, one.accuracy) for one in read.runs(ledger)] == [
        (1, 0, 1, 0.0), (2, 1, 1, 1.0), (3, 1, 1, 1.0),
    ]  # fmt: skip
    assert [one.id for one in read.runs(ledger, scope="pages")] == [1, 2]
    assert [one.id for one in read.runs(ledger, newest=2)] == [2, 3]
    assert replace(read.runs(ledger)[0], verdicts={}).accuracy is None


def test_a_run_that_was_interrupted_says_so(ledger: database.Database) -> None:
    record(ledger, told(sample(), interrupted=True), WHERE)
    assert read.runs(ledger)[0].interrupted


def test_no_ledger_and_no_run_is_no_crash(ledger: database.Database, tmp_path: Path) -> None:
    assert read.runs(ledger) == ()
    assert list(tmp_path.iterdir()) == [], "reading makes nothing"
    with pytest.raises(NothingSelectedError, match="the ledger has no run 7"):
        read.run(ledger, 7)


def test_what_a_database_has_no_place_for_is_replaced(ledger: database.Database) -> None:
    record(ledger, told(sample(finding("a\0b \ud800"))), Origin())
    assert read.run(ledger, 1).samples[0].findings[0].message == "a\N{REPLACEMENT CHARACTER}b ?"


def test_a_run_is_there_as_a_whole_or_not_at_all(ledger: database.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    record(ledger, outdated(), WHERE)
    monkeypatch.setattr("harness.ledger.record._job", lambda _run: {"sample": None})
    with pytest.raises(ReportError, match="the ledger cannot be written"):
        record(ledger, outdated(), WHERE)
    assert [one.id for one in read.runs(ledger)] == [1]
    with sqlite3.connect(ledger.where) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("samples", "findings")]
    connection.close()
    assert counts == [(1,), (2,)]


@pytest.mark.parametrize("url", ["mysql://me:secret@host/db", "sqlite://", "postgresql://me:secret@[::1/db"])
def test_an_address_that_cannot_be_used_is_refused_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        database.connect(url, tmp_path)
    assert "secret" not in str(refused.value)
    assert "postgresql://USER" in str(refused.value)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    away = database.connect("postgres://me:secret@127.0.0.1:1/db?password=secret&connect_timeout=2", tmp_path)
    with pytest.raises(ReportError, match=r"127\.0\.0\.1:1/db") as refused:
        read.runs(away)
    assert "secret" not in str(refused.value)


def test_a_driver_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match=r"pip install 'sample-harness\[postgres\]'"):
        database.connect("postgresql://me:secret@host/db", tmp_path)


def test_the_head_is_the_newest_migration_and_the_tables_are_what_it_leaves(ledger: database.Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(scripts()).get_heads() == [schema.HEAD]
    with ledger.writing() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    assert differences == []


def test_a_ledger_of_a_newer_harness_is_left_alone(ledger: database.Database) -> None:
    record(ledger, outdated(), WHERE)
    with ledger.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'v999'"))
    for attempt in (lambda: read.runs(ledger), lambda: record(ledger, outdated(), WHERE)):
        with pytest.raises(ReportError, match=r"a newer harness(.|\n)*v999"):
            attempt()
