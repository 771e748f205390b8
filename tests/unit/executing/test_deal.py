"""Who gets which job: nothing is lost, nothing runs twice, and what loses workers is given up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from harness.executing.deal import LOSSES, Dealer
from harness.model.matrix import Job
from tests.unit.executing.jobs import job


def jobs(count: int, environments: int = 3) -> list[Job]:
    return [job(number, f"lib{number % environments}") for number in range(count)]


def finished(dealer: Dealer) -> list[tuple[str, Job]]:
    """Let everybody work until nothing is left; return who did what."""
    did: list[tuple[str, Job]] = []
    while dealt := dealer.deal():
        for worker, one in dealt:
            dealer.done(worker, one)
        did += dealt
    return did


@given(st.integers(0, 40), st.lists(st.integers(1, 3), min_size=1, max_size=5))
def test_every_job_is_dealt_once_whoever_is_there(count: int, threads: Sequence[int]) -> None:
    dealer = Dealer(jobs(count), {f"w{number}": one for number, one in enumerate(threads)})
    did = finished(dealer)
    assert sorted(one.id for _, one in did) == sorted(one.id for one in jobs(count))
    assert not dealer.undone


def test_no_worker_gets_more_than_it_can_begin() -> None:
    dealer = Dealer(jobs(20), {"a": 1, "b": 3})
    assert Counter(worker for worker, _ in dealer.deal()) == {"a": 1, "b": 3}
    assert dealer.deal() == ()
    assert len(dealer.waiting) == 16


def test_jobs_of_an_environment_go_to_one_worker_where_the_pieces_allow_it() -> None:
    dealer = Dealer(jobs(40, environments=4), {"a": 1, "b": 1})
    places = {(worker, one.requirements) for worker, one in finished(dealer)}
    assert len(places) <= 4 + 1


def test_who_has_nothing_left_takes_the_far_half_of_the_longest_piece() -> None:
    dealer = Dealer(jobs(9), {"a": 1})
    ((_, first),) = dealer.deal()
    row = [first, *dealer.waiting]
    dealer.joined("b", 1)
    ((_, taken),) = dealer.deal()
    assert taken == row[5], "the near half stays with the one that has its environment"
    dealer.done("b", taken)
    assert dealer.deal() == (("b", row[6]),)


def test_what_a_lost_worker_had_not_begun_goes_to_others_at_once() -> None:
    dealer = Dealer(jobs(10), {"a": 1, "b": 1})
    dealer.deal()
    assert dealer.left("a") == ()
    assert len(dealer.waiting) == 4 + 4 + 1
    assert len(finished_by("b", dealer)) == 10


def finished_by(worker: str, dealer: Dealer) -> list[Job]:
    """Let one worker finish what it has and all that is left."""
    running = dict(dealer._running[worker])
    for one in running.values():
        dealer.done(worker, one)
    return [*running.values(), *(one for _, one in finished(dealer))]


def test_what_may_have_lost_a_worker_runs_again_last_and_alone() -> None:
    dealer = Dealer(jobs(8, environments=1), {"a": 2})
    suspects = [one for _, one in dealer.deal()]
    dealer.left("a")
    dealer.joined("b", 2)
    order = []
    while dealt := dealer.deal():
        order.append([one for _, one in dealt])
        for worker, one in dealt:
            dealer.done(worker, one)
    assert [len(one) for one in order] == [2, 2, 2, 1, 1]
    assert [one for (one,) in order[-2:]] == suspects


def test_a_suspect_has_its_worker_for_itself() -> None:
    dealer = Dealer(jobs(1), {"a": 4})
    dealer.deal()
    dealer.left("a")
    dealer.joined("b", 4)
    assert len(dealer.deal()) == 1
    dealer.joined("c", 4)
    dealer._queues["c"].extend(jobs(3)[1:])
    assert {worker for worker, _ in dealer.deal()} == {"c"}, "b is not given another job beside it"


def test_a_suspect_waits_until_its_worker_has_nothing_else() -> None:
    dealer = Dealer(jobs(2), {"a": 1, "b": 2})
    lost = dict(dealer.deal())["a"]
    dealer.left("a")
    assert dealer.deal() == (), "b has room, and a job that it would take with it"
    (other,) = dealer._running["b"].values()
    dealer.done("b", other)
    assert dealer.deal() == (("b", lost),)


def test_a_job_that_loses_workers_is_given_up_and_no_other_with_it() -> None:
    dealer = Dealer(jobs(6), {"w0": 2})
    bad = dealer.deal()[0][1]
    given_up: list[Job] = []
    done = set()
    for number in range(1, 20):
        running = dealer._running[f"w{number - 1}"]
        if bad.id in running:
            given_up += dealer.left(f"w{number - 1}")
            dealer.joined(f"w{number}", 2)
        else:
            for one in list(running.values()):
                dealer.done(f"w{number - 1}", one)
                done.add(one.id)
            dealer.left(f"w{number - 1}")
            dealer.joined(f"w{number}", 2)
        dealer.deal()
    assert given_up == [bad]
    assert len(done) == 5
    assert not dealer.undone


@given(st.data())
def test_whoever_comes_and_goes_every_job_is_done_or_given_up(data: st.DataObject) -> None:
    dealer = Dealer(jobs(12), {"w0": 2})
    here, born = {"w0"}, 1
    ended: Counter[str] = Counter()
    for _ in range(data.draw(st.integers(0, 60))):
        dealer.deal()
        busy = [(worker, one) for worker in sorted(here) for one in dealer._running[worker].values()]
        step = data.draw(st.sampled_from(["join", "leave", "done"]))
        if step == "join" or not here:
            dealer.joined(f"w{born}", data.draw(st.integers(1, 3)))
            here.add(f"w{born}")
            born += 1
        elif step == "leave":
            gone = data.draw(st.sampled_from(sorted(here)))
            here.remove(gone)
            ended.update(one.id for one in dealer.left(gone))
        elif busy:
            worker, one = data.draw(st.sampled_from(busy))
            dealer.done(worker, one)
            ended[one.id] += 1
    dealer.joined("last", 1)
    here.add("last")
    while dealer.undone:
        dealer.deal()
        for worker in here:
            for one in list(dealer._running[worker].values()):
                dealer.done(worker, one)
                ended[one.id] += 1
    assert ended == Counter(one.id for one in jobs(12))
    assert LOSSES > 1
