"""Real packages, resolved and installed by real builders in the embedded sandbox."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from harness.environments.builder import Builder
from harness.environments.index import from_host
from harness.environments.locks import Freshness
from harness.environments.manage import Manager
from harness.environments.provider import Provider
from harness.environments.resolver import Resolver
from harness.errors import ResolutionError
from harness.model.environment import Environment, Interpreter, Request
from harness.model.execution import Completed, Task
from harness.model.matrix import Lane
from harness.sandbox.namespace import NamespaceSandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.network


class Counting:
    """Runs tasks in a sandbox and counts them."""

    def __init__(self, sandbox: NamespaceSandbox) -> None:
        self.sandbox = sandbox
        self.count = 0

    def __call__(self, task: Task) -> Completed:
        self.count += 1
        return self.sandbox.run(task)


class House:
    """All that makes an environment, over one store."""

    def __init__(self, store: Path, run: Counting, freshness: Freshness | None = None) -> None:
        self.run = run
        self.pythons: tuple[Interpreter, ...] = run.sandbox.prepare()
        index = from_host()
        self.resolver = Resolver(run, self.pythons, store, index=index, freshness=freshness)
        store_id = run.sandbox.store_id()
        self.builder = Builder(run, self.pythons, store, store_id, index=index, freshness=freshness)
        self.manager = Manager(run, self.pythons, store, store_id)
        self.provider = Provider(self.resolver, self.builder)

    def python(self, environment: Environment, code: str) -> Completed:
        task = Task((environment.python, "-I", "-c", code), python=environment.lock.python)
        return self.run.sandbox.run(task)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamespaceSandbox]:
    sandbox = NamespaceSandbox(tmp_path_factory.mktemp("store"))
    if reason := sandbox.unavailable():
        pytest.skip(f"namespaces cannot be used here: {reason}")
    yield sandbox
    sandbox.close()


@pytest.fixture
def run(sandbox: NamespaceSandbox) -> Counting:
    return Counting(sandbox)


def request(*requirements: str, python: str | None = None, lane: Lane = Lane.CURRENT, before: str = "") -> Request:
    return Request(tuple(sorted(requirements)), lane, python, before)


def test_an_environment_runs_what_was_locked(tmp_path: Path, run: Counting) -> None:
    house = House(tmp_path, run)
    environment = house.provider.ready(request("six", "attrs"))
    done = house.python(environment, "import six, attrs; print(six.__version__, six.__file__, six.__cached__)")
    assert done.code == 0, done.stderr
    version, file, cached = done.stdout.decode().split()
    assert version == environment.lock.version("six")
    assert file.startswith(environment.path)
    assert house.python(environment, f"open({cached!r}).close()").code == 0, "byte-code is compiled at install"
    assert house.python(environment, f"open({environment.path + '/x'!r}, 'w')").code == 1, "jobs cannot write it"


def test_an_unchanged_run_starts_nothing(tmp_path: Path, run: Counting) -> None:
    first = House(tmp_path, run).provider.ready(request("six"))
    before = run.count
    second = House(tmp_path, run).provider.ready(request("six"))
    assert second == first
    assert run.count == before


def test_an_environment_that_vanished_is_built_again(tmp_path: Path, run: Counting) -> None:
    house = House(tmp_path, run)
    environment = house.provider.ready(request("idna"))
    other = House(tmp_path / "another host", run)
    other.manager.prune()
    assert house.python(environment, "import idna").code != 0
    again = house.provider.rebuilt(environment)
    assert again.path == environment.path
    assert house.python(again, "import idna").code == 0


def test_two_builders_at_once_build_one_environment(tmp_path: Path, run: Counting) -> None:
    lock = House(tmp_path, run).resolver.lock(request("attrs", "idna"))
    # two hosts' folders: nothing but the lock inside the store keeps them apart
    houses = [House(tmp_path / name, run) for name in ("one", "two")]
    made: list[Environment] = []
    threads = [threading.Thread(target=lambda house=house: made.append(house.builder.build(lock))) for house in houses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({environment.path for environment in made}) == 1
    assert len(made) == 2
    assert [one.state.digest for one in houses[0].manager.list_environments()].count(lock.digest) == 1


def test_what_is_not_on_the_index_is_the_requirements_fault(tmp_path: Path, run: Counting) -> None:
    with pytest.raises(ResolutionError, match="not found in the package registry") as caught:
        House(tmp_path, run).resolver.lock(request("sample-harness-no-such-distribution"))
    assert caught.value.unsatisfiable
    before = run.count
    with pytest.raises(ResolutionError, match="not found in the package registry"):
        House(tmp_path, run).resolver.lock(request("sample-harness-no-such-distribution"))
    assert run.count == before, "a refusal is kept like a lock"


def test_a_source_that_does_not_build_is_the_requirements_fault(tmp_path: Path, run: Counting) -> None:
    with pytest.raises(ResolutionError, match="Failed to build") as caught:
        House(tmp_path, run).provider.ready(request("sklearn"))
    assert caught.value.unsatisfiable


def test_what_holds_a_release_back_is_named(tmp_path: Path, run: Counting) -> None:
    """The index may have caught up: then nothing is held back, and that is said."""
    lock = House(tmp_path, run).resolver.lock(request("prefect"))
    for held in lock.held_back:
        assert held.name == "prefect"
        assert held.tested == lock.version("prefect")
        assert held.newest != held.tested
        assert "prefect" in held.reason
    assert lock.python == House(tmp_path, run).pythons[0].version


def test_an_own_bound_is_named_as_what_holds_back(tmp_path: Path, run: Counting) -> None:
    lock = House(tmp_path, run).resolver.lock(request("six<1.16"))
    assert lock.version("six") == "1.15.0"
    assert [(one.name, one.tested, one.reason) for one in lock.held_back] == [("six", "1.15.0", "six<1.16 is required")]


def test_the_published_lane_looks_no_further_than_its_day(tmp_path: Path, run: Counting) -> None:
    lock = House(tmp_path, run).resolver.lock(request("attrs", lane=Lane.PUBLISHED, before="2023-06-01"))
    assert lock.version("attrs") == "23.1.0"
    assert lock.held_back == ()


def test_libraries_that_stop_at_a_python_get_that_python(tmp_path: Path, run: Counting) -> None:
    house = House(tmp_path, run)
    older = [one.version for one in house.pythons if one.version in {"3.10", "3.11"}]
    if not older or older[0] == house.pythons[0].version:
        pytest.skip("needs a Python 3.10 or 3.11 and a newer one on offer")
    lock = house.resolver.lock(request("pandas==1.5.3"))
    assert lock.python == older[0], "its wheels stop at 3.11"


def test_offline_takes_what_was_kept_and_says_what_is_missing(tmp_path: Path, run: Counting) -> None:
    House(tmp_path, run).provider.ready(request("six"))
    before = run.count
    offline = House(tmp_path, run, Freshness(max_age=timedelta(0), offline=True))
    assert offline.provider.ready(request("six")).lock.version("six")
    with pytest.raises(ResolutionError, match="without --offline") as caught:
        offline.provider.ready(request("idna<3"))
    assert not caught.value.unsatisfiable
    assert run.count == before


def test_pruning_removes_what_nobody_used(tmp_path: Path, run: Counting) -> None:
    house = House(tmp_path, run)
    environment = house.provider.ready(request("six"))
    listed = house.manager.list_environments()
    assert environment.lock.digest in [one.state.digest for one in listed]
    assert all(one.state.size > 0 for one in listed)
    assert house.manager.prune(unused_for=timedelta(days=1)).environments == ()
    gone = house.manager.prune()
    assert environment.lock.digest in [one.state.digest for one in gone.environments]
    assert house.manager.list_environments() == ()
    assert house.python(house.provider.ready(request("six")), "import six").code == 0


def test_no_distribution_gives_an_empty_environment(tmp_path: Path, run: Counting) -> None:
    house = House(tmp_path, run)
    environment = house.provider.ready(request())
    assert environment.lock.packages == ()
    assert house.python(environment, "import json").code == 0
