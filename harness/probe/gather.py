"""Gathers the child's records into the evidence document, trusting none of them."""

import json
from typing import Any, Dict, List, Set

from . import shape
from .calling import HERE

BYTES = 2 << 20
"""Bytes of records taken of one child; what comes after is dropped."""
LINES = 100_000
"""Highest line number that is believed."""
CALLS = 2000
"""Calls to stubs that are kept."""
KEPT = 200
"""Records kept of one sort."""


class Evidence:
    """What the document will hold, over all entries of a sample."""

    def __init__(self, files: List[str]) -> None:
        self._files = frozenset(files)
        self._bytes = 0
        self._numbers: Dict[int, Dict[str, Any]] = {}
        self.started = False
        self.dropped = False
        self.raised: List[Any] = []
        self.fatal: List[Any] = []
        self.seen: Dict[str, List[Any]] = {"warned": [], "file": [], "host": []}
        self.driven: List[str] = []
        self.calls: List[Any] = []
        self._executed: Dict[str, Set[int]] = {}
        self._executable: Dict[str, Set[int]] = {}

    def begin(self) -> None:
        """Make ready for the next child: its records are numbered anew."""
        self.started = False
        self._bytes = 0
        self._numbers = {}

    def take(self, data: bytes) -> None:
        """Take one message of the child; nonsense is dropped and noted."""
        self._bytes += len(data)
        if self._bytes > BYTES:
            self.dropped = True
            return
        try:
            record = json.loads(data)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            self._sort(str(record.get("kind")), record)
        else:
            self.dropped = True

    def _sort(self, kind: str, record: Dict[str, Any]) -> None:
        if kind == "started":
            self.started = True
        elif kind == "lost":
            self.dropped = True
        elif kind == "line":
            self._add(self._executed, record.get("file"), [record.get("line")])
        elif kind == "executable" and isinstance(record.get("lines"), list):
            self._add(self._executable, record.get("file"), record["lines"])
        elif kind == "raised" and len(self.raised) < KEPT:
            found = shape.raised({**_dict(record.get("raised")), "handled": True, "fatal": False})
            self.raised.append(found)
            if isinstance(record.get("number"), int):
                self._numbers[record["number"]] = found
        elif kind == "left" and isinstance(record.get("number"), int):
            self._numbers.get(record["number"], {})["handled"] = False
        elif kind == "fatal" and len(self.fatal) < KEPT:
            self.fatal.append(shape.raised({**_dict(record.get("raised")), "fatal": True}))
        elif kind == "explored" and len(self.raised) < KEPT:
            self.raised.append(shape.raised({**_dict(record.get("raised")), "handled": False, "fatal": False}))
        elif kind == "driven" and len(self.driven) < KEPT:
            self.driven.append(shape.conform(record.get("name"), str))
        elif kind in self.seen and len(self.seen[kind]) < KEPT:
            self.seen[kind].append(shape.conform(record, shape.WARNED if kind == "warned" else shape.ACCESS))

    def _add(self, lines: Dict[str, Set[int]], file: object, found: List[Any]) -> None:
        if isinstance(file, str) and file in self._files:
            lines.setdefault(file, set()).update(n for n in found[:LINES] if type(n) is int and 0 < n < LINES)

    def called(self, calls: List[Any]) -> None:
        """Take what the stubs wrote down."""
        self.dropped = self.dropped or len(calls) > CALLS
        self.calls = [_named(shape.conform(call, shape.CALL), self.seen["host"]) for call in calls[:CALLS]]

    def document(self) -> Dict[str, Any]:
        """Return the gathered part of the document."""
        # The fatal one passed through the sample's frames before it ended the run; what it was raised from stays.
        fatal = {_key(record) for record in self.fatal}
        return {
            "raised": [record for record in self.raised if _key(record) not in fatal] + self.fatal,
            "warned": self.seen["warned"],
            "files": self.seen["file"],
            "hosts": self.seen["host"],
            "driven": self.driven,
            "calls": self.calls,
            "executed": {file: sorted(lines) for file, lines in self._executed.items()},
            "executable": {file: sorted(lines) for file, lines in self._executable.items()},
        }


def _named(call: Dict[str, Any], hosts: List[Any]) -> Dict[str, Any]:
    """Return a call that names no host, for it is no HTTP, with the one that the sample looked up for its port."""
    fit = [one for one in hosts if call["host"] == HERE and one["target"].endswith(f":{call['port']}")]
    fit = [one for one in fit if one["line"] == call["line"]] or fit
    return {**call, "host": fit[-1]["target"].rpartition(":")[0]} if fit else call


def _key(record: Dict[str, Any]) -> "tuple[object, ...]":
    return record["type"], record["message"], record["line"], record["file"]


def _dict(value: object) -> Dict[str, Any]:
    return value if isinstance(value, dict) else {}
