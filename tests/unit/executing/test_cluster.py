"""Who is lost, what is run again, and when a cluster is given up: over a connection that answers from a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from harness.errors import SandboxError
from harness.executing import cluster
from harness.executing.cluster import Cluster
from harness.executing.work import weighed
from harness.executing.worker import State
from harness.judging import Weighed
from harness.model.matrix import Job
from harness.sandbox.fake import FakeSandbox
from tests.fakes import answer, equipment
from tests.unit.executing.jobs import job

GOOD = State("fake", "fake strength")


class Answer:
    """A future that has ended."""

    def __init__(self, key: str, status: str = "finished", found: Weighed | None = None) -> None:
        self.key, self.status, self.found = key, status, found

    def exception(self) -> Exception:
        return RuntimeError("KilledWorker")


class Scripted:
    """A connection to workers that come, go, and answer at once unless they are told to be silent."""

    def __init__(self, tmp_path: Path, workers: Mapping[str, int]) -> None:
        self.workers = dict(workers)
        self.silent: set[str] = set()
        self.deadly: set[str] = set()
        self.state: dict[str, State] = {}
        self.statuses: dict[str, str] = {}
        self.submitted: list[tuple[str, str]] = []
        self.cancelled: list[str] = []
        self.broken = False
        self.late: set[str] = set()
        self._equipment = equipment(tmp_path, FakeSandbox([lambda _task: answer()] * 99))

    def threads(self) -> Mapping[str, int]:
        if self.broken:
            raise ConnectionError("nobody")
        return dict(self.workers)

    def states(self, workers: list[str]) -> Mapping[str, State]:
        return {worker: self.state.get(worker, GOOD) for worker in workers}

    def submit(self, worker: str, one: Job, then: Callable[[Answer], object]) -> Answer:
        self.submitted.append((worker, one.sample.id))
        future = Answer(f"{one.id} {len(self.submitted)}", self.statuses.get(one.sample.id, "finished"))
        future.found = weighed(one, self._equipment)
        if one.sample.id in self.deadly:
            del self.workers[worker]
            self.workers[f"w{len(self.submitted) + 100}"] = 1
        elif worker not in self.silent:
            then(future)
        return future

    def result(self, future: Answer) -> Weighed:
        if future.key in self.late:
            self.late.remove(future.key)
            raise ConnectionError("gone with its worker")
        assert future.found is not None
        return future.found

    def cancel(self, futures: Iterable[Answer]) -> None:
        self.cancelled += [future.key for future in futures]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "TICK", 0.005)
    monkeypatch.setattr(cluster, "PATIENCE", 0.3)


def made(connection: Scripted, notes: list[str] | None = None) -> Cluster:
    heard = [] if notes is None else notes
    return Cluster(connection, "dask://h:1", heard.append)  # type: ignore[arg-type]  # stands in for one


def silent(running: str) -> None:
    """Leave it."""


def faults(found: Iterable[Weighed]) -> dict[str, str]:
    return {one.ran.job.sample.id: str(one.ran.fault or "") for one in found}


def test_every_job_has_its_result_and_names_its_sandbox(tmp_path: Path) -> None:
    executor = made(Scripted(tmp_path, {"a": 1, "b": 2}))
    told: list[str] = []
    found = list(executor.run([job(number) for number in range(6)], told.append))
    assert told[0].endswith("jobs on 2 workers")
    assert faults(found) == {f"p#{number}": "" for number in range(6)}
    assert {one.sandbox for one in found} == {"fake"}
    assert (executor.sandbox, executor.strength) == ("fake", "fake strength")


def test_what_a_lost_worker_ran_is_run_again_and_taken_back_from_it(tmp_path: Path) -> None:
    connection = Scripted(tmp_path, {"a": 1, "b": 1})
    connection.silent.add("a")
    notes: list[str] = []
    executor = made(connection, notes)
    found = []
    for one in executor.run([job(number) for number in range(6)], silent):
        found.append(one)
        connection.workers.pop("a", None)
    assert faults(found) == {f"p#{number}": "" for number in range(6)}
    assert notes == ["worker a is lost; its jobs run again"]
    (lost,) = [name for worker, name in connection.submitted if worker == "a"]
    assert [name for worker, name in connection.submitted if worker == "b"].count(lost) == 1
    assert [key.partition("@")[0] for key in connection.cancelled] == [lost]


def test_a_job_that_takes_workers_with_it_is_our_error_and_the_others_go_on(tmp_path: Path) -> None:
    connection = Scripted(tmp_path, {"w1": 1})
    connection.deadly.add("p#2")
    found = faults(made(connection).run([job(number) for number in range(5)], silent))
    assert "3 workers were lost while it ran" in found.pop("p#2")
    assert set(found.values()) == {""}
    assert [name for _, name in connection.submitted].count("p#2") == 3


def test_a_worker_that_joins_later_takes_part(tmp_path: Path) -> None:
    connection = Scripted(tmp_path, {"a": 1})
    connection.silent.add("a")
    executor = made(connection)
    connection.workers["b"] = 1
    run = executor.run([job(number) for number in range(4)], silent)
    assert [next(run).ran.job.sample.id for _ in range(3)]
    assert {worker for worker, _ in connection.submitted} == {"a", "b"}
    run.close()  # type: ignore[attr-defined]  # it is a generator


def test_a_cluster_without_workers_is_given_up_with_all_that_is_left(tmp_path: Path) -> None:
    connection = Scripted(tmp_path, {"a": 1})
    executor = made(connection)
    run = executor.run([job(number) for number in range(4)], silent)
    next(run)
    connection.silent.add("a")
    connection.workers.clear()
    rest = faults(run)
    assert len(rest) == 3
    assert all("it had no worker" in fault for fault in rest.values())


@pytest.mark.parametrize("sign", ["cancelled", "unreachable"])
def test_a_scheduler_that_goes_leaves_no_job_without_an_answer(tmp_path: Path, sign: str) -> None:
    connection = Scripted(tmp_path, {"a": 1})
    executor = made(connection)
    if sign == "cancelled":
        connection.statuses = {f"p#{number}": "cancelled" for number in range(4)}
    else:
        connection.broken = True
        connection.silent.add("a")
    found = faults(executor.run([job(number) for number in range(4)], silent))
    assert len(found) == 4
    assert all("the cluster was lost before this was done" in fault for fault in found.values())


def test_an_answer_that_does_not_arrive_is_asked_for_again(tmp_path: Path) -> None:
    connection = Scripted(tmp_path, {"a": 1})
    connection.late = {f"{job(1).id} 1"}
    assert faults(made(connection).run([job(1)], silent)) == {"p#1": ""}
    assert not connection.late


def test_an_error_instead_of_an_answer_is_ours(tmp_path: Path) -> None:
    connection = Scripted(tmp_path, {"a": 1})
    connection.statuses["p#1"] = "error"
    found = faults(made(connection).run([job(1), job(2)], silent))
    assert "p#1@current on a: the worker gave no answer: KilledWorker" in found["p#1"]
    assert found["p#2"] == ""


def test_who_stops_listening_takes_back_what_was_sent(tmp_path: Path) -> None:
    connection = Scripted(tmp_path, {"a": 1, "b": 1})
    connection.silent.add("b")
    run = made(connection).run([job(number) for number in range(6)], silent)
    next(run)
    run.close()  # type: ignore[attr-defined]  # it is a generator
    assert [key.partition("@")[0] for key in connection.cancelled] == [
        name for worker, name in connection.submitted if worker == "b"
    ]


def test_a_worker_that_cannot_be_used_is_said_once_and_gets_nothing(tmp_path: Path) -> None:
    connection = Scripted(tmp_path, {"a": 1, "b": 1})
    connection.state["b"] = State(fault="another harness is installed", notes=("not the docker sandbox",))
    notes: list[str] = []
    executor = made(connection, notes)
    assert len(list(executor.run([job(number) for number in range(4)], silent))) == 4
    assert {worker for worker, _ in connection.submitted} == {"a"}
    assert notes == [
        "worker b: not the docker sandbox",
        "worker b: it is not used: another harness is installed",
    ]


def test_a_cluster_that_nobody_can_use_says_why(tmp_path: Path) -> None:
    connection = Scripted(tmp_path, {"a": 1})
    connection.state["a"] = State(fault="no sandbox works here")
    with pytest.raises(SandboxError, match="no worker of the cluster can be used") as caught:
        made(connection)
    assert caught.value.cause == "no sandbox works here"


def test_a_cluster_without_any_worker_is_waited_for_and_given_up(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="the cluster has no worker"):
        made(Scripted(tmp_path, {}))
