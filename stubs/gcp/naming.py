"""What a call over REST is called: as Google's own reference calls it, from its method and path."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ONE = {"GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
MANY = {"GET": "list", "POST": "insert"}
SHORT = {"b": "buckets", "o": "objects"}


def call_name(method: str, parts: Sequence[str]) -> str:
    """Return e.g. ``objects.list`` for GET on ``b``, ``my-bucket``, ``o``.

    Args:
        method: The HTTP method.
        parts: The path below the service: collections and ids in turn, and perhaps a verb.
    """
    if not parts:
        return ""
    single = len(parts) % 2 == 0
    collection = parts[-2] if single else parts[-1]
    verb = (ONE if single else MANY).get(method, method.lower())
    if not single and collection not in SHORT and not collection.endswith("s"):
        collection, verb = parts[-3] if len(parts) > 2 else "", collection  # noqa: PLR2004  …/tables/t/insertAll
    return f"{SHORT.get(collection, collection)}.{verb}".strip(".")
