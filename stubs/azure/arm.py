"""The resource manager: one store answers for every provider; a few actions have an answer of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from stubs.azure import SUBSCRIPTION, TENANT
from stubs.azure.actions import ACTIONS
from stubs.azure.answers import body_of, call, error, unknown
from stubs.azure.resources import Address, Store, parse
from stubs.azure.seeds import REGION

if TYPE_CHECKING:
    from starlette.requests import Request

STORE = Store()
"""What this job's subscription holds."""
_VERBS = {"GET": "get", "HEAD": "exists", "PUT": "create_or_update", "PATCH": "update", "DELETE": "delete"}


async def resources(request: Request) -> Response:
    """Answer for a resource, a collection or an action."""
    address = parse("/" + request.path_params["path"])
    if address is None or not address.provider:
        return await _above(request)
    try:
        body = await body_of(request)
    except ValueError as fault:
        return error(400, "InvalidRequestContent", str(fault))
    if request.method == "POST":
        return _act(request, address, body)
    if address.rest:
        return _collection(request, address)
    if not address.pairs:
        return JSONResponse({"namespace": address.provider, "registrationState": "Registered", "resourceTypes": []})
    return _resource(request, address, body)


def _resource(request: Request, address: Address, body: dict[str, Any]) -> Response:
    call(request.scope, f"{_said(address)}.{_VERBS.get(request.method, request.method.lower())}")
    if request.method == "PUT":
        return JSONResponse(STORE.put(address, body))
    kept = STORE.get(address)
    if request.method == "DELETE":
        return Response(status_code=200 if STORE.delete(address) or kept else 204)
    if kept is None:
        return error(404, "ResourceNotFound", f"The resource '{address.id}' was not found.")
    if request.method == "PATCH":
        return JSONResponse(STORE.put(address, STORE.patch(kept, body)))
    return JSONResponse(kept)


def _collection(request: Request, address: Address) -> Response:
    if request.method != "GET":
        return unknown(request)
    call(request.scope, f"{_said(address.child(''))}.list")
    return JSONResponse({"value": STORE.list(address)})


def _act(request: Request, address: Address, body: dict[str, Any]) -> Response:
    make = ACTIONS.get(address.rest.lower())
    if make is None:
        return unknown(request)
    call(request.scope, f"{_said(address)}.{address.rest}")
    answer = make(address, body)
    # what has nothing to say was begun, as clients that wait for it expect, and is done
    return JSONResponse(answer) if answer else Response(status_code=202)


def _said(address: Address) -> str:
    """Return what a client calls the operations on a sort of resource: of an asset its name, not its version."""
    kinds = [kind for kind, _ in address.pairs if kind.lower() != "versions"]
    return kinds[-1] if kinds else address.provider


async def _above(request: Request) -> Response:
    """Answer for subscriptions and groups, which no provider has."""
    parts = [one for one in request.path_params["path"].split("/") if one]
    kinds = tuple(one.lower() for one in parts[::2])
    if kinds == ("subscriptions", "resourcegroups") and request.method in ("DELETE", "HEAD"):
        call(request.scope, f"resource_groups.{_VERBS[request.method]}")
        return Response(status_code=200 if request.method == "DELETE" else 204)
    make = _ABOVE.get(kinds)
    if make is None:
        return unknown(request)
    named = len(parts) % 2 == 0
    call(request.scope, f"{_SAID[kinds[-1]]}.{_VERBS.get(request.method, 'get') if named else 'list'}")
    return JSONResponse(make(parts) if named else {"value": [make(parts)]})


def _subscriptions(parts: list[str]) -> dict[str, Any]:
    name = parts[1] if parts[1:] else SUBSCRIPTION
    known = {"subscriptionId": name, "tenantId": TENANT, "displayName": "sample-harness", "state": "Enabled"}
    return {"id": f"/subscriptions/{name}", **known}


def _groups(parts: list[str]) -> dict[str, Any]:
    name = parts[3] if parts[3:] else "supplied"
    where, kind = f"/subscriptions/{parts[1]}/resourceGroups/{name}", "Microsoft.Resources/resourceGroups"
    done = {"provisioningState": "Succeeded"}
    return {"id": where, "name": name, "type": kind, "location": REGION, "properties": done}


def _locations(parts: list[str]) -> dict[str, Any]:
    return {"id": f"/subscriptions/{parts[1]}/locations/{REGION}", "name": REGION, "displayName": "East US"}


def _tenants(_: list[str]) -> dict[str, Any]:
    return {"id": f"/tenants/{TENANT}", "tenantId": TENANT}


_ABOVE = {
    ("subscriptions",): _subscriptions,
    ("subscriptions", "locations"): _locations,
    ("subscriptions", "resourcegroups"): _groups,
    ("tenants",): _tenants,
}
_SAID = {
    "subscriptions": "subscriptions",
    "locations": "locations",
    "resourcegroups": "resource_groups",
    "tenants": "tenants",
}
METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]
"""What the resource manager answers to."""
routes = Router([Route("/{path:path}", resources, methods=METHODS)])
