"""Shards: together they are everything once, alike in size, and what is added moves little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.matrix import Job, Lane, Need, Shard, Target
from harness.model.source import Language, PageInfo, Part, Sample, SourceMap
from harness.plan import shards

LIBRARIES = ("prefect", "zenml", "dagster", "airflow", "luigi")


def sample(name: int) -> Sample:
    part = Part("sample.py", Language.PYTHON, "")
    return Sample(f"p#{name}", PageInfo("p.md", "p"), name, "sample", Language.PYTHON, "", SourceMap(()), (part,))


def jobs_of(name: int, library: int, lanes: Sequence[Lane] = (Lane.CURRENT,)) -> list[Job]:
    needs = (Need(LIBRARIES[library % len(LIBRARIES)], "import"),)
    return [Job(sample(name), Target(lane), needs) for lane in lanes]


NAMES = st.dictionaries(st.integers(0, 400), st.integers(0, 20), max_size=60)
COUNTS = st.integers(1, 12)


def planned(names: dict[int, int], lanes: Sequence[Lane] = (Lane.CURRENT,)) -> list[Job]:
    return [job for name, library in names.items() for job in jobs_of(name, library, lanes)]


def all_shards(jobs: Sequence[Job], count: int) -> list[tuple[Job, ...]]:
    return [shards.take(jobs, Shard(number, count)) for number in range(1, count + 1)]


@given(NAMES, COUNTS)
def test_all_shards_together_are_everything_once(names: dict[int, int], count: int) -> None:
    jobs = planned(names, (Lane.CURRENT, Lane.NEXT))
    taken = [job for shard in all_shards(jobs, count) for job in shard]
    assert sorted(job.id for job in taken) == sorted(job.id for job in jobs)


@given(NAMES, COUNTS)
def test_all_jobs_of_a_sample_are_in_one_shard_in_their_order(names: dict[int, int], count: int) -> None:
    jobs = planned(names, (Lane.CURRENT, Lane.NEXT))
    found = all_shards(jobs, count)
    for shard in found:
        assert [job.id for job in shard] == [job.id for job in jobs if job in shard]
    homes = [(job.sample.id, number) for number, shard in enumerate(found) for job in shard]
    assert len(set(homes)) == len(names)


@given(NAMES, COUNTS)
def test_shards_are_alike_in_size_and_split_few_environments(names: dict[int, int], count: int) -> None:
    found = all_shards(planned(names), count)
    sizes = [len(shard) for shard in found]
    assert max(sizes) - min(sizes) <= 1
    places = {(number, shards.environment(job)) for number, shard in enumerate(found) for job in shard}
    environments = {environment for _, environment in places}
    assert len(places) <= len(environments) + count - 1


@settings(max_examples=60)
@given(NAMES, NAMES, COUNTS)
def test_what_is_added_moves_little(names: dict[int, int], more: dict[int, int], count: int) -> None:
    added = {name + 1000: library for name, library in more.items()}
    before, after = (homes(all_shards(planned(one), count)) for one in (names, {**names, **added}))
    moved = [name for name, home in before.items() if after[name] != home]
    assert len(moved) <= len(added) * (count - 1)


def homes(found: Sequence[Sequence[Job]]) -> dict[str, int]:
    return {job.sample.id: number for number, shard in enumerate(found) for job in shard}


@given(st.sets(st.integers(0, 100)), COUNTS)
def test_what_is_left_out_is_in_one_shard_too(names: set[int], count: int) -> None:
    left = [(sample(name), "a reason") for name in names]
    taken = [one for number in range(count) for one in shards.take_left_out(left, Shard(number + 1, count))]
    assert sorted(one.id for one, _ in taken) == sorted(one.id for one, _ in left)


def test_what_another_day_or_python_asks_for_is_another_environment() -> None:
    (job,) = jobs_of(1, 0)
    dated = replace(job.sample, page=PageInfo("p.md", "p", updated="2024-05-06"))
    published = Job(dated, Target(Lane.PUBLISHED), job.needs)
    others = [
        Job(job.sample, Target(Lane.NEXT), job.needs),
        Job(job.sample, Target(Lane.CURRENT, "3.11"), job.needs),
        Job(job.sample, job.target, job.needs, requires_python=">=3.12"),
        Job(job.sample, job.target, ()),
        published,
        Job(job.sample, Target(Lane.PUBLISHED), job.needs),
    ]
    assert len({shards.environment(one) for one in (job, *others)}) == len(others) + 1
    assert shards.environment(job) == shards.environment(jobs_of(2, 0)[0])
