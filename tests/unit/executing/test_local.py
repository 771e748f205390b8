"""Jobs on this machine, as those hear of them who wait."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from harness.executing import local
from harness.executing.local import LocalExecutor
from harness.extract import extract
from harness.model.execution import Completed, Task
from harness.plan.matrix import plan
from harness.sandbox.fake import FakeSandbox
from tests.fakes import answer, equipment

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_runs_is_told_while_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, heard = threading.Event(), threading.Event()
    told: list[str] = []

    def slow(_task: Task) -> Completed:
        begun.set()
        assert heard.wait(60)
        return answer()

    def waiting(running: str) -> None:
        if begun.is_set():
            told.append(running)
            heard.set()

    monkeypatch.setattr(local, "TICK", 0.01)
    (job,) = plan(extract("a.md", b"```python\nimport six\n```\n").samples)
    shared = equipment(tmp_path, FakeSandbox([slow] * 9))
    (weighed,) = LocalExecutor(shared, 1).run([job], waiting)
    assert weighed.ran.fault is None
    assert told[0].startswith("a#0@current for 0:")
    assert told[0].endswith("(running)")
    assert shared.activity.told() == "", "what is done is at nothing any more"
