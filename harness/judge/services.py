"""Tells a service that is not there, or a credential that is missing, from a fault of the sample."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.judge.blame import attribute, chain, has_type, libraries
from harness.judge.flow import feeding
from harness.model.verdict import Code, Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.judge.names import Source
    from harness.model.execution import Access, Call, Evidence, Raised

_UNREACHABLE = (
    "ConnectionError",
    "socket.gaierror",
    "socket.herror",
    "ssl.SSLError",
    "TimeoutError",
    "urllib.error.URLError",
)
_CLASS = re.compile(
    r"Credential|Authenticat|Authoriz|Unauthor|Forbidden|PermissionDenied|NotLoggedIn|ApiKey|APIKey|Token(?:Error|Missing)"
    r"|Connection|ConnectError|ConnectTimeout|MaxRetry|ServiceUnavailable|NoRegion|Unreachable|TransportError"
)
_NETWORK = re.compile(
    r"connection (?:refused|error|aborted|reset)|name or service not known|temporary failure in name resolution"
    r"|network is unreachable|no route to host|max retries exceeded|failed to (?:connect|establish|resolve)|getaddrinfo"
    r"|nodename nor servname|(?:could|can)(?: ?not|'t) (?:connect|reach)|server (?:is )?(?:not running|unavailable)",
    re.IGNORECASE,
)
_WAITED = re.compile(r"Timeout(?:Error|Exception)?$")
"""Errors of libraries that waited for an answer until they gave up."""
_SERVER = re.compile(r'\bserver at "(?P<host>[^"]+)"[^,\n]*, port (?P<port>\d+)')
"""What a client says that connects without telling Python."""
_CREDENTIAL = re.compile(
    r"api[ _-]?key|access[ _-]?key|(?:access|auth|api|bearer)[ _-]?token|credentials?\b|not (?:logged|signed) in"
    r"|log ?in (?:to|first|with)|unauthori[sz]ed|authenticat|\b40[13]\b|must specify a region|environment variable",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|ACCOUNT|_UR[IL]$|HOST|ENDPOINT|PROJECT|REGION|BUCKET|_USER")
_LOCAL = re.compile(r"^(?:127\.|::1|localhost|0\.0\.0\.0|\[::1\])")


_TELEMETRY = re.compile(
    r"telemetry|analytics|metrics-?collector|sentry|posthog|segment\.(?:io|com)|amplitude|mixpanel|scarf|bugsnag"
    r"|datadoghq|honeycomb|statsig|rudderstack|heapanalytics|newrelic"
)
"""Hosts that libraries tell of their use: nothing that a sample asks for."""
_LATEST = re.compile(r"^/pypi/[^/]+/json$")
"""Where libraries ask whether they are the newest: an index's JSON interface."""


def refused(seen: Raised, calls: tuple[Call, ...]) -> Call | None:
    """Return the last call of the failing line that nobody stands in for."""
    return next((call for call in reversed(calls) if call.line == seen.line and call.refused and wanted(call)), None)


def leading_to(seen: Raised, calls: tuple[Call, ...], source: Source | None) -> Call | None:
    """Return the last call whose answer may be why a line fails: a stub made it up, or nobody was there to give one.

    Args:
        seen: What failed.
        calls: The calls of the run.
        source: The file that failed; without it, any call up to that line may be why.
    """
    before = [call for call in reversed(calls) if call.line <= seen.line and wanted(call)]
    if source is None or not before:
        return next(iter(before), None)
    lines = feeding(source, seen.line, through_libraries=bool(libraries(seen)))
    return next((call for call in before if call.line in lines or not call.line), None)


def went_without(evidence: Evidence, told: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for each service that refused a line of the sample's, where nothing failed that tells of it.

    Args:
        evidence: What the run showed.
        told: The services that findings tell of already.
    """
    known = {*told}
    for call in evidence.calls:
        place = f"{call.host}:{call.port}"
        if call.refused and call.line and wanted(call) and place not in known:
            known.add(place)
            how = f"refused with {call.status}" if call.status else "closed without an answer"
            seen = f"it was {how}, and the sample went on"
            yield Finding(Code.SERVICE, Kind.SERVICE, call.line, place, lacks(call), evidence=seen)


def lacks(call: Call) -> str:
    """Return what a sample needs of which a call was refused, for an author."""
    return f"needs {f'{call.method} {call.host}:{call.port}{call.path}'.strip()}, which nothing stands in for"


def wanted(call: Call) -> bool:
    """Return whether a call is the sample's doing, not a library's own."""
    return not _TELEMETRY.search(call.host) and not (call.refused and (call.aside or _LATEST.search(call.path)))


def asked_for(evidence: Evidence) -> tuple[str, ...]:
    """Return ``host:port`` of every service that a sample asked for, each once."""
    own = [f"{call.host}:{call.port}" for call in evidence.calls if wanted(call)]
    # what was tried and is no call was never connected: nobody listened there
    called = {_place(f"{call.host}:{call.port}") for call in evidence.calls}
    tried = [one.target for one in evidence.hosts if one.line and _place(one.target) not in called]
    return tuple(dict.fromkeys([*own, *(name for name in tried if not _TELEMETRY.search(name))]))


def _place(target: str) -> str:
    """Return what tells services apart: the host, on this machine the port."""
    host, _, port = target.rpartition(":")
    return port if _LOCAL.match(target) else host


def needs_service(seen: Raised, hosts: tuple[Access, ...]) -> str:
    """Return what the sample needed that is not there, or an empty string."""
    waited = bool(libraries(seen)) and any(_WAITED.search(one.type) for one in chain(seen))
    if waited or any(_unreachable(one) for one in chain(seen)):
        return target(seen, hosts) or _named(seen) or "a network service"
    if attribute(seen, "key") and _environment(seen):
        name = attribute(seen, "key")
        return f"environment variable {name}" if _VARIABLE.search(name) else ""
    if libraries(seen) and any(_refused(one) for one in chain(seen)):
        return target(seen, hosts) or "credentials"
    reached = target(seen, hosts)
    # Many libraries send telemetry: a host counts only where the error is about it.
    return reached if reached and any(reached.partition(":")[0] in one.message for one in chain(seen)) else ""


def target(seen: Raised, hosts: tuple[Access, ...]) -> str:
    """Return the host that was tried last at the line where it failed, those of this machine after all others."""
    here = [access.target for access in hosts if access.line == seen.line]
    away = [name for name in here if not _LOCAL.match(name)]
    return (away or here or [""])[-1]


def _named(seen: Raised) -> str:
    """Return the ``host:port`` that an error names, or an empty string."""
    found = next((match for one in chain(seen) if (match := _SERVER.search(one.message))), None)
    return f"{found['host']}:{found['port']}" if found else ""


def _unreachable(seen: Raised) -> bool:
    return has_type(seen, *_UNREACHABLE) or bool(_NETWORK.search(seen.message))


def _refused(seen: Raised) -> bool:
    """Return whether a class or a message speaks of connections or credentials, as libraries put it."""
    return bool(_CLASS.search(seen.type.rpartition(".")[2]) or _CREDENTIAL.search(seen.message))


def _environment(seen: Raised) -> bool:
    """Return whether the key was looked up in ``os.environ``."""
    return bool(seen.frames) and seen.frames[-1].module == "os" and seen.frames[-1].name == "__getitem__"
