"""A report on its way out: what is accepted is taken out, the rest kept, recorded, written and weighed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import baseline, recording, reporting
from harness.commands.flags import note
from harness.errors import EXIT_ERRORED, EXIT_FINDINGS, EXIT_OK
from harness.model.past import NO_PAST
from harness.options import Format
from harness.report import gate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.baseline import Baseline
    from harness.model.verdict import Report
    from harness.options import FailOn, Options, Output


def deliver(
    report: Report,
    known: Baseline,
    places: Sequence[Output],
    options: Options,
    record: Callable[[Report], None],
    *,
    quiet: bool = False,
    show_calls: bool = False,
) -> Report:
    """Send a report everywhere it is asked for, and return it as it was sent.

    Args:
        report: What was found.
        known: What is accepted.
        places: Which formats go where.
        options: What was asked for.
        record: Puts it into the ledger.
        quiet: For a person: only what is wrong.
        show_calls: For a person: every call to a service.

    Raises:
        ReportError: If a report cannot be written.
    """
    report = baseline.applied(report, known)
    for one in report.overdue:
        note(f"{known.path}: {one.message}")
    recording.keep(report, options, note)
    past = NO_PAST
    # a bug in the ledger takes no report away
    try:
        record(report)
        # after it: the site tells of this run beside the earlier ones
        if any(one.form is Format.HTML for one in places):
            past = recording.earlier(options, report.started, note)
    finally:
        reporting.write(report, places, past, quiet=quiet, show_calls=show_calls)
    return report


def exit_code(report: Report, fail_on: FailOn) -> int:
    """Return what a command leaves with over a report: that the harness failed outranks what it found."""
    if gate.errored(report):
        return EXIT_ERRORED
    return EXIT_FINDINGS if gate.reached(report, fail_on) else EXIT_OK
