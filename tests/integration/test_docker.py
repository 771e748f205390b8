"""The Docker sandbox against a real engine: what only an engine can show."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import SandboxError
from harness.model.execution import Ending, Limits, StoreAccess, Task
from harness.sandbox import assets, docker_engine, docker_image, reaper
from harness.sandbox.docker import DockerSandbox
from harness.sandbox.docker_report import docker_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# one worker for all: they remove images that the others of this file need
pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker-images")]


@pytest.fixture(scope="module")
def python(docker_sandbox: DockerSandbox) -> str:
    return docker_sandbox.prepare()[0].version


@pytest.fixture
def engine() -> Iterator[docker_engine.Engine]:
    found = docker_engine.connect()
    yield found
    found.api.close()


def shell(line: str, python: str, **fields: Any) -> Task:
    return Task(argv=("sh", "-c", line), python=python, **fields)


def containers(engine: docker_engine.Engine, volume: str = "") -> list[str]:
    found = engine.api.containers(all=True, filters={"label": reaper.RUN} | ({"volume": volume} if volume else {}))
    return [item["Id"] for item in found]


def test_unchanged_harness_builds_nothing(docker_sandbox: DockerSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    before = docker_sandbox.prepare()
    monkeypatch.setattr(docker_image, "_build", lambda *_: pytest.fail("built again"))
    fresh = DockerSandbox("sample-harness-test-unused")
    assert fresh.prepare() == before
    fresh.close()


def test_another_probe_makes_another_runner_on_the_same_platform(
    docker_sandbox: DockerSandbox,
    python: str,
    engine: docker_engine.Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = docker_image.runner(engine, python)
    (tmp_path / "supervisor.py").write_text("print('another')", encoding="utf-8")
    monkeypatch.setattr(assets, "probe", lambda: tmp_path)
    second = docker_image.runner(engine, python)
    try:
        assert second.image != first.image
        assert second.interpreter == first.interpreter, "environments stay valid"
    finally:
        engine.api.remove_image(second.image)


def test_store_outlives_its_tasks_and_is_known_by_its_identity(python: str, engine: docker_engine.Engine) -> None:
    volume = f"sample-harness-test-store-{os.getpid()}"
    sandbox = DockerSandbox(volume)
    try:
        identity = sandbox.store_id()
        assert sandbox.store_id() == identity
        assert sandbox.run(shell("ls /store", python)).code == 0, "a job may come first"
        assert sandbox.run(shell("echo kept > /store/x", python, store=StoreAccess.WRITE)).code == 0
        assert sandbox.run(shell("cat /store/x", python)).stdout == b"kept\n"
        engine.api.remove_volume(volume)
        assert sandbox.store_id() != identity, "a lost store is another store"
    finally:
        sandbox.close()
        engine.api.remove_volume(volume)


def test_killed_harness_leaves_containers_that_the_next_one_removes(python: str, engine: docker_engine.Engine) -> None:
    volume = f"sample-harness-test-reaper-{os.getpid()}"
    program = (
        "from harness.sandbox.docker import DockerSandbox; from harness.model.execution import Task;"
        f"DockerSandbox('{volume}').run(Task(argv=('sleep', '300'), python='{python}'))"
    )
    process = subprocess.Popen([sys.executable, "-c", program])
    try:
        _until(lambda: containers(engine, volume))
        process.kill()
        process.wait()
        sandbox = DockerSandbox(volume)
        sandbox.prepare([python])
        sandbox.close()
        assert containers(engine, volume) == []
    finally:
        process.kill()
        process.wait()
        engine.api.remove_volume(volume)


def test_close_from_another_thread_stops_what_runs(python: str, engine: docker_engine.Engine) -> None:
    volume = f"sample-harness-test-close-{os.getpid()}"
    sandbox = DockerSandbox(volume)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            sandbox.run(shell("sleep 300", python))
        except SandboxError as exc:
            failures.append(exc)

    thread = threading.Thread(target=work)
    thread.start()
    _until(lambda: containers(engine, volume))
    sandbox.close()
    thread.join(60)
    try:
        assert not thread.is_alive()
        assert len(failures) == 1
        assert containers(engine, volume) == []
    finally:
        engine.api.remove_volume(volume)


def test_runner_image_that_vanished_is_made_again(
    docker_sandbox: DockerSandbox, python: str, engine: docker_engine.Engine
) -> None:
    docker_sandbox.run(shell("true", python))
    engine.api.remove_image(docker_image.runner(engine, python).image, force=True)
    assert docker_sandbox.run(shell("echo back", python)).stdout == b"back\n"


def test_only_one_program_of_many_over_its_memory_is_told(docker_sandbox: DockerSandbox, python: str) -> None:
    """The first process lives on and can say what it saw; the ending says why its child died."""
    line = "python3 -c 'bytearray(10**9)'; echo $?"
    done = docker_sandbox.run(shell(line, python, limits=Limits(memory=100 << 20)))
    assert (done.ending, done.stdout) == (Ending.MEMORY, b"137\n")


class Relay:
    """A TCP way to the engine that can be cut: stands for a remote engine, and for one that dies."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.sockets = [self.server]
        self.host = f"tcp://127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.server.accept()
            except OSError:
                return  # cut
            far = socket.socket(socket.AF_UNIX)
            far.connect("/var/run/docker.sock")
            self.sockets += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(source, target), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return  # cut

    def cut(self) -> None:
        for sock in self.sockets:
            with suppress(OSError):  # was cut before
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    if os.environ.get("DOCKER_HOST"):
        pytest.skip("DOCKER_HOST names an engine whose socket is not here to relay")
    relay = Relay()
    monkeypatch.setenv("DOCKER_HOST", relay.host)
    yield relay
    relay.cut()


