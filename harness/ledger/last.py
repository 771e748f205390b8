"""The report of the last check, kept so that questions about it need no file of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import ReportError
from harness.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def last_report(store: Path) -> Path:
    """Return where the store keeps the report of the last check."""
    return store / "reports" / "last.json"


def keep(store: Path, report: bytes) -> None:
    """Keep a report, in the wire format, in place of the one before.

    Raises:
        ReportError: If it cannot be written.
    """
    path = last_report(store)
    try:
        write_whole(path, report)
    except OSError as error:
        raise ReportError(
            "cannot keep the report", where=str(path), cause=error.strerror or "", next_step="name another --store"
        ) from error


def read(store: Path, given: Path | None = None) -> bytes:
    """Return a report as it was written.

    Args:
        store: The store of the last check.
        given: Another report to read in its place.

    Raises:
        ReportError: If there is none, or it cannot be read.
    """
    path = given or last_report(store)
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReportError(
            "there is no such report" if given else "no check has left a report yet",
            where=str(path),
            next_step="harness check PAGES, or name a report with --report FILE",
        ) from error
    except OSError as error:
        raise ReportError("cannot read the report", where=str(path), cause=error.strerror or "") from error
