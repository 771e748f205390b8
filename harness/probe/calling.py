"""The sample's side of the stubs: tells which line a call comes from, and asks for ports before it connects.

What belongs to the stubs runs beside the sample: on sockets of its own, in a
thread that is started when something connects for the first time.
"""

import _socket
import _thread
import json
import os
import sys
import threading
from typing import Any, Dict, List, Tuple

from . import naps
from .frames import Files

HERE = "127.77.0.1"
"""Where every name leads."""
_LOCAL = {HERE, "127.0.0.1", "localhost", "::1", "0.0.0.0"}  # noqa: S104 - only compared
_PATIENCE = 2.0
"""Seconds that the supervisor may take to listen."""


class Calling:
    """Knows which thread opened which connection."""

    def __init__(self, files: Files, name: str, ports: List[int]) -> None:
        """Do nothing yet.

        Args:
            files: The sample's own files.
            name: Begins the names of the sockets to the supervisor and to the stubs.
            ports: Ports of this machine that the sample's text names.
        """
        self._files, self._name, self._ports = files, name, {*ports, 8443}
        self._owners: Dict[int, int] = {}
        self._process = 0
        self._called = False
        self._lock = _thread.allocate_lock()

    def reached(self, event: str, args: Tuple[Any, ...]) -> None:
        """See a connection coming: the stubs will ask for its line, and may have to listen first."""
        self.start()
        if event != "socket.connect" or not isinstance(args[1], tuple):
            return
        sock, address = args
        self._owners[sock.fileno()] = _thread.get_ident()
        if address[0] in _LOCAL and address[1] in self._ports:
            self._ask_for(str(address[0]), address[1])

    def start(self) -> None:
        """Answer questions from now on, in this process only."""
        with self._lock:
            if self._process:
                return
            self._process = os.getpid()
        server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        try:
            server.bind(f"\0{self._name}-line")
            server.listen(64)
        except OSError:
            server.close()  # the one before it has not gone yet: calls are told without a line
            return
        _thread.start_new_thread(self._serve, (server,))

    def _ask_for(self, host: str, port: int) -> None:
        """Have the supervisor listen on a port, unless somebody does."""
        sock = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        try:
            sock.settimeout(_PATIENCE)
            sock.connect(f"\0{self._name}-port")
            sock.sendall(f"{host} {port}".encode("ascii"))
            sock.recv(16)
        except OSError:
            return  # the connection then fails as it would have
        finally:
            sock.close()

    def _serve(self, server: "_socket.socket") -> None:
        while True:
            try:
                fd, _ = server._accept()  # type: ignore[attr-defined] # what socket.accept is made of
            except OSError:
                return  # the sample closed what is not its own
            connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, fd)
            try:
                connection.settimeout(_PATIENCE)
                port = int(connection.recv(16) or b"0")
                place = self._place(port)
                connection.sendall(json.dumps(place).encode("ascii") + b"\n")
            except (OSError, ValueError):
                continue
            finally:
                connection.close()
            if not self._called and not place[2]:
                self._called = True
                naps.shorten(self._files)

    def _place(self, port: int) -> "Tuple[str, int, bool]":
        """Return (file, line, aside) for the client of a port."""
        frames = sys._current_frames()
        main = threading.main_thread().ident
        owner = self._owner(port) or main
        own = self._files.innermost(frames.get(owner)) if owner is not None else None
        aside = owner != main and own is None
        own = own or self._files.innermost(frames.get(main or 0))
        return (self._files.name(own.f_code.co_filename), own.f_lineno or 0, aside) if own else ("", 0, aside)

    def _owner(self, port: int) -> int:
        """Return the thread that opened the connection from a port, 0 where none is known."""
        for fd, thread in list(self._owners.items()):
            try:
                sock = _socket.socket(fileno=fd)
            except OSError:
                self._owners.pop(fd, None)
                continue
            try:
                name = sock.getsockname()
            except OSError:
                name = None
            finally:
                sock.detach()
            if isinstance(name, tuple) and name[1] == port:
                return thread
        return 0
