"""The executor that is asked for, and the extra that it takes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.errors import ConfigError
from harness.executing import choose, local
from harness.executing.local import LocalExecutor
from harness.options import Options
from tests.fakes import answer, equipping


def test_this_machine_runs_jobs_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "equipped", equipping(tmp_path, lambda _task: answer()))
    with choose.opened(Options(jobs=3), print) as executor:
        assert isinstance(executor, LocalExecutor)
        assert (executor.sandbox, executor.workers) == ("fake", 3)


def test_a_cluster_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("harness.executing.cluster", "harness.executing.worker"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delattr("harness.executing.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match="distributed") as caught:
        choose.opened(Options(executor="dask://127.0.0.1:8786"), print)
    assert "sample-harness[distributed]" in caught.value.next_step
