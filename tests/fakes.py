"""Stand-ins for what jobs share: nothing is resolved, installed or run."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.errors import ResolutionError
from harness.jobs import Equipment
from harness.judge.spec import STARTED
from harness.ledger.results import ResultsCache
from harness.model.environment import Environment, Interpreter, Lock, Request
from harness.model.execution import Completed, Limits, Task
from harness.options import Options
from harness.sandbox.fake import FakeSandbox, completed

NOTHING: dict[str, Any] = {
    "fault": "",
    "ending": "exited",
    "exit_code": 0,
    "seal": "",
    "stdout": "",
    "stderr": "",
    "truncated": False,
    "seconds": 0.1,
    "modules": [],
    "raised": [],
    "warned": [],
    "files": [],
    "hosts": [],
    "executed": {"sample.py": [1]},
    "executable": {"sample.py": [1]},
}
"""What the probe says of a sample that passes."""


def answer(**seen: object) -> Completed:
    """Return what the probe's task leaves behind, given what it saw beside `NOTHING`."""
    return completed(STARTED + json.dumps({**NOTHING, **seen}).encode() + b"}")


def raised(kind: str, message: str, *frames: Mapping[str, object], line: int = 1, **more: Any) -> dict[str, object]:
    """Return the record of an exception that ended a run."""
    return {"type": kind, "message": message, "line": line, "file": "sample.py", "frames": list(frames), **more}


def passing(_task: Task) -> Completed:
    """Answer as a sample does that passes."""
    return answer()


def module_gone(module: str = "prefect.gone", line: int = 1, **seen: object) -> Completed:
    """Return what a sample leaves behind whose import of a module fails at a line."""
    frame = {"file": "/work/sample.py", "line": line, "name": "<module>", "owner": "sample"}
    record = raised(
        "ModuleNotFoundError", f"No module named {module!r}", frame, line=line,
        bases=["ImportError", "Exception"], attributes=[["name", module]],
    )  # fmt: skip
    top = module.partition(".")[0]
    return answer(exit_code=1, raised=[record], modules=[[top, top]], **seen)


class FakeResolver:
    """Locks whatever is asked for at version 1; refuses names in ``refused``."""

    def __init__(self, *refused: str) -> None:
        self.requests: list[Request] = []
        self._refused = refused

    def lock(self, request: Request) -> Lock:
        """Return a lock of just what was asked for."""
        self.requests.append(request)
        if bad := set(request.requirements) & set(self._refused):
            raise ResolutionError(f"no set of versions satisfies: {bad}", unsatisfiable=True)
        packages = tuple((name.partition("[")[0], "1") for name in request.requirements)
        return Lock(request.python or "3.13", f"fake:{request.python or '3.13'}", packages, "")


class FakeProvider:
    """Has every environment that its resolver locks."""

    def __init__(self, resolver: FakeResolver) -> None:
        self.rebuilds = 0
        self.compiled: list[bool] = []
        self._resolver = resolver

    def ready(self, request: Request, *, compiled: bool = True) -> Environment:
        """Return a path at which nothing is."""
        self.compiled.append(compiled)
        return Environment(self._resolver.lock(request), "/store/envs/none")

    def rebuilt(self, environment: Environment) -> Environment:
        """Count."""
        self.rebuilds += 1
        return environment


def equipment(store: Path, sandbox: FakeSandbox, resolver: FakeResolver | None = None, **more: Any) -> Equipment:
    """Return equipment that answers from the sandbox's script."""
    interpreters = tuple(Interpreter(one, f"/usr/bin/python{one}", f"fake:{one}") for one in ("3.13", "3.11"))
    resolver = resolver or FakeResolver()
    values: dict[str, Any] = {
        "sandbox": sandbox,
        "interpreters": interpreters,
        "resolver": resolver,
        "provider": FakeProvider(resolver),
        "results": ResultsCache(store),
        "reuse": True,
        "limits": Limits(),
        "digests": {"probe": "p", "stubs": "s"},
        "cancel": threading.Event(),
    }
    return Equipment(**values | more)


def equipping(store: Path, script: Callable[[Task], Completed], **more: Any) -> Callable[..., Any]:
    """Return a stand-in for `harness.equipping.equipped`: every task gets the script's answer."""

    @contextmanager
    def equipped(_options: Options, _note: Callable[[str], None]) -> Iterator[Equipment]:
        yield equipment(store, FakeSandbox([script] * 99), **more)

    return equipped
