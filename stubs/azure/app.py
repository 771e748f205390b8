"""The ASGI application: each host of Azure to the part that answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Host

from stubs.azure import MANAGED_IDENTITY, arm, blobs, identity, lake, vault, workspace
from stubs.azure.answers import error, unknown

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def _no_such_operation(request: Request, fault: Exception) -> Response:
    """Refuse what no route takes."""
    if isinstance(fault, HTTPException) and fault.status_code not in (404, 405):
        return error(fault.status_code, "BadRequest", fault.detail)
    return unknown(request)


async def _garbage(request: Request, fault: Exception) -> Response:
    """Refuse what cannot be read."""
    return error(400, "BadRequest", f"{request.method} {request.url.path}: {fault}"[:500])


app = Starlette(
    routes=[
        Host("management.azure.com", arm.routes),
        Host("{region}.api.azureml.ms", workspace.routes),
        Host("{endpoint}.inference.ml.azure.com", workspace.scoring),
        Host("{account}.blob.core.windows.net", blobs.routes),
        Host("{account}.dfs.core.windows.net", lake.routes),
        Host("{vault}.vault.azure.net", vault.routes),
        *(Host(host, identity.routes) for host in (*identity.HOSTS, MANAGED_IDENTITY)),
    ],
    exception_handlers={HTTPException: _no_such_operation, ValueError: _garbage, UnicodeError: _garbage},
)
