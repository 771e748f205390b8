"""What a request to AWS asks for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

_SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")


@dataclass(slots=True)
class Call:
    """One request; the operation is filled in by who understands its protocol."""

    method: str
    """HTTP method."""
    url: str
    """The full URL, as the client asked for it."""
    host: str
    """The host that it was sent to, without a port."""
    path: str
    """Its path, decoded."""
    headers: Mapping[str, str] = field(repr=False)
    """Its headers, names in lower case."""
    body: bytes = field(repr=False)
    """Its body."""
    service: str
    """The service that it is signed for, ``s3``; empty where it is not signed."""
    region: str
    """The region that it is signed for."""
    operation: str = ""
    """``CreateTrainingJob``, once known."""

    @property
    def name(self) -> str:
        """What to call it in a report: ``sagemaker.CreateTrainingJob``, or ``s3.PUT`` where no protocol tells."""
        return f"{self.service or 'aws'}.{self.operation or self.method}"

    def arguments(self) -> dict[str, object]:
        """Return what it was called with: a JSON body or a form; empty where it is neither."""
        if self.body[:1] == b"{":
            try:
                found = json.loads(self.body)
            except ValueError:
                return {}
            return found if isinstance(found, dict) else {}
        return dict(parse_qsl(self.body.decode("latin-1")))

    @staticmethod
    def read(request: Request, body: bytes) -> Call:
        """Return what a request asks for."""
        signed = _SCOPE.search(request.headers.get("authorization", ""))
        return Call(
            method=request.method,
            url=str(request.url),
            host=request.url.hostname or "",
            path=request.url.path,
            headers=request.headers,
            body=body,
            service=signed["service"].lower() if signed else "",
            region=signed["region"] if signed else "us-east-1",
        )
