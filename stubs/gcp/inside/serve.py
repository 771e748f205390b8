"""The loop: one JSON line in, one out, until the input ends."""

from __future__ import annotations

import base64
import json
import sys
from typing import TYPE_CHECKING, Any

from stubs.gcp.inside.answers import UNIMPLEMENTED, Answers, Refused
from stubs.gcp.inside.specials import SPECIALS

if TYPE_CHECKING:
    from stubs.gcp.inside.shape import Proto

INVALID_ARGUMENT = 3  # google.rpc.Code


class Server:
    """Answers lines; keeps what a client streams until it is all there."""

    def __init__(self) -> None:
        self._answers = Answers(SPECIALS)
        self._streams: dict[int, list[Proto]] = {}

    def line(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer one line.

        Args:
            asked: ``stream`` (a number for the call), ``path``, and ``message`` (base64), None when the client is done.
        """
        try:
            messages = self._messages(asked["stream"], asked["path"], asked["message"])
        except Refused as refused:
            return {"status": refused.status, "text": str(refused)}
        except Exception as error:  # noqa: BLE001  one call that fails must not take the others along
            # no other status would do: clients ask again for minutes where they hope that it passes
            return {"status": UNIMPLEMENTED, "text": f"the stub failed: {error!r}"}
        return {"status": 0, "messages": [base64.b64encode(one.SerializeToString()).decode() for one in messages]}

    def _messages(self, stream: int, path: str, message: str | None) -> list[Proto]:
        call = self._answers.find(path)
        gathers = call.method.kind == "stream_unary"
        if message is None:
            gathered = self._streams.pop(stream, [])
            return self._answers.answer(call, gathered[0]) if gathers and gathered else []
        request = call.method.request()
        try:
            request.ParseFromString(base64.b64decode(message))
        except Exception as error:
            raise Refused(INVALID_ARGUMENT, f"not a message of this method: {error}") from error
        if gathers:
            self._streams.setdefault(stream, []).append(request)
            return []
        return self._answers.answer(call, request)


def main() -> None:
    """Serve standard input."""
    lines, out = sys.stdin, sys.stdout
    sys.stdout = sys.stderr  # a library that prints must not garble the answers
    server = Server()
    for line in lines:
        out.write(json.dumps(server.line(json.loads(line))) + "\n")
        out.flush()
