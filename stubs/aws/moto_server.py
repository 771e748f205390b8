"""moto's own dispatch by host, called without a server around it, and open to what moto does not have."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from functools import cache, partial
from typing import TYPE_CHECKING

from moto.core import responses
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from starlette.responses import Response
from werkzeug.test import EnvironBuilder, run_wsgi_app

from stubs.aws import operations, shapes

if TYPE_CHECKING:
    from stubs.aws.call import Call

# There is no engine in a sandbox: functions and batch jobs are accepted and not run.
default_user_config["lambda"] = {"use_docker": False}
default_user_config["batch"] = {"use_docker": False}
logging.getLogger("moto").setLevel(logging.CRITICAL)

_NOT_FOUND = 404
_FRAMING = {"content-length", "transfer-encoding"}
_current: ContextVar[Call] = ContextVar("current")
_call_action = responses.BaseResponse.call_action


def _act(response: responses.BaseResponse) -> object:
    """Run the operation of a request: the stub's own, else moto's, else what the service's model says it returns."""
    name = response._get_action() or ""  # noqa: SLF001 moto says it nowhere else
    _current.get().operation = name
    own = operations.find(response.service_name or "", name)
    if own is None:
        try:
            return _call_action(response)
        except NotImplementedError:
            own = partial(shapes.answer, response.boto3_service_name, name)
    response.parse_parameters(response.normalized_request)
    status, headers, body = response.serialized(responses.ActionResult(own(response)))
    return status, headers, body


# moto offers no place for operations of one's own: the one method through which every service goes becomes it.
responses.BaseResponse.call_action = _act  # type: ignore[assignment, method-assign] # see above


@cache
def _dispatcher() -> DomainDispatcherApplication:
    return DomainDispatcherApplication(create_backend_app)


def answer(call: Call) -> Response:
    """Return moto's answer; what it does not know, and where it fails, is refused with 501."""
    _current.set(call)
    # The body is here in one piece, however it came.
    headers = [(name, value) for name, value in call.headers.items() if name not in _FRAMING]
    environ = EnvironBuilder(method=call.method, path=call.url, data=call.body, headers=headers).get_environ()
    try:
        chunks, status, given = run_wsgi_app(_dispatcher(), environ, buffered=True)
    except Exception as error:  # noqa: BLE001 whatever moto fails over is its gap, not the sample's
        return refused(f"{call.name}: {type(error).__name__}: {error}")
    code = int(status.split(" ", 1)[0])
    if code == _NOT_FOUND and given.get("content-type", "").startswith("text/html"):
        return refused(f"{call.name}: no stand-in has {call.method} {call.path}")
    response = Response(b"".join(chunks), code)
    response.raw_headers = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in given.items()]
    return response


def refused(why: str) -> Response:
    """Return the answer to a call that no stand-in knows."""
    return Response(why, 501, media_type="text/plain")
