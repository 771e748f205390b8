"""Run by the runner's Python: ``python -I supervisor.py`` reads orders and writes evidence.

Orders are one JSON object on standard input::

    {"python": PATH, "files": {PATH: TEXT}, "entries": [{"file": PATH, "language": "python"}], "argv": [],
     "env": {}, "prelude": "", "timeout": SECONDS, "output": BYTES, "modules": [DOTTED], "mode": "" or "explore",
     "seal": TEXT}

Evidence is one JSON object on standard output. Its beginning is written before
the sample starts, so that a host that finds only this knows that the sample
ran and took its supervisor with it. It holds the seal, which no sample sees:
an engine's own processes have our user and our standard output, so a sample
can write there whatever it likes.
"""

import importlib
import json
import os
import sys

_package = type(sys)("_harness_probe")
_package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
sys.modules["_harness_probe"] = _package


def main() -> None:
    """Read the orders, run the sample, write the evidence."""
    orders = json.load(sys.stdin.buffer)
    # a sandbox without a root of its own (the process sandbox) says what stands for it
    orders["python"] = os.environ.get("HARNESS_ROOT", "") + orders["python"]
    out = os.dup(1)
    os.set_inheritable(out, False)
    with open(os.devnull, "r+b") as null:
        os.dup2(null.fileno(), 0)
        os.dup2(null.fileno(), 1)
    session = importlib.import_module("_harness_probe.session")
    os.write(out, b'{"probe": 1, "evidence": ')
    with open(out, "wb") as file:
        file.write(json.dumps(session.run(orders, os.getcwd())).encode("ascii") + b"}\n")


if __name__ == "__main__":
    main()
