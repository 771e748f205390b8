"""The JSON Schema of the wire format, its descriptions taken from the docstrings."""

from __future__ import annotations

import ast
import inspect
import json
from typing import TYPE_CHECKING, Any

import msgspec

from harness.report import wire

if TYPE_CHECKING:
    from collections.abc import Iterator


def json_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of a report, with a newline at its end."""
    (root,), parts = msgspec.json.schema_components([wire.Report], ref_template="#/$defs/{name}")
    for part, name, text in _docstrings():
        if part in parts and name in parts[part].get("properties", {}):
            parts[part]["properties"][name]["description"] = text
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Report of {wire.DISTRIBUTION}, format {wire.VERSION}",
        **root,
        "$defs": parts,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _docstrings() -> Iterator[tuple[str, str, str]]:
    """Yield (class, field, docstring) for each documented field, which Python itself does not keep."""
    for part in ast.parse(inspect.getsource(wire)).body:
        if isinstance(part, ast.ClassDef):
            for field, text in zip(part.body, part.body[1:], strict=False):
                match field, text:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                        yield part.name, name, inspect.cleandoc(said).replace("``", "`")
