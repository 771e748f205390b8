"""What identifies a store in a volume, asked of an engine that is busy at times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
import requests

from harness.sandbox import docker, docker_engine
from harness.sandbox.docker import DockerSandbox
from harness.sandbox.failure import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from docker import APIClient


class Api:
    """Answers about volumes, after having said nothing a number of times."""

    def __init__(self, silent: int) -> None:
        self.silent = silent

    def create_volume(self, name: str, labels: dict[str, str]) -> dict[str, Any]:
        if self.silent:
            self.silent -= 1
            raise requests.exceptions.ReadTimeout(f"Read timed out, asked for {name}")
        return {"CreatedAt": "today", "Labels": labels}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], tuple[DockerSandbox, Api]]:
    """Return a function that makes a sandbox whose engine first says nothing this often."""
    monkeypatch.setattr(docker, "BACKOFF", (0.0, 0.0))

    def make(silent: int) -> tuple[DockerSandbox, Api]:
        api = Api(silent)
        engine = docker_engine.Engine(cast("APIClient", api), 1.0, "x", "1")
        monkeypatch.setattr(docker_engine, "connect", lambda: engine)
        return DockerSandbox("a-store"), api

    return make


def test_an_engine_that_is_busy_is_asked_again(asked: Callable[[int], tuple[DockerSandbox, Api]]) -> None:
    sandbox, _ = asked(2)
    assert sandbox.store_id().startswith("docker:a-store:")


def test_an_engine_that_stays_silent_is_not_asked_for_ever(asked: Callable[[int], tuple[DockerSandbox, Api]]) -> None:
    sandbox, api = asked(9)
    with pytest.raises(EngineError, match="did not answer when asked to look at the store"):
        sandbox.store_id()
    assert api.silent == 6, "three tries"
