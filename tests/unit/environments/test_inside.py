"""What a builder leaves in the store: run on the host, without any package."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from harness.environments import inside, workshop
from harness.environments.builder import Builder
from harness.environments.manage import Manager
from harness.environments.uv import Fault, Said
from harness.errors import ResolutionError, SandboxError
from harness.model.environment import Lock
from tests.unit.environments.on_host import HERE, PYTHON, OnHost

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = Lock(HERE, PYTHON.platform, (), "")
ABSENT = Lock(HERE, PYTHON.platform, (("tool", "1"),), "tool==1 --hash=sha256:" + "0" * 64)


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    return tmp_path / "volume"


@pytest.fixture
def run(volume: Path) -> OnHost:
    return OnHost(volume)


def builder(run: OnHost, host: Path) -> Builder:
    return Builder(run, [PYTHON], host, "volume")


def test_a_whole_environment_has_its_state_beside_it(tmp_path: Path, volume: Path, run: OnHost) -> None:
    environment = builder(run, tmp_path).build(EMPTY)
    home = volume / environment.path.removeprefix("/store/")
    state = json.loads((home / inside.STATE).read_text())
    assert (state["digest"], state["python"]) == (EMPTY.digest, HERE)
    assert state["size"] > 0
    assert (home / "bin" / "python").exists()
    assert list((volume / "building").iterdir()) == []


def test_what_a_dead_builder_left_is_removed(tmp_path: Path, volume: Path, run: OnHost) -> None:
    half = volume / "building" / "half-built"
    half.mkdir(parents=True)
    (half / "file").write_text("x")
    builder(run, tmp_path).build(EMPTY)
    assert not half.exists()


def test_much_that_others_left_holds_up_no_installation(volume: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def slow(path: Path) -> None:
        nonlocal now
        path.rmdir()
        now += 1.5

    for number in range(5):
        (volume / f"left-{number}").mkdir(parents=True)
    monkeypatch.setattr(inside, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(inside, "remove_tree", slow)
    inside.empty(volume, inside.SWEEPING)
    assert len(list(volume.iterdir())) == 3, "the rest is for those that follow"
    inside.empty(volume)
    assert list(volume.iterdir()) == []


def test_builders_need_not_wait_until_what_is_pruned_is_gone(volume: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unheld(path: Path) -> None:
        with inside.alone(0):
            gone.append(path.parent)
            path.rmdir()

    gone: list[Path] = []
    (volume / "envs" / "old").mkdir(parents=True)
    (volume / "building" / "half-built").mkdir(parents=True)
    monkeypatch.setenv("HARNESS_STORE", str(volume))
    monkeypatch.setenv("HARNESS_UV", "true")
    monkeypatch.setattr(inside, "remove_tree", unheld)
    assert inside.remove({"names": ["old", "absent"], "wait": 0})["removed"] == ["old"]
    assert gone == [volume / "building"] * 2, "away first, then apart"


def test_what_two_remove_at_once_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "tree"
    (tree / "a" / "b").mkdir(parents=True)
    remove = shutil.rmtree

    def raced(path: Path) -> None:
        monkeypatch.setattr(shutil, "rmtree", remove)
        (tree / "a" / "b").rmdir()
        raise FileNotFoundError(path)

    monkeypatch.setattr(shutil, "rmtree", raced)
    inside.remove_tree(tree)
    assert not tree.exists()


def test_a_killed_builder_blocks_nobody(tmp_path: Path, volume: Path, run: OnHost) -> None:
    stuck = tmp_path / "stuck-uv"
    stuck.write_text('#!/bin/sh\nfor place; do :; done\nmkdir -p "$place"\nexec sleep 60\n')
    stuck.chmod(0o755)
    spec = {"name": "0" * 64, "requirements": "", "packages": [], "state": {}, "compiled": True, "wait": 0}
    volume.mkdir()
    argv = [sys.executable, "-I", inside.__file__, "install"]
    env = {"HARNESS_STORE": str(volume), "HARNESS_UV": str(stuck), "PATH": os.environ["PATH"]}
    with subprocess.Popen(argv, stdin=subprocess.PIPE, env=env, start_new_session=True) as process:
        assert process.stdin
        process.stdin.write(json.dumps(spec).encode())
        process.stdin.close()
        deadline = time.monotonic() + 20
        while not (half := list(volume.glob("building/*"))) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
    assert half
    builder(run, tmp_path).build(EMPTY)
    assert list((volume / "building").iterdir()) == []
    assert len(list((volume / "envs").iterdir())) == 1


def test_a_folder_without_state_is_no_environment(tmp_path: Path, volume: Path, run: OnHost) -> None:
    home = volume / "envs" / EMPTY.digest.removeprefix("sha256:")
    home.mkdir(parents=True)
    (home / "stray").write_text("x")
    builder(run, tmp_path).build(EMPTY)
    assert (home / inside.STATE).is_file()
    assert not (home / "stray").exists()


def test_what_another_builder_made_is_not_made_again(tmp_path: Path, volume: Path, run: OnHost) -> None:
    home = volume / builder(run, tmp_path / "one").build(EMPTY).path.removeprefix("/store/")
    before = (home / inside.STATE).stat().st_mtime_ns
    builder(run, tmp_path / "two").build(EMPTY)
    assert (home / inside.STATE).stat().st_mtime_ns == before
    assert len(run.tasks) == 2


def test_a_failed_build_leaves_nothing(
    tmp_path: Path, volume: Path, run: OnHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "PAUSE", 0.0)
    monkeypatch.setitem(workshop.SETTINGS, "UV_OFFLINE", "1")
    with pytest.raises(ResolutionError):
        builder(run, tmp_path).build(ABSENT)
    assert list((volume / "building").iterdir()) == []
    assert list((volume / "envs").iterdir()) == []


def test_a_missing_distribution_is_unhealthy(tmp_path: Path, volume: Path, run: OnHost) -> None:
    environment = builder(run, tmp_path).build(EMPTY)
    python = str(volume / environment.path.removeprefix("/store/") / "bin" / "python")
    inside.check_health(python, [])
    with pytest.raises(inside.StepError) as caught:
        inside.check_health(python, ["tool"])
    assert caught.value.args == ("check", "not installed though locked: tool")


def test_what_serves_a_run_or_two_is_not_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "said"
    fake = tmp_path / "uv"
    fake.write_text(f'#!/bin/sh\necho "$@" >> {said}\nfor place; do :; done\n[ "$1" = pip ] || mkdir -p "$place"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("HARNESS_UV", str(fake))
    monkeypatch.setattr(inside, "check_health", lambda *_: None)
    spec = {"packages": ["tool"], "requirements": "tool==1", "state": {}}
    for compiled in (True, False):
        inside.build({**spec, "compiled": compiled}, tmp_path / f"{compiled}")
    installed = [line for line in said.read_text().splitlines() if line.startswith("pip sync")]
    assert ["--compile-bytecode" in line for line in installed] == [True, False]


def test_a_held_store_is_waited_for_and_then_given_up(volume: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    volume.mkdir()
    monkeypatch.setenv("HARNESS_STORE", str(volume))
    with (volume / "builder.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(SystemExit) as caught, inside.alone(0.2):
            pytest.fail("the store is held by another")
        assert caught.value.code == inside.BUSY
    entered: list[Any] = []
    with inside.alone(0.2):
        entered.append(True)
    assert entered


def test_environments_are_listed_and_pruned(tmp_path: Path, volume: Path, run: OnHost) -> None:
    environment = builder(run, tmp_path).build(EMPTY)
    manager = Manager(run, [PYTHON], tmp_path, "volume")
    (stored,) = manager.list_environments()
    assert (stored.state.digest, stored.state.python, stored.state.packages) == (EMPTY.digest, HERE, ())
    assert manager.prune(keep=1).environments == ()
    assert manager.prune().environments == (stored,)
    assert manager.list_environments() == ()
    assert not (volume / environment.path.removeprefix("/store/")).exists()
    count = len(run.tasks)
    builder(run, tmp_path).build(EMPTY)
    assert len(run.tasks) == count + 1, "what was pruned is not remembered"


def test_nothing_is_managed_without_a_python(tmp_path: Path, run: OnHost) -> None:
    with pytest.raises(SandboxError, match="no Python is on offer"):
        Manager(run, [], tmp_path, "volume")


def test_a_resolution_from_source_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "slow-uv"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("HARNESS_UV", str(slow))
    started = time.monotonic()
    (said,) = inside.resolve({"questions": [{"args": [], "requirements": "tool"}], "seconds": 0.2})
    assert time.monotonic() - started < 20
    assert Said(**said).fault is Fault.BUILD
