"""Which run is meant: a number, a day, ``last`` or ``previous``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from harness.errors import ConfigError, NothingSelectedError
from harness.ledger import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.ledger.database import Database
    from harness.model.ledger import RunSummary

LAST, PREVIOUS = "last", "previous"
"""The newest run, and the newest one before it that checked the same."""


def choose(database: Database, word: str) -> RunSummary:
    """Return the run that a word stands for.

    Args:
        database: The ledger.
        word: A number; ``last``; ``previous``; or a day, whose last run is meant, or else the last before it.

    Raises:
        ConfigError: If the word is none of these.
        NothingSelectedError: If there is no such run.
        ReportError: If the ledger cannot be read.
    """
    known = read.runs(database)
    found: Sequence[RunSummary]
    if word == LAST:
        found = known[-1:]
    elif word == PREVIOUS:
        found = [one for one in known[:-1] if one.scope == known[-1].scope][-1:]
    elif word.isascii() and word.isdigit():
        found = [one for one in known if one.id == int(word)]
    else:
        found = _until(known, _day(word))[-1:]
    if not found:
        raise NothingSelectedError(
            f"the ledger has no run {word!r}",
            where=database.where,
            cause=f"it has {len(known)} runs" if known else "no check was recorded there yet",
            next_step="harness history lists the runs" if known else "harness check PAGES records one",
        )
    return found[0]


def _day(word: str) -> dt.date:
    try:
        return dt.date.fromisoformat(word)
    except ValueError as error:
        raise ConfigError(
            f"{word!r} names no run",
            cause="it is neither a number nor a day",
            next_step=f"name a run's number, {LAST}, {PREVIOUS}, or a day such as 2026-03-01",
        ) from error


def _until(known: Sequence[RunSummary], day: dt.date) -> list[RunSummary]:
    return [one for one in known if dt.datetime.fromisoformat(one.started).date() <= day]
