"""What becomes of a report when a check has ended: it is kept for questions, and recorded for comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import ReportError
from harness.ledger import last
from harness.ledger.origin import origin
from harness.report.encode import to_json, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.ledger.database import Database
    from harness.model.verdict import Report
    from harness.options import Options


def ledger(options: Options) -> Database:
    """Return where runs are recorded; nothing is opened yet.

    Raises:
        ConfigError: If it cannot be used whatever happens.
    """
    from harness.ledger.database import connect  # noqa: PLC0415 - the database layer is slow to load

    return connect(options.ledger, options.store)


def keep(report: Report, options: Options, ledger: Database | None, note: Callable[[str], None]) -> None:
    """Keep a report, and record it; where that fails, the report itself is as good as before.

    Args:
        report: What a check found.
        options: What was asked for.
        ledger: Where it is recorded; None where it is not to be.
        note: Hears what could not be written.
    """
    told = to_wire(report)
    try:
        last.keep(options.store, to_json(told))
    except ReportError as error:
        note(str(error))
    if ledger is None:
        return
    from harness.ledger.record import record  # noqa: PLC0415 - see above

    try:
        record(ledger, told, origin(options))
    except ReportError as error:
        note(f"the run is not recorded: {error}")
