"""Generative models over REST: the answer says that it is made up."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

TEXT = "This answer is made up: no model was asked."
TOKENS = 9
"""How many tokens any text is said to have."""
DIMENSIONS = 8
PICTURE = base64.b64encode(b"made up").decode()


async def generate(request: Request) -> Response:
    """Answer ``…/models/<model>:<verb>``."""
    verb = request.url.path.rpartition(":")[2]
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return JSONResponse({"error": {"code": 400, "message": "not a JSON object", "status": "INVALID_ARGUMENT"}}, 400)
    answer = _answer(verb, body)
    if answer is None:
        return JSONResponse({"error": {"code": 501, "message": f"unknown: {verb}", "status": "UNIMPLEMENTED"}}, 501)
    if not verb.startswith("stream"):
        return JSONResponse(answer)
    if request.query_params.get("alt") == "sse":
        return PlainTextResponse(f"data: {json.dumps(answer)}\r\n\r\n", media_type="text/event-stream")
    return JSONResponse([answer])


def _answer(verb: str, body: dict[str, Any]) -> dict[str, Any] | None:
    vector = {"values": [0.0] * DIMENSIONS}
    answers: dict[str, Any] = {
        "generateContent": lambda: _content(body),
        "streamGenerateContent": lambda: _content(body),
        "countTokens": lambda: {"totalTokens": TOKENS},
        "embedContent": lambda: {"embedding": vector},
        "batchEmbedContents": lambda: {"embeddings": [vector for _ in body.get("requests", ())]},
        "predict": lambda: {"predictions": [_prediction(one) for one in body.get("instances", ())]},
    }
    return answers[verb]() if verb in answers else None


def _content(body: dict[str, Any]) -> dict[str, Any]:
    settings = body.get("generationConfig") or {}
    text = TEXT
    if isinstance(settings, dict) and settings.get("responseMimeType") == "application/json":
        text = json.dumps(_like(settings.get("responseJsonSchema") or settings.get("responseSchema") or {}))
    candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": TOKENS, "candidatesTokenCount": TOKENS, "totalTokenCount": 2 * TOKENS}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "made-up", "responseId": "made-up"}


def _like(schema: Any, depth: int = 8) -> Any:  # noqa: ANN401  any JSON
    """Return a value that a JSON schema describes."""
    if not isinstance(schema, dict) or not depth:
        return {}
    if schema.get("enum"):
        return schema["enum"][0]
    kind = str(schema.get("type", "object")).lower()
    if kind == "object":
        return {name: _like(part, depth - 1) for name, part in (schema.get("properties") or {}).items()}
    if kind == "array":
        return [_like(schema.get("items") or {"type": "string"}, depth - 1)]
    return {"string": TEXT, "integer": 1, "number": 1.0, "boolean": True}.get(kind)


def _prediction(instance: object) -> object:
    """Return a prediction: an embedding for text, a picture for a prompt, else a number."""
    if isinstance(instance, dict) and "content" in instance:
        return {"embeddings": {"values": [0.0] * DIMENSIONS, "statistics": {"token_count": TOKENS, "truncated": False}}}
    if isinstance(instance, dict) and "prompt" in instance:
        return {"bytesBase64Encoded": PICTURE, "mimeType": "image/png"}
    return 0.5
