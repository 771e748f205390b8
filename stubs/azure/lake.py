"""Data lake storage (the second generation) over HTTP: the same blobs, seen as files in folders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from stubs.azure.answers import call
from stubs.azure.blobs import METHODS, fault, read
from stubs.azure.storage import STORAGE, Blob, Container, FullError

if TYPE_CHECKING:
    from starlette.requests import Request


async def files(request: Request) -> Response:
    """Answer for a file system or a path in it."""
    name, _, path = request.path_params["path"].partition("/")
    container = STORAGE.container(request.url.hostname or "", name)
    if not path.strip("/"):
        return _system(request, name, container)
    try:
        return await _path(request, container, path.strip("/"))
    except FullError as full:
        return fault(413, f"RequestBodyTooLarge: {full}")


def _system(request: Request, name: str, container: Container) -> Response:
    if request.method == "GET":
        call(request.scope, "paths.list")
        folder = request.query_params.get("directory", "").strip("/")
        names, _ = container.under(folder and folder + "/", "")
        return JSONResponse({"paths": [_listed(one, container.blobs[one]) for one in names]})
    call(request.scope, f"file_systems.{ {'PUT': 'create', 'DELETE': 'delete'}.get(request.method, 'get') }")
    if request.method == "DELETE":
        STORAGE.account(request.url.hostname or "").pop(name)
        return Response(status_code=202)
    return Response(status_code=201 if request.method == "PUT" else 200, headers=Blob().headers)


def _listed(name: str, blob: Blob) -> dict[str, str]:
    folder = {"isDirectory": "true"} if blob.kind == "directory" else {}
    size = {"contentLength": str(len(blob.content)), "lastModified": blob.changed, "etag": blob.tag.strip('"')}
    return {"name": name, **size, **folder}


async def _path(request: Request, container: Container, path: str) -> Response:
    action, found = request.query_params.get("action", ""), container.blobs.get(path)
    call(request.scope, f"paths.{action or request.method.lower()}")
    if request.method == "PUT":
        folder = request.query_params.get("resource") == "directory"
        source = request.headers.get("x-ms-rename-source", "").lstrip("/").partition("/")[2]
        moved = container.blobs.pop(source, None)
        container.blobs[path] = made = moved or Blob(kind="directory" if folder else "BlockBlob")
        return Response(status_code=201, headers=made.headers)
    if found is None:
        return fault(404, "PathNotFound")
    if request.method == "DELETE":
        for name in [one for one in container.blobs if one == path or one.startswith(path + "/")]:
            del container.blobs[name]
        return Response()
    if request.method == "PATCH":
        return await _change(request, container, path, found, action)
    return read(request, found)


async def _change(request: Request, container: Container, path: str, found: Blob, action: str) -> Response:
    at = request.query_params.get("position", "0")
    if action not in ("append", "flush", "setProperties", "setAccessControl") or not at.isdigit():
        return fault(501, "NotImplemented")
    if action == "append":
        piece = STORAGE.take(await request.body())
        found = replace(found, content=found.content[: int(at)] + piece)
        container.blobs[path] = found
    return Response(status_code=202 if action == "append" else 200, headers=found.headers)


routes = Router([Route("/{path:path}", files, methods=METHODS)])
