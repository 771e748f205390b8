"""The shape of a local Ollama."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stubs import plausible
from stubs.llm import chat
from stubs.llm.answer import WORDS, embedding, said
from stubs.web import fields, lines, name

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

_SIZE = 768
_WHEN = "2024-01-01T00:00:00Z"
_FACTS = {"done": True, "done_reason": "stop", "total_duration": 1, "eval_count": WORDS, "prompt_eval_count": 10}


def _formed(asked: dict[str, Any], text: str) -> str:
    form = asked.get("format")
    if isinstance(form, dict):
        return json.dumps(plausible.value(form))
    return json.dumps({"text": text}) if form == "json" else text


def _streamed(
    asked: dict[str, Any], head: dict[str, Any], text: str, wrap: Callable[[str], dict[str, Any]]
) -> Response:
    if asked.get("stream") is False:
        return JSONResponse({**head, **wrap(text), **_FACTS})
    parts = [{**head, **wrap(f"{word} "), "done": False} for word in text.split(" ")]
    return lines([*parts, {**head, **wrap(""), **_FACTS}])


async def _chat(request: Request) -> Response:
    asked = await fields(request)
    name(request, "chat")
    head = {"model": asked.get("model"), "created_at": _WHEN}
    answer = chat.answer(asked, None)
    if answer.tool is not None:
        call = {"function": {"name": answer.tool.name, "arguments": answer.tool.arguments()}}
        message = {"role": "assistant", "content": "", "tool_calls": [call]}
        return _streamed({"stream": False}, head, "", lambda _text: {"message": message})
    text = _formed(asked, answer.text)
    return _streamed(asked, head, text, lambda part: {"message": {"role": "assistant", "content": part}})


async def _generate(request: Request) -> Response:
    asked = await fields(request)
    name(request, "generate")
    head = {"model": asked.get("model"), "created_at": _WHEN}
    return _streamed(asked, head, _formed(asked, said(asked.get("prompt"))), lambda part: {"response": part})


async def _embed(request: Request) -> Response:
    asked = await fields(request)
    name(request, "embed")
    if request.url.path.endswith("embeddings"):
        return JSONResponse({"embedding": embedding(asked.get("prompt"), _SIZE)})
    given = asked.get("input")
    texts = given if isinstance(given, list) else [given]
    return JSONResponse({"model": asked.get("model"), "embeddings": [embedding(text, _SIZE) for text in texts]})


async def _tags(request: Request) -> Response:
    name(request, "list")
    details = {"format": "gguf", "family": "llama", "parameter_size": "1B", "quantization_level": "Q4_0"}
    model = {"name": "llama3.2:latest", "model": "llama3.2:latest", "modified_at": _WHEN, "size": 1}
    return JSONResponse({"models": [{**model, "digest": "0" * 64, "details": details}]})


async def _show(request: Request) -> Response:
    await fields(request)
    name(request, "show")
    info = {"general.architecture": "llama", "llama.context_length": 8192}
    kept = {"modelfile": "", "parameters": "", "template": "", "details": {}, "model_info": info}
    return JSONResponse({**kept, "capabilities": ["completion", "tools", "embedding"]})


async def _pull(request: Request) -> Response:
    asked = await fields(request)
    name(request, "pull")
    return JSONResponse({"status": "success"}) if asked.get("stream") is False else lines([{"status": "success"}])


ROUTES = [
    Route("/api/chat", _chat, methods=["POST"]),
    Route("/api/generate", _generate, methods=["POST"]),
    Route("/api/embed", _embed, methods=["POST"]),
    Route("/api/embeddings", _embed, methods=["POST"]),
    Route("/api/tags", _tags, methods=["GET"]),
    Route("/api/show", _show, methods=["POST"]),
    Route("/api/pull", _pull, methods=["POST"]),
]
