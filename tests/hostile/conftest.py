"""The sandboxes that are attacked: the process sandbox holds none of this off, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandboxes import Bench, open_bench, params

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", params=params("namespace", "docker"))
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Every sandbox that isolates."""
    yield from open_bench(request.param, request, tmp_path_factory)
