"""Whose containers are removed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, cast

import pytest

from harness.sandbox import reaper

if TYPE_CHECKING:
    from docker import APIClient

NOW = 1_800_000_000.0
HERE = reaper.owner()


@pytest.fixture(scope="module")
def dead() -> str:
    """The owner's mark of a process that was alive a moment ago."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    mark = reaper.owner(process.pid)
    process.communicate()
    return mark


def marks(owner: str, deadline: float = NOW + 60) -> dict[str, str]:
    return {reaper.RUN: "r", reaper.OWNER: owner, reaper.DEADLINE: str(deadline)}


def test_own_and_living_stay() -> None:
    assert not reaper.abandoned(marks(HERE), NOW, HERE)
    assert not reaper.abandoned(marks(reaper.owner(os.getppid())), NOW, HERE)


def test_dead_owners_go(dead: str) -> None:
    assert dead
    assert reaper.abandoned(marks(dead), NOW, HERE)


def test_another_process_with_the_same_number_is_another() -> None:
    boot, space, pid, start = HERE.split("|")
    assert reaper.abandoned(marks(f"{boot}|{space}|{pid}|{int(start) - 1}"), NOW, HERE)


@pytest.mark.parametrize("here", [HERE, ""], ids=["another machine", "a system that tells nothing"])
def test_owners_that_cannot_be_seen_stay_until_their_time_is_over(here: str) -> None:
    elsewhere = "another-boot|pid:[1]|1|1"
    assert not reaper.abandoned(marks(elsewhere), NOW, here)
    assert reaper.abandoned(marks(elsewhere, NOW - reaper.SLACK - 1), NOW, here)
    assert not reaper.abandoned(marks("", NOW - reaper.SLACK + 1), NOW, here)


def test_labels_are_read_back(dead: str) -> None:
    own = reaper.labels("run", seconds=60)
    assert own[reaper.RUN] == "run"
    assert not reaper.abandoned(own, time.time(), HERE)
    assert reaper.abandoned(own, time.time() + 61 + reaper.SLACK, HERE)


def test_reap_removes_the_abandoned_only(dead: str) -> None:
    removed: list[str] = []

    class Api:
        def containers(self, **_: Any) -> list[dict[str, Any]]:
            return [
                {"Id": "live", "Labels": reaper.labels("r", 60)},
                {"Id": "dead", "Labels": marks(dead, time.time() + 60)},
            ]

        def remove_container(self, container: str, **_: Any) -> None:
            removed.append(container)

    assert reaper.reap(cast("APIClient", Api())) == ("dead",)
    assert removed == ["dead"]
