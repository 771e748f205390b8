"""Langfuse's public API: collections that keep what is created in them, by name or id."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stubs import plausible
from stubs.web import HANDLERS, METHODS, fields, name, refuse, take_traces

if TYPE_CHECKING:
    from starlette.requests import Request

_COLLECTIONS = (
    "prompts",
    "datasets",
    "dataset-items",
    "dataset-run-items",
    "traces",
    "sessions",
    "observations",
    "scores",
    "score-configs",
    "models",
    "comments",
    "runs",
)
_NAMED = {"prompts", "datasets"}
"""What is looked up by its name, and is there when a sample asks for one of its author's."""
_numbers = itertools.count(1)
_kept: dict[tuple[str, str], dict[str, Any]] = {}
"""(collection, name or id) → what was created."""


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _made(collection: str, sent: dict[str, Any]) -> dict[str, Any]:
    sent = {key: value for key, value in sent.items() if value is not None}
    own = str(sent.get("id") or f"{collection}-sample{next(_numbers)}")
    times = {"createdAt": _now(), "updatedAt": _now(), "timestamp": _now()}
    made = {"id": own, "projectId": "sample", "metadata": None, "tags": [], "labels": [], **times, **sent}
    if collection == "prompts":
        text = [{"role": "user", "content": plausible.TEXT}] if sent.get("type") == "chat" else plausible.TEXT
        before = _kept.get((collection, str(sent.get("name"))), {"version": 0})
        version = before["version"] + 1
        made = {"type": "text", "prompt": text, "config": {}, "labels": ["production"], "tags": [], **sent}
        made["version"] = version
    if collection == "dataset-items":
        source = {"sourceTraceId": None, "sourceObservationId": None}
        shown: dict[str, Any] = {"input": None, "expectedOutput": None, "mediaReferences": [], "datasetId": "sample"}
        made = {"status": "ACTIVE", **shown, **source, **made}
    if collection == "dataset-run-items":
        made = {"datasetRunId": "sample", "datasetRunName": sent.get("runName"), "observationId": None, **made}
    _kept[collection, str(sent.get("name") if collection in _NAMED else own)] = made
    return made


def _listed(request: Request, collection: str) -> Response:
    found = [item for (kept_in, _), item in _kept.items() if kept_in == collection]
    if collection == "dataset-items":
        wanted = request.query_params.get("datasetName")
        found = [item for item in found if wanted in {None, item.get("datasetName")}]
    meta = {"page": 1, "limit": 50, "totalItems": len(found), "totalPages": 1}
    return JSONResponse({"data": found, "meta": meta})


async def _act(request: Request) -> Response:
    rest = request.path_params["rest"].removeprefix("v2/").removeprefix("v3/").strip("/").split("/", 1)
    collection, own = rest[0], rest[1] if len(rest) > 1 else ""
    if collection not in _COLLECTIONS:
        return await refuse(request)
    name(request, f"{collection}.{request.method.lower()}")
    if request.method in {"POST", "PATCH", "PUT"}:
        return JSONResponse(_made(collection, {**await fields(request), **({"name": own} if own else {})}))
    if request.method == "DELETE":
        _kept.pop((collection, own), None)
        return JSONResponse({"message": "deleted"})
    if not own:
        return _listed(request, collection)
    if (collection, own) not in _kept:
        if collection not in _NAMED:
            return JSONResponse({"message": f"{collection} {own} not found", "error": "LangfuseNotFoundError"}, 404)
        _made(
            collection,
            {"name": own, **({"type": request.query_params["type"]} if "type" in request.query_params else {})},
        )
    return JSONResponse(_kept[collection, own])


async def _ingest(request: Request) -> Response:
    batch = (await fields(request)).get("batch") or []
    name(request, "ingestion")
    return JSONResponse({"successes": [{"id": event.get("id"), "status": 201} for event in batch], "errors": []}, 207)


async def _projects(request: Request) -> Response:
    name(request, "projects")
    owner = {"id": "sample", "name": "sample"}
    return JSONResponse({"data": [{"id": "sample", "name": "sample", "metadata": {}, "organization": owner}]})


async def _healthy(request: Request) -> Response:
    name(request, "health")
    return JSONResponse({"status": "OK", "version": "3.0.0"})


app = Starlette(
    routes=[
        Route("/api/public/health", _healthy),
        Route("/api/public/projects", _projects),
        Route("/api/public/ingestion", _ingest, methods=["POST"]),
        Route("/api/public/otel/v1/traces", take_traces, methods=["POST"]),
        Route("/api/public/{rest:path}", _act, methods=METHODS),
        Route("/{path:path}", refuse, methods=METHODS),
    ],
    exception_handlers=HANDLERS,
)
