"""Answers for operations that moto lacks, from what the SDK's own service model says they return.

A member that the request has too is sent back; what an operation created is told by those that describe it; the rest is
filled by name and type: a name of a resource, a status of something that is done.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from moto.core.utils import get_service_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import Shape
    from moto.core.responses import BaseResponse

_DONE = re.compile(r"complete|succe|in_?service|active|ready|available|enabled|created|stopped", re.IGNORECASE)
_DEPTH = 6
_created: dict[tuple[str, str], dict[str, object]] = {}
"""(service, value of a name) → what was given when it was created."""


def answer(service: str, operation: str, response: BaseResponse) -> dict[str, object]:
    """Return what an operation returns.

    Args:
        service: The SDK's name of the service.
        operation: The operation, ``CreateMonitoringSchedule``.
        response: moto's view of the request, its parameters read.

    Raises:
        NotImplementedError: If the service has no such operation.
    """
    try:
        output = get_service_model(service).operation_model(operation).output_shape
    except Exception as error:
        raise NotImplementedError(operation) from error
    given = dict(response.params)
    names = [(service, text) for text in given.values() if isinstance(text, str)]
    known = next((_created[name] for name in names if name in _created), {})
    if operation.startswith(("Create", "Put", "Start", "Register")):
        _created.update(dict.fromkeys(names, given))
    if output is None:
        return {}
    made = _filled(
        output, {**known, **given}, f"arn:aws:{service}:{response.region}:{response.current_account}", _DEPTH
    )
    return made if isinstance(made, dict) else {}


def _filled(shape: Shape, given: Mapping[str, object], arn: str, depth: int) -> object:
    if shape.type_name == "structure":
        members = shape.members if depth > 0 else {}
        found = {name: _member(name, part, given, arn, depth) for name, part in members.items()}
        return {name: value for name, value in found.items() if value is not None}
    if shape.type_name == "list":
        return []
    if shape.type_name == "map":
        return {}
    return _scalar("", shape, arn)


def _member(name: str, shape: Shape, given: Mapping[str, object], arn: str, depth: int) -> object:
    if name in given:
        return given[name]
    if re.search(r"(next|continuation|pagination).?token|^marker$|error|failure", name, re.IGNORECASE):
        return None
    if shape.type_name in {"structure", "list", "map"}:
        return _filled(shape, given, arn, depth - 1)
    if name.lower().endswith("arn"):
        kind = name[:-3] or "resource"
        own = next((str(value) for key, value in given.items() if key.endswith("Name")), "made-up")
        return f"{arn}:{re.sub(r'(?<!^)(?=[A-Z])', '-', kind).lower()}/{own}"
    return _scalar(name, shape, arn)


def _scalar(name: str, shape: Shape, arn: str) -> object:
    if shape.type_name == "timestamp":
        return dt.datetime.now(dt.UTC)
    if shape.type_name == "string":
        choices = getattr(shape, "enum", [])
        if choices:
            return next((choice for choice in choices if _DONE.search(choice)), choices[0])
        return arn if name.lower().endswith("arn") else f"made-up-{name}".rstrip("-").lower()
    return {"boolean": True, "blob": b""}.get(shape.type_name, 1)
