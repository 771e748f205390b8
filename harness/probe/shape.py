"""Brings records of the child, which may be anything at all, into the shape that the host decodes."""

from typing import Any, Dict

from .bounds import clean

FRAME = {"file": str, "line": int, "name": str, "module": str, "owner": str}
RAISED = {
    "type": str,
    "message": str,
    "line": int,
    "column": int,
    "file": str,
    "end_line": int,
    "end_column": int,
    "bases": [str],
    "frames": [FRAME],
    "attributes": [(str, str)],
    "fatal": bool,
    "handled": bool,
    "taint": str,
    "driven": str,
}
WARNED = {"category": str, "message": str, "line": int, "file": str, "bases": [str], "direct": bool, "frames": [FRAME]}
WARNED.update(parameters=[str], method=str)
ACCESS = {"target": str, "line": int, "file": str}
CALL = {"host": str, "port": int, "method": str, "path": str, "status": int, "stub": str, "name": str}
CALL = {**CALL, "line": int, "file": str, "aside": bool}

ITEMS = 60
"""Items kept of any list."""
CAUSES = 8
"""Exceptions kept of a chain."""


def conform(value: object, shape: Any) -> Any:
    """Return a value of the shape: what fits is kept and bounded, all else becomes empty."""
    if isinstance(shape, dict):
        given = value if isinstance(value, dict) else {}
        return {key: conform(given.get(key), inner) for key, inner in shape.items()}
    if isinstance(shape, list):
        return [conform(item, shape[0]) for item in (value[:ITEMS] if isinstance(value, list) else ())]
    if isinstance(shape, tuple):
        given_items = value if isinstance(value, list) and len(value) == len(shape) else [None] * len(shape)
        return [conform(item, inner) for item, inner in zip(given_items, shape)]  # noqa: B905 - strict= is newer than 3.9
    if shape is str:
        return clean(value) if isinstance(value, str) else ""
    if shape is bool:
        return value is True
    # True is an int to Python, and a line number beyond 31 bits is none.
    return value if type(value) is int and 0 <= value < 1 << 31 else 0


def raised(value: object, depth: int = CAUSES) -> Dict[str, Any]:
    """Return an exception record with its chain of causes, bounded in depth."""
    record: Dict[str, Any] = conform(value, RAISED)
    cause = value.get("cause") if isinstance(value, dict) else None
    record["cause"] = raised(cause, depth - 1) if isinstance(cause, dict) and depth > 1 else None
    return record
