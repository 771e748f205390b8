"""Runs the front: ``python -m stubs.front ORDERS`` in a sandbox, without orders by hand (see `stubs.dev`).

Orders are one JSON object on standard input::

    {"control": FD, "record": FD, "line": NAME, "authority": PEM, "python": PATH, "work": PATH}

Listening sockets come over ``control``, at any time. ``authority`` holds the CA's certificate and key; ``line`` names
the abstract Unix socket at which the sample's process tells which of its lines runs now.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import socket
import sys
from dataclasses import dataclass
from typing import BinaryIO

from trustme import CA

from .certificates import Certificates
from .record import Record
from .router import Router, Surroundings
from .server import Server

LINE_TIMEOUT = 2.0
"""Seconds that the sample's process may take to say where it is: less, and a busy machine loses lines."""


@dataclass(frozen=True)
class Orders:
    """What a front is told."""

    control: int
    """Descriptor of a Unix socket over which listening TCP sockets come."""
    record: int
    """Descriptor that calls are written to."""
    authority: str
    """Certificate and key of the CA, PEM."""
    line: str = ""
    """Name of the abstract socket to ask for lines, empty for none."""
    python: str = ""
    """The sample's interpreter."""
    work: str = "/work"
    """The sample's folder."""


async def serve(orders: Orders, stream: BinaryIO) -> None:
    """Serve until cancelled."""
    record = Record(stream)
    lines = Lines(orders.line)
    router = Router(record, Surroundings(orders.python, orders.work), lines.ask)
    authority = orders.authority.encode()
    server = Server(router, Certificates(CA.from_pem(authority, authority)), record, lines.ask)
    loop = asyncio.get_running_loop()
    listening: set[asyncio.Task[None]] = set()
    with socket.socket(fileno=orders.control) as control:
        control.setblocking(False)
        while given := await _received(control, loop):
            listening |= {loop.create_task(server.listen(socket.socket(fileno=fd))) for fd in given}


async def _received(control: socket.socket, loop: asyncio.AbstractEventLoop) -> list[int]:
    """Return the next descriptors, or none where the other side has gone."""
    readable = asyncio.Event()
    loop.add_reader(control, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(control)
    _, given, _, _ = socket.recv_fds(control, 64, 64)
    return given


class Lines:
    """Asks the sample's process which of its lines a call comes from."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def ask(self, port: int) -> tuple[str, int, bool]:
        """Return (file, line, aside) for a client's port; no line where nobody answers in time."""
        if not self._name:
            return "", 0, False
        try:
            return await asyncio.wait_for(self._ask(port), LINE_TIMEOUT)
        except (OSError, TimeoutError, ValueError, EOFError):
            return "", 0, False

    async def _ask(self, port: int) -> tuple[str, int, bool]:
        reader, writer = await asyncio.open_unix_connection("\0" + self._name)
        try:
            writer.write(b"%d\n" % port)
            file, line, aside = json.loads(await reader.readline())
            return str(file), int(line), bool(aside)
        finally:
            writer.close()


def _hide() -> None:
    """Close our memory and descriptors to the sample, which has the same user."""
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE


def main() -> None:
    """Serve in a sandbox, or by hand."""
    if sys.argv[1:] == ["ORDERS"]:
        _hide()
        orders = Orders(**json.load(sys.stdin))
        with os.fdopen(orders.record, "wb", buffering=0) as stream:
            asyncio.run(serve(orders, stream))
    else:
        from .dev import by_hand  # noqa: PLC0415 - not needed in a sandbox, where every import is paid for by a sample

        sys.exit(by_hand(sys.argv[1:]))


if __name__ == "__main__":
    main()
