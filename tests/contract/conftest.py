"""The sandboxes that the contract is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandboxes import Bench, open_bench, params

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", params=params("namespace", "process", "docker"))
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Every sandbox in turn."""
    yield from open_bench(request.param, request, tmp_path_factory)
