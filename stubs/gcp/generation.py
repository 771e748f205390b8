"""Models behind Vertex AI's REST API: Gemini answers as its own API does, others predict."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stubs.llm import gemini
from stubs.web import HANDLERS, fields, name

if TYPE_CHECKING:
    from starlette.requests import Request

DIMENSIONS = 768
"""Length of an embedding."""
PICTURE = base64.b64encode(b"made up").decode()


async def _predict(request: Request) -> Response:
    """Answer one made-up prediction for each instance."""
    asked = await fields(request)
    name(request, "models.predict")
    return JSONResponse({"predictions": [_prediction(one) for one in asked.get("instances") or ()]})


def _prediction(instance: object) -> object:
    """Return an embedding for a text, a picture for a prompt, else a number."""
    if isinstance(instance, dict) and "content" in instance:
        statistics = {"token_count": 1, "truncated": False}
        return {"embeddings": {"values": [0.0] * DIMENSIONS, "statistics": statistics}}
    if isinstance(instance, dict) and "prompt" in instance:
        return {"bytesBase64Encoded": PICTURE, "mimeType": "image/png"}
    return 0.5


app = Starlette(
    routes=[
        Route("/{version}/{endpoint:path}:predict", _predict, methods=["POST"]),
        Route("/{version}/{place:path}/models/{rest:path}", gemini.act, methods=["POST"]),
    ],
    exception_handlers=HANDLERS,
)
