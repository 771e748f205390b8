"""Run by an environment's Python: ``python -I introspect.py TY`` looks at a sample without running it.

Orders are one JSON object on standard input::

    {"files": {NAME: TEXT}, "seconds": SECONDS}

The answer is one JSON object on standard output::

    {"introspected": 1, "seen": [RECORD], "ty": [DIAGNOSTIC] or null, "notes": [TEXT]}

The libraries are imported in a process of their own, which sends its records
one by one: whatever ends it, what it saw until then counts.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any, Dict, List, Optional

OUTPUT = 4 << 20
"""Bytes taken of what either process writes."""

_package = type(sys)("_harness_probe")
_package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
sys.modules["_harness_probe"] = _package


class Program:
    """A program beside this one, whose output goes to a file: a pipe would stop it when full."""

    def __init__(self, name: str, argv: List[str], stdin: str = "") -> None:
        self._name = name
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the program runs
        with tempfile.TemporaryFile() as given:
            given.write(stdin.encode("utf-8", "surrogatepass"))
            given.seek(0)
            self._process: Optional["subprocess.Popen[bytes]"] = None
            try:
                self._process = subprocess.Popen(argv, stdin=given, stdout=self._output, stderr=subprocess.DEVNULL)
            except OSError as error:
                self._fault = f"{name} does not start: {error.strerror}"

    def end(self, until: float, notes: List[str]) -> bytes:
        """Wait for it, not beyond a moment, and return what it wrote."""
        if self._process is None:
            notes.append(self._fault)
            return b""
        try:
            code = self._process.wait(max(0.1, until - time.monotonic()))
            if code:
                notes.append(f"{self._name} ended with status {code}")
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            notes.append(f"{self._name} took too long")
        self._output.seek(0)
        return self._output.read(OUTPUT)


def main() -> None:
    """Start the type checker and the look at the real objects side by side, and put together what they say."""
    orders = json.load(sys.stdin.buffer)
    until = time.monotonic() + float(orders["seconds"])
    importlib.import_module("_harness_probe.work").lay_out(os.getcwd(), orders["files"])
    options = ["--python", sys.prefix, "--output-format", "gitlab", "--no-progress", "--exit-zero", "--color", "never"]
    checker = Program("the type checker", [sys.argv[1], "check", *options, "--", *orders["files"]])
    looker = Program("the look at the libraries", [sys.executable, "-I", __file__, "--look"], json.dumps(orders))
    notes: List[str] = []
    seen = _records(looker.end(until, notes))
    diagnostics = _diagnostics(checker.end(until, notes), notes)
    json.dump({"introspected": 1, "seen": seen, "ty": diagnostics, "notes": notes}, sys.stdout)


def _records(output: bytes) -> List[Any]:
    """Return the records that were written whole."""
    found = []
    for line in output.splitlines(keepends=True):
        try:
            found.append(json.loads(line))
        except ValueError:
            break  # cut short, or not ours any more
    return found


def _diagnostics(output: bytes, notes: List[str]) -> Optional[List[Any]]:
    try:
        found = json.loads(output)
    except ValueError:
        notes.append("the type checker gave no answer")
        return None
    return found if isinstance(found, list) else None


def look() -> None:
    """Look at every file; everything that libraries print is dropped."""
    orders = json.load(sys.stdin.buffer)
    channel = os.fdopen(os.dup(1), "w", encoding="ascii", buffering=1)
    os.set_inheritable(channel.fileno(), False)
    with open(os.devnull, "r+b") as null:
        for number in (0, 1, 2):
            os.dup2(null.fileno(), number)

    def send(record: Dict[str, Any]) -> None:
        channel.write(json.dumps(record) + "\n")

    importlib.import_module("_harness_probe.introspect_sample").look(orders["files"], send)
    channel.flush()
    os._exit(0)  # libraries' threads and exit handlers have nothing to say here


if __name__ == "__main__":
    if sys.argv[1:] == ["--look"]:
        look()
    else:
        main()
