"""The child's end of the evidence socket: one record, one message, written at once.

Records are sent as things happen, so that they survive whatever ends the
process; a message is never split, so that forked processes do not garble it.
"""

import json
import os
from typing import Any, Dict

SIZE = 160 << 10
"""Bytes of one message, below the smallest default socket buffer."""


class Channel:
    """Sends records until the other end, or the sample, closes it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        os.set_inheritable(fd, False)
        self._identity = self._stat()
        self.main = os.getpid()
        """The process that the supervisor started; forks have other numbers."""

    def _stat(self) -> "tuple[int, int]":
        found = os.fstat(self._fd)
        return found.st_dev, found.st_ino

    def send(self, kind: str, **record: Any) -> None:
        """Send one record; what cannot be sent is left out, for the sample's own run goes first."""
        data = self._encode({"kind": kind, **record})
        try:
            # A sample may close every descriptor and get ours for a file of its own: never write into that.
            if len(data) <= SIZE and self._stat() == self._identity:
                os.write(self._fd, data)
        except OSError:
            self._identity = (-1, -1)

    @staticmethod
    def _encode(record: Dict[str, Any]) -> bytes:
        data = json.dumps(record).encode("ascii")
        if len(data) > SIZE and "raised" in record:
            smaller = dict(record["raised"], frames=[], attributes=[], cause=None)
            data = json.dumps({**record, "raised": smaller}).encode("ascii")
        return data
