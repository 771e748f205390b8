"""The shape of Gemini's REST API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stubs import plausible
from stubs.llm.answer import WORDS, Answer, Tool, embedding, said
from stubs.web import events, fields, name, refuse

if TYPE_CHECKING:
    from starlette.requests import Request

_SIZE = 768


def _answer(asked: dict[str, Any]) -> Answer:
    functions = [
        function
        for tool in asked.get("tools") or ()
        for function in tool.get("functionDeclarations") or tool.get("function_declarations") or ()
    ]
    tools = [
        Tool(function["name"], function.get("parameters") or function.get("parametersJsonSchema"))
        for function in functions
    ]
    contents = asked.get("contents") or []
    answered = any("functionResponse" in part for content in contents for part in content.get("parts") or ())
    if tools and not answered:
        return Answer.of(tools)
    config = asked.get("generationConfig") or {}
    schema = config.get("responseSchema") or config.get("responseJsonSchema")
    if schema:
        return Answer(text=json.dumps(plausible.value(schema)))
    return Answer(text=said(contents, as_object=config.get("responseMimeType") == "application/json"))


async def act(request: Request) -> Response:
    """Answer ``models/NAME:action``."""
    model, _, action = request.path_params["rest"].rpartition(":")
    asked = await fields(request)
    name(request, f"models.{action}")
    if action in {"generateContent", "streamGenerateContent"}:
        made = _content(_answer(asked), model)
        if action == "generateContent":
            return JSONResponse(made)
        return events([made]) if request.query_params.get("alt") == "sse" else JSONResponse([made])
    if action == "countTokens":
        return JSONResponse({"totalTokens": 10})
    size = int(asked.get("outputDimensionality") or _SIZE)
    if action == "embedContent":
        return JSONResponse({"embedding": {"values": embedding(asked.get("content"), size)}})
    if action == "batchEmbedContents":
        vectors = [{"values": embedding(one.get("content"), size)} for one in asked.get("requests") or ()]
        return JSONResponse({"embeddings": vectors})
    return await refuse(request)


def _content(answer: Answer, model: str) -> dict[str, Any]:
    part: dict[str, Any] = {"text": answer.text}
    if answer.tool is not None:
        part = {"functionCall": {"name": answer.tool.name, "args": answer.tool.arguments()}}
    return {
        "candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": WORDS, "totalTokenCount": 10 + WORDS},
        "modelVersion": model,
        "responseId": "sample",
    }


async def _models(request: Request) -> Response:
    name(request, "models")
    rest = request.path_params.get("rest")
    listed = [
        {
            "name": f"models/{known}",
            "displayName": known,
            "inputTokenLimit": 1000000,
            "outputTokenLimit": 8192,
            "supportedGenerationMethods": ["generateContent", "embedContent"],
        }
        for known in ([rest] if rest else ["gemini-2.5-flash", "gemini-2.5-pro"])
    ]
    return JSONResponse(listed[0] if rest else {"models": listed})


ROUTES = [
    Route("/{version:str}/models/{rest:path}", act, methods=["POST"]),
    Route("/v1beta/models", _models, methods=["GET"]),
    Route("/v1beta/models/{rest:path}", _models, methods=["GET"]),
]
