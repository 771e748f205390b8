"""Who one is: tokens for anyone who asks, and what a metadata server says of its machine to those who ask it by name.

Nothing takes this machine for one of Google's: its address has no route, and the server does not know itself at ``/``.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse, Response

from stubs.gcp import PROJECT

if TYPE_CHECKING:
    from starlette.requests import Request

HOURS = 3600
METADATA = "/computeMetadata/v1/"
ACCOUNT = f"sample@{PROJECT}.iam.gserviceaccount.com"
SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
NUMBER = "100000000000"
MACHINE = {
    "project/project-id": PROJECT,
    "project/numeric-project-id": NUMBER,
    "instance/id": "1000000000000000000",
    "instance/name": "sample",
    "instance/zone": f"projects/{NUMBER}/zones/us-central1-a",
    "instance/region": f"projects/{NUMBER}/regions/us-central1",
    "account/email": ACCOUNT,
    "account/scopes": "\n".join(SCOPES),
}
"""What the metadata server knows, by the key; those of any service account begin with ``account``."""
FLAVOR = {"Metadata-Flavor": "Google"}
"""The header that clients send, and look for in the answer."""


async def token(request: Request) -> Response:
    """Answer a token request of any grant."""
    body = (await request.body()).decode(errors="replace")
    answer = _token()
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


async def metadata(request: Request) -> Response:
    """Answer a question to the metadata server; without the header that it asks for, there is none."""
    path = request.url.path
    if request.headers.get("metadata-flavor") != FLAVOR["Metadata-Flavor"] or not path.startswith(METADATA):
        return PlainTextResponse("not a Google machine", 404)
    request.scope["state"]["call"] = "metadata.get"
    key = re.sub(r"^instance/service-accounts/[^/]+", "account", path.removeprefix(METADATA).rstrip("/"))
    if key == "account/token":
        return JSONResponse(_token(), headers=FLAVOR)
    if key == "account/identity":
        claims = {"aud": request.query_params.get("audience", ""), "email": ACCOUNT, "exp": 1 << 32}
        return PlainTextResponse(_unsigned(claims), headers=FLAVOR)
    if key == "account":
        return JSONResponse({"aliases": ["default"], "email": ACCOUNT, "scopes": SCOPES}, headers=FLAVOR)
    known = MACHINE.get(key)
    return PlainTextResponse(known or "no such key", 200 if known else 404, headers=FLAVOR)


def _token() -> dict[str, object]:
    return {"access_token": "made-up-" + secrets.token_hex(16), "token_type": "Bearer", "expires_in": HOURS}


def _unsigned(claims: dict[str, object]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
        + ".made-up"
    )
