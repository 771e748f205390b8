"""gRPC for any service: the frames of HTTP/2 here, the messages in a helper under the sample's interpreter."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Scope, Send

UNIMPLEMENTED, INVALID_ARGUMENT = 12, 3  # google.rpc.Code
LONGEST = 64 << 20
"""Bytes of one message and of one line; what is longer is not a call of a sample."""
HELPER = "import sys; sys.path.append({root!r}); from stubs.gcp.inside.serve import main; main()"


class Helper:
    """The process that knows the messages; started at the first call, ends with its input."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def ask(self, python: str, stream: int, path: str, message: bytes | None) -> dict[str, Any]:
        """Return what the helper answers; a status where it cannot.

        Args:
            python: The sample's interpreter.
            stream: A number for the call.
            path: The method.
            message: What the client sent; None at its end.
        """
        text = None if message is None else base64.b64encode(message).decode()
        line = json.dumps({"stream": stream, "path": path, "message": text}).encode() + b"\n"
        async with self._turn:
            process = self._process
            if process is None or process.returncode is not None:
                process = self._process = await self._start(python)
            try:
                answer = await _exchange(process, line)
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                process.kill() if process.returncode is None else None
                return {"status": UNIMPLEMENTED, "text": f"the helper ended: {error}"}
        return answer

    @staticmethod
    async def _start(python: str) -> asyncio.subprocess.Process:
        program = HELPER.format(root=str(Path(__file__).parents[2]))
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(python, "-I", "-c", program, stdin=pipe, stdout=pipe, limit=LONGEST)


async def _exchange(process: asyncio.subprocess.Process, line: bytes) -> dict[str, Any]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("the helper has no pipes")
    process.stdin.write(line)
    await process.stdin.drain()
    return dict(json.loads(await process.stdout.readline()))


class Rpc:
    """Answers gRPC calls; one for the life of the stub."""

    def __init__(self) -> None:
        self._helper = Helper()
        self._streams = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call: each message as it comes, then the status in the trailers."""
        stream, path, state = next(self._streams), scope["path"], scope["state"]
        state["call"] = path.rpartition(".")[2].replace("/", ".")
        started = False
        status, text = 0, ""
        async for message in _messages(receive):
            answer = await self._helper.ask(state["python"], stream, path, message)
            status, text = answer["status"], answer.get("text", "")
            if not started:
                await send(_start())
                started = True
            for one in answer.get("messages", ()):
                frame = base64.b64decode(one)
                body = struct.pack(">?I", False, len(frame)) + frame
                await send({"type": "http.response.body", "body": body, "more_body": True})
            if status:
                break
        if not started:
            await send(_start())
            status, text = INVALID_ARGUMENT, "no message came"
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        headers = [(b"grpc-status", str(status).encode()), (b"grpc-message", quote(text).encode())]
        await send({"type": "http.response.trailers", "headers": headers, "more_trailers": False})


def _start() -> dict[str, Any]:
    headers = [(b"content-type", b"application/grpc")]
    return {"type": "http.response.start", "status": 200, "headers": headers, "trailers": True}


async def _messages(receive: Receive) -> AsyncIterator[bytes | None]:
    """Yield the messages of a request body as they come, then None."""
    held = b""
    more = True
    while more:
        event = await receive()
        if event["type"] != "http.request":
            return
        held += event.get("body", b"")
        more = event.get("more_body", False)
        while len(held) >= 5:  # noqa: PLR2004  one byte for compression, four for the length
            length = struct.unpack(">I", held[1:5])[0]
            if held[0] or length > LONGEST:
                return
            if len(held) < 5 + length:
                break
            yield held[5 : 5 + length]
            held = held[5 + length :]
    yield None
