"""The runs before a report's own, and what changed since the last of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from harness.ledger import read
from harness.ledger.compare import compare
from harness.model.past import Past

if TYPE_CHECKING:
    from harness.ledger.database import Database

NEWEST = 100
"""How many runs are told of."""


def past(database: Database, started: str) -> Past:
    """Return what the ledger has beside a report; nothing where the report is of no run that it recorded.

    Args:
        database: The ledger.
        started: When the report's run started, as the report has it.

    Raises:
        ReportError: If the ledger cannot be read.
    """
    known = read.runs(database)
    mine = next((one for one in reversed(known) if _moment(one.started) == _moment(started)), None)
    if mine is None:
        return Past()
    # what an interrupted run left undone looks neither better nor worse: it was not seen
    before = [one for one in known[: known.index(mine)] if one.scope == mine.scope and not one.interrupted]
    if not before:
        return Past((mine,))
    return Past((*before[1 - NEWEST :], mine), compare(read.run(database, before[-1].id), read.run(database, mine.id)))


def _moment(text: str) -> str:
    """Return a time as the ledger keeps it: in UTC, to the millisecond; the text itself where it is none."""
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC).isoformat(timespec="milliseconds")
    except ValueError:
        return text
