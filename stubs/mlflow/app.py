"""The tracking server's REST API, and its proxy of artifacts."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from stubs.mlflow import registry, tracking
from stubs.mlflow.store import Fields, Missing, Store, now
from stubs.web import HANDLERS, METHODS, fields, name, refuse, take_traces

if TYPE_CHECKING:
    from starlette.requests import Request

_OPERATIONS = {**tracking.OPERATIONS, **registry.OPERATIONS}
_LISTS = {"experiment_ids", "stages", "order_by"}
_store = Store()


async def _asked(request: Request) -> Fields:
    given: Fields = {
        key: request.query_params.getlist(key) if key in _LISTS else value
        for key, value in request.query_params.items()
    }
    return {**given, **(await fields(request) if request.method != "GET" else {})}


async def _act(request: Request) -> Response:
    operation = request.path_params["operation"].strip("/")
    name(request, operation.replace("/", "."))
    asked = await _asked(request)
    try:
        if operation in _OPERATIONS:
            return JSONResponse(_OPERATIONS[operation](_store, asked))
        kind, _, rest = operation.partition("/")
        if kind == "logged-models" and rest:
            own, _, part = rest.partition("/")
            return JSONResponse(tracking.logged(_store, own, part, asked))
        if kind == "traces":
            return _trace(request, rest, asked)
    except Missing as error:
        return JSONResponse({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": str(error)}, 404)
    except ValueError as error:
        code, _, message = str(error).rpartition(": ")
        return JSONResponse({"error_code": code or "INVALID_PARAMETER_VALUE", "message": message}, 400)
    return await refuse(request)


def _trace(request: Request, rest: str, asked: Fields) -> Response:
    if rest == "search" or (not rest and request.method == "GET"):
        return JSONResponse({"traces": list(_store.traces.values())})
    if request.method == "POST" and not rest:
        info = (asked.get("trace") or {}).get("trace_info") or asked
        own = str(info.get("trace_id") or f"tr-{uuid.uuid4().hex}")
        _store.traces[own] = {**info, "trace_id": own, "request_id": own, "timestamp_ms": now()}
        return JSONResponse({"trace": {"trace_info": info}, "trace_info": _store.traces[own]})
    if request.method in {"PATCH", "DELETE"}:
        return JSONResponse({})
    own = rest.partition("/")[0]
    if own not in _store.traces:
        raise Missing(f"Trace with ID '{own}' not found")
    return JSONResponse({"trace": {"trace_info": _store.traces[own]}, "trace_info": _store.traces[own]})


async def _artifact(request: Request) -> Response:
    path = request.path_params["path"].strip("/")
    name(request, f"artifacts.{request.method.lower()}")
    if request.method == "PUT":
        _store.artifacts[path] = await request.body()
        return JSONResponse({})
    if request.method == "DELETE":
        _store.artifacts.pop(path, None)
        return JSONResponse({})
    if path not in _store.artifacts:
        return JSONResponse({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": f"no artifact {path}"}, 404)
    return Response(_store.artifacts[path], media_type="application/octet-stream")


async def _artifacts(request: Request) -> Response:
    name(request, "artifacts.list")
    return JSONResponse({"files": tracking.listing(_store, request.query_params.get("path", ""), "")})


async def _healthy(request: Request) -> Response:
    name(request, "health")
    return PlainTextResponse("3.0.0" if request.url.path == "/version" else "OK")


app = Starlette(
    routes=[
        Route("/health", _healthy),
        Route("/version", _healthy),
        Route("/v1/traces", take_traces, methods=["POST"]),
        *[
            route
            for before in ("/api/2.0", "/api/3.0", "/ajax-api/2.0", "/ajax-api/3.0", "/api/2.0/preview")
            for route in (
                Route(f"{before}/mlflow-artifacts/artifacts", _artifacts, methods=["GET"]),
                Route(f"{before}/mlflow-artifacts/artifacts/{{path:path}}", _artifact, methods=METHODS),
                Route(f"{before}/mlflow/{{operation:path}}", _act, methods=METHODS),
            )
        ],
        Route("/{path:path}", refuse, methods=METHODS),
    ],
    exception_handlers=HANDLERS,
)
