"""Shortens the sleeps of libraries that wait for a service: a stub is done as soon as it is asked.

Polls and retries sleep before they look, up to half a minute a step. From the
first call on that the stubs get, a library's own sleep takes half a second at
most; what the sample's own lines or the standard library sleep stays as it is.
"""

import sys
import time
from types import FrameType, ModuleType
from typing import Any, List

from .frames import Files

LONGEST = 0.5
"""Seconds that a library sleeps at most: short for a poll, long enough for a heartbeat not to become a flood."""

_AUTHOR = ("sample", "stdlib", "__main__")
"""Whose sleeps stay: what a sample makes of a text and runs calls itself ``__main__``."""


def shorten(files: Files) -> None:
    """Shorten from now on what is slept by code that looks the function up, or has imported it already.

    Args:
        files: The sample's own files, whose sleeps are left alone.
    """
    _replace(time, "sleep", _shorter(time.sleep, files), files)
    if "asyncio" in sys.modules:
        tasks = sys.modules["asyncio.tasks"]
        asleep = _shorter(tasks.sleep, files)
        _replace(tasks, "sleep", asleep, files)


def _replace(module: Any, name: str, new: Any, files: Files) -> None:
    """Put a function in the place of a module's, there and wherever a library imported it by name."""
    old = getattr(module, name)
    modules: List[Any] = list(sys.modules.values())
    spaces = [vars(one) for one in modules if isinstance(one, ModuleType)]
    for space in spaces:
        if space.get(name) is old and not files.name(str(space.get("__file__", ""))):
            space[name] = new


def _shorter(sleep: Any, files: Files) -> Any:
    """Return the function as it was, but for libraries."""

    def short(delay: Any, *args: Any, **kwargs: Any) -> Any:
        if _library(sys._getframe(1), files) and isinstance(delay, (int, float)):
            delay = min(delay, LONGEST)
        return sleep(delay, *args, **kwargs)

    # processes are sent it by its name
    short.__module__, short.__name__, short.__qualname__ = sleep.__module__, "sleep", "sleep"
    return short


def _library(frame: FrameType, files: Files) -> bool:
    return files.owner(frame.f_code, str(frame.f_globals.get("__name__", ""))) not in _AUTHOR
