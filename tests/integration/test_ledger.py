"""The ledger in a real database: writers at a time, writers that are killed, a ledger from before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from harness.ledger import database, read, schema
from harness.ledger.migrate import scripts
from harness.model.verdict import Verdict
from tests.integration import ledgers, write_runs

# one server for all of them
pytestmark = pytest.mark.xdist_group("postgres")

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def postgres(request: pytest.FixtureRequest) -> Iterator[sa.URL]:
    """A PostgreSQL server."""
    found = ledgers.programs()
    if found is None:
        if request.config.getoption("--require-postgres"):
            pytest.fail("PostgreSQL is required here and absent")
        pytest.skip("no PostgreSQL is installed here: apt-get install postgresql")
    with ledgers.server(found) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a ledger that nobody has written to."""
    if request.param == "sqlite":
        yield str(tmp_path / "runs.sqlite")
        return
    url = request.getfixturevalue("postgres")
    name = f"runs_{uuid.uuid4().hex[:8]}"
    ledgers.execute(url, f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    # by force: the server may not have seen yet that a writer was killed
    ledgers.execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def writer(ledger: str, count: int) -> subprocess.Popen[str]:
    argv = [sys.executable, "-W", "error", str(Path(write_runs.__file__)), ledger, str(count)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def opened(ledger: str) -> database.Database:
    return database.connect(ledger, Path())


def assert_whole(ledger: str, number: int) -> None:
    run = read.run(opened(ledger), number)
    assert len(run.samples) == write_runs.SAMPLES
    assert all(len(one.findings) == len(one.jobs) == 1 for one in run.samples)
    assert run.samples[0].jobs[0].locked == {"beta": "1", "gamma": "2"}


def test_writers_at_a_time_keep_every_run_from_the_first_table_on(ledger: str) -> None:
    writers = [writer(ledger, 3) for _ in range(3)]
    told = [one.communicate(timeout=120) for one in writers]
    assert [one.returncode for one in writers] == [0, 0, 0], told
    numbers = sorted(int(number) for out, _ in told for number in out.split())
    assert numbers == sorted(set(numbers))
    assert [one.id for one in read.runs(opened(ledger))] == numbers
    assert len(numbers) == 9
    for number in numbers:
        assert_whole(ledger, number)


def test_a_writer_that_is_killed_leaves_whole_runs_alone(ledger: str) -> None:
    told: list[int] = []
    for more in (0.0, 0.05, 0.13):
        process = writer(ledger, 10_000)
        assert process.stdout
        told.append(int(process.stdout.readline()))
        time.sleep(more)
        process.send_signal(signal.SIGKILL)
        told += [int(number) for number in process.communicate(timeout=60)[0].split()]
        assert process.returncode == -signal.SIGKILL
    found = [one.id for one in read.runs(opened(ledger))]
    assert set(told) <= set(found), "what was told to be written is there"
    for number in found:
        assert_whole(ledger, number)
    last = writer(ledger, 1)
    assert int(last.communicate(timeout=60)[0]) > max(found), "and the next one writes"


FIRST = {
    "runs": {
        "id": 7, "version": "0.1.0", "sandbox": "docker", "scope": "s", "commit": "c0ffee", "interrupted": False,
        "options": {"pages": "docs"},
    },
    "pages": {
        "run_id": 7, "number": 0, "path": "p.md", "slug": "p", "title": "T", "tool": "beta", "category": "c",
        "updated": "2024-08-21", "published": "",
    },
    "samples": {
        "run_id": 7, "number": 0, "page": 0, "sample": "p#0", "role": "tool", "language": "python", "page_line": 9,
        "verdict": "outdated", "reason": "", "reach": 0.5, "code": "abc", "expected": "", "surprise": "",
    },
    "findings": {
        "run_id": 7, "number": 0, "page": 0, "sample": 0, "fingerprint": "f", "code": "A002", "kind": "removed",
        "line": 2, "page_line": 11, "symbol": "beta.x", "message": "gone", "confidence": "confirmed", "evidence": "E",
        "settled": False, "accepted": "",
        "history": {"distribution": "beta", "last_good": "1", "first_bad": "2", "first_bad_date": None,
                    "releases_checked": 2},
        "suggestion": None,
    },
    "jobs": {
        "run_id": 7, "number": 0, "sample": 0, "lane": "current", "python": "3.13", "outcome": "failed",
        "lock": "sha256:1", "packages": {"beta": "2"}, "seconds": 1.5, "services": ["a:443"], "cached": True,
    },
}  # fmt: skip
"""What a ledger of the first schema holds: one row a table."""


def test_a_ledger_of_the_first_schema_keeps_every_row(ledger: str) -> None:
    old = opened(ledger)
    with old._engine.connect().execution_options(writes=True) as connection, connection.begin():
        config = scripts()
        config.attributes["connection"] = connection
        command.upgrade(config, "v001")
        moment = {"started": sa.func.now(), "finished": sa.func.now()}
        for name, row in FIRST.items():
            connection.execute(sa.insert(schema.metadata.tables[name]).values(row | (moment if name == "runs" else {})))
        assert not sa.inspect(connection).has_table("locks")
    run = read.run(opened(ledger), 7)
    assert run.summary.commit == "c0ffee"
    assert run.summary.verdicts == {Verdict.OUTDATED: 1}
    (sample,) = run.samples
    assert (sample.id, sample.reach, sample.code) == ("p#0", 0.5, "abc")
    assert (sample.jobs[0].packages, sample.jobs[0].locked, sample.jobs[0].services) == (
        {"beta": "2"}, {"beta": "2"}, ("a:443",),
    )  # fmt: skip
    assert sample.findings[0].history
    assert sample.findings[0].history.first_bad == "2"
    with old.reading() as now:
        assert now
        for name, row in FIRST.items():
            table = schema.metadata.tables[name]
            (kept,) = now.execute(sa.select(*(table.c[column] for column in row))).mappings()
            assert {str(key): value for key, value in kept.items()} == row
    done = writer(ledger, 1)
    number = int(done.communicate(timeout=60)[0])
    assert_whole(ledger, number)
    assert [one.id for one in read.runs(opened(ledger))] in ([7, number], [number, 7])
