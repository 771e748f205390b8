"""Whatever is asked: a file by its ending, a page to a browser, else JSON with what was sent and the usual members."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from stubs import plausible
from stubs.web import METHODS, name

if TYPE_CHECKING:
    from starlette.requests import Request

_PAGE = f"""<!doctype html>
<html><head><title>Example</title></head>
<body><h1>Example</h1><p>{plausible.TEXT}</p></body></html>
"""
_TYPES = {".csv": "text/csv", ".json": "application/json", ".html": "text/html"}


def _made(sent: dict[str, Any]) -> dict[str, Any]:
    """Return an object with the members that samples read off services of their own, model servers before all."""
    row = {"id": 1, "name": "first", "text": plausible.TEXT, "value": 0.5}
    return {
        "id": 1,
        "name": "first",
        "status": "ok",
        "message": plausible.TEXT,
        "result": 0.5,
        "prediction": 0.5,
        "predictions": [0.5],
        "outputs": [{"name": "output", "shape": [1], "datatype": "FP32", "data": [0.5]}],
        "token": "fake-token-of-the-sample-harness",
        "access_token": "fake-token-of-the-sample-harness",
        "url": "https://example.com/",
        "items": [row],
        "results": [row],
        "data": [row],
        **sent,
    }


async def _answer(request: Request) -> Response:
    path = request.url.path
    name(request, f"{request.method} {path}")
    contents = plausible.document(path)
    if request.method in {"GET", "HEAD"}:
        if contents is not None and not path.endswith(".json"):
            return Response(contents, media_type=_TYPES.get(PurePosixPath(path).suffix, "text/plain"))
        if "text/html" in request.headers.get("accept", "") or path in {"", "/"} or path.endswith(".html"):
            return HTMLResponse(_PAGE)
    try:
        sent = json.loads(await request.body() or b"{}")
    except ValueError:
        sent = {}
    made = _made(sent if isinstance(sent, dict) else {})
    return JSONResponse(made, 201 if request.method == "POST" and not _asks(path) else 200)


def _asks(path: str) -> bool:
    """Whether a POST to a path asks for something, as to a model server, and creates nothing."""
    words = ("predict", "infer", "invo", "query", "search", "login", "token", "generate", "score")
    return any(word in path.lower() for word in words)


app = Starlette(routes=[Route("/{path:path}", _answer, methods=METHODS)])
