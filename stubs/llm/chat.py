"""Chat in the shape of OpenAI's API, which most hosts of language models speak."""

from __future__ import annotations

import itertools
import json
import time
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from stubs import plausible
from stubs.llm.answer import WORDS, Answer, Tool, said
from stubs.web import events, fields, name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

_numbers = itertools.count(1)


def made_id(prefix: str) -> str:
    """Return the id of something new."""
    return f"{prefix}-sample{next(_numbers)}"


def usage() -> dict[str, int]:
    """Return what an answer is said to have cost."""
    return {"prompt_tokens": 10, "completion_tokens": WORDS, "total_tokens": 10 + WORDS}


def _tools(asked: dict[str, Any]) -> list[Tool]:
    functions = [tool.get("function") or tool for tool in asked.get("tools") or () if tool.get("type") == "function"]
    functions += asked.get("functions") or []  # as it was written before tools
    return [Tool(function["name"], function.get("parameters")) for function in functions]


def answer(asked: dict[str, Any], form: dict[str, Any] | None) -> Answer:
    """Return what to say: a tool's call where one is required, else text of the form that is asked for."""
    choice = asked.get("tool_choice", asked.get("function_call"))
    messages = asked.get("messages") or asked.get("input")
    tools = [] if choice == "none" else _tools(asked)
    if isinstance(choice, dict):
        wanted = str((choice.get("function") or choice).get("name", ""))
        return Answer.of(tools, wanted)
    # An agent asks once and comes to its end: what the tool said is there the second time.
    if tools and (choice in {"required", "any"} or not _was_answered(messages)):
        return Answer(tool=tools[0])
    form = form or {}
    schema = (form.get("json_schema") or form).get("schema")
    if schema:
        return Answer(text=json.dumps(plausible.value(schema)))
    return Answer(text=said(messages, as_object=form.get("type") == "json_object"))


def _was_answered(messages: object) -> bool:
    """Whether a tool's result is already there, so that an agent comes to its end."""
    listed = messages if isinstance(messages, list) else []
    return any(
        isinstance(message, dict)
        and (message.get("role") in {"tool", "function"} or message.get("type") == "function_call_output")
        for message in listed
    )


def _calls(tool: Tool) -> dict[str, Any]:
    return {
        "id": made_id("call"),
        "type": "function",
        "function": {"name": tool.name, "arguments": json.dumps(tool.arguments())},
    }


async def complete(request: Request) -> Response:
    """Answer a chat, in one piece or as a stream."""
    asked = await fields(request)
    name(request, "chat.completions.create")
    given = answer(asked, asked.get("response_format"))
    head = {"id": made_id("chatcmpl"), "created": int(time.time()), "model": asked.get("model", "made-up")}
    message: dict[str, Any] = {"role": "assistant", "content": given.text or None, "refusal": None}
    reason = "stop"
    if given.tool is not None:
        call = _calls(given.tool)
        reason = "function_call" if asked.get("functions") else "tool_calls"
        message[reason] = call["function"] if asked.get("functions") else [call]
    if asked.get("stream"):
        return events(_chunks(head, message, reason, asked), last="[DONE]")
    choices = [
        {"index": index, "message": message, "finish_reason": reason, "logprobs": None}
        for index in range(int(asked.get("n") or 1))
    ]
    return JSONResponse({**head, "object": "chat.completion", "choices": choices, "usage": usage()})


def _chunks(head: dict[str, Any], message: dict[str, Any], reason: str, asked: dict[str, Any]) -> Iterator[object]:
    chunk = {**head, "object": "chat.completion.chunk"}
    delta = {key: value for key, value in message.items() if key != "content"}
    if "tool_calls" in delta:
        delta["tool_calls"] = [{"index": number, **call} for number, call in enumerate(delta["tool_calls"])]
    yield {**chunk, "choices": [{"index": 0, "delta": {**delta, "content": ""}, "finish_reason": None}]}
    for word in (message["content"] or "").split(" "):
        yield {**chunk, "choices": [{"index": 0, "delta": {"content": f"{word} "}, "finish_reason": None}]}
    yield {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}
    if (asked.get("stream_options") or {}).get("include_usage"):
        yield {**chunk, "choices": [], "usage": usage()}
