"""Operations where moto has none, or none that a sample could go on with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stubs import plausible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moto.core.responses import BaseResponse

    Operation = Callable[[BaseResponse], object]

_OWN: dict[tuple[str, str], Operation] = {}
_ROLE = "SampleHarnessExecutionRole"
_KEY_OF_A_ROLE = "ASIA"
"""How the ids of keys begin that belong to a session of a role."""
_SIZE = 1024
"""Dimension of embeddings."""


def find(service: str, operation: str) -> Operation | None:
    """Return the stub's own way to answer an operation, or None."""
    return _OWN.get((service, operation))


def _own(service: str, *operations: str) -> Callable[[Operation], Operation]:
    def keep(function: Operation) -> Operation:
        _OWN.update(((service, operation), function) for operation in operations)
        return function

    return keep


@_own("sts", "GetCallerIdentity")
def _caller(response: BaseResponse) -> object:
    # SageMaker's sessions ask who they are, to run as that role.
    account = response.current_account
    return {
        "UserId": f"{_KEY_OF_A_ROLE}EXAMPLE:sample",
        "Account": account,
        "Arn": f"arn:aws:sts::{account}:assumed-role/{_ROLE}/sample",
    }


@_own("iam", "SimulatePrincipalPolicy", "SimulateCustomPolicy")
def _simulate(response: BaseResponse) -> object:
    results = [
        {"EvalActionName": action, "EvalResourceName": "*", "EvalDecision": "allowed"}
        for action in response.params.get("ActionNames") or ()
    ]
    return {"EvaluationResults": results, "IsTruncated": False}


@_own("sagemaker-runtime", "InvokeEndpoint")
def _invoke_endpoint(response: BaseResponse) -> object:
    accepted = response.headers.get("Accept") or "*/*"
    sent = response.headers.get("Content-Type") or ""
    kind = sent if accepted == "*/*" else accepted.split(",")[0]
    if "csv" in kind or kind.startswith("text/"):
        return {"Body": b"0.5\n", "ContentType": kind, "InvokedProductionVariant": "AllTraffic"}
    body = json.dumps({"predictions": [0.5], "generated_text": plausible.TEXT}).encode()
    return {"Body": body, "ContentType": "application/json", "InvokedProductionVariant": "AllTraffic"}


@_own("bedrock-runtime", "InvokeModel")
def _invoke_model(_response: BaseResponse) -> object:
    return {"body": json.dumps(_every_family()).encode(), "contentType": "application/json"}


@_own("bedrock-runtime", "InvokeModelWithResponseStream")
def _invoke_stream(_response: BaseResponse) -> object:
    texts = {name: part for name, part in _every_family().items() if not name.startswith("embedding")}
    written = {"type": "text_delta", "text": plausible.TEXT}
    delta = {**texts, "type": "content_block_delta", "index": 0, "delta": written}
    parts = [delta, {"type": "message_stop"}]
    return {"body": [{"chunk": {"bytes": json.dumps(part).encode()}} for part in parts]}


@_own("bedrock-runtime", "Converse")
def _converse(response: BaseResponse) -> object:
    tool = _forced_tool(response.params)
    content = {"toolUse": tool} if tool else {"text": plausible.TEXT}
    return {
        "output": {"message": {"role": "assistant", "content": [content]}},
        "stopReason": "tool_use" if tool else "end_turn",
        "usage": {"inputTokens": 10, "outputTokens": 10, "totalTokens": 20},
        "metrics": {"latencyMs": 1},
    }


@_own("bedrock-runtime", "ConverseStream")
def _converse_stream(_response: BaseResponse) -> object:
    return {
        "stream": [
            {"messageStart": {"role": "assistant"}},
            {"contentBlockDelta": {"delta": {"text": plausible.TEXT}, "contentBlockIndex": 0}},
            {"contentBlockStop": {"contentBlockIndex": 0}},
            {"messageStop": {"stopReason": "end_turn"}},
            {
                "metadata": {
                    "usage": {"inputTokens": 10, "outputTokens": 10, "totalTokens": 20},
                    "metrics": {"latencyMs": 1},
                }
            },
        ]
    }


def _forced_tool(asked: Mapping[str, Any]) -> dict[str, object] | None:
    """Return the use of the tool that a request insists on, or None."""
    config = asked.get("toolConfig") or {}
    choice = config.get("toolChoice") or {}
    tools = [tool["toolSpec"] for tool in config.get("tools") or () if "toolSpec" in tool]
    name = (choice.get("tool") or {}).get("name")
    tool = next((tool for tool in tools if name in {None, tool["name"]}), None)
    if tool is None or not ("tool" in choice or "any" in choice):
        return None
    schema = (tool.get("inputSchema") or {}).get("json")
    return {"toolUseId": "tooluse_sample", "name": tool["name"], "input": plausible.value(schema)}


def _every_family() -> dict[str, object]:
    """Return one body with the answer in each place where a family of models puts it; a reader looks in one."""
    text = plausible.TEXT
    embedding = plausible.vector(text, _SIZE)
    return {
        "id": "msg_sample",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 10, "output_tokens": 10},
        "completion": text,
        "generation": text,
        "results": [{"outputText": text, "tokenCount": 10, "completionReason": "FINISH"}],
        "outputs": [{"text": text, "stop_reason": "stop"}],
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "generations": [{"text": text}],
        "completions": [{"data": {"text": text}}],
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "embedding": embedding,
        "embeddings": [embedding],
        "inputTextTokenCount": 10,
    }
