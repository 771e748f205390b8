"""Runs a sample the way ``python sample.py`` would, watched."""

import json
import os
import sys
from importlib.machinery import SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, Dict, NoReturn, Tuple

from . import audit, notices, record, trust
from .calling import Calling
from .channel import Channel
from .explore import run as exploring
from .explore.recorder import Exploring
from .frames import Files
from .lines import executable


def prepare() -> "Tuple[CodeType | None, Dict[str, Any], record.Recorder]":
    """Take the orders from the command line and return the sample's code, its namespace and its recorder.

    An exploratory run is run here, and there is no code left to return.
    """
    orders = json.loads(sys.argv[1])
    entry, folder = orders["entry"], os.getcwd()
    path = os.path.join(folder, entry)
    channel = Channel(int(sys.argv[2]))
    explores = orders.get("mode") in ("explore", "again")
    recorder = (Exploring if explores else record.Recorder)(Files(folder, orders["files"]), channel)
    sys.argv[:] = [entry, *orders["argv"]]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[:] = [sys.executable, *sys.argv]
    sys.path[0] = os.path.dirname(path)
    namespace = _main(path)
    if orders["prelude"]:
        exec(compile(orders["prelude"], "<context>", "exec", dont_inherit=True), namespace)
    channel.send("started")
    code = _compile(path, recorder)
    if code is not None:
        channel.send("executable", file=entry, lines=sorted(executable(code)))
        notices.watch(recorder)
        calling = Calling(recorder.files, orders["front"], orders["ports"]) if orders.get("front") else None
        audit.watch(recorder, files=not explores, calling=calling)
        if calling:
            trust.extend()
        if isinstance(recorder, Exploring):
            _explore(path, namespace, recorder, orders)
        record.start(recorder)
    return code, namespace, recorder


def _explore(path: str, namespace: Dict[str, Any], recorder: Exploring, orders: Dict[str, Any]) -> NoReturn:
    """Run the sample without stopping, and end."""
    with open(path, "rb") as file:
        code, explorer = exploring.prepare(file.read(), path, namespace, recorder)
    record.start(recorder)
    exploring.run(code, namespace, explorer, orders)
    raise SystemExit


def _main(path: str) -> Dict[str, Any]:
    """Put a fresh ``__main__`` in place of the probe's, alike in every name to that of a plain run."""
    ours = sys.modules["__main__"]
    module = ModuleType("__main__")
    plain = {"__annotations__", "__builtins__", "__cached__", "__doc__", "__package__", "__spec__"}
    module.__dict__.update(dict.fromkeys(plain & ours.__dict__.keys()))
    module.__dict__["__builtins__"] = ours.__dict__["__builtins__"]
    loader = SourceFileLoader("__main__", path)
    annotations: Dict[str, Any] = {"__annotations__": {}} if "__annotations__" in ours.__dict__ else {}
    module.__dict__.update(__file__=path, __loader__=loader, **annotations)
    sys.modules["__main__"] = module
    sys.modules["_harness_probe"].__dict__["first_main"] = ours  # keeps the caller's globals alive
    return module.__dict__


def _compile(path: str, recorder: record.Recorder) -> "CodeType | None":
    with open(path, "rb") as file:
        source = file.read()
    try:
        return compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as exc:
        recorder.fatal(exc)
        sys.excepthook(type(exc), exc.with_traceback(None), None)
        return None


def ended(exc: BaseException, recorder: record.Recorder) -> NoReturn:
    """End the way a plain run ends that no one catches this exception in."""
    if isinstance(exc, SystemExit):
        if exc.code not in (None, 0):
            recorder.fatal(exc)
        raise SystemExit(exc.code)
    # The first entry is the frame that started the sample.
    tb = exc.__traceback__.tb_next if exc.__traceback__ else None
    recorder.fatal(exc)
    exc = exc.with_traceback(tb)
    try:
        sys.excepthook(type(exc), exc, tb)
    except Exception as inner:
        print("Error in sys.excepthook:", file=sys.stderr)
        sys.__excepthook__(type(inner), inner, inner.__traceback__)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(type(exc), exc, tb)
    raise SystemExit(130 if isinstance(exc, KeyboardInterrupt) else 1)
