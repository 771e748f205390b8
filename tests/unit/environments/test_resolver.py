"""Which questions are put to uv, and which lock comes of the answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from harness.environments import workshop
from harness.environments.index import IndexSettings
from harness.environments.locks import Freshness
from harness.environments.resolver import Resolver
from harness.environments.search import FROM_SOURCE, WHEELS_ONLY
from harness.errors import ConfigError, ResolutionError
from harness.model.environment import HeldBack, Interpreter, Request
from harness.model.execution import Completed, Ending, StoreAccess, Task
from harness.model.matrix import Lane
from tests.unit.environments.scripted import Question, Scripted, broken, ok, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PYTHONS = tuple(
    Interpreter(version, f"/usr/bin/python{version}", f"test:{version}") for version in ("3.9", "3.13", "3.11")
)
TOOL = Request(("tool",), Lane.CURRENT)
OLD_PYTHON = (
    "Because the current Python version (3.13.0) does not satisfy Python<3.12 and tool==2 depends on Python<3.12, no."
)
NO_WHEELS = "Because tool==2 has no usable wheels and you require tool==2, we can conclude nothing."
OTHER = "Because only base<=1 is available and tool==2 depends on base>=2, we can conclude that tool==2 cannot be used."


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "PAUSE", 0.0)


def steady(question: Question) -> dict[str, Any]:
    """Everything resolves to its newest release."""
    return ok("tool==2")


def only_on(python: str, reason: str) -> Callable[[Question], dict[str, Any]]:
    """Give an index where release 2 is to be had on one Python only."""

    def answer(question: Question) -> dict[str, Any]:
        if question.universal or question.python == python:
            return ok("tool==2")
        return refused(reason) if "tool==2" in question.requirements else ok("tool==1")

    return answer


def test_one_builder_suffices_where_the_newest_resolves(tmp_path: Path) -> None:
    run = Scripted(steady)
    lock = Resolver(run, PYTHONS, tmp_path).lock(TOOL)
    assert (lock.python, lock.platform, lock.packages) == ("3.13", "test:3.13", (("tool", "2"),))
    assert (lock.held_back, lock.notes) == ((), ())
    assert len(run.tasks) == 1
    assert run.tasks[0].network
    assert run.tasks[0].store is StoreAccess.WRITE


def test_a_library_that_stops_at_a_python_gets_that_python(tmp_path: Path) -> None:
    run = Scripted(only_on("3.11", OLD_PYTHON))
    lock = Resolver(run, PYTHONS, tmp_path).lock(TOOL)
    assert (lock.python, lock.packages, lock.held_back) == ("3.11", (("tool", "2"),), ())
    assert "3.9" not in {question.python for question in run.questions}, "the newest that will do is enough"


def test_a_python_that_no_lock_exists_for_is_passed_over(tmp_path: Path) -> None:
    run = Scripted(lambda asked: ok("tool==2") if asked.universal or asked.python == "3.9" else refused(OLD_PYTHON))
    assert Resolver(run, PYTHONS, tmp_path).lock(TOOL).python == "3.9"


def test_another_constraint_keeps_the_newest_python_and_is_named(tmp_path: Path) -> None:
    run = Scripted(only_on("none", OTHER))
    lock = Resolver(run, PYTHONS, tmp_path).lock(TOOL)
    assert lock.python == "3.13"
    assert lock.held_back == (HeldBack("tool", "1", "2", OTHER),)
    assert {question.python for question in run.questions} == {"3.13"}, "other Pythons cannot help"


def test_what_was_asked_for_goes_before_what_nobody_named(tmp_path: Path) -> None:
    def answer(question: Question) -> dict[str, Any]:
        if question.universal or "tool==2" in question.requirements:
            return ok("gear==5", "hidden==1", "tool==2")
        return ok("gear==5", "hidden==9", "tool==1")

    lock = Resolver(Scripted(answer), PYTHONS, tmp_path).lock(Request(("gear", "tool"), Lane.CURRENT))
    assert lock.packages == (("gear", "5"), ("hidden", "1"), ("tool", "2"))
    assert lock.held_back == ()


def test_of_two_that_exclude_each_other_it_is_said_which_holds_back_which(tmp_path: Path) -> None:
    why = "Because gear==5 depends on hidden>=9 and tool==2 depends on hidden<9, we can conclude no."

    def answer(question: Question) -> dict[str, Any]:
        if question.universal:
            return ok("gear==5", "tool==2")
        if {"gear==5", "tool==2"} <= set(question.requirements):
            return refused(why)
        return ok("gear==4", "tool==2") if "tool==2" in question.requirements else ok("gear==5", "tool==1")

    lock = Resolver(Scripted(answer), PYTHONS, tmp_path).lock(Request(("gear", "tool"), Lane.CURRENT))
    assert lock.packages == (("gear", "5"), ("tool", "1"))
    assert lock.held_back == (HeldBack("tool", "1", "2", why),)


def test_a_named_python_is_kept_to(tmp_path: Path) -> None:
    run = Scripted(only_on("3.11", OLD_PYTHON))
    lock = Resolver(run, PYTHONS, tmp_path).lock(Request(("tool",), Lane.CURRENT, "3.9"))
    assert (lock.python, lock.held_back) == ("3.9", (HeldBack("tool", "1", "2", OLD_PYTHON),))


def test_sources_are_built_only_where_wheels_do_not_suffice(tmp_path: Path) -> None:
    def answer(question: Question) -> dict[str, Any]:
        return ok("tool==2") if question.universal or question.build else refused(NO_WHEELS)

    run = Scripted(answer)
    lock = Resolver(run, PYTHONS, tmp_path).lock(TOOL)
    assert (lock.python, lock.notes) == ("3.13", (FROM_SOURCE,))
    assert [question.build for question in run.questions if not question.universal] == [False, False, False, True]


def test_wheels_alone_is_said_where_it_was_asked_for(tmp_path: Path) -> None:
    run = Scripted(only_on("none", NO_WHEELS))
    lock = Resolver(run, PYTHONS, tmp_path).lock(TOOL, build=False)
    assert lock.notes == (WHEELS_ONLY,)
    assert lock.held_back == (HeldBack("tool", "1", "2", NO_WHEELS),)
    assert not any(question.build for question in run.questions if not question.universal)


def test_a_bound_of_the_requirement_is_the_reason_it_gives(tmp_path: Path) -> None:
    def answer(question: Question) -> dict[str, Any]:
        return ok("tool==2") if question.requirements == ("tool",) else ok("tool==1")

    lock = Resolver(Scripted(answer), PYTHONS, tmp_path).lock(Request(("tool[extra]<2",), Lane.CURRENT))
    assert lock.python == "3.13"
    assert lock.held_back == (HeldBack("tool", "1", "2", "tool<2 is required"),)


def test_a_refusal_is_the_requirements_fault_and_kept(tmp_path: Path) -> None:
    run = Scripted(lambda _: refused("Because tool was not found in the package registry, no."))
    for _ in range(2):
        with pytest.raises(ResolutionError, match="not found in the package registry") as caught:
            Resolver(run, PYTHONS, tmp_path).lock(TOOL)
        assert caught.value.unsatisfiable
    assert len(run.tasks) == 1


def test_the_refusal_told_is_that_of_the_source(tmp_path: Path) -> None:
    def answer(question: Question) -> dict[str, Any]:
        return broken("error: Failed to build `tool==2`") if question.build else refused(NO_WHEELS)

    with pytest.raises(ResolutionError, match="Failed to build") as caught:
        Resolver(Scripted(answer), PYTHONS, tmp_path).lock(TOOL)
    assert caught.value.unsatisfiable


def test_a_full_disk_is_nobodys_fault_and_not_asked_again(tmp_path: Path) -> None:
    run = Scripted(lambda _: broken("error: Failed to download `tool==2`\n  cause: No space left on device"))
    with pytest.raises(ResolutionError, match="No space left") as caught:
        Resolver(run, PYTHONS, tmp_path).lock(TOOL)
    assert not caught.value.unsatisfiable
    assert "harness env prune" in caught.value.next_step
    assert len(run.tasks) == 1


def test_a_silent_index_is_not_the_requirements_fault(tmp_path: Path) -> None:
    run = Scripted(lambda _: broken("error: Failed to fetch: http://u:secret@localhost:9/simple/"))
    with pytest.raises(ResolutionError, match="index does not answer") as caught:
        Resolver(run, PYTHONS, tmp_path).lock(TOOL)
    assert not caught.value.unsatisfiable
    assert "secret" not in str(caught.value)
    assert len(run.tasks) == workshop.ATTEMPTS
    assert not list(tmp_path.glob("locks/*.json")), "what we could not find out is not kept"


def test_an_index_that_recovers_is_asked_again(tmp_path: Path) -> None:
    run = Scripted(lambda _: broken("error: Failed to fetch") if len(run.tasks) == 1 else ok("tool==2"))
    assert Resolver(run, PYTHONS, tmp_path).lock(TOOL).version("tool") == "2"


def test_a_builder_that_is_stopped_is_not_the_requirements_fault(tmp_path: Path) -> None:
    def stopped(task: Task) -> Completed:
        return Completed(Ending.TIMEOUT, None, b"", b"slow\n", 300.0)

    with pytest.raises(ResolutionError, match="gave no answer") as caught:
        Resolver(stopped, PYTHONS, tmp_path).lock(TOOL)
    assert not caught.value.unsatisfiable


def test_a_fresh_lock_starts_nothing(tmp_path: Path) -> None:
    run = Scripted(steady)
    first = Resolver(run, PYTHONS, tmp_path).lock(TOOL)
    assert Resolver(run, PYTHONS, tmp_path).lock(TOOL) == first
    assert len(run.tasks) == 1


@pytest.mark.parametrize(
    ("freshness", "asked"),
    [
        pytest.param(Freshness(max_age=timedelta(0)), 2, id="too old"),
        pytest.param(Freshness(refresh=True), 2, id="refresh"),
        pytest.param(Freshness(max_age=timedelta(0), offline=True), 1, id="offline takes the old one"),
    ],
)
def test_a_kept_lock_will_do_or_not(tmp_path: Path, freshness: Freshness, asked: int) -> None:
    run = Scripted(steady)
    Resolver(run, PYTHONS, tmp_path).lock(TOOL)
    # made after the lock: this is a later run
    later = Freshness(freshness.max_age, freshness.offline, freshness.refresh)
    resolver = Resolver(run, PYTHONS, tmp_path, freshness=later)
    resolver.lock(TOOL)
    resolver.lock(TOOL)
    assert len(run.tasks) == asked, "once in a run is enough"


def test_offline_without_a_lock_says_what_to_do(tmp_path: Path) -> None:
    run = Scripted(steady)
    with pytest.raises(ResolutionError, match="run once without --offline") as caught:
        Resolver(run, PYTHONS, tmp_path, freshness=Freshness(offline=True)).lock(TOOL)
    assert not caught.value.unsatisfiable
    assert run.tasks == []


def test_a_lock_is_not_taken_for_other_pythons_or_another_index(tmp_path: Path) -> None:
    run = Scripted(steady)
    other = IndexSettings((("UV_DEFAULT_INDEX", "http://u:one@localhost/simple"),))
    Resolver(run, PYTHONS, tmp_path).lock(TOOL)
    Resolver(run, PYTHONS[:1], tmp_path).lock(TOOL)
    Resolver(run, PYTHONS, tmp_path, index=other).lock(TOOL)
    assert len(run.tasks) == 3
    new_password = IndexSettings((("UV_DEFAULT_INDEX", "http://u:two@localhost/simple"),))
    Resolver(run, PYTHONS, tmp_path, index=new_password).lock(TOOL)
    assert len(run.tasks) == 3


def test_a_spoilt_lock_is_resolved_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run = Scripted(steady)
    Resolver(run, PYTHONS, tmp_path).lock(TOOL)
    (file,) = tmp_path.glob("locks/*.json")
    file.write_bytes(b'{"resolved": 1')
    assert Resolver(run, PYTHONS, tmp_path).lock(TOOL).version("tool") == "2"
    assert "cannot be read" in caplog.text


def test_nothing_required_asks_nobody(tmp_path: Path) -> None:
    run = Scripted(steady)
    lock = Resolver(run, PYTHONS, tmp_path, freshness=Freshness(offline=True)).lock(Request((), Lane.CURRENT))
    assert (lock.python, lock.packages) == ("3.13", ())
    assert run.tasks == []


def test_a_requirement_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'tool ==' cannot be read"):
        Resolver(Scripted(steady), PYTHONS, tmp_path).lock(Request(("tool ==",), Lane.CURRENT))


def test_a_python_that_is_not_on_offer_is_said(tmp_path: Path) -> None:
    with pytest.raises(ResolutionError, match=r"Python 3\.7 is not on offer \(on offer: 3\.13, 3\.11, 3\.9\)"):
        Resolver(Scripted(steady), PYTHONS, tmp_path).lock(Request(("tool",), Lane.CURRENT, "3.7"))
