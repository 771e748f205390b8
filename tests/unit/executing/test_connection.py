"""What is asked of a cluster, and what becomes of no answer: over a stand-in for Dask's client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.errors import ConfigError, SandboxError
from harness.executing import connection
from harness.executing.connection import Connection, connected
from harness.executing.identity import identity
from harness.executing.worker import Orders, State
from harness.options import SandboxChoice
from tests.unit.executing.jobs import job

ORDERS = Orders("run-1", identity(), {}, SandboxChoice.AUTO, require_docker=False)


class Client:
    """Answers from its attributes, and remembers what it was asked."""

    def __init__(self, *_: object, **__: object) -> None:
        self.status = "running"
        self.asked: list[str] = []
        self.versions: dict[str, str | None] = {"scheduler": "1.0", "tcp://a": "1.0"}
        self.said: dict[str, object] = {}
        self.fault: Exception | None = None

    def get_versions(self, packages: list[str]) -> dict[str, Any]:
        told: dict[str, Any] = {
            name: None if version is None else {"packages": {packages[0]: version}}
            for name, version in self.versions.items()
        }
        return {
            "client": {"packages": {packages[0]: "1.0"}},
            "scheduler": told.pop("scheduler"),
            "workers": told,
        }

    def register_plugin(self, plugin: object) -> None:
        self.asked.append(f"register {plugin.name}")  # type: ignore[attr-defined]

    def unregister_worker_plugin(self, name: str) -> None:
        self.asked.append(f"unregister {name}")
        if self.fault:
            raise self.fault

    def nthreads(self) -> dict[str, int]:
        if self.fault:
            raise self.fault
        return {"tcp://a": 2}

    def run(self, _call: Callable[..., object], *_: object, workers: list[str], **__: str) -> dict[str, object]:
        return {worker: self.said[worker] for worker in workers}

    def submit(self, *_: object, pure: bool, **__: object) -> None:
        assert not pure, "two jobs that are alike are two jobs"
        if self.fault:
            raise self.fault

    def close(self, **_: float) -> None:
        self.asked.append("close")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    one = Client()
    monkeypatch.setattr(connection, "Client", lambda *_, **__: one)
    return one


def test_workers_are_made_ready_and_closed_whatever_happens(client: Client) -> None:
    with pytest.raises(KeyboardInterrupt), connected("dask://h:1", ORDERS):
        raise KeyboardInterrupt
    assert client.asked == ["register run-1", "unregister run-1", "close"]


def test_a_cluster_that_is_gone_at_the_end_takes_nothing_away(client: Client) -> None:
    with connected("dask://h:1", ORDERS):
        client.fault = ConnectionResetError("reset by peer")
    assert client.asked[-1] == "close"


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [("scheduler", "0.9", "the scheduler has 0.9"), ("tcp://a", None, "tcp://a has none")],
)
def test_another_version_is_refused_by_name_before_anything_is_sent(
    client: Client, name: str, version: str | None, said: str
) -> None:
    client.versions[name] = version
    with pytest.raises(ConfigError, match=said) as caught, connected("dask://h:1", ORDERS):
        pytest.fail("it was used")
    assert "pip install 'sample-harness[distributed]==1.0'" in caught.value.next_step
    assert not [one for one in client.asked if one.startswith("register")]


def test_a_scheduler_that_does_not_answer_is_named_with_a_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object, **__: object) -> None:
        raise OSError("timed out")

    monkeypatch.setattr(connection, "Client", silent)
    with pytest.raises(SandboxError, match="no Dask scheduler answers") as caught, connected("dask://h:1", ORDERS):
        pytest.fail("there is none")
    assert (caught.value.where, caught.value.cause) == ("dask://h:1", "timed out")
    assert "dask scheduler" in caught.value.next_step


def test_who_is_not_ready_or_does_not_answer_is_asked_again_and_who_fails_is_not(client: Client) -> None:
    good = State("namespace", "strong")
    client.said = {"a": good, "b": None, "c": OSError("gone"), "d": AttributeError("no such function")}
    found = Connection(client, "run-1").states(["a", "b", "c", "d"])
    assert found == {"a": good, "d": State(fault="AttributeError: no such function")}


@pytest.mark.parametrize(
    ("status", "fault"),
    [("running", OSError("reset")), ("closed", AttributeError("NoneType")), ("closing", RuntimeError())],
)
def test_no_answer_is_one_error_however_dask_says_so(client: Client, status: str, fault: Exception) -> None:
    client.status, client.fault = status, fault
    line = Connection(client, "run-1")
    for ask in (line.threads, lambda: line.submit("a", job(1), print)):
        with pytest.raises(ConnectionError):
            ask()


def test_a_bug_stays_a_bug(client: Client) -> None:
    client.fault = AttributeError("nobody thought of this")
    with pytest.raises(AttributeError, match="nobody thought of this"):
        Connection(client, "run-1").threads()
