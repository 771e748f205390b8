"""The hub's API: what there is in a repository, its files, and commits to it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Host, Route, Router

from stubs import plausible
from stubs.huggingface import contents, weights
from stubs.web import HANDLERS, METHODS, fields, name, refuse

if TYPE_CHECKING:
    from starlette.requests import Request

_KINDS = ("datasets", "spaces")
"""Their files are below their own name, those of models below none."""
_COMMIT = "5a3b1e0000000000000000000000000000000000"
_OWNER = "sample"
_WHEN = "2024-01-01T00:00:00.000Z"
_repositories: dict[tuple[str, str], dict[str, bytes]] = {}


def _files(kind: str, repository: str) -> dict[str, bytes]:
    key = (kind, repository)
    if key not in _repositories:
        _repositories[key] = contents.files(kind, repository)
    return _repositories[key]


def _place(request: Request) -> tuple[str, str]:
    parts = request.path_params
    owner = parts.get("owner")
    first = request.url.path.split("/")[1]
    kind = parts.get("kind") or (first if first in _KINDS else "models")
    # The hub has owners for the names of old that have none.
    return kind, f"{owner or _OWNER}/{parts['repository']}"


def _entry(path: str, data: bytes) -> dict[str, Any]:
    return {"type": "file", "path": path, "rfilename": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}  # noqa: S324 git's


def _info(kind: str, repository: str) -> dict[str, Any]:
    found = _files(kind, repository)
    siblings = [_entry(path, data) for path, data in found.items()]
    if kind == "models":
        siblings.append(_entry(weights.FILE, b""))
    told = {
        "_id": "000000000000000000000000",
        "id": repository,
        "author": repository.partition("/")[0],
        "sha": _COMMIT,
        "lastModified": _WHEN,
        "createdAt": _WHEN,
        "private": False,
        "gated": False,
        "disabled": False,
        "downloads": 1,
        "likes": 1,
        "tags": [],
        "siblings": siblings,
        "cardData": {},
    }
    if kind == "models":
        told.update(modelId=repository, library_name="transformers", pipeline_tag=_task(repository), config={})
        provider = {"status": "live", "providerId": repository, "task": _task(repository)}
        told["inferenceProviderMapping"] = {"hf-inference": provider}
    return told


def _task(repository: str) -> str:
    architecture = str(contents.configuration(repository)["architectures"])
    endings = {
        "SequenceClassification": "text-classification",
        "QuestionAnswering": "question-answering",
        "TokenClassification": "token-classification",
        "MaskedLM": "fill-mask",
        "ConditionalGeneration": "text2text-generation",
    }
    return next((task for ending, task in endings.items() if ending in architecture), "text-generation")


async def _told(request: Request) -> Response:
    kind, repository = _place(request)
    name(request, f"{kind}.info")
    return JSONResponse(_info(kind, repository))


async def _list(request: Request) -> Response:
    kind = request.path_params["kind"]
    name(request, f"{kind}.list")
    asked = request.query_params
    words = asked.get("search") or asked.get("author") or "made-up"
    count = min(int(asked.get("limit") or 3), 3)
    return JSONResponse([_info(kind, f"sample/{words.replace('/', '-')}-{number}") for number in range(count)])


async def _tree(request: Request) -> Response:
    kind, repository = _place(request)
    name(request, f"{kind}.tree")
    below = request.path_params.get("path", "").strip("/")
    entries = [_entry(path, data) for path, data in _files(kind, repository).items() if path.startswith(below)]
    if not (below or request.query_params.get("recursive") in {"true", "True", "1"}):
        folders = sorted({entry["path"].split("/")[0] for entry in entries if "/" in entry["path"]})
        entries = [entry for entry in entries if "/" not in entry["path"]]
        entries += [{"type": "directory", "path": folder, "size": 0, "oid": _COMMIT} for folder in folders]
    return JSONResponse(entries)


async def _paths(request: Request) -> Response:
    kind, repository = _place(request)
    name(request, f"{kind}.paths_info")
    if "json" in request.headers.get("content-type", ""):
        wanted = set((await fields(request)).get("paths") or [])
    else:
        wanted = {str(value) for key, value in (await request.form()).multi_items() if key == "paths"}
    return JSONResponse([_entry(path, data) for path, data in _files(kind, repository).items() if path in wanted])


async def _file(request: Request) -> Response:
    kind, repository = _place(request)
    path = request.path_params["path"]
    name(request, f"{kind}.download")
    data = _files(kind, repository).get(path)
    if data is None and kind == "models" and path == weights.FILE:
        config = contents.configuration(repository)
        data = await run_sync(weights.made, request.scope["state"]["python"], json.dumps(config))
        if data is not None:
            _files(kind, repository)[path] = data
    headers = {"X-Repo-Commit": _COMMIT, "Access-Control-Expose-Headers": "X-Repo-Commit"}
    if data is None:
        return Response(b"Entry not found", 404, headers={**headers, "X-Error-Code": "EntryNotFound"})
    headers["ETag"] = f'"{hashlib.sha1(data).hexdigest()}"'  # noqa: S324 git's
    return Response(data, headers=headers, media_type="application/octet-stream")


async def _create(request: Request) -> Response:
    asked = await fields(request)
    name(request, "repos.create")
    repository = f"{asked.get('organization') or 'sample'}/{asked.get('name')}"
    _repositories[f"{asked.get('type') or 'model'}s", repository] = {}
    return JSONResponse({"url": f"https://huggingface.co/{repository}", "name": repository, "id": repository})


async def _preupload(request: Request) -> Response:
    asked = await fields(request)
    name(request, "preupload")
    listed = [
        {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False} for file in asked.get("files") or ()
    ]
    return JSONResponse({"files": listed, "commitOid": _COMMIT})


async def _commit(request: Request) -> Response:
    kind, repository = _place(request)
    name(request, f"{kind}.commit")
    await request.body()
    url = f"https://huggingface.co/{repository}/commit/{_COMMIT}"
    return JSONResponse({"success": True, "commitOid": _COMMIT, "commitUrl": url, "hookOutput": ""})


async def _whoami(request: Request) -> Response:
    name(request, "whoami")
    token = {"accessToken": {"displayName": "sample", "role": "write"}, "type": "access_token"}
    return JSONResponse(
        {"type": "user", "id": "sample", "name": "sample", "fullname": "Sample", "orgs": [], "auth": token}
    )


async def _unknown(request: Request) -> Response:
    """Answer the service that shows data sets: it has not looked at this one yet, and clients do without."""
    name(request, "datasets-server")
    return JSONResponse({"error": "The dataset is not indexed."}, 404)


async def _infer(request: Request) -> Response:
    """Answer the inference API of old: one list that has what each task's result has."""
    name(request, "inference")
    await request.body()
    made = {"generated_text": plausible.TEXT, "label": "POSITIVE", "score": 0.9, "summary_text": plausible.TEXT}
    return JSONResponse(
        [{**made, "translation_text": plausible.TEXT, "token_str": "hello", "sequence": plausible.TEXT}]
    )


