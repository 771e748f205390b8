"""The three processes of a sandbox: watcher, init and task."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from typing import TYPE_CHECKING, NoReturn

from harness.sandbox.launcher import kernel, privileges, root, task, watch

if TYPE_CHECKING:
    from harness.sandbox.launcher.spec import Spec

_TICK, _LONG = 0.02, 3600.0
_NAMESPACES = (
    kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS | kernel.CLONE_NEWCGROUP
)


def main() -> NoReturn:
    """Read the spec from the control socket, named by its number, and run it to its end."""
    control = socket.socket(fileno=int(sys.argv[1]))
    spec = task.read(control)
    try:
        init = _start(spec, control)
    except OSError as error:
        task.say(control, task.fault(error))
        sys.exit(task.FAILED)
    control.close()
    _wait(init)


def _start(spec: Spec, control: socket.socket) -> int:
    """Make the namespaces and return init's process number; the watcher goes on."""
    task.die_with(spec["parent"], signal.SIGKILL)
    if spec["group"]:
        with open(spec["group"], "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
    powerful = privileges.privileged(spec["uid"])
    if not powerful:
        privileges.new_user(spec["uid"])
    kernel.unshare(_NAMESPACES, "mount, pid, ipc, uts, cgroup")
    if not spec["network"]:
        kernel.unshare(kernel.CLONE_NEWNET, "net")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM})
    leash, held = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(held)
        _init(spec, control, powerful=powerful, leash=leash)
    return pid


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


def _init(spec: Spec, control: socket.socket, *, powerful: bool, leash: int) -> NoReturn:
    """Be process 1: set up, start the task, watch it, report its end."""
    try:
        _set_up(spec, powerful=powerful, leash=leash)
        task.say(control, {"began": True})
        pid = os.fork()
        if pid == 0:
            task.start(spec)
        _supervise(pid, spec, control)
    except BaseException as error:  # noqa: BLE001 - nothing above init could report it
        task.say(control, task.fault(error))
        os._exit(task.FAILED)
    os._exit(0)


def _set_up(spec: Spec, *, powerful: bool, leash: int) -> None:
    """Build the sandbox around this process."""
    # Python's handler would let the task interrupt us; the kernel keeps signals without one from process 1
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.setsid()
    os.umask(0o022)
    socket.sethostname("sandbox")
    if not spec["network"]:
        root.raise_loopback()
        root.open_ports()
    root.enter(spec)
    if powerful:
        privileges.become(spec["uid"])
    privileges.drop()
    # only now: a change of user clears it
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if select.select([leash], [], [], 0)[0]:
        raise ProcessLookupError("the harness is gone")
    # the task has our user: it must not read our memory, nor trace us
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    task.choose_cpus(spec["cpus"])


def _supervise(pid: int, spec: Spec, control: socket.socket) -> None:
    """Reap everything and watch the memory until the task ends."""
    for number in (0, 1, 2):
        os.close(number)
    bound = watch.Watch(spec["memory"], watch.namespace)
    told = False
    while True:
        signal.sigtimedwait({signal.SIGCHLD}, _TICK if spec["memory"] else _LONG)
        if bound.over() and not told:
            told = True
            task.say(control, {"memory": True})
        code = task.reap(pid)
        if code is not None:
            task.say(control, {"code": code})
            return
