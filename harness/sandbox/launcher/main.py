"""The three processes of a sandbox: watcher, init and task."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, NoReturn

from harness.sandbox.launcher import kernel, privileges, root, seccomp, watch

if TYPE_CHECKING:
    from harness.sandbox.launcher.spec import Event, Spec

_TICK = 0.02
_FAILED = 125
_NAMESPACES = (
    kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS | kernel.CLONE_NEWCGROUP
)
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126


def main() -> NoReturn:
    """Read the spec from the control socket, named by its number, and run it to its end."""
    control = socket.socket(fileno=int(sys.argv[2]))
    spec: Spec = json.loads(_read(control))
    try:
        init = _start(spec, control)
    except OSError as error:
        _say(control, {"fault": str(error)})
        sys.exit(_FAILED)
    control.close()
    _wait(init)


def _read(control: socket.socket) -> bytes:
    """Return all that the harness sends."""
    chunks = []
    while chunk := control.recv(1 << 16):
        chunks.append(chunk)
    return b"".join(chunks)


def _say(control: socket.socket, event: Event) -> None:
    control.sendall(json.dumps(event).encode() + b"\n")


def _start(spec: Spec, control: socket.socket) -> int:
    """Make the namespaces and return init's process number; the watcher goes on."""
    _die_with(spec["parent"])
    for group in spec["groups"]:
        with open(group, "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
    powerful = privileges.privileged(spec["uid"])
    if not powerful:
        privileges.new_user(spec["uid"])
    kernel.unshare(_NAMESPACES, "mount, pid, ipc, uts, cgroup")
    if not spec["network"]:
        kernel.unshare(kernel.CLONE_NEWNET, "net")
    watcher = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM})
    pid = os.fork()
    if pid == 0:
        _init(spec, control, powerful=powerful, watcher=watcher)
    return pid


def _die_with(parent: int) -> None:
    """Be killed when the parent ends; it may have ended already."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent:
        sys.exit(_FAILED)


def _wait(init: int) -> NoReturn:
    """Wait for the end of the sandbox; on SIGTERM bring it about.

    Init is reaped only when every process of its namespace is gone, so the end
    of the watcher is the end of all.
    """
    for number in (0, 1, 2):
        os.close(number)
    while True:
        if signal.sigwait({signal.SIGCHLD, signal.SIGTERM}) == signal.SIGTERM:
            os.kill(init, signal.SIGKILL)
        pid, _ = os.waitpid(init, os.WNOHANG)
        if pid:
            os._exit(0)


def _init(spec: Spec, control: socket.socket, *, powerful: bool, watcher: int) -> NoReturn:
    """Be process 1: set up, start the task, watch it, report its end."""
    try:
        task = _set_up(spec, powerful=powerful)
        _supervise(task, spec, control)
    except BaseException as error:  # noqa: BLE001 - nothing above init could report it
        _say(control, {"fault": f"{type(error).__name__}: {error}"})
        os._exit(_FAILED)
    os._exit(0)


def _set_up(spec: Spec, *, powerful: bool) -> int:
    """Build the sandbox around this process and return the task's process number."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    os.umask(0o022)
    socket.sethostname("sandbox")
    if not spec["network"]:
        root.raise_loopback()
    root.enter(spec)
    if powerful:
        privileges.become(spec["uid"])
    privileges.drop()
    # a change of user clears it
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    # the task has our user: it must not read our memory, nor trace us
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    _choose_cpus(spec["cpus"])
    task = os.fork()
    if task == 0:
        _task(spec)
    return task


def _choose_cpus(count: int) -> None:
    """Keep to some of the processors, not the same ones as every other sandbox."""
    cpus = sorted(os.sched_getaffinity(0))
    if 0 < count < len(cpus):
        first = int.from_bytes(os.urandom(4), "little") % len(cpus)
        os.sched_setaffinity(0, {(cpus + cpus)[first + step] for step in range(count)})


def _task(spec: Spec) -> NoReturn:
    """Become the program that is to run."""
    try:
        os.setsid()
        privileges.bound(spec)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        if filter_ := seccomp.program(network=spec["network"], memfd=not spec["memory"]):
            kernel.load_filter(filter_)
        os.execvpe(spec["argv"][0], spec["argv"], spec["env"])
    except FileNotFoundError as error:
        _refuse(f"{spec['argv'][0]}: {error.strerror}", _NOT_FOUND)
    except OSError as error:
        _refuse(f"{spec['argv'][0]}: {error}", _NOT_EXECUTABLE)


def _refuse(text: str, code: int) -> NoReturn:
    """End the task before it began, the way a shell does."""
    os.write(2, f"sandbox: {text}\n".encode())
    os._exit(code)


def _supervise(task: int, spec: Spec, control: socket.socket) -> None:
    """Reap everything and watch the memory until the task ends."""
    for number in (0, 1, 2):
        os.close(number)
    bound = watch.Watch(spec["memory"])
    told = False
    while True:
        signal.sigtimedwait({signal.SIGCHLD}, _TICK if spec["memory"] else 3600)
        if bound.over() and not told:
            told = True
            _say(control, {"memory": True})
        code = _reap(task)
        if code is not None:
            _say(control, {"code": code})
            return


def _reap(task: int) -> int | None:
    """Reap all that ended; return the task's code once it is among them."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == task:
            return os.waitstatus_to_exitcode(status)
        if pid == 0:
            return None