def _both(path: str, endpoint: Any, *methods: str) -> list[Route]:  # noqa: ANN401 starlette takes any callable
    """Return routes for repositories with an owner and without."""
    return [
        Route(path.replace("{id}", one), endpoint, methods=list(methods) or ["GET"])
        for one in ("{owner}/{repository}", "{repository}")
    ]


app = Starlette(
    routes=[
        Host("datasets-server.huggingface.co", Router([Route("/{path:path}", _unknown)])),
        Route("/api/whoami-v2", _whoami),
        Route("/api/repos/create", _create, methods=["POST"]),
        Route("/models/{path:path}", _infer, methods=["POST"]),
        Route("/pipeline/{path:path}", _infer, methods=["POST"]),
        Route("/hf-inference/{path:path}", _infer, methods=["POST"]),
        Route("/api/{kind}", _list),
        *_both("/api/{kind}/{id}/tree/{revision}", _tree),
        *_both("/api/{kind}/{id}/tree/{revision}/{path:path}", _tree),
        *_both("/api/{kind}/{id}/paths-info/{revision}", _paths, "POST"),
        *_both("/api/{kind}/{id}/preupload/{revision}", _preupload, "POST"),
        *_both("/api/{kind}/{id}/commit/{revision}", _commit, "POST"),
        *_both("/api/{kind}/{id}/revision/{revision}", _told),
        *[route for kind in _KINDS for route in _both(f"/{kind}/{{id}}/resolve/{{revision}}/{{path:path}}", _file)],
        *_both("/{id}/resolve/{revision}/{path:path}", _file),
        *_both("/api/{kind}/{id}", _told),
        Route("/{path:path}", refuse, methods=METHODS),
    ],
    exception_handlers=HANDLERS,
)
