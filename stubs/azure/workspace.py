"""A workspace's own services: where they are, the history of runs, and endpoints that score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route, Router

from stubs.azure import SUBSCRIPTION
from stubs.azure.answers import body_of, call, now, unknown
from stubs.azure.arm import METHODS, resources
from stubs.azure.seeds import API, identity

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_SERVICES = ("api", "catalog", "experimentation", "gallery", "history", "hyperdrive", "labeling", "modelmanagement")
_WORKSPACE = (
    "/subscriptions/{subscription}/resourceGroups/{group}"
    "/providers/Microsoft.MachineLearningServices/workspaces/{workspace}"
)


async def discovery(request: Request) -> Response:
    """Say where each service of a workspace is: all in one place."""
    call(request.scope, "workspaces.discover")
    return JSONResponse({**dict.fromkeys(_SERVICES, API), "pipelines": API, "studio": "https://ml.azure.com"})


async def registry(request: Request) -> Response:
    """Say where a registry's resources are kept."""
    call(request.scope, "registries.discover")
    return JSONResponse(
        {
            "registryName": request.path_params["registry"],
            "primaryRegionResourceProviderUri": f"{API}/",
            "resourceGroup": "registries",
            "subscriptionId": SUBSCRIPTION,
        }
    )


def _run(name: str) -> dict[str, Any]:
    """Return a run as its history tells it: it has just completed."""
    return {
        "runId": name,
        "runUuid": identity(name),
        "rootRunId": name,
        "status": "Completed",
        "createdUtc": now(),
        "startTimeUtc": now(),
        "endTimeUtc": now(),
        "tags": {},
        "properties": {},
    }


async def run(request: Request) -> Response:
    """Answer for a run, or for a part of what is known of it."""
    name, part = request.path_params["run"], request.path_params.get("part", "")
    call(request.scope, f"runs.{part or 'get'}")
    if part == "details":
        return JSONResponse({**_run(name), "target": "serverless", "logFiles": {}, "warnings": []})
    if part == "children":
        return JSONResponse({"value": []})
    if part in ("", "cancel"):
        return JSONResponse(_run(name))
    return unknown(request)


async def run_data(request: Request) -> Response:
    """Answer for a run with its definition."""
    call(request.scope, "runs.get_run_data")
    asked = await body_of(request)
    return JSONResponse({"runMetadata": _run(str(asked.get("runId", ""))), "runDefinition": {}, "jobSpecification": {}})


async def score(request: Request) -> Response:
    """Answer a call of a deployed model with one number for whatever came in."""
    call(request.scope, "online_endpoints.score")
    return JSONResponse([1.0])


async def batch(request: Request) -> Response:
    """Take a call of a batch endpoint for a job that is done."""
    call(request.scope, "batch_endpoints.invoke")
    name = f"batchjob-{identity(request.url.hostname or '')}"
    return JSONResponse({"id": name, "name": name, "properties": {"status": "Completed"}}, status_code=201)


_RUNS = "/history/v1.0" + _WORKSPACE
_HISTORY = [
    Route(f"{_RUNS}{experiment}/runs/{{run}}{part}", run, methods=["GET", "PATCH", "POST"])
    for experiment in ("", "/{sort}/{experiment}")
    for part in ("", "/{part}")
]
routes = Router(
    [
        Route("/discovery", discovery),
        Route("/registrymanagement/v1.0/registries/{registry}/discovery", registry),
        Route(f"{_RUNS}/rundata", run_data, methods=["POST"]),
        *_HISTORY,
        Route("/mferp/managementfrontend/{path:path}", resources, methods=METHODS),
        Route("/{path:path}", resources, methods=METHODS),
    ]
)
scoring = Router(
    [
        Route("/score", score, methods=["POST"]),
        Route("/jobs", batch, methods=["POST"]),
    ]
)
