"""Environments in the store, opened by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.environments.manage import Manager
from harness.errors import ConfigError
from harness.model.environment import Interpreter
from harness.model.execution import Completed, Ending, Limits, StoreAccess, Task

PYTHON = Interpreter("3.13", "/usr/bin/python3", "fake")
STATES: list[dict[str, object]] = [
    {"name": name, "digest": f"sha256:{name}", "python": "3.12", "packages": [], "size": 1, "built": 0.0}
    for name in ("abc1", "abd2")
]


def manager(tmp_path: Path, asked: list[Task]) -> Manager:
    def run(task: Task) -> Completed:
        asked.append(task)
        return Completed(Ending.EXITED, 0, json.dumps(STATES).encode(), b"", 0.1)

    return Manager(run, [PYTHON], tmp_path, "id")


@pytest.mark.parametrize("digest", ["abc", "sha256:abc1", "abc1"])
def test_a_program_runs_in_the_environment_that_is_named_and_is_isolated_like_a_job(
    digest: str, tmp_path: Path
) -> None:
    asked: list[Task] = []
    manager(tmp_path, asked).run(digest, b"print(1)", Limits(seconds=7))
    task = asked[-1]
    assert task.argv == ("/store/envs/abc1/bin/python", "-")
    assert (task.python, task.stdin, task.limits.seconds) == ("3.12", b"print(1)", 7)
    assert (task.network, task.store) == (False, StoreAccess.READ)


@pytest.mark.parametrize(("digest", "says"), [("ff", "no environments have"), ("ab", "2 environments have")])
def test_an_environment_that_is_not_the_only_one_is_not_guessed(digest: str, says: str, tmp_path: Path) -> None:
    asked: list[Task] = []
    with pytest.raises(ConfigError, match=says):
        manager(tmp_path, asked).run(digest, b"", Limits())
    assert len(asked) == 1, "the list alone"
