"""Whose code a frame runs: the sample's, the standard library's, or a library's."""

import gc
import os
import sys
from types import CodeType, FrameType
from typing import Any, Dict, FrozenSet, List, Optional

HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_STDLIB = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_INSTALLED = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)


class Files:
    """The sample's own files."""

    def __init__(self, folder: str, names: List[str]) -> None:
        self._names: Dict[str, str] = {os.path.join(folder, name): name for name in names}
        self.paths: FrozenSet[str] = frozenset(self._names)
        """Absolute paths, as they stand in ``co_filename``."""

    def name(self, path: str) -> str:
        """Return the path within the sample's folder, or an empty string."""
        return self._names.get(path, "")

    def innermost(self, frame: Optional[FrameType]) -> Optional[FrameType]:
        """Return the nearest frame of the sample, from a frame outwards."""
        while frame is not None and frame.f_code.co_filename not in self.paths:
            frame = frame.f_back
        return frame

    def owner(self, code: CodeType, module: str) -> str:
        """Return ``sample``, ``stdlib`` or the top-level module of a library."""
        path = code.co_filename
        if path in self.paths:
            return "sample"
        inside = path.startswith(_STDLIB) and not any(part in path for part in _INSTALLED)
        if inside or path.startswith("<frozen "):
            return "stdlib"
        return module.partition(".")[0]

    def frame(self, frame: FrameType, line: int) -> Dict[str, object]:
        """Return the record of one frame."""
        code = frame.f_code
        module = frame.f_globals.get("__name__")
        module = module if type(module) is str else ""
        owner = self.owner(code, module)
        file = self.name(code.co_filename) or code.co_filename
        return {"file": file, "line": line, "name": code.co_name, "module": module, "owner": owner}

    def between(self, frame: Optional[FrameType], limit: int = 30) -> List[Dict[str, object]]:
        """Return the frames from the sample's innermost one to `frame`, outermost first."""
        found: List[Dict[str, object]] = []
        while frame is not None and len(found) < limit:
            if not frame.f_code.co_filename.startswith(HERE):
                found.append(self.frame(frame, frame.f_lineno or 0))
            if frame.f_code.co_filename in self.paths:
                break
            frame = frame.f_back
        return found[::-1]


def importing(frame: Optional[FrameType], until: Optional[FrameType]) -> bool:
    """Return whether an import is under way between a frame and one further out."""
    while frame is not None and frame is not until:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def passed(frame: Optional[FrameType], own: Optional[FrameType]) -> List[str]:
    """Return the parameters that the sample's line passes to what it calls, on the way to a frame further in.

    A default tells nothing of the caller; a parameter that now holds something else was passed by it.
    """
    called = None
    while frame is not None and frame is not own:
        if not frame.f_code.co_filename.startswith(HERE):
            called = frame
        frame = frame.f_back
    if frame is None or called is None:
        return []
    code = called.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    function = next((one for one in gc.get_referrers(code) if getattr(one, "__code__", None) is code), None)
    defaults = _defaults(function, code)
    held = called.f_locals
    return [name for name in names if name in held and name in defaults and held[name] is not defaults[name]]


def _defaults(function: Any, code: CodeType) -> Dict[str, object]:
    """Return the parameters that can be left out, with what they are then."""
    positional = code.co_varnames[: code.co_argcount]
    given = getattr(function, "__defaults__", None) or ()
    return {
        **dict(zip(positional[len(positional) - len(given) :], given)),  # noqa: B905 - strict= is newer than 3.9
        **(getattr(function, "__kwdefaults__", None) or {}),
    }


def qualified(cls: type) -> str:
    """Return the full name of a class, built-in ones without their module."""
    module = getattr(cls, "__module__", None)
    name = getattr(cls, "__qualname__", None) or type.__name__
    return str(name) if module in (None, "builtins") else f"{module}.{name}"


MONITORING = sys.version_info >= (3, 12)
"""Whether events can be limited to code objects instead of tracing every call."""
