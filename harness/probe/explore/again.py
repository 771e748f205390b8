"""Run in place of Python by what a sample starts: ``again.py ORDERS EVIDENCE_FILE PYTHON ARGUMENTS…``.

A framework that runs the sample's own file once more, a step at a time, gets
this in place of the interpreter. Where the arguments name the sample, it runs
without stopping as well, and what is seen is added to a file; anything else is
handed to the interpreter.
"""

import json
import os
import sys
from typing import Any, Dict, List, NoReturn

HERE = os.path.dirname(os.path.abspath(__file__))
CHILD = os.path.join(os.path.dirname(HERE), "child.py")


def main(orders: Dict[str, Any], out: str, python: str, arguments: List[str]) -> NoReturn:
    """Become the program that was asked for."""
    script = next((at for at, word in enumerate(arguments) if not word.startswith("-")), len(arguments))
    plain = any(word in ("-c", "-m") for word in arguments[:script])
    if plain or script == len(arguments) or os.path.abspath(arguments[script]) != os.path.abspath(orders["entry"]):
        os.execv(python, [python, *arguments])  # noqa: S606 - no shell is wanted
    fd = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.set_inheritable(fd, True)
    given = {**orders, "argv": arguments[script + 1 :], "prelude": ""}
    os.execv(python, [python, *arguments[:script], CHILD, json.dumps(given), str(fd)])  # noqa: S606 - as above


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        main(json.load(file), sys.argv[2], sys.argv[3], sys.argv[4:])
