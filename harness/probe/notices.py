"""Sees warnings and logged deprecation notices, with the stack at that moment, and changes neither."""

import inspect
import logging
import re
import sys
import warnings
from types import FrameType
from typing import Any, Optional, Tuple

from .bounds import clean
from .describe import public
from .frames import HERE, importing, passed, qualified
from .record import Recorder


def watch(recorder: Recorder) -> None:
    """Report every warning that is given, also those that the filters in force do not show."""
    _watch_warn(recorder)
    _watch_explicit(recorder)
    _watch_shown(recorder)
    _watch_logging(recorder)


def _report(
    recorder: Recorder, frame: Optional[FrameType], message: object, category: Any, where: Optional[str]
) -> None:
    """Send one warning; `where` is the file that it is filed under."""
    if isinstance(message, Warning):
        category, message = type(message), str(message)
    if not isinstance(category, type):
        category = UserWarning
    own = recorder.files.innermost(frame)
    if own is None:
        return
    text = clean(str(message))
    recorder.thing(
        "warned",
        frame,
        qualified(category),
        text[:200],
        category=qualified(category),
        message=text,
        bases=[qualified(base) for base in category.__mro__[1:-1]],
        direct=where in recorder.files.paths and not importing(frame, own),
        # some libraries give the same warning thousands of times
        more=lambda: {
            "frames": recorder.files.between(frame),
            "parameters": passed(frame, own) if "deprecat" in text.lower() else [],
            "method": _method(frame, own, text),
        },
    )


def _method(frame: Optional[FrameType], own: FrameType, text: str) -> str:
    """Return the method that the sample's line called on an object, where a text speaks of it."""
    called = None
    while frame is not None and frame is not own:
        called = frame if not frame.f_code.co_filename.startswith(HERE) else called
        frame = frame.f_back
    if called is None or not called.f_code.co_varnames:
        return ""
    subject = called.f_locals.get(called.f_code.co_varnames[0])
    if type(subject) is tuple and subject:  # a wrapper takes what it passes on as *args
        subject = subject[0]
    kind = subject if isinstance(subject, type) else type(subject)
    if kind.__module__ in ("builtins", "__main__", "types"):
        return ""
    words = (word for word in re.findall(r"[^\W\d]\w*", text) if callable(inspect.getattr_static(kind, word, None)))
    return next((f"{public(kind)}.{word}" for word in words), "")


def _at(frame: Optional[FrameType], level: int) -> Optional[str]:
    """Return the file that a stack level points to, counted as ``warnings`` counts."""
    while frame is not None and level > 1:
        frame = frame.f_back
        while (
            frame is not None and "importlib" in frame.f_code.co_filename and "_bootstrap" in frame.f_code.co_filename
        ):
            frame = frame.f_back
        level -= 1
    return frame.f_code.co_filename if frame else None


def _watch_warn(recorder: Recorder) -> None:
    original = warnings.warn

    def warn(
        message: Any, category: Any = None, stacklevel: int = 1, source: Any = None, **prefixes: Tuple[str, ...]
    ) -> None:
        frame = sys._getframe(1)
        if prefixes.get("skip_file_prefixes"):
            stacklevel = max(2, stacklevel)
            skipped = prefixes["skip_file_prefixes"]
            outer: Optional[FrameType] = frame
            while outer is not None and outer.f_code.co_filename.startswith(tuple(skipped)):
                outer = outer.f_back
            where = outer.f_code.co_filename if outer else None
        else:
            where = _at(frame, stacklevel)
        _report(recorder, frame, message, category, where)
        # One level more, for this function itself.
        original(message, category, stacklevel + 1, source, **prefixes)

    warn.__doc__ = original.__doc__
    warnings.warn = warn


def _watch_explicit(recorder: Recorder) -> None:
    original = warnings.warn_explicit

    def warn_explicit(message: Any, category: Any, filename: str, *args: Any, **kwargs: Any) -> None:
        _report(recorder, sys._getframe(1), message, category, filename)
        original(message, category, filename, *args, **kwargs)

    warn_explicit.__doc__ = original.__doc__
    warnings.warn_explicit = warn_explicit


def _watch_shown(recorder: Recorder) -> None:
    """Catch what C code warns of: it passes no function that could be wrapped before the filters."""
    original = getattr(warnings, "_showwarnmsg", None)
    if original is None:
        return

    def shown(msg: Any) -> None:
        frame: Optional[FrameType] = sys._getframe(1)
        if frame is not None and not frame.f_code.co_filename.startswith(HERE):
            _report(recorder, frame, msg.message, msg.category, msg.filename)
        original(msg)

    warnings._showwarnmsg = shown  # type: ignore[attr-defined]


def _watch_logging(recorder: Recorder) -> None:
    original = logging.Logger.handle

    def handle(self: logging.Logger, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING and "deprecat" in str(record.msg).lower():
            text = clean(record.getMessage())
            frame = sys._getframe(1)
            recorder.thing(
                "warned",
                frame,
                "logging",
                text[:200],
                category="logging",
                message=text,
                bases=[],
                direct=False,
                more=lambda: {
                    "frames": recorder.files.between(frame),
                    "parameters": passed(frame, recorder.files.innermost(frame)),
                    "method": "",
                },
            )
        original(self, record)

    logging.Logger.handle = handle  # type: ignore[method-assign]
