"""The launcher without namespaces: a process that gathers in all that the task starts.

It holds what a process can hold: time, memory, the number of processes, and
that nothing is left when the task ends. It keeps no file and no host away.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, NoReturn

from harness.sandbox.launcher import kernel, task, watch

if TYPE_CHECKING:
    from harness.sandbox.launcher.spec import Spec

_TICK = 0.05


def main() -> NoReturn:
    """Read the spec from the control socket, named by its number, and run it to its end."""
    control = socket.socket(fileno=int(sys.argv[1]))
    spec = task.read(control)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM})
    try:
        task.die_with(spec["parent"], signal.SIGTERM)
        # orphans of the task become our children, whatever session they made for themselves
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        os.chdir(spec["cwd"])
        task.choose_cpus(spec["cpus"])
        task.say(control, {"began": True})
        pid = os.fork()
    except OSError as error:
        task.say(control, task.fault(error))
        os._exit(task.FAILED)
    if pid == 0:
        task.start(spec)
    with contextlib.suppress(BrokenPipeError):  # the harness is gone, the clearing up is not
        _supervise(pid, spec, control)
    _end_all()
    os._exit(0)


def _supervise(pid: int, spec: Spec, control: socket.socket) -> None:
    """Watch the task and its descendants until it ends or SIGTERM comes."""
    for number in (0, 1, 2):
        os.close(number)
    bound = watch.Watch(spec["memory"], descendants)
    while True:
        came = signal.sigtimedwait({signal.SIGCHLD, signal.SIGTERM}, _TICK)
        if came and came.si_signo == signal.SIGTERM:
            return
        if bound.over():
            task.say(control, {"memory": True})
        code = task.reap(pid)
        # counted after the end too: a task may start its crowd and leave within one tick
        crowded = len(descendants()) > spec["processes"]
        if code is not None:
            task.say(control, {"code": -signal.SIGKILL if crowded else code})
            return
        if crowded:
            os.kill(pid, signal.SIGKILL)


def descendants() -> list[int]:
    """Return all processes that stem from this one."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            children.setdefault(_parent(int(name)), []).append(int(name))
    found = list(children.get(os.getpid(), ()))
    for pid in found:
        found += children.get(pid, ())
    return found


def _parent(pid: int) -> int:
    """Return the parent of a process, 0 where it ended meanwhile."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # the program's name may hold anything, and ends with the last bracket
            return int(file.read().rpartition(b")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _end_all() -> None:
    """Kill every descendant until none is left; stopped first, so that none can fork on."""
    while remaining := descendants():
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in remaining:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        for pid in remaining:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0 if _parent(pid) == os.getpid() else os.WNOHANG)
