"""Watches the sample through ``sys.monitoring`` (3.12 and later): foreign code pays next to nothing."""

import sys
from types import CodeType
from typing import Any

from .record import Recorder

TOOL = 4
"""A tool number that no debugger, coverage tool or profiler uses by convention."""


def watch(recorder: Recorder) -> None:
    """Report lines, exceptions that arrive in the sample's frames and exceptions that leave them."""
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009 - the type checker reads this as 3.11
    events = monitoring.events
    paths = recorder.files.paths

    def on_start(code: CodeType, _offset: int) -> object:
        # Switching lines on here, not when compiling, also reaches functions that a library rebuilt from their source.
        if code.co_filename in paths:
            monitoring.set_local_events(TOOL, code, events.LINE)
        return monitoring.DISABLE

    def on_line(code: CodeType, line: int) -> object:
        recorder.guarded(recorder.line, code, line)
        return monitoring.DISABLE

    def on_raise(code: CodeType, _offset: int, exc: BaseException) -> None:
        if code.co_filename in paths:
            recorder.guarded(recorder.raised, exc)

    def on_unwind(code: CodeType, _offset: int, exc: BaseException) -> None:
        if code.co_filename in paths:
            recorder.guarded(recorder.left, exc)

    monitoring.use_tool_id(TOOL, "harness")
    monitoring.register_callback(TOOL, events.PY_START, on_start)
    monitoring.register_callback(TOOL, events.LINE, on_line)
    monitoring.register_callback(TOOL, events.RAISE, on_raise)
    monitoring.register_callback(TOOL, events.PY_UNWIND, on_unwind)
    monitoring.set_events(TOOL, events.PY_START | events.RAISE | events.PY_UNWIND)
