"""Answers what a sample asks of the machine before it goes on: environment variables, files that may be there."""

import os
import pathlib
import sys
import threading
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Callable, Dict, Tuple

from .handlers import handled
from .standin import ASKED, PATHS

if TYPE_CHECKING:
    from .helper import Explorer

_NUMBERS = ("PORT", "COUNT", "SIZE", "SECONDS", "TIMEOUT", "WORKERS")
"""How the names of variables end that hold numbers."""


def watch(explorer: "Explorer") -> None:
    """Give the sample the variables and files that it looks up; libraries get what is there."""
    _watch_variables(explorer)
    for name in ("exists", "isfile", "isdir"):
        setattr(os.path, name, _asking(explorer, getattr(os.path, name)))
    for name in ("exists", "is_file", "is_dir"):
        setattr(pathlib.Path, name, _asking(explorer, getattr(pathlib.Path, name)))


def _asking(explorer: "Explorer", original: Callable[..., bool]) -> Callable[..., bool]:
    """Return a test for a file that a reader does not have: it is made, and both answers may be a reader's."""

    def ask(path: Any, *args: Any, **kwargs: Any) -> bool:
        found = original(path, *args, **kwargs)
        frame = sys._getframe(1)
        if found or frame.f_code.co_filename not in PATHS or not explorer.files.asked(path, frame):
            return found
        ASKED.add(threading.get_ident())
        return original(path, *args, **kwargs)

    return ask


def _watch_variables(explorer: "Explorer") -> None:
    """Supply the variables that the sample's own lines take for granted, and tell of each."""
    kind: Any = type(os.environ)

    class Supplied(kind):  # type: ignore[misc]
        """The environment, with what the sample expects in it."""

        def __getitem__(self, key: str) -> Any:
            try:
                return kind.__getitem__(self, key)
            except KeyError as error:
                frame = sys._getframe(1)
                if frame.f_code.co_filename not in PATHS or handled(error, frame):
                    raise
                _tell(explorer, error, frame)
            self[key] = value_of(key)
            return self[key]

    os.environ.__class__ = Supplied


def _tell(explorer: "Explorer", error: KeyError, frame: FrameType) -> None:
    """Note a variable that is not there, as if its look-up had failed in the sample's frame."""
    tb = error.__traceback__
    inner = tb.tb_next if tb else None
    explorer.note(
        error.with_traceback(TracebackType(inner, frame, frame.f_lasti, frame.f_lineno or 0)), "", None, frame
    )
    explorer.taint.invent_at(frame.f_lineno or 0)


def value_of(name: str) -> str:
    """Return what a variable of this name may hold."""
    if name.upper().endswith(_NUMBERS):
        return "1009"
    forms: Dict[Tuple[str, ...], str] = {
        ("URL", "URI", "ENDPOINT", "HOST"): "https://supplied.invalid",
        ("DIR", "FOLDER", "HOME"): "supplied_folder",
    }
    made = (value for words, value in forms.items() if any(word in name.upper() for word in words))
    return next(made, f"supplied_{name.lower()}")
