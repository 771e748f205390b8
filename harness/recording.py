"""What becomes of a report when a check has ended: it is kept for questions, and recorded for comparison.

Neither takes the report itself away where it fails.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from harness.errors import ReportError
from harness.ledger import last
from harness.model.past import NO_PAST
from harness.report.encode import encode, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model.past import Past
    from harness.model.verdict import Report
    from harness.options import Options


def keep(report: Report, options: Options, note: Callable[[str], None]) -> None:
    """Keep a report for what asks about it later.

    Args:
        report: What a check found.
        options: What was asked for.
        note: Hears where it cannot be kept.
    """
    try:
        last.keep(options.store, encode(report))
    except ReportError as error:
        note(str(error))


def recorder(options: Options, note: Callable[[str], None]) -> Callable[[Report], None]:
    """Return what records the report of a check that is about to begin.

    Args:
        options: What was asked for.
        note: Hears where it cannot be recorded.

    Raises:
        ConfigError: If the ledger cannot be used whatever happens.
    """
    if options.no_ledger:
        return lambda _report: None
    from harness.ledger import database, origin, record  # noqa: PLC0415 - the database layer is slow to load

    ledger = database.connect(options.ledger, options.store)
    came_from = origin.origin(options)

    def recorded(report: Report) -> None:
        try:
            record.record(ledger, to_wire(report), came_from)
        except ReportError as error:
            note(f"the run is not recorded: {error}")

    return recorded


def is_recorded(report: Report, options: Options, note: Callable[[str], None]) -> bool:
    """Return whether the ledger has a run already, as where reports are merged twice.

    Args:
        report: What the run has to say.
        options: Where the ledger is, if any is wanted.
        note: Hears where the ledger cannot be read.

    Raises:
        ConfigError: If the ledger cannot be used whatever happens.
    """
    span = [datetime.fromisoformat(report.started), datetime.fromisoformat(report.finished)]
    runs = earlier(options, report.started, note).runs
    return any([datetime.fromisoformat(one.started), datetime.fromisoformat(one.finished)] == span for one in runs)


def earlier(options: Options, started: str, note: Callable[[str], None]) -> Past:
    """Return what the ledger has of the runs before one; a ledger that cannot be read takes nobody's report away.

    Args:
        options: Where the ledger is, if any is wanted.
        started: When that run began, an instant of ISO 8601.
        note: Hears where the ledger cannot be read.

    Raises:
        ConfigError: If the ledger cannot be used whatever happens.
    """
    if options.no_ledger:
        return NO_PAST
    from harness.ledger import database, past  # noqa: PLC0415 - the database layer is slow to load

    try:
        return past.past(database.connect(options.ledger, options.store), started)
    except ReportError as error:
        note(f"harness: the report is without earlier runs: {error}")
        return NO_PAST
