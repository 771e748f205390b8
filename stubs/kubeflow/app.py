"""Experiments, runs and pipelines: kept as they were sent; runs have succeeded as soon as they are created."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stubs.web import HANDLERS, METHODS, fields, name, refuse

if TYPE_CHECKING:
    from starlette.requests import Request

_SINGULAR = {
    "experiments": "experiment",
    "runs": "run",
    "pipelines": "pipeline",
    "recurringruns": "recurring_run",
    "jobs": "job",
    "versions": "pipeline_version",
}
_numbers = itertools.count(1)
_kept: dict[str, dict[str, Any]] = {}
"""Path of an object → the object."""


def _made(collection: str, path: str, sent: dict[str, Any]) -> dict[str, Any]:
    kind = _SINGULAR[collection]
    own = f"00000000-0000-4000-8000-{next(_numbers):012d}"
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = sent.get("display_name") or sent.get("name") or f"made-up-{kind}"
    made = {**sent, f"{kind}_id": own, "id": own, "display_name": shown, "name": shown, "created_at": now}
    if kind in {"run", "job", "recurring_run"}:
        made.update(state="SUCCEEDED", status="Succeeded", finished_at=now, scheduled_at=now)
        made.setdefault("experiment_id", "00000000-0000-4000-8000-000000000000")
    _kept[f"{path}/{own}"] = made
    # The first API wraps what it tells of a run.
    return {**made, "run": made, "pipeline_runtime": {}} if kind == "run" and "v1beta1" in path else made


async def _upload(request: Request) -> Response:
    name(request, "pipelines.upload")
    await request.body()
    shown = request.query_params.get("name") or request.query_params.get("display_name") or "made-up-pipeline"
    version = request.url.path.endswith("upload_version")
    sent = {
        "display_name": shown,
        "pipeline_id": request.query_params.get("pipelineid") or request.query_params.get("pipeline_id"),
    }
    base = request.url.path.rpartition("/pipelines")[0]
    return JSONResponse(_made("versions" if version else "pipelines", f"{base}/pipelines", sent))


async def _healthy(request: Request) -> Response:
    name(request, "healthz")
    return JSONResponse({"apiServerReady": True, "multi_user": False})


async def _act(request: Request) -> Response:
    path = request.url.path.rstrip("/")
    rest = request.path_params["rest"].strip("/").split("/")
    collection = rest[-1] if rest[-1] in _SINGULAR else rest[-2] if len(rest) > 1 else ""
    if collection not in _SINGULAR:
        return await refuse(request)
    name(request, f"{collection}.{request.method.lower()}")
    if rest[-1] in _SINGULAR:
        if request.method == "POST":
            return JSONResponse(_made(collection, path, await fields(request)))
        found = [item for key, item in _kept.items() if key.rpartition("/")[0] == path]
        key = {"versions": "pipeline_versions", "recurringruns": "recurringRuns"}.get(collection, collection)
        return JSONResponse({key: found, "total_size": len(found)})
    before, _, action = path.partition(":")
    if request.method == "DELETE":
        _kept.pop(before, None)
        return JSONResponse({})
    if action:
        return JSONResponse({})
    # What a sample names by an id of its author's is there.
    kind = _SINGULAR[collection]
    known = _kept.setdefault(
        before, {f"{kind}_id": rest[-1], "id": rest[-1], "display_name": rest[-1], "state": "SUCCEEDED"}
    )
    return JSONResponse(known)


_BASES = tuple(f"{before}/apis/{version}" for before in ("", "/pipeline") for version in ("v1beta1", "v2beta1"))

ROUTES = [
    Route(f"{base}{path}", endpoint, methods=METHODS)
    for base in _BASES
    for path, endpoint in (
        ("/healthz", _healthy),
        ("/pipelines/upload", _upload),
        ("/pipelines/upload_version", _upload),
        ("/{rest:path}", _act),
    )
]

app = Starlette(routes=[*ROUTES, Route("/{path:path}", refuse, methods=METHODS)], exception_handlers=HANDLERS)
