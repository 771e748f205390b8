"""Which part of Google Cloud answers a request: by the host's name, gRPC apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse

from stubs.gcp import generation, identity
from stubs.gcp.bigquery import BigQuery
from stubs.gcp.rpc import Rpc
from stubs.gcp.storage import CloudStorage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    Part = Callable[[Request], Awaitable[Response]]

rpc = Rpc()
storage = CloudStorage()
bigquery = BigQuery()

ROUTES: tuple[tuple[str, str, Part], ...] = (
    (r"oauth2\.googleapis\.com|accounts\.google\.com", r".*token", identity.token),
    (r"www\.googleapis\.com", r"/oauth2/v\d/token", identity.token),
    (r"iamcredentials\.googleapis\.com", r".*", identity.impersonation),
    (r"metadata(\.google\.internal)?", r".*", identity.metadata),
    (r"(.+\.)?storage(\.mtls)?\.googleapis\.com", r".*", storage),
    (r"www\.googleapis\.com", r"/((upload|download|batch)/)?storage/.*", storage),
    (r"bigquery\.googleapis\.com", r".*", bigquery),
)
"""Host, path, and who answers."""


VERTEX = re.compile(r"(.+-)?aiplatform\.googleapis\.com")


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request."""
    request = Request(scope, receive)
    host, path = scope["state"]["host"], scope["path"]
    if request.headers.get("content-type", "").startswith("application/grpc"):
        await rpc(scope, receive, send)
    elif VERTEX.fullmatch(host) and request.method == "POST" and ":" in path:
        await generation.app(scope, receive, send)
    else:
        fits = (part for hosts, paths, part in ROUTES if re.fullmatch(hosts, host) and re.fullmatch(paths, path))
        response = await next(fits, refuse)(request)
        await response(scope, receive, send)


async def refuse(request: Request) -> Response:
    """Say what is not known, in the form that Google's clients read."""
    message = f"{request.method} {request.url.path} is not known to the stand-in for {request.url.hostname}"
    return JSONResponse({"error": {"code": 501, "message": message, "status": "UNIMPLEMENTED"}}, 501)
