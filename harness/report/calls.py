"""The services that a run called, in words: who answered, and at which lines of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.verdict import RunRecord

NOBODY = "nothing stands in for it"
"""Who answers where nobody does."""


def services(run: RunRecord) -> str:
    """Return the services that the sample asked for, each with who answered and the lines that asked."""
    return "; ".join(_service(run, name) for name in run.services)


def _service(run: RunRecord, name: str) -> str:
    calls = [one for one in run.calls if f"{one.call.host}:{one.call.port}" == name]
    stubs = list(dict.fromkeys(one.call.stub for one in calls if not one.call.refused))
    who = f"{name} ({', '.join(stubs) or NOBODY})"
    lines = sorted({one.page_line for one in calls if one.page_line})
    return f"{who} {'lines' if len(lines) > 1 else 'line'} {', '.join(map(str, lines))}" if lines else who


def listed(run: RunRecord) -> Iterator[str]:
    """Yield every call in its order, those of libraries for themselves included."""
    for one in run.calls:
        call = one.call
        where = f"line {one.page_line}" if one.page_line else "no line"
        what = f"{call.method or 'connects to'} {call.host}:{call.port}{call.path}"
        who = f"{call.stub} {call.name}".strip() if call.stub and not call.refused else NOBODY
        beside = ", by a library for itself" if call.aside else ""
        yield f"{where}: {what} -> {call.status or 'closed'}, {who}{beside}"
