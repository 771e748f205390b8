"""The AWS stub's way from a request to an answer: moto, and once more where a sample took something for given."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync
from starlette.requests import Request

from stubs.aws import assumed, moto_server
from stubs.aws.call import Call

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

_FAILED = 400
_lock = threading.Lock()
"""moto's backends are plain dictionaries."""


def _respond(call: Call) -> Response:
    with _lock:
        given = moto_server.answer(call)
        # An object needs its bucket: what is missing shows one at a time.
        while given.status_code >= _FAILED and assumed.supply(call):
            given = moto_server.answer(call)
        return given


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request of an AWS client."""
    if scope["type"] != "http":
        return
    request = Request(scope, receive)
    call = Call.read(request, await request.body())
    response = await run_sync(_respond, call)
    scope["state"]["call"] = call.name
    await response(scope, receive, send)
