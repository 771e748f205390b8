"""The part of this package that runs inside a builder sandbox.

Its source goes in by ``python -I -c SOURCE COMMAND``, a JSON object on
standard input, and one JSON value comes out on standard output. It uses the
standard library only and must not import the rest of the harness, which is
not there. Where the store and uv are, it is told by its environment
(``HARNESS_STORE``, ``HARNESS_UV``), so that no path travels in its input.

The store as it leaves it::

    <store>/builder.lock          held by the one builder that writes
    <store>/building/             half-built environments, and those that are being removed; what a dead builder
                                  left is removed by those that follow, a little at a time
    <store>/envs/<name>/          environments; each came here by one rename
    <store>/envs/<name>/harness-environment.json   written last, before the rename
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import secrets
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUSY = 75
"""Exit code where another builder held the store for longer than we were to wait (``EX_TEMPFAIL``)."""
TOO_LONG = 124
"""Stands for the exit code of a uv that was stopped, as ``timeout`` has it."""
STATE = "harness-environment.json"
"""The file that says that an environment is whole."""
PARALLEL = 4
"""Questions to uv at once; they share its cache."""
SWEEPING = 2.0
"""Seconds for what others left before an installation begins: a stopped ``remove`` may have left gigabytes."""

HEALTH = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
missing = []
for name in json.load(sys.stdin):
    try:
        version(name)
    except PackageNotFoundError:
        missing.append(name)
print(json.dumps(missing))
"""
"""Run by a new environment's own interpreter: which of the locked distributions does it not have?"""


class StepError(Exception):
    """One step of an installation failed; its second argument is what the step wrote to standard error."""


def store() -> Path:
    """Return where the store is."""
    return Path(os.environ["HARNESS_STORE"])


def uv(args: list[str], text: str = "", seconds: float | None = None) -> dict[str, Any]:
    """Run uv to its end, or for so many seconds, and return its exit code and what it wrote."""
    argv = [os.environ["HARNESS_UV"], *args]
    try:
        done = subprocess.run(
            argv, input=text, capture_output=True, text=True, errors="replace", check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return {"code": TOO_LONG, "out": "", "err": f"Failed to build what is needed within {seconds:.0f} seconds"}
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}


def resolve(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer several questions to ``uv pip compile``, each for the interpreter that runs this."""

    def ask(question: dict[str, Any]) -> dict[str, Any]:
        args = ["pip", "compile", "--python", sys.executable, *question["args"], "-"]
        return uv(args, question["requirements"], spec["seconds"])

    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(ask, spec["questions"]))


@contextmanager
def alone(wait: float) -> Iterator[None]:
    """Hold the store against all other builders; ends the program with `BUSY` where that takes too long.

    The kernel drops the lock with the process, so a killed builder blocks nobody.
    """
    deadline = time.monotonic() + wait
    with (store() / "builder.lock").open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    sys.exit(BUSY)
                time.sleep(0.1)
        yield


def install(spec: dict[str, Any]) -> dict[str, Any]:
    """Make one environment unless it is there.

    Args:
        spec: ``name`` of its folder, ``requirements`` with hashes, ``packages``
            (names that must be there), ``state`` to keep beside it, whether it
            is to be ``compiled`` and seconds to ``wait`` for other builders.
    """
    home = store() / "envs" / spec["name"]
    with alone(spec["wait"]):
        # another builder may have finished this one while we waited
        if (home / STATE).is_file():
            return {"built": False, "size": read_state(home)["size"]}
        aside = store() / "building"
        empty(aside, SWEEPING)
        home.parent.mkdir(exist_ok=True)
        building = aside / f"{spec['name'][:16]}-{secrets.token_hex(4)}"
        try:
            size = build(spec, building)
            remove_tree(home)
            building.rename(home)
        except StepError as error:
            return {"built": False, "step": error.args[0], "error": error.args[1]}
        finally:
            remove_tree(building)
        return {"built": True, "size": size}


def build(spec: dict[str, Any], place: Path) -> int:
    """Build an environment in a folder of its own and return its size in bytes."""
    # relocatable: scripts must work after the rename
    step("make", uv(["venv", "--relocatable", "--no-project", "--python", sys.executable, str(place)]))
    python = str(place / "bin" / "python")
    if spec["packages"]:
        flags = ["--require-hashes", "--link-mode", "hardlink", *(["--compile-bytecode"] if spec["compiled"] else [])]
        step("install", uv(["pip", "sync", "--python", python, *flags, "-"], spec["requirements"]))
    check_health(python, spec["packages"])
    size = tree_size(place)
    state = {**spec["state"], "size": size, "built": time.time()}
    (place / STATE).write_text(json.dumps(state), encoding="utf-8")
    return size


def step(name: str, answer: dict[str, Any]) -> None:
    """Raise StepError where uv failed."""
    if answer["code"] != 0:
        raise StepError(name, answer["err"])


def check_health(python: str, packages: list[str]) -> None:
    """Raise StepError unless the interpreter starts and every locked distribution is there."""
    argv = [python, "-I", "-c", HEALTH]
    done = subprocess.run(argv, input=json.dumps(packages), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StepError("check", done.stderr)
    if missing := json.loads(done.stdout):
        raise StepError("check", f"not installed though locked: {', '.join(missing)}")


def survey(_spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the state of every whole environment."""
    return [{"name": path.parent.name, **read_state(path.parent)} for path in store().glob(f"envs/*/{STATE}")]


def remove(spec: dict[str, Any]) -> dict[str, Any]:
    """Remove environments by name, what dead builders left, and what the cache no longer needs."""
    aside = store() / "building"
    removed = []
    with alone(spec["wait"]):
        aside.mkdir(parents=True, exist_ok=True)
        for name in spec["names"]:
            home = store() / "envs" / name
            if home.is_dir():
                # first away, then apart: nobody sees half an environment
                home.rename(aside / f"{name}-{secrets.token_hex(4)}")
                removed.append(name)
        left = [*aside.iterdir()]
        cache = uv(["cache", "prune"])
    # what is away already is nobody's: builders need not wait until gigabytes are gone
    for path in left:
        remove_tree(path)
    return {"removed": removed, "cache": cache["err"].strip()}


def read_state(home: Path) -> dict[str, Any]:
    """Return what was written down when an environment was built."""
    state: dict[str, Any] = json.loads((home / STATE).read_text(encoding="utf-8"))
    return state


def empty(folder: Path, seconds: float = math.inf) -> None:
    """Make a folder, or remove what is in it, as far as the time allows; only for the holder of the lock."""
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + seconds
    for path in folder.iterdir():
        if time.monotonic() > deadline:
            break
        remove_tree(path)


def remove_tree(path: Path) -> None:
    """Remove a folder and all below it; one that is not there, or that another builder removes too, is fine."""
    while path.exists():
        with suppress(FileNotFoundError):
            shutil.rmtree(path)


def tree_size(place: Path) -> int:
    """Return the bytes of all files below a folder, links not followed."""
    return sum(path.lstat().st_size for path in place.rglob("*"))


COMMANDS: dict[str, Callable[[dict[str, Any]], object]] = {
    "resolve": resolve,
    "install": install,
    "survey": survey,
    "remove": remove,
}


def main() -> None:
    """Run the command that the first argument names."""
    os.umask(0o022)  # jobs read what a builder writes, under another user
    answer = COMMANDS[sys.argv[1]](json.load(sys.stdin))
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
