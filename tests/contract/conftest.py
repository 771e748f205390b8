"""The sandboxes that the contract is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandboxes import Bench, open_bench, params

if TYPE_CHECKING:
    from collections.abc import Iterator


ISOLATES_NOTHING = "the process sandbox runs samples as ordinary processes of the user, and its strength says so"
KNOWN_FAILURES = {
    ("process", name): ISOLATES_NOTHING
    for name in (
        "test_all_but_its_folders_is_read_only",
        "test_a_job_cannot_write_to_the_store",
        "test_there_is_no_network",
        "test_no_name_is_resolved",
        "test_all_writable_folders_are_bounded_together",
        "test_concurrent_runs_do_not_see_each_other",
        "test_it_is_not_root",
        "test_the_store_is_absent_where_it_is_not_asked_for",
    )
}


@pytest.fixture(scope="session", params=params("namespace", "process", "docker"))
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Every sandbox in turn."""
    yield from open_bench(request.param, request, tmp_path_factory)


@pytest.fixture(autouse=True)
def _skip_known_failures(request: pytest.FixtureRequest, bench: Bench) -> None:
    name = request.node.originalname
    if reason := KNOWN_FAILURES.get((bench.name, name)):
        pytest.skip(reason)
