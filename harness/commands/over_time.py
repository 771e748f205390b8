"""``harness history``, ``diff`` and ``trend``: what the ledger has to say."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec
from rich.console import Console

from harness.commands.flags import PATH
from harness.errors import NothingSelectedError
from harness.options import load
from harness.report import over_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.ledger.database import Database
    from harness.model.ledger import RunSummary

Command = TypeVar("Command", bound="Callable[..., object]")
NEWEST = 20
"""Runs that are listed where no other number is named."""
WIDE = 160
"""Columns of a table that goes to a file or to another program."""
CHARTED = 60
"""Runs whose accuracy is shown where no other number is named."""


def _common(command: Command) -> Command:
    """Add what all commands take: where the ledger is, and how to tell."""
    for add in (
        click.option("--format", "form", type=click.Choice(["table", "json"]), default="table"),
        click.option("--store", type=PATH, help="Folder whose ledger is read."),
        click.option("--ledger", metavar="FILE|URL", help="The ledger, in place of the one in the store."),
    ):
        command = add(command)
    return command


@click.command("history")
@click.argument("what", metavar="[PAGE|SAMPLE]", required=False)
@click.option("--last", "-n", type=click.IntRange(min=1), default=NEWEST, help="How many runs, the newest.")
@_common
def show_history(what: str | None, last: int, form: str, **flags: object) -> None:
    """List the recorded runs, or what they had to say of a PAGE or a SAMPLE.

    PAGE is a slug or a path as it was given, SAMPLE an id such as slug#1.
    """
    from harness.ledger import read  # noqa: PLC0415 - the database layer is slow to load

    database = _ledger(flags)
    if what is None:
        found = _some(read.runs(database, newest=last), database)
        _tell(form, [_run(one) for one in found], lambda console: over_time.runs(found, console))
        return
    told = read.history(database, what)[-last:]
    if not told:
        raise NothingSelectedError(
            f"no run looked at {what!r}",
            where=database.where,
            next_step="name a page by its slug, or a sample by its id, as reports do",
        )
    data = [{"run": _run(run), "samples": samples} for run, samples in told]
    _tell(form, data, lambda console: over_time.subject(told, console))


@click.command("diff")
@click.argument("before", metavar="RUN", default="previous")
@click.argument("after", metavar="RUN", default="last")
@_common
def show_difference(before: str, after: str, form: str, **flags: object) -> None:
    """Say what is newly broken, newly fixed and still broken between two runs, and which release did it.

    RUN is a run's number, `last`, `previous` (the one before the last that
    checked the same), or a day, whose last run is meant.
    """
    from harness.ledger import choose, compare, read  # noqa: PLC0415 - the database layer is slow to load

    database = _ledger(flags)
    one, other = (read.run(database, choose.choose(database, word).id) for word in (before, after))
    found = compare.compare(one, other)
    data = {**_plain(found), "before": _run(found.before), "after": _run(found.after)}
    _tell(form, data, lambda console: over_time.difference(found, console))


@click.command("trend")
@click.option("--last", "-n", type=click.IntRange(min=1), default=CHARTED, help="How many runs, the newest.")
@click.option("--all", "everything", is_flag=True, help="Also runs that checked something else than the last one.")
@_common
def show_trend(last: int, form: str, *, everything: bool, **flags: object) -> None:
    """Show accuracy over runs: the share of samples that work among those that could be judged."""
    from harness.ledger import read  # noqa: PLC0415 - the database layer is slow to load

    database = _ledger(flags)
    newest = _some(read.runs(database, newest=1), database)[0]
    found = read.runs(database, scope=None if everything else newest.scope, newest=last)
    _tell(form, [_run(one) for one in found], lambda console: over_time.trend(found, console))


def _ledger(flags: dict[str, object]) -> Database:
    from harness.ledger.database import connect  # noqa: PLC0415 - see above

    options = load(flags)
    return connect(options.ledger, options.store)


def _some(found: Sequence[RunSummary], database: Database) -> Sequence[RunSummary]:
    if not found:
        raise NothingSelectedError(
            "the ledger has no run", where=database.where, next_step="harness check PAGES records one"
        )
    return found


def _run(run: RunSummary) -> dict[str, object]:
    return {**_plain(run), "ok": run.ok, "judged": run.judged, "accuracy": run.accuracy}


def _plain(value: object) -> dict[str, object]:
    return dict(msgspec.to_builtins(value))


def _tell(form: str, data: object, show: Callable[[Console], None]) -> None:
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(data), indent=2))
    else:
        # what is no terminal has no width to keep to
        show(Console(highlight=False, width=None if sys.stdout.isatty() else WIDE))
