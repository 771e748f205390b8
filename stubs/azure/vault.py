"""Key Vault: secrets in memory; a secret that nobody set counts as there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from stubs.azure import TENANT
from stubs.azure.answers import body_of, call, error, unknown

if TYPE_CHECKING:
    from starlette.requests import Request

_VERSION = "0" * 32
SECRETS: dict[tuple[str, str], dict[str, Any]] = {}
"""What was set, by vault and name."""


def _bundle(host: str, name: str, value: str, **rest: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    known = {"enabled": True, "created": int(time.time()), "updated": int(time.time()), "recoveryLevel": "Purgeable"}
    return {"id": f"https://{host}/secrets/{name}/{_VERSION}", "value": value, "attributes": known, **rest}


async def secrets(request: Request) -> Response:
    """Answer for a secret or for all of them; whoever comes without a token is told where to get one."""
    host = request.url.hostname or ""
    if "authorization" not in request.headers:
        where = f'Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net"'
        return JSONResponse({}, status_code=401, headers={"WWW-Authenticate": where})
    name = request.path_params.get("name", "")
    call(request.scope, f"secrets.{request.method.lower() if name else 'list'}")
    if not name:
        found = [{**one, "value": None} for (vault, _), one in SECRETS.items() if vault == host]
        return JSONResponse({"value": found, "nextLink": None})
    if request.method == "PUT":
        body = await body_of(request)
        kept = {key: value for key, value in body.items() if key in ("tags", "contentType")}
        SECRETS[host, name] = _bundle(host, name, str(body.get("value", "")), **kept)
    kept = SECRETS.get((host, name)) or _bundle(host, name, f"fake-{name}")
    if request.method == "DELETE":
        SECRETS.pop((host, name), None)
        gone = {"recoveryId": f"https://{host}/deletedsecrets/{name}", "deletedDate": int(time.time())}
        return JSONResponse({**kept, **gone})
    if request.method not in ("GET", "PUT"):
        return unknown(request)
    return JSONResponse(kept)


async def deleted(request: Request) -> Response:
    """Answer for a secret that was deleted: it is gone at once."""
    call(request.scope, f"deleted_secrets.{request.method.lower()}")
    if request.method == "DELETE":
        return Response(status_code=204)
    name = request.path_params["name"]
    if (request.url.hostname or "", name) in SECRETS:
        return error(404, "SecretNotFound", f"{name} is not deleted")
    return JSONResponse(_bundle(request.url.hostname or "", name, ""))


routes = Router(
    [
        Route("/secrets", secrets),
        Route("/secrets/{name}", secrets, methods=["GET", "PUT", "PATCH", "DELETE"]),
        Route("/secrets/{name}/{version:path}", secrets),
        Route("/deletedsecrets/{name}", deleted, methods=["GET", "DELETE"]),
    ]
)
