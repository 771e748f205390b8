"""Who one is: tokens for anyone who asks, and no metadata server, for a sample does not run on Google's machines."""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

HOURS = 3600
ACCOUNT = "sample@sample-project.iam.gserviceaccount.com"


async def token(request: Request) -> Response:
    """Answer a token request of any grant."""
    body = (await request.body()).decode(errors="replace")
    answer = {"access_token": "made-up-" + secrets.token_hex(16), "token_type": "Bearer", "expires_in": HOURS}
    if "target_audience" in body or "assertion" in body:
        answer["id_token"] = _unsigned({"iss": "https://accounts.google.com", "email": ACCOUNT, "exp": 1 << 32})
    return JSONResponse(answer)


async def impersonation(request: Request) -> Response:
    """Answer the service-account credentials API."""
    verb = request.url.path.rpartition(":")[2]
    if verb == "generateAccessToken":
        answer = {"accessToken": "made-up-" + secrets.token_hex(16), "expireTime": "2100-01-01T00:00:00Z"}
    elif verb == "generateIdToken":
        answer = {"token": _unsigned({"email": ACCOUNT, "exp": 1 << 32})}
    elif verb in {"signBlob", "signJwt"}:
        answer = {"keyId": "made-up", "signedBlob": base64.b64encode(secrets.token_bytes(256)).decode()}
    elif verb.endswith("/allowedLocations"):
        answer = {"encodedLocations": "0x0"}  # no restriction
    else:
        return PlainTextResponse("unknown operation", 501)
    return JSONResponse(answer)


async def metadata(_: Request) -> Response:
    """Answer as any host that is no metadata server would: without its header."""
    return PlainTextResponse("not a Google machine", 404)


def _unsigned(claims: dict[str, object]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
        + ".made-up"
    )
