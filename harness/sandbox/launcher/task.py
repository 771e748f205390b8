"""What all launchers do alike: read the spec, report, and turn into the task."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from harness.sandbox.launcher import kernel, privileges, seccomp

if TYPE_CHECKING:
    import socket

    from harness.sandbox.launcher.spec import Event, Spec

FAILED = 125
"""Exit code of a launcher that could not do its work."""
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126


def read(control: socket.socket) -> Spec:
    """Return what the harness sends."""
    chunks = []
    while chunk := control.recv(1 << 16):
        chunks.append(chunk)
    spec: Spec = json.loads(b"".join(chunks))
    return spec


def say(control: socket.socket, event: Event) -> None:
    """Tell the harness what happened."""
    control.sendall(json.dumps(event).encode() + b"\n")


def fault(error: BaseException) -> Event:
    """Return what is said of an error of ours."""
    number = error.errno if isinstance(error, OSError) else None
    return {"fault": str(error) or type(error).__name__, "number": number or 0}


def die_with(parent: int, how: signal.Signals) -> None:
    """Get a signal when the parent ends; it may have ended already."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, how)
    if os.getppid() != parent:
        sys.exit(FAILED)


def choose_cpus(count: int) -> None:
    """Keep to some of the processors, not the same ones as every other sandbox."""
    cpus = sorted(os.sched_getaffinity(0))
    if 0 < count < len(cpus):
        first = int.from_bytes(os.urandom(4), "little") % len(cpus)
        os.sched_setaffinity(0, {(cpus + cpus)[first + step] for step in range(count)})


def start(spec: Spec) -> NoReturn:
    """Become the program that is to run."""
    try:
        os.setsid()
        privileges.bound(spec)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        if spec["filtered"]:
            kernel.load_filter(seccomp.program(network=spec["network"], memfd=not spec["memory"]))
        os.execvpe(spec["argv"][0], spec["argv"], spec["env"])  # noqa: S606 - the sample's own program
    except FileNotFoundError as error:
        _refuse(f"{spec['argv'][0]}: {error.strerror}", _NOT_FOUND)
    except OSError as error:
        _refuse(f"{spec['argv'][0]}: {error}", _NOT_EXECUTABLE)


def _refuse(text: str, code: int) -> NoReturn:
    """End the task before it began, the way a shell does."""
    os.write(2, f"sandbox: {text}\n".encode())
    os._exit(code)


def reap(task: int) -> int | None:
    """Reap all that ended; return the task's code once it is among them."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == task:
            return os.waitstatus_to_exitcode(status)
        if pid == 0:
            return None