def test_remote_engine_gets_input_and_gives_output(relay: Relay, python: str) -> None:
    sandbox = DockerSandbox("sample-harness-test-remote")
    try:
        task = shell("wc -c", python, stdin=b"x" * 3_000_000, store=StoreAccess.NONE)
        assert sandbox.run(task).stdout == b"3000000\n"
    finally:
        sandbox.close()


def test_engine_that_dies_in_mid_run_is_our_failure_within_seconds(
    engine: docker_engine.Engine, relay: Relay, python: str
) -> None:
    sandbox = DockerSandbox("sample-harness-test-dying")
    sandbox.prepare([python])

    def cut_in_mid_run() -> None:
        _until(lambda: engine.api.containers(filters={"label": f"{reaper.RUN}={sandbox._run}"}))
        relay.cut()

    cutter = threading.Thread(target=cut_in_mid_run)
    cutter.start()
    try:
        # who waited for the task would see it end over its time, which is no error
        with pytest.raises(SandboxError, match="engine"):
            sandbox.run(shell("sleep 200", python, store=StoreAccess.NONE, limits=Limits(seconds=100)))
        sandbox.close()
    finally:
        cutter.join()
        assert len(reaper.sweep(engine.api, sandbox._run)) == 1, "what a dead engine cannot remove waits for it"


@pytest.mark.usefixtures("docker_sandbox")
def test_doctor_finds_all_in_order() -> None:
    assert [check for check in docker_report() if not check.ok] == []


def test_doctor_says_how_to_get_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    checks = {check.name: check for check in docker_report()}
    assert not checks["docker engine"].ok
    assert "DOCKER_HOST" in checks["docker engine"].mend
    sandbox = DockerSandbox()
    assert "no container engine" in sandbox.unavailable()
    with pytest.raises(SandboxError):
        sandbox.prepare()
    sandbox.close()


def _until(condition: Any, patience: float = 120) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def test_the_base_that_the_user_names_is_used(docker_sandbox: DockerSandbox) -> None:
    version = docker_sandbox.prepare()[0].version
    api = docker_engine.connect().api
    api.tag(f"{docker_image.BASE}:{version}", "sample-harness-test-base", "named")
    named = DockerSandbox(bases={version: "sample-harness-test-base:named"})
    absent = DockerSandbox(bases={version: "sample-harness-test-base:absent"})
    try:
        assert named.prepare([version])[0].version == version
        with pytest.raises(SandboxError, match="no base image"):
            absent.prepare([version])
    finally:
        named.close()
        absent.close()
        api.remove_image("sample-harness-test-base:named")
