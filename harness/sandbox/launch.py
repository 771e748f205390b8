"""Starts a launcher, tells it what to run, and reads what became of it."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from harness.errors import SandboxError
from harness.model.execution import Completed, Ending
from harness.sandbox import assets, launch_faults
from harness.sandbox.pump import Pump, Pumped

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model.execution import Task
    from harness.sandbox.launcher.spec import Event, Spec

# the launcher alone is imported: what the packages above it import would be paid for by every job
_CODE = """
import sys, types
for name, folder in zip(("harness", "harness.sandbox"), sys.argv[2:]):
    package = sys.modules[name] = types.ModuleType(name)
    package.__path__ = [folder]
from harness.sandbox.launcher.{} import main
main()
"""
_STARTING = 60.0
"""Seconds that a launcher may take before the task's own time runs."""
_TICK = 100
"""Milliseconds between two looks at whether to give up."""


def launch(entry: str, spec: Spec, task: Task, abandoned: Callable[[], bool]) -> Completed:
    """Run a task through one of the launchers.

    Args:
        entry: Which one: ``main`` or ``plain``.
        spec: What it is told.
        task: The task, for its bounds and its input.
        abandoned: Asked several times a second; True gives up.

    Raises:
        SandboxError: If it never began, or was given up.
    """
    started = time.monotonic()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        number, pipe = theirs.fileno(), subprocess.PIPE
        folders = [str(assets.PACKAGE), str(assets.PACKAGE / "sandbox")]
        argv = [sys.executable, "-I", "-S", "-c", _CODE.format(entry), str(number), *folders]
        # a session of its own: ^C at the terminal is the harness's to answer
        process = subprocess.Popen(
            argv, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=(number,), env={}, start_new_session=True
        )
        try:
            theirs.close()
            _tell(ours, spec)
            _await(ours, abandoned)
            pumped = Pump(process, task.limits, process.terminate).run(task.stdin, abandoned)
            events = _events(ours)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if pumped.abandoned:
        raise SandboxError("stopped before its end", where=task.label)
    return _completed(events, pumped, task.label, time.monotonic() - started)


def _tell(control: socket.socket, spec: Spec) -> None:
    try:
        control.sendall(json.dumps(spec).encode())
        control.shutdown(socket.SHUT_WR)
    except BrokenPipeError:
        return  # it is gone already; why, is on its standard error


def _await(control: socket.socket, abandoned: Callable[[], bool]) -> None:
    """Wait for the first word of the launcher, or its end: its start is not of the task's time, on a busy machine."""
    until = time.monotonic() + _STARTING
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while not poll.poll(_TICK) and not abandoned() and time.monotonic() < until:
        pass


def _events(control: socket.socket) -> list[Event]:
    """Return what the launcher reported; all of it is there once the launcher has ended."""
    control.setblocking(False)
    chunks = []
    try:
        while chunk := control.recv(1 << 16):
            chunks.append(chunk)
    except (BlockingIOError, ConnectionResetError):
        pass  # the end of what was said
    return [json.loads(line) for line in b"".join(chunks).splitlines()]


def _completed(events: list[Event], pumped: Pumped, label: str, seconds: float) -> Completed:
    """Return what became of the task, or raise where it never began."""
    began = any("began" in event for event in events)
    if not began and pumped.stopped is Ending.TIMEOUT:
        raise SandboxError(
            "the sandbox did not start in time", where=label, cause="the machine is busy", next_step="use fewer --jobs"
        )
    if not began:
        said = pumped.stderr.decode("utf-8", "replace").strip().splitlines() or ["the launcher was killed"]
        events.append({"fault": said[-1]})
        raise next(launch_faults.explain(e["fault"], e.get("number", 0), label) for e in events if "fault" in e)
    code = next((event["code"] for event in events if "code" in event), None)
    over_memory = any("memory" in event for event in events)
    return Completed(
        ending=pumped.stopped or _ending(code, over_memory=over_memory),
        code=None if pumped.stopped else code,
        stdout=bytes(pumped.stdout),
        stderr=bytes(pumped.stderr),
        seconds=seconds,
    )


def _ending(code: int | None, *, over_memory: bool) -> Ending:
    if over_memory:
        return Ending.MEMORY
    return Ending.KILLED if code is None or code < 0 else Ending.EXITED
