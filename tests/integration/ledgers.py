"""Ledgers to test: SQLite, and a PostgreSQL server of the test's own from the machine's packages."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian's packages put the programs of each version."""
USER = "postgres"
"""Whom the server runs as: it refuses to be root."""
PATIENCE = 60
"""Seconds that the server may take to start."""


def programs() -> Path | None:
    """Return the folder with the server's programs, or None where there are none."""
    found = [*DEBIAN.glob("*/bin/postgres"), *(Path(one) for one in [shutil.which("postgres")] if one)]
    return max(found).parent if found else None


@contextmanager
def server(bin_folder: Path) -> Iterator[sa.URL]:
    """Run a server that only this machine reaches, through a socket, and remove it in the end."""
    # short: the path of a socket may have a hundred characters
    folder = Path(tempfile.mkdtemp(prefix="ledger-", dir="/tmp"))
    user = USER if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
    data, log = folder / "data", folder / "log"
    make: list[str | Path] = [
        bin_folder / "initdb",
        "-D",
        data,
        "-U",
        "harness",
        "-A",
        "trust",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    settings = ["-c", "listen_addresses=", "-c", "fsync=off"]
    process = None
    try:
        subprocess.run(make, check=True, capture_output=True, user=user, cwd=folder)
        with log.open("wb") as file:
            argv: list[str | Path] = [bin_folder / "postgres", "-D", data, "-k", folder, *settings]
            process = subprocess.Popen(argv, stdout=file, stderr=file, user=user, cwd=folder)
        url = sa.URL.create(
            "postgresql",
            username="harness",
            password="of no use here",
            database="postgres",
            query={"host": str(folder)},
        )
        _wait(url, log)
        yield url
    finally:
        if process is not None:
            # at once: it would wait for whoever is still connected
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
        shutil.rmtree(folder)


def _wait(url: sa.URL, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            execute(url, "SELECT 1")
        except sa.exc.OperationalError as error:
            if time.monotonic() > deadline:
                raise AssertionError(log.read_text(encoding="utf-8")) from error
            time.sleep(0.2)
        else:
            return


def execute(url: sa.URL, statement: str) -> None:
    """Run one statement outside of any transaction."""
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(statement))
