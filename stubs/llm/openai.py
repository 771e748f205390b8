"""The shape of OpenAI's API beside chat: completions, embeddings, models, pictures, sound, and what it keeps."""

from __future__ import annotations

import base64
import itertools
import struct
import time
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stubs import plausible
from stubs.llm import chat, responses
from stubs.llm.answer import embedding, said
from stubs.web import events, fields, name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

_SIZES = {"text-embedding-3-large": 3072, "mistral-embed": 1024}
_SIZE = 1536
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""A picture of one dot."""
_numbers = itertools.count(1)
_kept: dict[str, dict[str, Any]] = {}
"""Files, jobs, assistants and the like by path."""


async def _complete(request: Request) -> Response:
    asked = await fields(request)
    name(request, "completions.create")
    prompts = asked.get("prompt") if isinstance(asked.get("prompt"), list) else [asked.get("prompt")]
    head = {
        "id": chat.made_id("cmpl"),
        "object": "text_completion",
        "created": int(time.time()),
        "model": asked.get("model"),
    }
    choices = [
        {"index": index, "text": said(asked.get("prompt")), "finish_reason": "stop", "logprobs": None}
        for index in range(len(prompts or [""]) * int(asked.get("n") or 1))
    ]
    if asked.get("stream"):
        return events([{**head, "choices": choices}], last="[DONE]")
    return JSONResponse({**head, "choices": choices, "usage": chat.usage()})


async def _embed(request: Request) -> Response:
    asked = await fields(request)
    name(request, "embeddings.create")
    given = asked.get("input", "")
    whole = isinstance(given, str) or (isinstance(given, list) and all(isinstance(part, int) for part in given))
    texts = [given] if whole else list(given)
    size = int(asked.get("dimensions") or _SIZES.get(str(asked.get("model")), _SIZE))
    data = []
    for index, text in enumerate(texts):
        vector: Any = embedding(text, size)
        if asked.get("encoding_format") == "base64":
            vector = base64.b64encode(struct.pack(f"<{size}f", *vector)).decode()
        data.append({"object": "embedding", "index": index, "embedding": vector})
    usage = {"prompt_tokens": 10, "total_tokens": 10}
    made = {"id": chat.made_id("embd"), "object": "list", "data": data}
    return JSONResponse({**made, "model": asked.get("model"), "usage": usage})


async def _models(request: Request) -> Response:
    name(request, "models")
    model = request.path_params.get("model")
    listed = [
        {"id": known, "object": "model", "created": 1700000000, "owned_by": "sample-harness"}
        for known in ([model] if model else ["gpt-4o", "gpt-4o-mini", "gpt-3.5-turbo", "text-embedding-3-small"])
    ]
    return JSONResponse(listed[0] if model else {"object": "list", "data": listed})


async def _images(request: Request) -> Response:
    asked = await fields(request) if "json" in request.headers.get("content-type", "") else {}
    name(request, "images.generate")
    plain = asked.get("response_format") != "b64_json" and not str(asked.get("model", "")).startswith("gpt-image")
    picture = {"url": "https://example.com/made-up.png"} if plain else {"b64_json": _PIXEL}
    return JSONResponse({"created": int(time.time()), "data": [picture] * int(asked.get("n") or 1)})


async def _speech(request: Request) -> Response:
    name(request, "audio.speech.create")
    return Response(b"\xff\xfb\x90\x00" + bytes(413), media_type="audio/mpeg")


async def _hear(request: Request) -> Response:
    name(request, "audio.transcriptions.create")
    return JSONResponse({"text": plausible.TEXT})


async def _moderate(request: Request) -> Response:
    name(request, "moderations.create")
    categories = ("harassment", "hate", "self-harm", "sexual", "violence")
    result = {
        "flagged": False,
        "categories": dict.fromkeys(categories, False),
        "category_scores": dict.fromkeys(categories, 0.0),
    }
    return JSONResponse({"id": chat.made_id("modr"), "model": "omni-moderation-latest", "results": [result]})


async def _keep(request: Request) -> Response:
    """Keep and tell what a client creates: files, fine-tuning and batch jobs, assistants, threads, vector stores."""
    path = request.url.path.rpartition("/openai/")[2].rpartition("v1/")[2].strip("/")
    parts = path.removeprefix("fine_tuning/").split("/")  # the one group that is no collection
    name(request, f"{'.'.join(parts[::2])}.{request.method.lower()}")
    if request.method == "POST" and len(parts) % 2 == 1:
        form = "multipart" in request.headers.get("content-type", "")
        given = dict(await request.form()) if form else await fields(request)
        return JSONResponse(_create(path, parts[-1], given))
    if request.method == "DELETE":
        _kept.pop(path, None)
        return JSONResponse({"id": parts[-1], "deleted": True, "object": "deleted"})
    if len(parts) % 2 == 1:
        found = [item for key, item in _kept.items() if key.rpartition("/")[0] == path]
        if parts[-1] == "messages":
            found.insert(0, _create(path, "messages", {"role": "assistant", "content": plausible.TEXT}))
        return JSONResponse({"object": "list", "data": found, "has_more": False})
    if path not in _kept:
        return JSONResponse({"error": {"message": f"no such object: {path}", "type": "invalid_request_error"}}, 404)
    if request.method == "POST":
        _kept[path].update(await fields(request))
    return JSONResponse(_kept[path])


async def _content(request: Request) -> Response:
    name(request, "files.content")
    return Response(f"{plausible.TEXT}\n", media_type="text/plain")


def _create(path: str, collection: str, given: dict[str, Any]) -> dict[str, Any]:
    kind = collection.removesuffix("s")
    made: dict[str, Any] = {key: value for key, value in given.items() if key != "file"}
    file = given.get("file")
    if file is not None and hasattr(file, "filename"):
        made.update(filename=file.filename, bytes=file.size, status="processed")
        kind = "file"
    made.update(id=f"{kind}-sample{next(_numbers)}", created_at=int(time.time()))
    made.update(
        {"object": {"job": "fine_tuning.job", "run": "thread.run", "message": "thread.message"}.get(kind, kind)}
    )
    made.setdefault("status", "succeeded" if kind == "job" else "completed")
    made.setdefault("metadata", {})
    if kind == "job":
        made.update(fine_tuned_model=f"ft:{given.get('model')}:sample", hyperparameters={}, result_files=[], seed=1)
    if kind == "message" and isinstance(made.get("content"), str):
        made["content"] = [{"type": "text", "text": {"value": made["content"], "annotations": []}}]
    _kept[f"{path}/{made['id']}"] = made
    return made


def _both(path: str, endpoint: Callable[[Request], Awaitable[Response]], *methods: str) -> list[Route]:
    """Return routes for a path at the root of a host and below anything that a host puts before it."""
    given = list(methods) or ["POST"]
    return [Route(path, endpoint, methods=given), Route("/{before:path}" + path, endpoint, methods=given)]


_COLLECTIONS = ("files", "fine_tuning", "batches", "assistants", "threads", "vector_stores", "uploads", "conversations")

ROUTES = [
    *_both("/chat/completions", chat.complete),
    *_both("/completions", _complete),
    *_both("/embeddings", _embed),
    *_both("/images/generations", _images),
    *_both("/images/edits", _images),
    *_both("/audio/speech", _speech),
    *_both("/audio/transcriptions", _hear),
    *_both("/audio/translations", _hear),
    *_both("/moderations", _moderate),
    *_both("/responses", responses.create),
    *_both("/models", _models, "GET"),
    *_both("/models/{model:path}", _models, "GET"),
    Route("/v1/files/{id}/content", _content, methods=["GET"]),
    *[
        route
        for collection in _COLLECTIONS
        for path in (f"/v1/{collection}", f"/v1/{collection}/{{rest:path}}", f"/openai/{collection}")
        for route in [Route(path, _keep, methods=["GET", "POST", "DELETE"])]
    ],
]
