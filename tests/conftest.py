"""Fixtures that every test may use, and guards that every test runs under."""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from docker.errors import NotFound
from hypothesis import HealthCheck, settings

from harness.sandbox import docker_engine
from harness.sandbox.docker import DockerSandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

# how long an example takes is the machine's other work, not a fault
settings.register_profile("unhurried", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
pytest_plugins = ["pytester"]
ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switches that CI uses to turn absent equipment into failures."""
    parser.addoption("--require-docker", action="store_true", help="fail, not skip, where no Docker engine answers")
    parser.addoption("--require-browser", action="store_true", help="fail, not skip, where Chromium is absent")
    parser.addoption("--require-postgres", action="store_true", help="fail, not skip, where no PostgreSQL is installed")
    parser.addoption("--require-shared", action="store_true", help="fail, not skip, where ../shared is absent")
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files from what is seen")
    parser.addoption("--warm-store", help="check against this store, which keeps environments, not an empty one")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the home directory and from the user's options."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    for name in ("HARNESS_CONFIG", "HARNESS_STORE", "HARNESS_SANDBOX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest) -> Path:
    """The folder of real pages beside the checkout."""
    path = ROOT.parent / "shared"
    if not (path / "pages").is_dir():
        if request.config.getoption("--require-shared"):
            pytest.fail(f"{path} is required here and absent")
        pytest.skip(f"{path} is absent: real pages are not part of the project")
    return path


@pytest.fixture(scope="session")
def docker_sandbox(request: pytest.FixtureRequest) -> Iterator[DockerSandbox]:
    """A Docker sandbox with a store of its own, which goes when the tests end."""
    volume = f"sample-harness-test-{uuid.uuid4().hex[:8]}"
    sandbox = DockerSandbox(volume)
    if reason := sandbox.unavailable():
        if request.config.getoption("--require-docker"):
            pytest.fail(f"a container engine is required here: {reason}")
        pytest.skip(reason)
    yield sandbox
    sandbox.close()
    api = docker_engine.connect().api
    # none may have been made; and an engine that is busy removing goes on by itself
    with suppress(NotFound, requests.ReadTimeout):
        api.remove_volume(volume)
    api.close()
