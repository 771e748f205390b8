"""Sign-in: discovery of the authority and tokens for whoever asks."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import JSONResponse
from starlette.routing import Route, Router

from stubs.azure import CLIENT, TENANT
from stubs.azure.answers import call, error

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_LIFE = 3600
HOSTS = ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net")
"""What the authority is called."""
_ANY = {"common", "organizations", "consumers"}


def _base(request: Request) -> str:
    return f"https://{request.url.hostname}/{_tenant(request)}"


def _tenant(request: Request) -> str:
    named = str(request.path_params.get("tenant", TENANT))
    return TENANT if named in _ANY else named


async def instance(request: Request) -> Response:
    """Say that the authority is one of Azure's own."""
    call(request.scope, "identity.discover")
    metadata = {"preferred_network": HOSTS[0], "preferred_cache": HOSTS[1], "aliases": HOSTS}
    return JSONResponse(
        {
            "api-version": "1.1",
            "tenant_discovery_endpoint": f"https://{HOSTS[0]}/{TENANT}/v2.0/.well-known/openid-configuration",
            "metadata": [metadata],
        }
    )


async def configuration(request: Request) -> Response:
    """Say where the endpoints of a directory are."""
    call(request.scope, "identity.configuration")
    base = _base(request)
    return JSONResponse(
        {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "tenant_region_scope": None,
            "cloud_instance_name": "microsoftonline.com",
        }
    )


async def token(request: Request) -> Response:
    """Give a token for the audience that is asked for, whoever asks and however."""
    call(request.scope, "identity.token")
    form = {name: values[0] for name, values in parse_qs((await request.body()).decode("latin-1")).items()}
    if "grant_type" not in form:
        return error(400, "invalid_request", "grant_type is missing")
    scopes = [one for one in form.get("scope", "").split() if "/" in one]
    # of "https://ml.azure.com//.default" the audience keeps its slash
    audience = form.get("resource") or (scopes[0].removesuffix("/.default") if scopes else CLIENT)
    answer: dict[str, object] = {
        "token_type": "Bearer",
        "expires_in": _LIFE,
        "ext_expires_in": _LIFE,
        "access_token": _jwt(request, audience),
    }
    if "resource" in form:  # the older endpoint has the time as text
        answer |= {"expires_on": str(int(time.time()) + _LIFE), "resource": audience}
    if form["grant_type"] != "client_credentials":  # somebody signed in, and gets told who it was
        client = base64.urlsafe_b64encode(json.dumps({"uid": CLIENT, "utid": TENANT}).encode()).decode().rstrip("=")
        answer |= {"id_token": _jwt(request, form.get("client_id", CLIENT)), "client_info": client}
        answer |= {"refresh_token": "fake", "scope": form.get("scope", "openid profile")}
    return JSONResponse(answer)


async def managed(request: Request) -> Response:
    """Give the machine itself a token."""
    call(request.scope, "identity.managed")
    audience = request.query_params.get("resource", CLIENT)
    last = str(int(time.time()) + _LIFE)
    return JSONResponse(
        {"access_token": _jwt(request, audience), "expires_on": last, "resource": audience, "token_type": "Bearer"}
    )


async def device_code(request: Request) -> Response:
    """Give a code that counts as typed in already."""
    call(request.scope, "identity.device_code")
    return JSONResponse(
        {
            "user_code": "FAKECODE",
            "device_code": "fake",
            "verification_uri": "https://microsoft.com/devicelogin",
            "expires_in": 900,
            "interval": 1,
            "message": "Signed in as a stand-in: there is nothing to type.",
        }
    )


async def realm(request: Request) -> Response:
    """Say that a user signs in here and nowhere else."""
    call(request.scope, "identity.realm")
    return JSONResponse({"ver": "1.0", "account_type": "Managed", "cloud_instance_name": "microsoftonline.com"})


def _jwt(request: Request, audience: str) -> str:
    """Return a token that reads like a real one; nobody signed it."""
    began = int(time.time())
    claims = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{_tenant(request)}/",
        "tid": _tenant(request),
        "appid": CLIENT,
        "oid": CLIENT,
        "sub": CLIENT,
        "name": "sample-harness",
        "preferred_username": "fake@example.com",
        "iat": began,
        "nbf": began,
        "exp": began + _LIFE,
        "ver": "1.0",
    }
    parts = ({"typ": "JWT", "alg": "RS256", "kid": "fake"}, claims)
    coded = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts]
    return ".".join([*coded, "ZmFrZQ"])


async def keys(request: Request) -> Response:
    """Say that no key signs these tokens."""
    call(request.scope, "identity.keys")
    return JSONResponse({"keys": []})


routes = Router(
    [
        Route("/common/discovery/instance", instance),
        Route("/msi/token", managed),
        Route("/common/userrealm/{user}", realm),
        Route("/{tenant}/.well-known/openid-configuration", configuration),
        Route("/{tenant}/v2.0/.well-known/openid-configuration", configuration),
        Route("/{tenant}/oauth2/token", token, methods=["POST"]),
        Route("/{tenant}/oauth2/v2.0/token", token, methods=["POST"]),
        Route("/{tenant}/oauth2/v2.0/devicecode", device_code, methods=["POST"]),
        Route("/{tenant}/discovery/v2.0/keys", keys),
    ]
)
