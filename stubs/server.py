"""Serves HTTP/1.1, HTTP/2 and gRPC, with TLS or without, on sockets that are already listening."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, cast

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config

from .record import Call

if TYPE_CHECKING:
    from hypercorn.typing import ASGIFramework

    from .certificates import Certificates
    from .record import Record
    from .router import Line, Router

PATIENCE = 6.0
"""Seconds that a client may take for its first byte; one that waits for ours speaks no HTTP."""
_TLS = b"\x16"
_METHODS = (b"GET", b"POS", b"PUT", b"HEA", b"DEL", b"OPT", b"PAT", b"PRI", b"TRA", b"CON", b"PROPF", b"REP")


class Server:
    """Takes connections and gives requests to the router."""

    def __init__(self, router: Router, certificates: Certificates, record: Record, line: Line) -> None:
        self._app = ASGIWrapper(cast("ASGIFramework", router))
        self._certificates = certificates
        self._record = record
        self._line = line
        self._context = WorkerContext(None)
        self._config = Config()
        self._config.include_server_header = False
        self._config.errorlog = self._config.accesslog = None
        self._config.keep_alive_timeout = 3600.0
        self._config.h2_max_concurrent_streams = 1000
        self._connections: set[asyncio.Task[None]] = set()

    async def listen(self, sock: socket.socket) -> None:
        """Take connections from a listening socket, for ever."""
        loop = asyncio.get_running_loop()
        sock.setblocking(False)
        while True:
            connection, _ = await loop.sock_accept(sock)
            task = loop.create_task(self._serve(connection))
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)

    async def _serve(self, sock: socket.socket) -> None:
        try:
            first = await _peek(sock)
            if first is None:
                return  # closed without a word: nothing was asked
            if first[:1] == _TLS:
                await self._answer(sock, encrypted=True)
            elif first.startswith(_METHODS):
                await self._answer(sock, encrypted=False)
            else:
                host, port = sock.getsockname()[:2]
                file, line, aside = await self._line(sock.getpeername()[1])
                self._record.add(Call(host, port, line=line, file=file, aside=aside))
        except (OSError, EOFError):
            return  # the client went away, or does not trust us: its own affair
        finally:
            sock.close()

    async def _answer(self, sock: socket.socket, *, encrypted: bool) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        context = self._certificates.front(sock.getsockname()[0]) if encrypted else None
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, sock, ssl=context)
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        await TCPServer(self._app, loop, self._config, self._context, {}, reader, writer)


async def _peek(sock: socket.socket) -> bytes | None:
    """Return what a connection begins with, and leave it there; nothing where nothing comes, None once it is closed."""
    sock.setblocking(False)
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(sock, readable.set)
    try:
        await asyncio.wait_for(readable.wait(), PATIENCE)
    except TimeoutError:
        return b""
    finally:
        loop.remove_reader(sock)
    return sock.recv(8, socket.MSG_PEEK) or None
