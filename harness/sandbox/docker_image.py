"""Runner images, one per Python version: found by their digest, else made.

An unchanged harness builds nothing and starts nothing: what there is to know
about a runner stands in its labels.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docker.errors import ImageNotFound
from filelock import FileLock
from platformdirs import user_cache_path

from harness.model.environment import Interpreter
from harness.model.execution import Limits
from harness.sandbox import assets, docker_context, docker_run, failure
from harness.sandbox.docker_engine import Engine, asking

if TYPE_CHECKING:
    from collections.abc import Sequence

BASE = "sample-harness-base"
"""Repository of the bases made by ``docker/make-base``; one of these wins over an official image."""
OFFICIAL = "python"
"""Repository of the official images."""
RUNNER = "sample-harness-runner"
"""Repository of the runner images."""
FIRST = ("3.13", "3.11")
"""What to get where no base is there at all: the newest that most libraries support, and one for old SDKs."""
KEPT = 2
"""Runner images kept per Python version: another checkout may use the one before."""
_RESOLVER = "sample-harness.resolver"
_EXECUTABLE = "sample-harness.executable"
_PYTHON = "sample-harness.python"
_PLATFORM = "sample-harness.platform"
_LOOK = "import json,os,sys;print(json.dumps(['%d.%d'%sys.version_info[:2],os.path.realpath(sys.executable)]))"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner image that is there."""

    image: str
    """Its tag."""
    interpreter: Interpreter
    """The Python in it."""


def offered(engine: Engine) -> tuple[str, ...]:
    """Return the Python versions whose base is on the engine, newest first."""
    with asking("list images"):
        tags = [tag for image in engine.api.images() for tag in image.get("RepoTags") or ()]
    pattern = re.compile(rf"(?:.*/)?(?:{BASE}:(3\.\d+)|{OFFICIAL}:(3\.\d+)-slim)")
    found = {match[1] or match[2] for tag in tags if (match := pattern.fullmatch(tag))}
    return newest_first(found | set(engine.bases))


def newest_first(pythons: Sequence[str] | set[str]) -> tuple[str, ...]:
    """Return version numbers as numbers sort, not as text does."""
    return tuple(sorted(pythons, key=lambda text: tuple(map(int, text.split("."))), reverse=True))


def names(engine: Engine, python: str) -> tuple[str, str]:
    """Return the tag that wins as base for a Python version if it is there, and the one to pull if it is not.

    What the user names is both: nothing else stands in for it.
    """
    named = engine.bases.get(python)
    return (named, named) if named else (f"{BASE}:{python}", f"{OFFICIAL}:{python}-slim")


def runner(engine: Engine, python: str) -> Runner:
    """Return the runner for a Python version, made where it is not there yet.

    Raises:
        EngineError: If it cannot be made.
    """
    base, identity = _base(engine, python)
    tag = f"{RUNNER}:{python}-{docker_context.digest(identity, engine.machine)[:16]}"
    if found := _inspect(engine, tag):
        return _runner(tag, found)
    lock = user_cache_path("sample-harness", ensure_exists=True) / "docker-build.lock"
    with FileLock(lock):
        if not (found := _inspect(engine, tag)):
            found = _build(engine, python, base, identity, tag)
            _prune(engine, python)
    return _runner(tag, found)


def make_base() -> str:
    """Return the command that makes a base from Debian packages."""
    return str(assets.folder("docker") / "make-base")


def obtainable(engine: Engine, python: str) -> bool:
    """Tell whether a registry serves the official base, without pulling it."""
    try:
        with asking("ask a registry"):
            engine.api.inspect_distribution(names(engine, python)[1])  # type: ignore[no-untyped-call] # stubs
    except failure.EngineError:
        return False
    return True


def _base(engine: Engine, python: str) -> tuple[str, str]:
    local, official = names(engine, python)
    for tag in (local, official):
        if found := _inspect(engine, tag):
            return tag, str(found["Id"])
    _log.info("pulling %s", official)
    try:
        with asking(f"pull {official}"):
            engine.api.pull(official)
    except failure.EngineError as exc:
        raise failure.EngineError(
            f"there is no base image for Python {python}: {exc.what}",
            fault=failure.Fault.PERMANENT,
            cause="no registry answers",
            next_step=f"{make_base()} SUITE, where bookworm gives 3.11 and trixie 3.13",
        ) from exc
    found = _inspect(engine, official)
    return official, str(found["Id"])


def _inspect(engine: Engine, tag: str) -> dict[str, Any]:
    with asking("look at an image"):
        try:
            answer: dict[str, Any] = engine.api.inspect_image(tag)  # type: ignore[no-untyped-call] # stubs
        except ImageNotFound:
            return {}
    return answer


def _runner(tag: str, found: dict[str, Any]) -> Runner:
    labels = found["Config"]["Labels"]
    return Runner(tag, Interpreter(labels[_PYTHON], labels[_EXECUTABLE], labels[_PLATFORM]))


def _build(engine: Engine, python: str, base: str, identity: str, tag: str) -> dict[str, Any]:
    _log.info("building %s from %s", tag, base)
    labels = {_PYTHON: python, _EXECUTABLE: _executable(engine, python, base), _PLATFORM: f"docker:{identity}"}
    arguments = docker_context.arguments(base, python)
    said: list[str] = []
    with docker_context.archive(engine.machine) as context, asking("build the runner image"):
        steps = engine.api.build(
            fileobj=context, custom_context=True, tag=tag, buildargs=arguments, labels=labels, rm=True, decode=True
        )
        for step in steps:
            said.append(step.get("stream") or step.get("error") or "")
            if "error" in step:
                raise failure.EngineError(
                    f"the runner image for Python {python} cannot be built: {''.join(said)[-2000:].strip()}",
                    fault=failure.Fault.PERMANENT,
                    next_step="harness doctor",
                )
    return _inspect(engine, tag)


def _executable(engine: Engine, python: str, base: str) -> str:
    """Ask the base for its interpreter; a base whose Python is another than its tag says is refused."""
    config = {"Image": base, "Entrypoint": ["python3", "-I", "-c", _LOOK], "HostConfig": {"NetworkMode": "none"}}
    done = docker_run.run(engine.api, config, b"", Limits(), lambda: False)
    if done.code:
        raise failure.EngineError(
            f"the Python of {base} does not start: {done.stderr.decode(errors='replace')}",
            fault=failure.Fault.PERMANENT,
        )
    version, path = json.loads(done.stdout)
    if version != python:
        raise failure.EngineError(f"{base} holds Python {version}", fault=failure.Fault.PERMANENT)
    return str(path)


def _prune(engine: Engine, python: str) -> None:
    """Remove the oldest runners of a Python version and the stages they were made with."""
    with asking("list images"):
        runners = engine.api.images(RUNNER, filters={"label": f"{_PYTHON}={python}"})
        stages = engine.api.images(filters={"label": f"{_RESOLVER}={python}", "dangling": True})
    for image in (*_old(runners), *_old(stages)):
        for name in image["RepoTags"] or (image["Id"],):
            try:
                with asking("remove an old image"):
                    engine.api.remove_image(image["Id"] if name == "<none>:<none>" else name)
            except failure.EngineError as exc:
                _log.debug("%s stays, it is in use: %s", name, exc.what)


def _old(images: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(images, key=lambda item: item["Created"], reverse=True)[KEPT:]
