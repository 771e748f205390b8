"""Writes an exception down: type, message, the sample's own place, frames, attributes, causes."""

import linecache
import re
import sys
from types import FrameType, ModuleType, TracebackType
from typing import Any, Dict, List, Optional, Tuple

from .bounds import clean
from .frames import HERE, Files, qualified
from .spoken import absent_file

FRAMES = 20
"""Frames kept at either end of a traceback."""
NAMES = 24
"""Names of the failing lines whose values are told."""
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_ATTRIBUTES: Tuple[Tuple[type, Tuple[str, ...]], ...] = (
    (ImportError, ("name", "name_from", "path")),
    (NameError, ("name",)),
    (AttributeError, ("name",)),
    (OSError, ("filename", "filename2", "errno")),
    (SyntaxError, ("filename", "lineno", "offset")),
    (SystemExit, ("code",)),
)


def message(exc: BaseException) -> str:
    """Return ``str(exc)``; an exception that cannot say it is not the sample's last word."""
    try:
        return clean(str(exc))
    except Exception as again:
        return f"<{type(again).__name__} while printing {type(exc).__name__}>"


def value(thing: object) -> str:
    """Return what sort of thing a value is, without running any of its code."""
    if isinstance(thing, ModuleType):
        return f"module {thing.__name__}"
    if isinstance(thing, type):
        return f"class {public(thing)}"
    name = getattr(thing, "__qualname__", None) if type(thing).__module__ == "builtins" else None
    if type(name) is str:
        return f"function {getattr(thing, '__module__', None) or 'builtins'}.{name}"
    return f"instance {public(type(thing))}"


def public(cls: type) -> str:
    """Return the shortest dotted path under which modules that are loaded offer a class."""
    path, name = qualified(cls), cls.__qualname__
    words = path.split(".")[: -name.count(".") - 1]
    for at in range(1, len(words)):
        module = sys.modules.get(".".join(words[:at]))
        if module is not None and vars(module).get(name) is cls:
            return f"{'.'.join(words[:at])}.{name}"
    return path


def place(tb: TracebackType) -> Dict[str, int]:
    """Return line and columns (in characters, from 1) of the expression at which a frame stands."""
    code = tb.tb_frame.f_code
    found = {"line": tb.tb_lineno or 0, "column": 0, "end_line": 0, "end_column": 0}
    positions = getattr(code, "co_positions", None)
    if positions is None or tb.tb_lasti < 0:
        return found
    for at, (line, end_line, column, end_column) in enumerate(positions()):
        if at == tb.tb_lasti // 2:
            if None not in (line, end_line, column, end_column):
                first, last = (linecache.getline(code.co_filename, n).encode() for n in (line, end_line))
                found["end_line"] = end_line
                found["column"] = len(first[:column].decode("utf-8", "replace")) + 1
                found["end_column"] = len(last[:end_column].decode("utf-8", "replace")) + 1
            break
    return found


class Describer:
    """Describes exceptions of one run."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def __call__(self, exc: BaseException, *, depth: int = 6) -> Dict[str, Any]:
        """Return the record of an exception and of what led to it."""
        entries = self._entries(exc.__traceback__)
        own = [tb for tb in entries if tb.tb_frame.f_code.co_filename in self._files.paths]
        cause = exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)
        record: Dict[str, Any] = {
            "type": qualified(type(exc)),
            "message": message(exc),
            "line": 0,
            "bases": [qualified(base) for base in type(exc).__mro__[1:-1]],
            "frames": [self._files.frame(tb.tb_frame, tb.tb_lineno or 0) for tb in _ends(entries)],
            "attributes": self._attributes(exc, own[-1] if own else None),
            "cause": self(cause, depth=depth - 1) if cause is not None and cause is not exc and depth > 1 else None,
        }
        if own:
            record.update(place(own[-1]), file=self._files.name(own[-1].tb_frame.f_code.co_filename))
        elif isinstance(exc, SyntaxError) and str(exc.filename) in self._files.paths:
            record.update(line=exc.lineno or 0, column=exc.offset or 0, file=self._files.name(str(exc.filename)))
        return record

    def own(self, tb: Optional[TracebackType]) -> int:
        """Return how many frames of a traceback are the sample's."""
        return sum(entry.tb_frame.f_code.co_filename in self._files.paths for entry in self._entries(tb))

    @staticmethod
    def _entries(tb: Optional[TracebackType]) -> List[TracebackType]:
        found = []
        while tb is not None:
            if not tb.tb_frame.f_code.co_filename.startswith(HERE):
                found.append(tb)
            tb = tb.tb_next
        return found

    def _attributes(self, exc: BaseException, tb: Optional[TracebackType]) -> List[List[str]]:
        found = []
        for kind, names in _ATTRIBUTES:
            if isinstance(exc, kind):
                found += [
                    [name, clean(str(got), 300)] for name in names if (got := getattr(exc, name, None)) is not None
                ]
        missing = object()
        thing = getattr(exc, "obj", missing) if isinstance(exc, AttributeError) else missing
        # AttributeError.obj is None where it was raised by hand; a real None is told apart by the message.
        if thing is not missing and not (thing is None and "NoneType" not in message(exc)):
            found.append(["obj", value(thing)])
        if isinstance(exc, KeyError) and exc.args and isinstance(exc.args[0], str):
            found.append(["key", clean(exc.args[0], 300)])
        if name := absent_file(message(exc)):
            found.append(["absent", clean(name, 300)])
        return found + (self._names(tb) if tb else [])

    @staticmethod
    def _names(tb: TracebackType) -> List[List[str]]:
        """Return what the names on the failing lines stand for, so that nobody has to guess later."""
        frame: FrameType = tb.tb_frame
        at = place(tb)
        last = min(max(at["end_line"], at["line"]), at["line"] + 20)
        text = "".join(linecache.getline(frame.f_code.co_filename, n) for n in range(at["line"], last + 1))
        found = []
        for name in list(dict.fromkeys(_IDENTIFIER.findall(text)))[:NAMES]:
            for scope in (frame.f_locals, frame.f_globals):
                if name in scope:
                    found.append([f"name:{name}", clean(value(scope[name]), 300)])
                    break
        return found


def _ends(entries: List[TracebackType]) -> List[TracebackType]:
    return entries if len(entries) <= 2 * FRAMES else entries[:FRAMES] + entries[-FRAMES:]
