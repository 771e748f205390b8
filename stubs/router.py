"""Gives every request to the stub that answers for its host, and writes the call down."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .protocol import REFUSED, Stub
from .record import PATH, Call, Record
from .registry import route, stubs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    Message = MutableMapping[str, Any]
    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]
    Line = Callable[[int], Awaitable[tuple[str, int, bool]]]

UNIMPLEMENTED = b"12"
"""What gRPC says for 501."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What a stub may know of the job."""

    python: str = ""
    """The sample's interpreter, with the sample's libraries."""
    work: str = "/work"
    """The sample's folder."""


class Router:
    """The application that the front serves; stubs are applications below it."""

    def __init__(self, record: Record, surroundings: Surroundings, line: Line) -> None:
        """Find the stubs.

        Args:
            record: Where calls are written.
            surroundings: What stubs may know.
            line: Tells (file, line, aside) of the sample for a client's port.
        """
        self._record = record
        self._surroundings = surroundings
        self._line = line
        self._stubs = stubs()
        self._apps: dict[str, App] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            return
        host, port = _address(scope)
        stub = route(self._stubs, host, scope["path"])
        client = scope.get("client") or ("", 0)
        file, line, aside = await self._line(client[1])
        call = Call(host, port, scope.get("method", "GET"), scope["path"][:PATH], 0, "", "", line, file, aside)
        scope["state"] = {"host": host, "port": port, "call": "", **vars(self._surroundings)}
        noted = _Noted(self._record, replace(call, stub=stub.name if stub else ""), scope, receive, send)
        try:
            await (self._app(stub) if stub else refuse)(scope, noted.receive, noted.send)
        except Exception:  # noqa: BLE001 - a bug in one stub must not take the others with it
            _log.exception("%s %s%s: a bug in the stub %s", call.method, host, call.path, stub and stub.name)
            await noted.fail()
        finally:
            noted.close()

    def _app(self, stub: Stub) -> App:
        if stub.name not in self._apps:
            module, _, name = stub.app.partition(":")
            self._apps[stub.name] = getattr(import_module(module), name)
        return self._apps[stub.name]


class _Noted:
    """Passes an answer on, and writes the call down before the client has the last of it."""

    def __init__(self, record: Record, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        self._record, self._call, self._scope = record, call, scope
        self._receive, self._send = receive, send
        self._status = 0
        self._trailers = self._written = False
        self._read = scope["type"] != "http"

    async def receive(self) -> Message:
        message = await self._receive()
        self._read = self._read or not message.get("more_body")
        return message

    async def send(self, message: Message) -> None:
        kind = message["type"]
        # a client that is still writing when the answer is complete takes that for a broken connection
        while not self._read and kind != "http.response.start" and not message.get("more_body"):
            await self.receive()
        if kind == "http.response.start":
            self._status = message["status"]
            self._trailers = bool(message.get("trailers")) and "http.response.trailers" in self._scope["extensions"]
            message = {**message, "trailers": self._trailers}
            self._grpc(message.get("headers", ()))
        elif kind == "http.response.trailers":
            self._grpc(message.get("headers", ()))
            self.close()
            if not self._trailers:
                return  # HTTP/1.1 has none
        elif kind == "http.response.body" and not message.get("more_body") and not self._trailers:
            self.close()
        await self._send(message)

    def _grpc(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Take gRPC's word for the outcome: its HTTP status is always 200."""
        if any(name.lower() == b"grpc-status" and value == UNIMPLEMENTED for name, value in headers):
            self._status = REFUSED

    async def fail(self) -> None:
        """Say that the stub broke, where it has not begun to answer."""
        if not self._status and self._scope["type"] == "http":
            await self.send({"type": "http.response.start", "status": 500, "headers": []})
            await self.send({"type": "http.response.body", "body": b""})

    def close(self) -> None:
        """Write the call down, once."""
        if not self._written:
            self._written = True
            name = str(self._scope["state"].get("call", ""))
            self._record.add(replace(self._call, status=self._status, name=name))


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Say that nobody stands in for a host, in a way that clients do not take for a reason to try again."""
    del receive
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1011})
        return
    state = scope["state"]
    text = f"no stub stands in for {scope.get('method', '')} {state['host']}:{state['port']}{scope['path']}"
    headers = dict(scope["headers"])
    if headers.get(b"content-type", b"").startswith(b"application/grpc"):
        said = [(b"grpc-status", UNIMPLEMENTED), (b"grpc-message", text.encode("ascii", "replace"))]
        answer = [(b"content-type", b"application/grpc")]
        await send({"type": "http.response.start", "status": 200, "headers": answer, "trailers": True})
        await send({"type": "http.response.body", "body": b""})
        await send({"type": "http.response.trailers", "headers": said})
        return
    body = json.dumps({"error": {"code": "NotStubbed", "message": text}}).encode()
    length = (b"content-length", str(len(body)).encode())
    answer = [(b"content-type", b"application/json"), length]
    await send({"type": "http.response.start", "status": REFUSED, "headers": answer})
    await send({"type": "http.response.body", "body": body})


def _address(scope: Scope) -> tuple[str, int]:
    """Return the host that a client asked for, and the port it connected to."""
    server = scope.get("server") or ("", 0)
    named = next((value for name, value in scope["headers"] if name in (b"host", b":authority")), b"")
    host, _, port = named.decode("latin-1").rpartition(":")
    if not host or not port.isdigit():
        host, port = named.decode("latin-1"), str(server[1])
    return host.strip("[]").lower() or server[0], int(port)
