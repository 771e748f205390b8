"""What the host does about a build: what it remembers, tries again and raises."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from harness.environments import workshop
from harness.environments.builder import Builder
from harness.environments.inside import BUSY
from harness.environments.locks import Freshness
from harness.environments.provider import Provider
from harness.environments.resolver import Resolver
from harness.environments.search import WHEELS_ONLY
from harness.errors import ResolutionError
from harness.model.environment import Interpreter, Lock, Request
from harness.model.execution import Completed, Ending, Task
from harness.model.matrix import Lane
from tests.unit.environments.scripted import Question, Scripted, ok, refused

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = Interpreter("3.13", "/usr/bin/python3.13", "test:3.13")
LOCK = Lock("3.13", "test:3.13", (("tool", "1"),), "tool==1 --hash=sha256:00\n")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "PAUSE", 0.0)


def unasked(question: Question) -> dict[str, Any]:
    raise AssertionError(question)


def failing(error: str) -> Scripted:
    return Scripted(unasked, lambda _: {"built": False, "step": "install", "error": error})


def builder(run: Scripted, tmp_path: Path, **freshness: Any) -> Builder:
    return Builder(run, [PYTHON], tmp_path, "store:1", freshness=Freshness(**freshness))


def test_an_environment_stands_under_its_digest(tmp_path: Path) -> None:
    environment = builder(Scripted(unasked), tmp_path).build(LOCK)
    assert environment.path == "/store/envs/" + LOCK.digest.removeprefix("sha256:")
    assert environment.python == environment.path + "/bin/python"


def test_what_is_known_to_be_there_starts_nothing(tmp_path: Path) -> None:
    run = Scripted(unasked)
    for _ in range(2):
        builder(run, tmp_path).build(LOCK)
    assert len(run.tasks) == 1


def test_another_store_knows_nothing(tmp_path: Path) -> None:
    run = Scripted(unasked)
    builder(run, tmp_path).build(LOCK)
    Builder(run, [PYTHON], tmp_path, "store:2").build(LOCK)
    assert len(run.tasks) == 2


def test_what_was_forgotten_is_built_again(tmp_path: Path) -> None:
    run = Scripted(unasked)
    one = builder(run, tmp_path)
    environment = one.build(LOCK)
    assert Provider(Resolver(run, [PYTHON], tmp_path), one).rebuilt(environment) == environment
    assert len(run.tasks) == 2


def test_a_spoilt_memory_is_as_good_as_none(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run = Scripted(unasked)
    builder(run, tmp_path).build(LOCK)
    (file,) = tmp_path.glob("environments/*.json")
    file.write_bytes(b"\xff{")
    builder(run, tmp_path).build(LOCK)
    assert len(run.tasks) == 2
    assert "cannot be read" in caplog.text


def test_a_lock_that_does_not_install_is_the_requirements_fault_and_remembered(tmp_path: Path) -> None:
    run = failing("error: Failed to build `tool==1`\n  cc: not found\n")
    for _ in range(2):
        with pytest.raises(ResolutionError, match="cc: not found") as caught:
            builder(run, tmp_path).build(LOCK)
        assert caught.value.unsatisfiable
    assert len(run.tasks) == 1
    with pytest.raises(ResolutionError, match="cc: not found"):
        builder(run, tmp_path, max_age=timedelta(0)).build(LOCK)
    assert len(run.tasks) == 2


@pytest.mark.parametrize(
    ("error", "tries", "mend"),
    [
        pytest.param("error: Failed to fetch: http://localhost:9", workshop.ATTEMPTS, "harness doctor", id="network"),
        pytest.param(
            "error: Failed to build `t==1`\n  cause: No space left on device", 1, "harness env prune", id="disk"
        ),
        pytest.param("not installed though locked: tool", 1, "harness doctor", id="health"),
    ],
)
def test_other_failures_are_ours_and_not_remembered(tmp_path: Path, error: str, tries: int, mend: str) -> None:
    run = failing(error)
    with pytest.raises(ResolutionError, match="cannot be built") as caught:
        builder(run, tmp_path).build(LOCK)
    assert not caught.value.unsatisfiable
    assert mend in caught.value.next_step
    assert len(run.tasks) == tries
    with pytest.raises(ResolutionError):
        builder(run, tmp_path).build(LOCK)
    assert len(run.tasks) == 2 * tries


def test_offline_builders_have_no_network(tmp_path: Path) -> None:
    run = failing("error: Failed to fetch, network was disabled")
    with pytest.raises(ResolutionError, match="run once without --offline"):
        builder(run, tmp_path, offline=True).build(LOCK)
    assert [task.network for task in run.tasks] == [False]
    assert ("UV_OFFLINE", "1") in run.tasks[0].env


def test_a_store_that_another_machine_holds_is_waited_for(tmp_path: Path) -> None:
    tasks: list[Task] = []

    def busy(task: Task) -> Completed:
        tasks.append(task)
        return Completed(Ending.EXITED, BUSY, b"", b"", 120.0)

    with pytest.raises(ResolutionError, match="another builder holds the store") as caught:
        Builder(busy, [PYTHON], tmp_path, "store:1").build(LOCK)
    assert not caught.value.unsatisfiable
    assert len(tasks) == workshop.ATTEMPTS


def test_a_lock_for_a_python_that_is_gone_is_said(tmp_path: Path) -> None:
    other = Lock("3.12", "test:3.12", LOCK.packages, LOCK.text)
    with pytest.raises(ResolutionError, match="not on offer"):
        builder(Scripted(unasked), tmp_path).build(other)


def test_where_a_source_does_not_build_wheels_alone_are_tried(tmp_path: Path) -> None:
    def index(question: Question) -> dict[str, Any]:
        if question.universal or question.build:
            return ok("tool==2")
        return (
            refused("Because tool==2 has no usable wheels, no.")
            if "tool==2" in question.requirements
            else ok("tool==1")
        )

    def install(spec: dict[str, Any]) -> dict[str, Any]:
        if "tool==2" in spec["requirements"]:
            return {"built": False, "step": "install", "error": "error: Failed to build `tool==2`"}
        return {"built": True, "size": 1}

    run = Scripted(index, install)
    provider = Provider(Resolver(run, [PYTHON], tmp_path), builder(run, tmp_path))
    lock = provider.ready(Request(("tool",), Lane.CURRENT)).lock
    assert (lock.packages, lock.notes) == ((("tool", "1"),), (WHEELS_ONLY,))
    assert [(held.tested, held.newest) for held in lock.held_back] == [("1", "2")]


def test_where_wheels_do_not_suffice_either_the_source_is_blamed(tmp_path: Path) -> None:
    def index(question: Question) -> dict[str, Any]:
        return (
            ok("tool==2") if question.universal or question.build else refused("Because tool has no usable wheels, no.")
        )

    run = Scripted(index, lambda _: {"built": False, "step": "install", "error": "error: Failed to build `tool==2`"})
    with pytest.raises(ResolutionError, match="Failed to build") as caught:
        Provider(Resolver(run, [PYTHON], tmp_path), builder(run, tmp_path)).ready(Request(("tool",), Lane.CURRENT))
    assert caught.value.unsatisfiable


def test_where_a_source_does_not_build_an_older_python_is_tried(tmp_path: Path) -> None:
    def index(question: Question) -> dict[str, Any]:
        return (
            ok("tool==2") if question.universal or question.build else refused("Because tool has no usable wheels, no.")
        )

    def install(spec: dict[str, Any]) -> dict[str, Any]:
        if spec["state"]["python"] == "3.13":
            return {"built": False, "step": "install", "error": "error: Failed to build `tool==2`"}
        return {"built": True, "size": 1}

    run = Scripted(index, install)
    pythons = [PYTHON, Interpreter("3.9", "/usr/bin/python3.9", "test:3.9")]
    provider = Provider(Resolver(run, pythons, tmp_path), Builder(run, pythons, tmp_path, "store:1"))
    assert provider.ready(Request(("tool",), Lane.CURRENT)).lock.python == "3.9"
    count = len(run.tasks)
    assert provider.ready(Request(("tool",), Lane.CURRENT)).lock.python == "3.9"
    assert len(run.tasks) == count, "what did not build is remembered"
    with pytest.raises(ResolutionError, match="Failed to build"):
        provider.ready(Request(("tool",), Lane.CURRENT, "3.13"))
