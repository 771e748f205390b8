"""Types the run command of a program that a library makes of the sample, and takes in what is seen in its processes."""

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from types import TracebackType
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .programs import is_command
from .recorder import Exploring

SECONDS = 30.0
"""Time for all of its processes together."""
COMMAND = "run"
"""The word that starts what a sample defines, by wide convention."""
_FORWARDED = ("line", "warned", "file", "host", "explored")


def command(exc: SystemExit) -> str:
    """Return the word to type where a library's own program ended the sample for want of one, else nothing."""
    found = (value for value in _held(exc.__traceback__) if is_command(value))
    return COMMAND if any(COMMAND in _names(program) for program in found) else ""


def _held(tb: Optional[TracebackType]) -> Iterator[Any]:
    """Yield the objects whose methods an exception passed through."""
    while tb is not None:
        yield tb.tb_frame.f_locals.get("self")
        tb = tb.tb_next


def _names(program: Any) -> List[str]:
    """Return the names of a program's commands."""
    try:
        return list(program.list_commands(None))
    except Exception:
        return []  # a program of one command


def rerun(orders: Dict[str, Any], path: str, word: str, recorder: Exploring) -> None:
    """Run the sample's file with one argument, as a process of its own, and report what its processes saw."""
    with tempfile.TemporaryDirectory() as folder:
        out, started = os.path.join(folder, "evidence"), _starter(folder, {**orders, "mode": "again"})
        process = subprocess.Popen(
            [started, path, word],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHON_STARTER": started},
        )
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            pass  # what was seen until then stands
        finally:
            _end(process)
        for kind, record in _records(out):
            if kind in _FORWARDED:
                recorder.forward(kind, record, f"{os.path.basename(path)} {word}")


def _starter(folder: str, orders: Dict[str, Any]) -> str:
    """Write what stands in for the interpreter, and return its path."""
    given, started = os.path.join(folder, "orders"), os.path.join(folder, "python")
    with open(given, "w", encoding="utf-8") as file:
        json.dump(orders, file)
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "again.py")
    words = [sys.executable, here, given, os.path.join(folder, "evidence"), sys.executable]
    with open(started, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec {" ".join(shlex.quote(word) for word in words)} "$@"\n')
    os.chmod(started, 0o700)
    return started


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # all have ended
    finally:
        process.wait()


def _records(path: str) -> Iterator[Tuple[str, Dict[str, Any]]]:
    """Yield what was written down, as far as it is whole."""
    if not os.path.exists(path):
        return
    with open(path, encoding="ascii", errors="replace") as file:
        text = file.read()
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        try:
            record, at = decoder.raw_decode(text, at)
        except ValueError:
            return
        yield str(record.pop("kind", "")), record
