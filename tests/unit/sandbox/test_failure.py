"""Whose failure it is: a table of what engines say, and what we make of it."""

from __future__ import annotations

import pytest

from harness.errors import SandboxError
from harness.model.execution import Ending
from harness.sandbox.failure import Answer, EngineError, Exit, Fault, ending, error, kind

ANSWERS = [
    # (status, what the engine says, what it is)
    (None, "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))", Fault.TRANSIENT),
    (None, "('Connection aborted.', FileNotFoundError(2, 'No such file or directory'))", Fault.TRANSIENT),
    (None, "('Connection aborted.', PermissionError(13, 'Permission denied'))", Fault.PERMANENT),
    (None, "HTTPConnectionPool(host='10.0.0.9', port=2375): Read timed out. (read timeout=30)", Fault.TRANSIENT),
    (500, "OCI runtime create failed: container_linux.go:380: starting container process caused", Fault.TRANSIENT),
    (500, "failed to create shim task: context deadline exceeded", Fault.TRANSIENT),
    (500, "mkdir /var/lib/docker/overlay2/ab-init: no space left on device", Fault.PERMANENT),
    (503, "", Fault.TRANSIENT),
    (409, "Conflict. The container name is already in use by container 5b", Fault.TRANSIENT),
    (409, "removal of container 5b is already in progress", Fault.TRANSIENT),
    (429, "too many requests", Fault.TRANSIENT),
    (404, "No such container: 5b3c", Fault.TRANSIENT),
    (404, "No such image: sample-harness-runner:3.13-0123", Fault.IMAGE),
    (404, "page not found", Fault.PERMANENT),
    (400, "invalid mount config for type volume", Fault.PERMANENT),
    (400, "unknown runtime specified gvisor", Fault.PERMANENT),
    (403, "authorization denied by plugin", Fault.PERMANENT),
]


@pytest.mark.parametrize(("status", "message", "expected"), ANSWERS)
def test_kind_of_an_answer(status: int | None, message: str, expected: Fault) -> None:
    assert kind(Answer(status, message)) is expected


EXITS = [
    # (state, why the sandbox stopped it, how it ended)
    (Exit(0), None, (Ending.EXITED, 0)),
    (Exit(3), None, (Ending.EXITED, 3)),
    (Exit(127), None, (Ending.EXITED, 127)),
    (Exit(255), None, (Ending.EXITED, 255)),
    (Exit(137), None, (Ending.KILLED, -9)),
    (Exit(139), None, (Ending.KILLED, -11)),
    (Exit(137, oom=True), None, (Ending.MEMORY, -9)),
    (Exit(0, oom=True), None, (Ending.MEMORY, 0)),
    (Exit(137), Ending.TIMEOUT, (Ending.TIMEOUT, None)),
    (Exit(137), Ending.OUTPUT, (Ending.OUTPUT, None)),
    (Exit(137, oom=True), Ending.TIMEOUT, (Ending.MEMORY, None)),
    (Exit(0, status="stopped"), None, (Ending.EXITED, 0)),
]


@pytest.mark.parametrize(("state", "stopped", "expected"), EXITS)
def test_ending_of_a_task(state: Exit, stopped: Ending | None, expected: tuple[Ending, int | None]) -> None:
    assert ending(state, stopped) == expected


@pytest.mark.parametrize(
    "state",
    [Exit(128, error="shim disconnected"), Exit(0, status="created"), Exit(0, status="running")],
    ids=["lost", "never started", "still there"],
)
def test_the_engines_own_failure_is_never_an_ending(state: Exit) -> None:
    with pytest.raises(EngineError) as caught:
        ending(state, None)
    assert caught.value.fault is Fault.TRANSIENT


def test_message_says_what_was_asked_and_what_to_do() -> None:
    full = error(Answer(500, "write /x:\n no space left on device", "create a container"))
    assert isinstance(full, SandboxError)
    assert (
        full.what
        == "the container engine answered 500 when asked to create a container: write /x: no space left on device"
    )
    assert "docker system df" in full.next_step
    silent = error(Answer(None, "Error while fetching server API version: refused", "list images"))
    assert silent.what == "the container engine did not answer when asked to list images: refused"
    assert silent.cause
    assert silent.next_step == "harness doctor"
    assert "usermod" in error(Answer(None, "PermissionError(13, 'Permission denied')")).next_step
