"""The last resort: an ordinary process, with bounds and a clean environment.

The scheme of `harness.sandbox.base` is not at the root of the filesystem here
but in a folder made for the run, which the task finds in ``HARNESS_ROOT``: the
scheme's ``/store`` is ``$HARNESS_ROOT/store``. Arguments and environment values
that *are* a path of the scheme, or hold one behind ``=`` or ``:``, are
rewritten; what comes on standard input is not touched.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import SandboxError
from harness.model.execution import Completed, StoreAccess, Task
from harness.sandbox import assets, interpreters, local_store, namespace_plan, policy
from harness.sandbox.launch import launch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model.environment import Interpreter
    from harness.sandbox.launcher.spec import Spec

ROOT = "HARNESS_ROOT"
"""The variable that names the folder which stands in for ``/``."""
_TMP = "/tmp"  # noqa: S108 - a path of the scheme
_FOLDERS = (policy.WORK, policy.HOME, _TMP)
_SCHEME = (*_FOLDERS, policy.STORE, policy.HARNESS, policy.CA_BUNDLE)
_PATH = re.compile(rf"(^|[=:])({'|'.join(map(re.escape, _SCHEME))})(?=/|:|$)")


class ProcessSandbox:
    """Isolates next to nothing; bounds time, memory, output and the number of processes."""

    name = "process"
    strength = (
        "NO ISOLATION of files or network: samples run as ordinary processes of this user and can read, change and"
        " send whatever it can; only time, memory, output and processes are bounded"
    )

    def __init__(self, store: Path) -> None:
        """Keep environments below ``store``, in a folder of this sandbox's own."""
        self._store = store / self.name
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._offers: interpreters.Offers | None = None

    def unavailable(self) -> str:
        """Return why it cannot be used, or an empty string."""
        return "" if sys.platform == "linux" else "the process sandbox needs Linux; use a Docker engine"

    def offers(self, pythons: Sequence[str] | None = None) -> tuple[str, ...]:
        """See `Sandbox`."""
        return self._ready().versions(pythons)

    def prepare(self, pythons: Sequence[str] | None = None) -> tuple[Interpreter, ...]:
        """Offer the interpreters of this machine that work."""
        return self._ready().choose(pythons)

    def _ready(self) -> interpreters.Offers:
        if reason := self.unavailable():
            raise SandboxError("the process sandbox cannot be used here", cause=reason)
        with self._lock:
            if self._offers is None:
                offers = interpreters.Offers(self.name, self._store.parent)
                offers.examine(lambda c: self._run(_check(c.executable), None))
                self._offers = offers
            return self._offers

    def store_id(self) -> str:
        """Return the id that lies in the store's folder; made with the store."""
        self._store.mkdir(parents=True, exist_ok=True)
        return local_store.identity(self._store)

    def run(self, task: Task, cancel: threading.Event | None = None) -> Completed:
        """Run one task as a process of its own session."""
        self._ready().get(task.python)
        return self._run(task, cancel)

    def _run(self, task: Task, cancel: threading.Event | None) -> Completed:
        if task.store is not StoreAccess.NONE:
            self._store.mkdir(parents=True, exist_ok=True)
        with _root(task, self._store) as root:
            return launch(
                "plain", spec(task, root), task, lambda: self._closed.is_set() or bool(cancel and cancel.is_set())
            )

    def close(self) -> None:
        """Stop all that runs; every `run` notices within a moment and clears up after itself."""
        self._closed.set()


def _check(python: Path) -> Task:
    """Return what shows whether an interpreter works: a store, which may be out of reach, has no part in it."""
    return Task((str(python), "-I", "-c", interpreters.CHECK), python="", store=StoreAccess.NONE)


def spec(task: Task, root: Path) -> Spec:
    """Return what the launcher is told.

    Args:
        task: What is to run.
        root: The folder that stands in for ``/``.
    """
    env = {name: translate(value, root) for name, value in policy.environment(task).items() if name != "PATH"}
    env |= {"PATH": policy.environment(task)["PATH"], ROOT: str(root)}
    told = namespace_plan.spec(task, Path("/usr"), root)
    return told | {
        "argv": [translate(argument, root) for argument in task.argv],
        "env": env,
        "cwd": str(root) + policy.WORK,
        "network": True,
        "filtered": False,
    }


def translate(text: str, root: Path) -> str:
    """Put ``root`` before the paths of the scheme in an argument."""
    return _PATH.sub(lambda found: f"{found[1]}{root}{found[2]}", text)


@contextlib.contextmanager
def _root(task: Task, store: Path) -> Iterator[Path]:
    """Make the folder that stands in for ``/``, and remove it afterwards."""
    root = Path(tempfile.mkdtemp(prefix="harness-"))
    try:
        for folder in _FOLDERS:
            _inside(root, folder).mkdir(parents=True, mode=0o700)
        links = {
            policy.PROBE: assets.probe(),
            f"{policy.HARNESS}/stubs": assets.folder("stubs"),
            policy.UV: assets.uv(),
            policy.TY: assets.ty(),
            policy.CA_BUNDLE: assets.ca_bundle(),
        }
        if task.store is not StoreAccess.NONE:
            links[policy.STORE] = store
        for path, target in links.items():
            link = _inside(root, path)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(os.path.realpath(target))
        yield root
    finally:
        shutil.rmtree(root, onerror=_force)


def _inside(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _force(_: object, path: str, __: object) -> None:
    """Remove what a sample made unremovable by taking its own permissions away."""
    parent = Path(path).parent
    parent.chmod(0o700)
    if Path(path).is_dir() and not Path(path).is_symlink():
        Path(path).chmod(0o700)
        shutil.rmtree(path, ignore_errors=True)
    else:
        Path(path).unlink(missing_ok=True)
