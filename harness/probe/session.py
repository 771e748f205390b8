"""One sample from orders to evidence: every entry in turn, in one folder, within one bound of time."""

import json
import os
import signal
import time
from typing import Any, Dict, List, Optional

from . import installed, reap, shape, shell
from .bounds import clean
from .front import Front
from .gather import Evidence
from .process import Child, memory_kills
from .work import lay_out

CHILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "child.py")

READER = "reader"
"""Name of the user that a sample sees: some libraries do not start without one."""


def run(orders: Dict[str, Any], folder: str) -> Dict[str, Any]:
    """Run the entries and return the document; what is not the sample's doing is told as ``fault``."""
    began = time.monotonic()
    evidence = Evidence(list(orders["files"]))
    children: List[Child] = []
    fault = ""
    front: Optional[Front] = None
    try:
        lay_out(folder, orders["files"])
        reap.adopt()
        if orders.get("stubs"):
            front = Front({**orders["stubs"], "sample": orders["python"]}, folder)
            # what was written down for a sample by hand has the last word
            orders = {**orders, "env": {**front.environment, **orders["env"]}, "front": front.name}
        for entry in orders["entries"]:
            children.append(_run_entry(entry, orders, folder, evidence, began + float(orders["timeout"])))
            if children[-1].ending != "exited":
                break
    except (OSError, ValueError, RuntimeError) as exc:
        fault = f"{type(exc).__name__}: {exc}"
    if front is not None:
        evidence.called(front.close())
    seconds = time.monotonic() - began
    failed = next((child for child in children if child.ending != "exited" or child.code), None)
    last = failed or (children[-1] if children else None)
    return {
        "seal": orders.get("seal", ""),
        "fault": clean(fault),
        "ending": last.ending if last else "exited",
        "exit_code": last.code if last and last.ending in ("exited", "killed") else None,
        "stdout": "".join(child.stdout.text() for child in children),
        "stderr": "".join(child.stderr.text() for child in children),
        "truncated": evidence.dropped or any(child.stdout.dropped or child.stderr.dropped for child in children),
        "seconds": round(seconds, 4),
        "modules": installed.providers(orders["python"], orders["modules"]),
        **evidence.document(),
    }


def _run_entry(
    entry: Dict[str, str], orders: Dict[str, Any], folder: str, evidence: Evidence, deadline: float
) -> Child:
    file = entry["file"]
    child = Child(output=orders["output"], deadline=deadline, on_record=evidence.take)
    evidence.begin()
    kills = memory_kills()
    if entry["language"] == "shell":
        evidence.started = True
        child.run(["bash", "-n", "--", file], cwd=folder, env=dict(os.environ))
        if child.code:
            evidence.fatal += [shape.raised(found) for found in shell.complaints(file, child.stderr.text())]
    else:
        given = {"entry": file, "argv": orders["argv"], "files": list(orders["files"]), "prelude": orders["prelude"]}
        given["mode"] = orders.get("mode", "")
        given["front"], given["ports"] = orders.get("front", ""), orders.get("stubs", {}).get("ports", [])
        child.run([orders["python"], CHILD, json.dumps(given)], cwd=folder, env=_environment(orders))
    if child.code is not None and child.code < 0 and child.ending == "exited":
        child.ending = "memory" if child.code == -signal.SIGKILL and memory_kills() > kills else "killed"
    if not evidence.started and child.ending == "exited":
        raise RuntimeError(f"the sample did not start: {child.stderr.text().strip()[-1500:]}")
    return child


def _environment(orders: Dict[str, Any]) -> Dict[str, str]:
    """Return what a reader has who logged in and activated the environment."""
    folder = os.path.dirname(orders["python"])
    path = os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])
    login = {"USER": READER, "LOGNAME": READER}
    return {**login, **os.environ, "PATH": path, "VIRTUAL_ENV": os.path.dirname(folder), **orders["env"]}
