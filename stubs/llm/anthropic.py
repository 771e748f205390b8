"""The shape of Anthropic's messages API."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stubs import plausible
from stubs.llm.answer import WORDS, Answer, Tool, said
from stubs.web import events, fields, name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

_numbers = itertools.count(1)


def _answer(asked: dict[str, Any]) -> Answer:
    tools = [Tool(tool["name"], tool["input_schema"]) for tool in asked.get("tools") or () if "input_schema" in tool]
    choice = asked.get("tool_choice") or {}
    if choice.get("type") in {"tool", "any"}:
        return Answer.of(tools, choice.get("name", ""))
    messages = asked.get("messages") or []
    answered = any(
        part.get("type") == "tool_result"
        for message in messages
        for part in (message.get("content") if isinstance(message.get("content"), list) else ())
    )
    if tools and not answered and choice.get("type") != "none":
        return Answer.of(tools)
    form = (asked.get("output_config") or {}).get("format") or asked.get("output_format") or {}
    if form.get("schema"):
        return Answer(text=json.dumps(plausible.value(form["schema"])))
    return Answer(text=said([asked.get("system"), messages]))


async def _message(request: Request) -> Response:
    asked = await fields(request)
    name(request, "messages.create")
    answer = _answer(asked)
    part: dict[str, Any] = {"type": "text", "text": answer.text}
    if answer.tool is not None:
        made = answer.tool.arguments()
        part = {"type": "tool_use", "id": f"toolu_sample{next(_numbers)}", "name": answer.tool.name, "input": made}
    message = {
        "id": f"msg_sample{next(_numbers)}",
        "type": "message",
        "role": "assistant",
        "model": asked.get("model", "made-up"),
        "content": [part],
        "stop_reason": "end_turn" if answer.tool is None else "tool_use",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": WORDS},
    }
    return events(_stream(message, part)) if asked.get("stream") else JSONResponse(message)


def _stream(message: dict[str, Any], part: dict[str, Any]) -> Iterator[tuple[str, object]]:
    started = {**message, "content": [], "stop_reason": None}
    empty = {**part, "text": ""} if part["type"] == "text" else {**part, "input": {}}
    if part["type"] == "text":
        deltas = [{"type": "text_delta", "text": f"{word} "} for word in part["text"].split(" ")]
    else:
        deltas = [{"type": "input_json_delta", "partial_json": json.dumps(part["input"])}]
    yield "message_start", {"type": "message_start", "message": started}
    yield "content_block_start", {"type": "content_block_start", "index": 0, "content_block": empty}
    for delta in deltas:
        yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    reason = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": reason, "usage": message["usage"]}
    yield "message_stop", {"type": "message_stop"}


async def _complete(request: Request) -> Response:
    asked = await fields(request)
    name(request, "completions.create")
    made = {"type": "completion", "id": f"compl_sample{next(_numbers)}", "model": asked.get("model")}
    return JSONResponse({**made, "completion": said(asked.get("prompt")), "stop_reason": "stop_sequence"})


async def _count(request: Request) -> Response:
    await fields(request)
    name(request, "messages.count_tokens")
    return JSONResponse({"input_tokens": 10})


ROUTES = [
    Route("/v1/messages", _message, methods=["POST"]),
    Route("/v1/messages/count_tokens", _count, methods=["POST"]),
    Route("/v1/complete", _complete, methods=["POST"]),
]
