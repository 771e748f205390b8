"""One container's life, against an engine made of a socket pair."""
# ruff: noqa: ARG002, ARG005 - the fake has the names that the SDK has

from __future__ import annotations

import socket
import struct
import threading
from typing import TYPE_CHECKING, Any, cast

import pytest
from docker.errors import APIError
from hypothesis import given
from hypothesis import strategies as st

from harness.model.execution import Completed, Ending, Limits
from harness.sandbox import docker_run
from harness.sandbox.failure import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from docker import APIClient


def frame(stream: int, data: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(data)) + data


def idle(sock: socket.socket) -> None:
    threading.Event().wait(2)


class Engine:
    """Answers like an engine whose container does what a function says."""

    def __init__(self, behave: Callable[[socket.socket], None] = lambda sock: None, **state: Any) -> None:
        self.behave = behave
        self.state: dict[str, Any] = {"Status": "exited", "ExitCode": 0, "OOMKilled": False, "Error": ""} | state
        self.calls: list[str] = []
        self.received = b""
        self.sockets: list[socket.socket] = []
        self.threads: list[threading.Thread] = []
        self.unremovable = False

    def create_container_from_config(self, config: object) -> dict[str, str]:
        self.calls.append("create")
        return {"Id": "c1"}

    def attach_socket(self, container: str, params: dict[str, int]) -> socket.socket:
        ours, theirs = socket.socketpair()
        self.sockets.append(theirs)
        target = self._take if "stdin" in params else self._give
        self.threads.append(threading.Thread(target=target, args=(theirs,), daemon=True))
        return ours

    def _take(self, sock: socket.socket) -> None:
        while data := sock.recv(1 << 16):
            self.received += data
        sock.close()

    def _give(self, sock: socket.socket) -> None:
        self.behave(sock)
        sock.close()

    def start(self, container: str) -> None:
        self.calls.append("start")
        for thread in self.threads:
            thread.start()

    def inspect_container(self, container: str) -> dict[str, Any]:
        return {"State": self.state}

    def kill(self, container: str) -> None:
        self.calls.append("kill")
        self.state |= {"Status": "exited", "ExitCode": 137}

    def remove_container(self, container: str, *, force: bool, v: bool) -> None:
        self.calls.append("remove")
        if self.unremovable:
            raise OSError("the engine went away")


def run(engine: Engine, stdin: bytes = b"", stopping: Callable[[], bool] = lambda: False, **limits: Any) -> Completed:
    try:
        return docker_run.run(cast("APIClient", engine), {}, stdin, Limits(**limits), stopping)
    finally:
        for sock in engine.sockets:
            sock.close()


def test_output_is_taken_apart_and_nothing_is_left() -> None:
    engine = Engine(lambda sock: sock.sendall(frame(1, b"out") + frame(2, b"err") + frame(1, b"put")), ExitCode=3)
    done = run(engine)
    assert (done.ending, done.code, done.stdout, done.stderr) == (Ending.EXITED, 3, b"output", b"err")
    assert engine.calls == ["create", "start", "remove"]


def test_input_of_megabytes_arrives_while_output_flows() -> None:
    data = bytes(range(256)) * 20_000
    engine = Engine()

    def print_all_the_while(sock: socket.socket) -> None:
        for _ in range(500):
            sock.sendall(frame(1, b"x" * 1000))
        engine.threads[1].join()

    engine.behave = print_all_the_while
    assert len(run(engine, stdin=data).stdout) == 500_000
    assert engine.received == data


def test_flood_is_cut_and_killed() -> None:
    def flood(sock: socket.socket) -> None:
        try:
            while True:
                sock.sendall(frame(2, b"y" * 4096))
        except OSError:
            return

    engine = Engine(flood, Status="running")
    done = run(engine, output=10_000)
    assert (done.ending, done.code, len(done.stderr)) == (Ending.OUTPUT, None, 10_000)
    assert engine.calls == ["create", "start", "kill", "remove"]


def test_time_is_up() -> None:
    engine = Engine(idle, Status="running")
    done = run(engine, seconds=0.2)
    assert done.ending is Ending.TIMEOUT
    assert 0.2 <= done.seconds < 1
    assert "kill" in engine.calls


def test_time_is_up_for_a_task_that_closed_its_output() -> None:
    done = run(Engine(Status="running"), seconds=0.2)
    assert done.ending is Ending.TIMEOUT


def test_cancelled_and_removed() -> None:
    engine = Engine(idle, Status="running")
    with pytest.raises(docker_run.CancelledError):
        run(engine, stopping=lambda: True)
    assert engine.calls[-1] == "remove"


def test_engine_that_breaks_off_in_a_frame_is_no_ending() -> None:
    engine = Engine(lambda sock: sock.sendall(frame(1, b"whole")[:-2]))
    with pytest.raises(EngineError, match="broke off"):
        run(engine)
    assert engine.calls[-1] == "remove"


def test_container_that_cannot_start_is_removed() -> None:
    engine = Engine()
    engine.start = lambda container: (_ for _ in ()).throw(APIError("OCI runtime create failed"))  # type: ignore[method-assign]
    with pytest.raises(EngineError, match="start a container"):
        run(engine)
    assert engine.calls == ["create", "remove"]


def test_result_stands_though_the_container_cannot_be_removed(caplog: pytest.LogCaptureFixture) -> None:
    engine = Engine(lambda sock: sock.sendall(frame(1, b"fine")))
    engine.unremovable = True
    assert run(engine).stdout == b"fine"
    assert "left behind" in caplog.text


@given(
    st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=50)), max_size=20),
    st.lists(st.integers(1, 30), min_size=1, max_size=20),
)
def test_streams_do_not_depend_on_where_the_network_cuts(frames: list[tuple[int, bytes]], cuts: list[int]) -> None:
    data = b"".join(frame(*item) for item in frames)
    streams = docker_run.Streams(limit=10_000)
    position = index = 0
    while position < len(data):
        size = cuts[index % len(cuts)]
        streams.feed(data[position : position + size])
        position, index = position + size, index + 1
    assert bytes(streams.stdout) == b"".join(body for stream, body in frames if stream == 1)
    assert bytes(streams.stderr) == b"".join(body for stream, body in frames if stream == 2)
    assert streams.whole
    assert not streams.over
