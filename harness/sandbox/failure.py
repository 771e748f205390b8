"""Decides whether the sample or the engine failed: the only place that does.

Pure: takes what an engine said and gives a decision. The sample's doing is an
ordinary value (`Completed`); the engine's is an `EngineError`, which says
whether trying again may help.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from harness.errors import SandboxError
from harness.model.execution import Ending

SIGNALS = range(129, 193)
"""Exit codes by which a shell, and so ``timeout``, passes on that a signal ended the program."""


class Fault(StrEnum):
    """What kind of failure of the engine it is, which says what may help."""

    TRANSIENT = "transient"
    """Trying again may help."""
    IMAGE = "image"
    """The runner image is gone: making it again helps."""
    PERMANENT = "permanent"
    """A person has to act."""


class EngineError(SandboxError):
    """The engine did not do what it was asked."""

    def __init__(self, what: str, *, fault: Fault = Fault.TRANSIENT, cause: str = "", next_step: str = "") -> None:
        """Keep the kind of failure beside the message."""
        super().__init__(what, cause=cause, next_step=next_step)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back instead of what was asked for."""

    status: int | None
    """HTTP status, or None where no answer came at all."""
    message: str
    """The engine's words, or those of the connection that broke."""
    doing: str = "work"
    """What was asked, e.g. ``create a container``."""


@dataclass(frozen=True, slots=True)
class Exit:
    """The last state of a container, as the engine tells it."""

    code: int
    """Exit code."""
    oom: bool = False
    """Whether the kernel ended one of its processes over the memory limit."""
    status: str = "exited"
    """The engine's word for the state."""
    error: str = ""
    """What the engine says went wrong with the container itself."""


_ENDED = {"exited", "dead", "stopped"}
"""States in which nothing runs any more; the last is Podman's word."""
_PERMANENT = re.compile(r"no space left|permission denied|not supported|unknown runtime")
"""Words that mean a person has to act, whatever the status."""
_TRANSIENT = re.compile(
    r"no such container|already in use|in progress|connection reset|broken pipe|timed? ?out|temporarily"
    r"|context (canceled|deadline)|resource busy|shim|\beof\b"
)
"""Words that mean a race or a hiccup, whatever the status."""
_RETRIED = {409, 429}
"""Statuses of a request that is right and came at the wrong moment."""
_SERVER = 500
"""From here on a status is the engine's failure by its own account."""
_PREAMBLE = "Error while fetching server API version: "
"""What the SDK puts before the reason why an engine does not answer."""
_MEND = {
    False: (("no space left", "docker system df, then docker system prune"),),
    True: (("permission denied", "sudo usermod -aG docker $USER, then log in again"),),
}
"""What to do about these words, in an answer and where there was none."""


def kind(answer: Answer) -> Fault:
    """Return the kind of an answer that is not a success."""
    words = answer.message.lower()
    if "no such image" in words:
        return Fault.IMAGE
    if _PERMANENT.search(words):
        return Fault.PERMANENT
    if answer.status is None or answer.status in _RETRIED or answer.status >= _SERVER or _TRANSIENT.search(words):
        return Fault.TRANSIENT
    return Fault.PERMANENT


def error(answer: Answer) -> EngineError:
    """Return the exception that says an answer to a person."""
    words = " ".join(answer.message.removeprefix(_PREAMBLE).split())[:500]
    silent = answer.status is None
    status = "did not answer" if silent else f"answered {answer.status}"
    mend = next((step for word, step in _MEND[silent] if word in words.lower()), "")
    return EngineError(
        f"the container engine {status} when asked to {answer.doing}: {words}",
        fault=kind(answer),
        cause="it stopped, or is not reachable from here" if silent and not mend else "",
        next_step=mend or "harness doctor",
    )


def ending(state: Exit, stopped: Ending | None) -> tuple[Ending, int | None]:
    """Return how a task ended and with which code.

    Args:
        state: The container's last state.
        stopped: Why the sandbox itself stopped the task, or None where it did not.

    Raises:
        EngineError: If the container did not end, or ended by the engine's fault.
    """
    if state.oom:
        # before all else: a task whose worker was ended this way often waits for it until its time is over
        return Ending.MEMORY, None if stopped else _code(state.code)
    if stopped is not None:
        return stopped, None
    if state.status not in _ENDED:
        raise EngineError(f"the container is '{state.status}' where it should have ended: {state.error}")
    if state.error:
        raise EngineError(f"the engine lost the container: {state.error}")
    if state.code in SIGNALS:
        return Ending.KILLED, _code(state.code)
    return Ending.EXITED, state.code


def _code(code: int) -> int:
    return 128 - code if code in SIGNALS else code
