"""What every part of the Azure stub says alike: JSON, errors in Azure's shape, and names of calls."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from starlette.requests import Request


def now() -> str:
    """Return the time as Azure writes it in JSON."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def http_date() -> str:
    """Return the time as it stands in headers."""
    return format_datetime(datetime.now(UTC), usegmt=True)


def error(status: int, code: str, message: str) -> JSONResponse:
    """Return an error as the resource manager words it; clients read the code from the header too."""
    body = {"error": {"code": code, "message": message}}
    return JSONResponse(body, status_code=status, headers={"x-ms-error-code": code})


def unknown(request: Request) -> JSONResponse:
    """Refuse an operation that nobody taught this stub."""
    what = f"{request.method} {request.url.path}"
    return error(501, "NotImplemented", f"the stub of Azure does not know {what}"[:500])


def call(scope: MutableMapping[str, Any], name: str) -> None:
    """Note what a request is called in the report."""
    scope.setdefault("state", {})["call"] = name


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that came in.

    Raises:
        ValueError: If what came is something else.
    """
    if not await request.body():
        return {}
    found = await request.json()
    if not isinstance(found, dict):
        raise ValueError("a JSON object is expected")  # noqa: TRY004 - what came is wrong, not what was called
    return found
