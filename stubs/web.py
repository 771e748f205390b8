"""What the stubs' web applications share: bodies that may be garbage, streams of events, refusals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from starlette.requests import Request

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]


async def fields(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request carries, an empty one where it has no body.

    Raises:
        HTTPException: With status 400, if the body is something else.
    """
    body = await request.body()
    if not body:
        return {}
    try:
        found = json.loads(body)
    except ValueError as error:
        raise HTTPException(400, f"the body is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise HTTPException(400, "the body is no JSON object")
    return found


async def refuse(request: Request) -> Response:
    """Answer what no stand-in knows, so that the call is recorded as refused."""
    message = f"the sample harness has no stand-in for {request.method} {request.url.path}"
    return JSONResponse({"error": {"message": message, "type": "not_implemented"}, "message": message}, 501)


async def take_traces(request: Request) -> Response:
    """Take an export of OpenTelemetry traces, as every collector does: an empty message says that all is well."""
    name(request, "traces.export")
    await request.body()
    return Response(b"", media_type="application/x-protobuf")


async def _said(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    detail = error.detail if isinstance(error, HTTPException) else f"{type(error).__name__}: {error}"
    return JSONResponse({"error": {"message": detail, "type": "invalid_request"}, "message": detail}, status)


HANDLERS: Mapping[Any, Any] = {
    HTTPException: _said,
    # A request of the wrong shape: what a service would call invalid.
    TypeError: _said,
    AttributeError: _said,
    KeyError: _said,
    ValueError: _said,
}
"""How applications answer what they could not read."""


def name(request: Request, call: str) -> None:
    """Say what a call is called in the report."""
    request.scope["state"]["call"] = call


def events(parts: Iterable[tuple[str, object] | object], *, last: str = "") -> StreamingResponse:
    """Return a stream of server-sent events: each part an object, or (name of the event, object)."""

    async def written() -> AsyncIterator[str]:
        for part in parts:
            event, data = part if isinstance(part, tuple) else ("", part)
            yield (f"event: {event}\n" if event else "") + f"data: {json.dumps(data)}\n\n"
        if last:
            yield f"data: {last}\n\n"

    return StreamingResponse(written(), media_type="text/event-stream")


def lines(parts: Iterable[object]) -> StreamingResponse:
    """Return a stream of JSON objects, one a line."""

    async def written() -> AsyncIterator[str]:
        for part in parts:
            yield json.dumps(part) + "\n"

    return StreamingResponse(written(), media_type="application/x-ndjson")
