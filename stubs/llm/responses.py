"""OpenAI's responses API: one answer with its parts, whole or as a stream of events."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from stubs.llm import chat
from stubs.web import events, fields, name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request


async def create(request: Request) -> Response:
    """Answer a request for a response."""
    asked = await fields(request)
    name(request, "responses.create")
    answer = chat.answer(asked, (asked.get("text") or {}).get("format"))
    if answer.tool is not None:
        item: dict[str, Any] = {
            "type": "function_call",
            "id": chat.made_id("fc"),
            "call_id": chat.made_id("call"),
            "name": answer.tool.name,
            "arguments": json.dumps(answer.tool.arguments()),
            "status": "completed",
        }
    else:
        part = {"type": "output_text", "text": answer.text, "annotations": [], "logprobs": []}
        item = {
            "type": "message",
            "id": chat.made_id("msg"),
            "role": "assistant",
            "status": "completed",
            "content": [part],
        }
    response = _whole(asked, item)
    return events(_stream(response, item)) if asked.get("stream") else JSONResponse(response)


def _whole(asked: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    usage = chat.usage()
    return {
        "id": chat.made_id("resp"),
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "model": asked.get("model", "made-up"),
        "output": [item],
        "parallel_tool_calls": True,
        "tool_choice": asked.get("tool_choice", "auto"),
        "tools": asked.get("tools") or [],
        "text": asked.get("text") or {"format": {"type": "text"}},
        "error": None,
        "incomplete_details": None,
        "instructions": asked.get("instructions"),
        "metadata": asked.get("metadata") or {},
        "temperature": 1.0,
        "top_p": 1.0,
        "usage": {
            "input_tokens": usage["prompt_tokens"],
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": usage["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": usage["total_tokens"],
        },
    }


def _stream(response: dict[str, Any], item: dict[str, Any]) -> Iterator[tuple[str, object]]:
    started = {**response, "status": "in_progress", "output": []}
    listed: list[dict[str, Any]] = [{"type": "response.created", "response": started}]
    empty = {**item, "status": "in_progress"}
    empty["content" if "content" in item else "arguments"] = [] if "content" in item else ""
    listed.append({"type": "response.output_item.added", "output_index": 0, "item": empty})
    place: dict[str, Any] = {"item_id": item["id"], "output_index": 0}
    if "content" in item:
        part = item["content"][0]
        place["content_index"] = 0
        listed.append({"type": "response.content_part.added", **place, "part": {**part, "text": ""}})
        listed += [
            {"type": "response.output_text.delta", **place, "delta": f"{word} ", "logprobs": []}
            for word in part["text"].split(" ")
        ]
        listed.append({"type": "response.output_text.done", **place, "text": part["text"], "logprobs": []})
        listed.append({"type": "response.content_part.done", **place, "part": part})
    else:
        listed.append({"type": "response.function_call_arguments.delta", **place, "delta": item["arguments"]})
        done = {"arguments": item["arguments"], "name": item["name"]}
        listed.append({"type": "response.function_call_arguments.done", **place, **done})
    listed.append({"type": "response.output_item.done", "output_index": 0, "item": item})
    listed.append({"type": "response.completed", "response": response})
    for number, event in enumerate(listed):
        yield event["type"], {**event, "sequence_number": number}
