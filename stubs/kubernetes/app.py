"""The API server: discovery, any resource of any group, logs, watches that come to their end."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from stubs import plausible
from stubs.kubeflow.app import ROUTES as PIPELINES
from stubs.kubernetes import discovery
from stubs.kubernetes.objects import Cluster, Key
from stubs.web import HANDLERS, METHODS, fields, lines, name, refuse

if TYPE_CHECKING:
    from starlette.requests import Request

_PLACE = re.compile(
    r"^(?P<group>/api/v1|/apis/[^/]+/[^/]+)"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/[^/]+))?"
    r"/(?P<resource>[^/]+)(?:/(?P<name>[^/]+))?(?:/(?P<part>.+))?$"
)
_SUBRESOURCES_OF_A_NAMESPACE = {"status", "finalize"}
_cluster = Cluster()


def _failed(code: int, reason: str, message: str) -> Response:
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "details": {}}
    return JSONResponse({**status, "code": code, "reason": reason, "message": message}, code)


async def _act(request: Request) -> Response:
    found = _PLACE.match(request.url.path.rstrip("/"))
    if found is None:
        return await refuse(request)
    group, namespace, resource, own, part = found.group("group", "namespace", "resource", "name", "part")
    if namespace and resource in _SUBRESOURCES_OF_A_NAMESPACE:
        namespace, resource, own, part = "", "namespaces", namespace, resource
    name(request, f"{resource}.{_VERBS.get(request.method, 'get')}")
    key = (f"{group}/{resource}", namespace or "", own or "")
    if part in {"log", "exec", "attach", "portforward", "binding", "eviction"}:
        return PlainTextResponse(f"{plausible.TEXT}\n") if part == "log" else await refuse(request)
    if not own:
        return await _collection(request, key, group)
    return await _one(request, key)


_VERBS = {"POST": "create", "PUT": "replace", "PATCH": "patch", "DELETE": "delete"}


async def _collection(request: Request, key: Key, group: str) -> Response:
    kind = discovery.kind_of(key[0].rpartition("/")[2])
    version = group.removeprefix("/apis/").removeprefix("/api/")
    if request.method == "POST":
        sent = await fields(request)
        made = _cluster.create(key, {"apiVersion": version, "kind": kind, **sent})
        if made is None:
            return _failed(409, "AlreadyExists", f"{key[0]} has that name already")
        return JSONResponse(made, 201)
    items = _cluster.list(key, request.query_params.get("labelSelector", ""))
    if request.method == "DELETE":
        for item in items:
            _cluster.delete((key[0], item["metadata"].get("namespace", ""), item["metadata"]["name"]))
    elif request.query_params.get("watch") in {"1", "true", "True"}:
        return lines({"type": "ADDED", "object": item} for item in items)
    elif request.method != "GET":
        return await refuse(request)
    kinds = {"apiVersion": version, "kind": f"{kind}List", "metadata": {"resourceVersion": "1"}}
    return JSONResponse({**kinds, "items": items})


async def _one(request: Request, key: Key) -> Response:
    if request.method == "PUT":
        found = _cluster.put(key, await fields(request))
    elif request.method == "PATCH":
        found = await _patched(request, key)
    elif request.method == "DELETE":
        found = _cluster.delete(key)
    elif request.method in {"GET", "HEAD"}:
        found = _cluster.get(key)
    else:
        return await refuse(request)
    if found is None:
        return _failed(404, "NotFound", f'{key[0].rpartition("/")[2]} "{key[2]}" not found')
    return JSONResponse(found)


async def _patched(request: Request, key: Key) -> dict[str, Any] | None:
    body = await request.body()
    kind = request.headers.get("content-type", "")
    if "apply-patch" in kind:
        # Server-side apply makes what is not there; JSON is YAML, and no client of a sample sends more than that.
        sent = json.loads(body)
        if _cluster.get(key) is None:
            return _cluster.create(key, sent)
        return _cluster.patch(key, sent)
    sent = json.loads(body)
    if isinstance(sent, list):
        sent = _operations(sent)
    return _cluster.patch(key, sent)


def _operations(listed: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a JSON patch as one to merge: operations on places in lists are passed over."""
    made: dict[str, Any] = {}
    for operation in listed:
        *path, last = str(operation["path"]).strip("/").replace("~1", "/").split("/")
        at = made
        for step in path:
            at = at.setdefault(step, {})
        at[last] = None if operation["op"] == "remove" else operation.get("value")
    return made


app = Starlette(
    routes=[
        # How a client on the reader's machine reaches Kubeflow Pipelines: through the API server.
        *PIPELINES,
        Mount("/api/v1/namespaces/{namespace}/services/{service}/proxy", routes=PIPELINES),
        *discovery.ROUTES,
        Route("/{path:path}", _act, methods=METHODS),
    ],
    exception_handlers=HANDLERS,
)
