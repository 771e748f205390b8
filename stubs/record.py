"""What is written down about every call, one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

PATH = 500
"""Characters of a path that are kept."""


@dataclass(frozen=True)
class Call:
    """One request that a stub answered, or that was refused."""

    host: str
    """The name that the client asked for."""
    port: int
    """The port it connected to."""
    method: str = ""
    """HTTP method, empty for what is not HTTP."""
    path: str = ""
    """Path without the query."""
    status: int = 0
    """HTTP status, 0 where no answer was given."""
    stub: str = ""
    """Who answers for the host, empty where nobody does; with status 501 it does not know the operation."""
    name: str = ""
    """A friendlier name of the operation, where the stub gave one."""
    line: int = 0
    """The sample's line that was running, 0 where none was."""
    file: str = ""
    """The sample's file that the line belongs to."""
    aside: bool = False
    """True where a thread made the call that no line of the sample waits for, as telemetry does."""


class Record:
    """Writes calls to a stream, each in one piece."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def add(self, call: Call) -> None:
        """Write one call down."""
        self._stream.write(json.dumps(asdict(call)).encode() + b"\n")
        self._stream.flush()
