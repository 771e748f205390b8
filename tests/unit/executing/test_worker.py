"""What a worker brings of its own, what travels, and what it says of itself."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import ConfigError, ResolutionError, SandboxError
from harness.executing import worker
from harness.executing.identity import identity
from harness.executing.work import failed, weighed
from harness.executing.worker import TRAVELS, Bench, Orders, options_here
from harness.jobs import Equipment
from harness.options import Options, SandboxChoice
from harness.sandbox.fake import FakeSandbox
from tests.fakes import answer, equipment, raised
from tests.unit.executing.jobs import job

ORDERS = Orders("run", identity(), {name: getattr(Options(), name) for name in TRAVELS}, SandboxChoice.AUTO, False)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "mine"))


def test_store_and_sandbox_are_the_workers_and_the_rest_is_the_clients(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_SANDBOX", "namespace")
    monkeypatch.setenv("HARNESS_TIMEOUT", "7")
    wanted = {**ORDERS.wanted, "timeout": 30.0, "older_runs": 0, "no_cache": True}
    options = options_here(replace(ORDERS, wanted=wanted))
    assert options.store == tmp_path / "mine"
    assert options.sandbox is SandboxChoice.NAMESPACE
    assert (options.timeout, options.older_runs, options.no_cache) == (30.0, 0, True)


def test_a_sandbox_that_is_asked_for_by_name_is_used_where_the_worker_leaves_it_open() -> None:
    assert options_here(replace(ORDERS, sandbox=SandboxChoice.DOCKER)).sandbox is SandboxChoice.DOCKER


def test_no_worker_uses_another_sandbox_than_it_was_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_SANDBOX", "docker")
    with pytest.raises(ConfigError, match="offers the docker sandbox, and process is asked for"):
        options_here(replace(ORDERS, sandbox=SandboxChoice.PROCESS))


@pytest.mark.parametrize("side", ["client", "worker"])
def test_the_stricter_word_on_docker_holds(side: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if side == "worker":
        monkeypatch.setenv("HARNESS_REQUIRE_DOCKER", "true")
    assert options_here(replace(ORDERS, require_docker=side == "client")).require_docker


def test_another_harness_is_refused_and_both_are_named() -> None:
    bench = Bench(replace(ORDERS, identity="0.0.9 (code abc)"))
    bench.open()
    assert bench.equipment is None
    assert "0.0.9 (code abc)" in bench.fault
    assert identity() in bench.fault


def test_a_place_is_closed_with_what_runs_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[bool] = []

    @contextmanager
    def equipped(*_: object) -> Iterator[Equipment]:
        one = equipment(tmp_path, FakeSandbox([]))
        yield one
        ends.append(one.cancel.is_set())
        raise SandboxError("the engine does not answer")

    monkeypatch.setattr(worker, "equipped", equipped)
    bench = Bench(ORDERS)
    bench.open()
    assert bench.equipment is not None
    assert not bench.equipment.cancel.is_set()
    bench.close()
    assert ends == [True], "what runs is stopped before the place is closed, and a failure there is not the check's"


def test_a_bug_while_it_is_made_ready_is_told_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr(worker, "equipped", bug)
    bench = Bench(ORDERS)
    bench.open()
    assert bench.fault == "a bug in the harness: ZeroDivisionError: nobody thought of this"


def test_jobs_and_results_travel_unchanged(tmp_path: Path) -> None:
    sandbox = FakeSandbox([answer(exit_code=1, raised=[raised("NameError", "name 'x' is not defined")])])
    found = weighed(job(1), equipment(tmp_path, sandbox))
    assert found.findings
    assert found.sandbox == "fake"
    assert pickle.loads(pickle.dumps((job(1), found))) == (job(1), found)


def test_a_fault_travels_with_all_it_says() -> None:
    fault = ResolutionError("no versions", where="a", cause="b", next_step="c", unsatisfiable=True)
    again = pickle.loads(pickle.dumps(failed(job(1), fault))).ran.fault
    assert isinstance(again, ResolutionError)
    assert (str(again), again.unsatisfiable) == (str(fault), True)
