"""What a model says, whatever the protocol: text, or the use of a tool that it was given."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stubs import plausible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORDS = len(plausible.TEXT.split())
"""How many tokens an answer is said to have."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model may ask for."""

    name: str
    """Its name."""
    schema: object
    """The JSON Schema of its arguments."""

    def arguments(self) -> dict[str, Any]:
        """Return arguments that the schema accepts."""
        made = plausible.value(self.schema) if self.schema else {}
        return made if isinstance(made, dict) else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """Text or a tool."""

    text: str = ""
    """What is said, empty where a tool is asked for."""
    tool: Tool | None = None
    """What is asked for, or None."""

    @staticmethod
    def of(tools: Sequence[Tool], wanted: str = "") -> Answer:
        """Return the use of the tool that is wanted by name, or of the first; text where there is none."""
        tool = next((tool for tool in tools if wanted in {"", tool.name}), None)
        return Answer(text=plausible.TEXT) if tool is None else Answer(tool=tool)


def said(asked: object, *, as_object: bool = False) -> str:
    """Return the text that answers a prompt or messages.

    Where the last JSON Schema that is written in them asks for an object, that is the answer: it is how libraries ask
    models that know nothing of schemas.

    Args:
        asked: The prompt, or messages of any shape.
        as_object: Whether it must be a JSON object.
    """
    schema = _last_schema(asked if isinstance(asked, str) else "\n".join(_texts(asked)))
    if schema is not None:
        return json.dumps(plausible.value(schema))
    return json.dumps({"text": plausible.TEXT}) if as_object else plausible.TEXT


def _texts(asked: object) -> Iterator[str]:
    if isinstance(asked, str):
        yield asked
    elif isinstance(asked, dict):
        for key in ("content", "text", "parts", "input"):
            yield from _texts(asked.get(key))
    elif isinstance(asked, list):
        for part in asked:
            yield from _texts(part)


def _last_schema(text: str) -> dict[str, Any] | None:
    found = None
    at = text.find("{")
    decoder = json.JSONDecoder()
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            if isinstance(value, dict) and isinstance(value.get("properties"), dict):
                found = value
        at = text.find("{", end)
    return found


def embedding(text: object, size: int) -> list[float]:
    """Return the vector of what was given: a text, tokens, or parts."""
    return plausible.vector(text if isinstance(text, str) else repr(text), size)
