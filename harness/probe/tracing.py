"""Watches the sample through ``sys.settrace`` (before 3.12): foreign frames are let go at once."""

import sys
import threading
from types import FrameType
from typing import Any, Callable, Dict, Optional

from .lines import own_lines
from .record import Recorder


def watch(recorder: Recorder) -> None:
    """Report lines, exceptions that arrive in the sample's frames and exceptions that leave them."""
    paths = recorder.files.paths
    open_lines: Dict[object, set] = {}  # type: ignore[type-arg]
    pending: Dict[FrameType, BaseException] = {}

    def local(frame: FrameType, event: str, arg: Any) -> Callable[..., Any]:
        if event == "line":
            pending.pop(frame, None)
            recorder.guarded(recorder.line, frame.f_code, frame.f_lineno)
            left = open_lines[frame.f_code]
            left.discard(frame.f_lineno)
            # A loop that has run every line of its function need not report them again.
            frame.f_trace_lines = bool(left) or frame in pending
        elif event == "exception":
            frame.f_trace_lines = True
            pending[frame] = arg[1]
            arg[1].__traceback__ = arg[2]  # before 3.11 Python itself sets it only when the exception is caught
            recorder.guarded(recorder.raised, arg[1])
        elif event == "return":
            exc = pending.pop(frame, None)
            if exc is not None and arg is None:
                recorder.guarded(recorder.left, exc)
        return local

    def watcher(frame: FrameType, _event: str, _arg: Any) -> Optional[Callable[..., Any]]:
        if frame.f_code.co_filename not in paths:
            return None
        if frame.f_code not in open_lines:
            open_lines[frame.f_code] = own_lines(frame.f_code)
        return local

    threading.settrace(watcher)
    sys.settrace(watcher)
