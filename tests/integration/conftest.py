"""What tests of the whole command share."""

from __future__ import annotations

import pytest


@pytest.fixture(
    params=[
        pytest.param("namespace", id="namespace"),
        pytest.param("docker", id="docker", marks=[pytest.mark.docker, pytest.mark.xdist_group("docker")]),
    ]
)
def sandbox(request: pytest.FixtureRequest) -> str:
    """Name a sandbox that works here."""
    if request.param == "docker":
        request.getfixturevalue("docker_sandbox")
    return str(request.param)
