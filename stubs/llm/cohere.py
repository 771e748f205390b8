"""The shapes of Cohere's and Voyage's API where they differ from OpenAI's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stubs import plausible
from stubs.llm import chat
from stubs.llm.answer import WORDS, embedding, said
from stubs.web import events, fields, lines, name

if TYPE_CHECKING:
    from starlette.requests import Request

_SIZE = 1024
_TOKENS = {"tokens": {"input_tokens": 10, "output_tokens": WORDS}}


async def _first_chat(request: Request) -> Response:
    asked = await fields(request)
    name(request, "chat")
    text = said(asked.get("message"))
    made = {"text": text, "generation_id": "sample", "finish_reason": "COMPLETE", "meta": {}, "chat_history": []}
    if not asked.get("stream"):
        return JSONResponse(made)
    parts = [
        {"event_type": "stream-start", "generation_id": "sample", "is_finished": False},
        *[{"event_type": "text-generation", "text": f"{word} ", "is_finished": False} for word in text.split(" ")],
        {"event_type": "stream-end", "finish_reason": "COMPLETE", "response": made, "is_finished": True},
    ]
    return lines(parts)


async def _chat(request: Request) -> Response:
    asked = await fields(request)
    name(request, "chat")
    answer = chat.answer(asked, asked.get("response_format"))
    message: dict[str, Any] = {"role": "assistant", "content": [{"type": "text", "text": answer.text}]}
    reason = "COMPLETE"
    if answer.tool is not None:
        function = {"name": answer.tool.name, "arguments": json.dumps(answer.tool.arguments())}
        message = {"role": "assistant", "tool_calls": [{"id": "call", "type": "function", "function": function}]}
        reason = "TOOL_CALL"
    if not asked.get("stream"):
        return JSONResponse({"id": "sample", "message": message, "finish_reason": reason, "usage": _TOKENS})
    begun = {"message": {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}}
    parts: list[dict[str, Any]] = [{"type": "message-start", "id": "sample", "delta": begun}]
    for word in answer.text.split(" "):
        delta = {"message": {"content": {"text": f"{word} "}}}
        parts.append({"type": "content-delta", "index": 0, "delta": delta})
    parts.append({"type": "message-end", "delta": {"finish_reason": reason, "usage": _TOKENS}})
    return events(parts)


async def _embed(request: Request) -> Response:
    asked = await fields(request)
    name(request, "embed")
    texts = asked.get("texts") or asked.get("inputs") or []
    vectors = [embedding(text, int(asked.get("output_dimension") or _SIZE)) for text in texts]
    by_type = request.url.path.startswith("/v2") or asked.get("embedding_types")
    made = {"float": vectors} if by_type else vectors
    kind = "embeddings_by_type" if by_type else "embeddings_floats"
    return JSONResponse({"id": "sample", "texts": texts, "embeddings": made, "response_type": kind, "meta": {}})


async def _rerank(request: Request) -> Response:
    asked = await fields(request)
    name(request, "rerank")
    documents = asked.get("documents") or []
    count = int(asked.get("top_n") or asked.get("top_k") or len(documents))
    ranked = [
        {"index": index, "relevance_score": round(1 / (index + 2), 4), "document": {"text": str(documents[index])}}
        for index in range(min(count, len(documents)))
    ]
    # Cohere's clients read `results`, Voyage's `data`.
    return JSONResponse({"id": "sample", "results": ranked, "data": ranked, "usage": {"total_tokens": 10}})


async def _generate(request: Request) -> Response:
    asked = await fields(request)
    name(request, "generate")
    made = {"id": "sample", "text": said(asked.get("prompt")), "finish_reason": "COMPLETE"}
    return JSONResponse({"id": "sample", "prompt": asked.get("prompt"), "generations": [made], "meta": {}})


async def _tokenize(request: Request) -> Response:
    words = str((await fields(request)).get("text", plausible.TEXT)).split()
    name(request, "tokenize")
    return JSONResponse({"tokens": list(range(len(words))), "token_strings": words})


ROUTES = [
    Route("/v1/chat", _first_chat, methods=["POST"]),
    Route("/v2/chat", _chat, methods=["POST"]),
    Route("/v1/embed", _embed, methods=["POST"]),
    Route("/v2/embed", _embed, methods=["POST"]),
    Route("/v1/rerank", _rerank, methods=["POST"]),
    Route("/v2/rerank", _rerank, methods=["POST"]),
    Route("/v1/generate", _generate, methods=["POST"]),
    Route("/v1/tokenize", _tokenize, methods=["POST"]),
]
