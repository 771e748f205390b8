"""The server's API: what is created is kept by namespace and name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stubs import plausible
from stubs.kubernetes.objects import Cluster
from stubs.web import HANDLERS, METHODS, fields, lines, name, refuse

if TYPE_CHECKING:
    from starlette.requests import Request

_WRAPPED = {
    "workflows": ("Workflow", "workflow"),
    "workflow-templates": ("WorkflowTemplate", "template"),
    "cron-workflows": ("CronWorkflow", "cronWorkflow"),
    "cluster-workflow-templates": ("ClusterWorkflowTemplate", "template"),
}
"""Collection → kind, and the member that carries one in a request."""
_kept = Cluster()


async def _all(request: Request) -> Response:
    """Create one of a collection, or tell of all."""
    collection, namespace = request.path_params["collection"], request.path_params.get("namespace", "")
    if collection not in _WRAPPED:
        return await refuse(request)
    name(request, f"{collection}.{request.method.lower()}")
    kind, member = _WRAPPED[collection]
    if request.method != "POST":
        return JSONResponse({"metadata": {}, "items": _kept.list((collection, namespace, ""))})
    sent = (await fields(request)).get(member) or {}
    made = _kept.create((collection, namespace, ""), {"kind": kind, "apiVersion": "argoproj.io/v1alpha1", **sent})
    return _missing(409) if made is None else JSONResponse(made)


async def _submit(request: Request) -> Response:
    """Start a workflow from a template."""
    name(request, "workflows.submit")
    await fields(request)
    spec = {"kind": "Workflow", "metadata": {"generateName": "made-up-"}, "spec": {}}
    return JSONResponse(_kept.create(("workflows", request.path_params["namespace"], ""), spec))


async def _one(request: Request) -> Response:
    """Tell of one of a collection, change it, or do something to it, which leaves it as it is."""
    collection, namespace = request.path_params["collection"], request.path_params["namespace"]
    action = request.path_params.get("action", "")
    if collection not in _WRAPPED:
        return await refuse(request)
    name(request, f"{collection}.{action or request.method.lower()}")
    key = (collection, namespace, request.path_params["name"])
    if action == "log":
        return lines([{"result": {"content": plausible.TEXT, "podName": key[2]}}])
    if request.method == "DELETE":
        found = _kept.delete(key)
    elif request.method == "PUT" and not action:
        found = _kept.put(key, (await fields(request)).get(_WRAPPED[collection][1]) or {})
    else:
        found = _kept.get(key)
    return _missing(404) if found is None else JSONResponse(found)


def _missing(status: int) -> Response:
    return JSONResponse({"code": 5, "message": "no such object, or its name is taken"}, status)


async def _info(request: Request) -> Response:
    name(request, "info")
    if request.url.path.endswith("version"):
        return JSONResponse({"version": "v3.7.0", "gitTreeState": "clean", "platform": "linux/amd64"})
    return JSONResponse({"managedNamespace": "", "links": [], "columns": [], "subject": "sample", "groups": []})


app = Starlette(
    routes=[
        *[Route(f"/api/v1/{path}", _info) for path in ("info", "version", "userinfo")],
        Route("/api/v1/workflows/{namespace}/submit", _submit, methods=["POST"]),
        Route("/api/v1/{collection:str}", _all, methods=METHODS),
        Route("/api/v1/{collection}/{namespace}", _all, methods=METHODS),
        Route("/api/v1/{collection}/{namespace}/{name}", _one, methods=METHODS),
        Route("/api/v1/{collection}/{namespace}/{name}/{action}", _one, methods=METHODS),
        Route("/{path:path}", refuse, methods=METHODS),
    ],
    exception_handlers=HANDLERS,
)
