"""The database of the ledger: where it is, transactions, and its migrations.

SQLite in the store unless a URL names a PostgreSQL server. A run is written in
one transaction: whoever reads sees all of it or nothing, after a crash too.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from harness.errors import ConfigError, ReportError
from harness.ledger import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL, Connection, Engine

FILE = "ledger.sqlite"
"""The ledger's name in the store."""
PATIENCE = 60
"""Seconds to wait for another writer: it holds the ledger for as long as one run takes to write."""
_LOCK = 0x6C656467
"""What PostgreSQL's advisory lock of the migration is known by."""
_VERSION = sa.table("alembic_version", sa.column("version_num", sa.Text))


class Database:
    """A ledger; safe to share by threads."""

    def __init__(self, engine: Engine) -> None:
        """Take what `connect` made."""
        self._engine = engine

    @property
    def where(self) -> str:
        """Its address, for messages; without the password."""
        return _shown(self._engine.url)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes come true all together at the end, in the newest schema.

        Raises:
            ReportError: If the ledger cannot be written.
        """
        with self._told("written"):
            if self._is_sqlite:
                Path(str(self._engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                self._migrate(connection)
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """Give a connection that sees one state of the ledger, or None where there is no ledger yet.

        Raises:
            ReportError: If the ledger cannot be read.
        """
        if self._is_sqlite and not Path(str(self._engine.url.database)).exists():
            yield None
            return
        with self._told("read"):
            with self._engine.connect() as connection, connection.begin():
                version = _version(connection)
            if version not in {None, schema.HEAD}:
                with self.writing():
                    pass
            with self._engine.connect() as connection, connection.begin():
                yield connection if version else None

    @property
    def _is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    def _migrate(self, connection: Connection) -> None:
        """Bring the tables to the newest schema, one process at a time."""
        if _version(connection) == schema.HEAD:
            return
        if not self._is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        version = _version(connection)
        if version == schema.HEAD:
            return
        from harness.ledger.migrate import migrate  # noqa: PLC0415 - alembic takes as long to load as all the rest

        migrate(connection, version)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Turn what the database says into an error of ours."""
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            raise ReportError(
                f"the ledger cannot be {what}",
                where=self.where,
                cause=" ".join(str(cause).split()),
                next_step="name another with --ledger FILE|URL, or leave it out with --no-ledger",
            ) from error


def connect(ledger: str, store: Path) -> Database:
    """Return the ledger; nothing is opened or made before it is read or written.

    Args:
        ledger: A file, a URL, or an empty string for the one in the store.
        store: The host's folder of the store.

    Raises:
        ConfigError: If the URL cannot be used.
    """
    url = _url(ledger, store)
    try:
        # a check writes once: nothing is kept open in between
        engine = sa.create_engine(url, poolclass=sa.NullPool)
    except ModuleNotFoundError as error:
        raise ConfigError(
            "the driver of PostgreSQL is not installed",
            where=_shown(url),
            cause=str(error),
            next_step="pip install 'sample-harness[postgres]'",
        ) from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return Database(engine)


def _url(ledger: str, store: Path) -> URL:
    if "://" not in ledger:
        return sa.URL.create("sqlite", database=str(Path(ledger) if ledger else store / FILE))
    try:
        url = sa.make_url(ledger)
    except (ArgumentError, ValueError) as error:
        raise _unusable("the address of the ledger cannot be read") from error
    name = url.get_backend_name()
    if name in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    if name != "sqlite" or not url.database:
        raise _unusable(f"a ledger cannot be kept in {name or 'that'}", _shown(url))
    return url


def _shown(url: URL) -> str:
    """Return an address for messages: without the user, the password, and settings that may hold one."""
    bare = url.set(username=None, password=None, query={})
    return str(url.database) if url.get_backend_name() == "sqlite" else bare.render_as_string()


def _unusable(what: str, where: str = "--ledger") -> ConfigError:
    # the address may hold a password: it is shown only where it could be taken apart
    return ConfigError(what, where=where, next_step="name a file, or postgresql://USER:PASSWORD@HOST/DATABASE")


def _prepare_sqlite(engine: Engine) -> None:
    """Let readers read while somebody writes, and writers wait for one another from the start."""

    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own, which has no type here
        # the driver begins no transaction by itself: ours are begun below
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begin)


def _version(connection: Connection) -> str | None:
    """Return the migration that the tables are at, None where there are none."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(sa.select(_VERSION.c.version_num)).scalar()
