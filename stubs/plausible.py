"""Contents that a service might have sent: made up, the same for the same question, and shaped as was asked for.

It holds no protocol: stubs wrap what they take from here. What it makes is recognisable (`TEXT`) and proves nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT = "This is an answer of the sample harness, not of a model."
"""What every language model says here."""

_DEPTH = 12
"""How deep a schema is followed: those of trees have no end."""
_TABLE = "id,text,feature,target\n1,first,0.5,0\n2,second,1.5,1\n3,third,2.5,0\n4,fourth,3.5,1\n"
_FORMATS = {
    "date": "2024-01-01",
    "date-time": "2024-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "email": "user@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
}


def vector(text: str, size: int) -> list[float]:
    """Return an embedding of unit length that depends on the text alone."""
    seed = hashlib.sha256(text.encode()).digest()
    draw = random.Random(seed)  # noqa: S311 a repeatable draw is the point
    values = [draw.gauss(0, 1) for _ in range(size)]
    length = math.sqrt(sum(value * value for value in values)) or 1.0
    return [round(value / length, 6) for value in values]


def document(name: str) -> bytes | None:
    """Return the contents of a small data file by the ending of its name; None where it cannot be made up."""
    ending = PurePosixPath(name).suffix.lower()
    rows = [dict(zip(_TABLE.split("\n", 1)[0].split(","), line.split(","), strict=True)) for line in _TABLE.split()[1:]]
    made = {
        ".csv": _TABLE,
        ".tsv": _TABLE.replace(",", "\t"),
        ".txt": f"{TEXT}\n",
        ".md": f"{TEXT}\n",
        ".log": f"{TEXT}\n",
        ".json": json.dumps({"text": TEXT, "rows": rows}),
        ".jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        ".yaml": f"text: {TEXT}\n",
        ".yml": f"text: {TEXT}\n",
    }.get(ending)
    return None if made is None else made.encode()


def value(schema: object, root: Mapping[str, object] | None = None, depth: int = _DEPTH) -> object:
    """Return a value that a JSON Schema accepts.

    Args:
        schema: The schema; anything else than an object allows all.
        root: The document that references in it are resolved against, itself by default.
        depth: How many levels may still be filled.
    """
    if not isinstance(schema, dict):
        return TEXT
    root = schema if root is None else root
    if "$ref" in schema:
        return value(_referenced(str(schema["$ref"]), root), root, depth - 1) if depth > 0 else None
    given = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if given:
        return given[0]
    options = [o for word in ("anyOf", "oneOf") for o in schema.get(word) or () if o != {"type": "null"}]
    if options:
        return value(options[0], root, depth)
    if schema.get("allOf"):
        merged = {key: item for part in schema["allOf"] if isinstance(part, dict) for key, item in part.items()}
        return value({**{key: item for key, item in schema.items() if key != "allOf"}, **merged}, root, depth)
    return _typed(schema, root, depth)


def _referenced(reference: str, root: Mapping[str, object]) -> object:
    found: object = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        if step:
            found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found


def _typed(schema: Mapping[str, object], root: Mapping[str, object], depth: int) -> object:
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    kind = str(kind).lower()  # Gemini writes OBJECT
    if kind == "object":
        properties = schema.get("properties")
        known = properties if isinstance(properties, dict) and depth > 0 else {}
        return {name: value(part, root, depth - 1) for name, part in known.items()}
    if kind == "array":
        count = max(_number(schema.get("minItems"), 1), 1) if depth > 0 else 0
        return [value(schema.get("items", {}), root, depth - 1) for _ in range(int(min(count, 100)))]
    if kind in {"integer", "number"}:
        return _bounded(schema, whole=kind == "integer")
    if kind == "string":
        text = _FORMATS.get(str(schema.get("format")), TEXT)
        longest = int(_number(schema.get("maxLength"), len(text)))
        return text[:longest].ljust(int(_number(schema.get("minLength"), 0)), ".")
    return {"boolean": True, "null": None}.get(kind)


def _bounded(schema: Mapping[str, object], *, whole: bool) -> float:
    lowest = _number(schema.get("minimum", schema.get("exclusiveMinimum")), 1)
    highest = _number(schema.get("maximum", schema.get("exclusiveMaximum")), max(lowest + 1, 1))
    step = _number(schema.get("multipleOf"), 0)
    found = lowest + (1 if "exclusiveMinimum" in schema and whole else 0)
    if "exclusiveMinimum" in schema and not whole:
        found = (lowest + highest) / 2
    if step:
        found = math.ceil(found / step) * step
    found = min(found, highest)
    return int(found) if whole else found


def _number(given: object, default: float) -> float:
    return given if isinstance(given, int | float) and not isinstance(given, bool) else default
