"""Keeps account of an exploratory run: what failed is told by the guards, not by the interpreter's events."""

from types import CodeType
from typing import Any, Callable, Dict, Set

from ..channel import Channel
from ..frames import Files
from ..record import LIMIT, Recorder


class Exploring(Recorder):
    """Takes lines and warnings as the plain recorder does, and failures from the guards."""

    def __init__(self, files: Files, channel: Channel) -> None:
        super().__init__(files, channel)
        self._ran: Dict[str, Set[int]] = {}
        self.progress: Callable[[], None] = lambda: None

    def line(self, code: CodeType, line: int) -> None:
        """A line is about to run: it is also a sign of life."""
        self._ran.setdefault(code.co_filename, set()).add(line)
        super().line(code, line)
        self.progress()

    def raised(self, exc: BaseException) -> None:
        """Leave it to the guards, which know whether it counts."""

    def left(self, exc: BaseException) -> None:
        """Leave it to the guards."""

    def lines_of(self, path: str) -> Set[int]:
        """Return the lines of a file that have run."""
        return self._ran.get(path, set())

    def reached(self, path: str, line: int) -> None:
        """Count a line that was evaluated piece by piece."""
        self._send_line(path, line)

    def explored(self, record: Dict[str, Any], *, taint: str, driven: str) -> None:
        """Send a failure that the run outlived, and how far we had a hand in it."""
        if self._number("explored") < LIMIT:
            self._channel.send("explored", raised={**record, "taint": taint, "driven": driven})

    def at(self, kind: str, path: str, line: int, **record: Any) -> None:
        """Send something seen at a line of a file, whoever runs now."""
        if self._number(kind) < LIMIT:
            self._channel.send(kind, line=line, file=self.files.name(path), **record)

    def forward(self, kind: str, record: Dict[str, Any], driven: str) -> None:
        """Send what another process of the sample saw, once it was driven."""
        if kind == "line":
            path = next((one for one in self.files.paths if self.files.name(one) == record.get("file")), "")
            self._send_line(path, record.get("line", 0))  # it is driven here all the same: a process may end early
        elif kind == "explored":
            raised = record.get("raised", {})
            self.explored(raised, taint=str(raised.get("taint", "")), driven=driven)
        elif self._number(kind) < LIMIT:
            self._channel.send(kind, **record)

    def driven(self, name: str) -> None:
        """Send the name of a definition that is about to be driven."""
        if self._number("driven") < LIMIT:
            self._channel.send("driven", name=name)
