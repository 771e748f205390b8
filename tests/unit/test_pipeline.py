"""The stages in a row, over stand-ins: what is planned, left out, judged, interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness import pipeline
from harness.errors import NothingSelectedError, SandboxError
from harness.executing import local
from harness.model.execution import Completed, Task
from harness.model.verdict import Code, Report, SampleReport, Verdict
from harness.options import Options, load
from tests.fakes import answer, equipping, raised

PAGE = """\
---
slug: a-page
---

```python
import prefect
```

```yaml
a: [1
```

<!-- harness: skip reason="needs a cluster" -->

```python
print("fine")
```

```hcl
resource "x" "y" {}
```
"""


class Listening:
    """Remembers what it heard; interrupts after so many samples."""

    def __init__(self, interrupt_after: int = 99) -> None:
        self.heard: list[str] = []
        self.notes: list[str] = []
        self._left = interrupt_after

    def stage(self, name: str, total: int | None = None) -> None:
        self.notes.append(f"{name} {total}")

    def finished(self, sample: SampleReport) -> None:
        self.heard.append(sample.id)
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt

    def waiting(self, running: str) -> None:
        self.notes.append(running)

    def note(self, message: str) -> None:
        self.notes.append(message)


def options(tmp_path: Path, text: str = PAGE, **more: Any) -> Options:
    page = tmp_path / "a.md"
    page.write_text(text, encoding="utf-8")
    return load({"pages": (str(page),), "store": tmp_path / "store", **more}, cwd=tmp_path, env={})


def checked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: object = None,
    listener: Listening | None = None,
    **more: Any,
) -> Report:
    def passing(_task: Task) -> Completed:
        return answer()

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(local, "equipped", equipping(tmp_path, script or passing))  # type: ignore[arg-type]
    return pipeline.check(options(tmp_path, **more), listener or Listening())


def by_id(report: Report) -> dict[str, SampleReport]:
    return {sample.id: sample for sample in report.samples}


def test_every_piece_of_code_is_in_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = checked(tmp_path, monkeypatch)
    verdicts = {sample.id: sample.verdict for sample in report.samples}
    assert verdicts == {
        "a-page#0": Verdict.OK,
        "a-page#1": Verdict.INCOMPLETE,
        "a-page#2": Verdict.SKIPPED,
        "a-page#3": Verdict.SKIPPED,
    }
    assert by_id(report)["a-page#1"].findings[-1].finding.code is Code.SYNTAX
    assert len(report.inventory) == 4


def test_a_skip_that_is_no_longer_needed_is_a_surprise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skipped = by_id(checked(tmp_path, monkeypatch))["a-page#2"]
    assert skipped.reason == "needs a cluster"
    assert "take the skip away" in skipped.surprise


def test_a_skip_that_is_needed_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_task: Task) -> Completed:
        return answer(exit_code=1, raised=[raised("RuntimeError", "no cluster")])

    skipped = by_id(checked(tmp_path, monkeypatch, failing))["a-page#2"]
    assert skipped.verdict is Verdict.SKIPPED
    assert skipped.surprise == ""


def test_what_an_author_expects_is_held_against_what_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '<!-- harness: expect="outdated" -->\n\n```python\nimport prefect\n```\n'
    report = checked(tmp_path, monkeypatch, text=text)
    assert report.samples[0].expected == "outdated"
    assert "found ok" in report.samples[0].surprise


def test_findings_stand_at_their_page_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def undefined(_task: Task) -> Completed:
        return answer(
            exit_code=1, raised=[raised("NameError", "name 'prefect' is not defined", attributes=[["name", "prefect"]])]
        )

    found = by_id(checked(tmp_path, monkeypatch, undefined))["a-page#0"].findings
    assert [(one.finding.code, one.page_line, one.source) for one in found] == [(Code.UNDEFINED, 6, "import prefect")]


def test_one_page_that_cannot_be_read_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe\x00broken")
    report = checked(tmp_path, monkeypatch, pages=("bad.md", "a.md"))
    assert [(fault.code, fault.page) for fault in report.faults] == [("P403", "bad.md")]
    assert by_id(report)["a-page#0"].verdict is Verdict.OK


def test_a_fault_of_ours_is_an_error_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks_once(task: Task) -> Completed:
        if task.label.startswith("a-page#0"):
            raise SandboxError("the engine went away")
        return answer()

    report = by_id(checked(tmp_path, monkeypatch, breaks_once))
    assert report["a-page#0"].verdict is Verdict.ERROR
    assert "the engine went away" in report["a-page#0"].findings[0].finding.message
    assert report["a-page#1"].verdict is Verdict.INCOMPLETE


def test_an_interruption_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listening(interrupt_after=1)
    report = checked(tmp_path, monkeypatch, listener=listener, jobs=1)
    assert report.interrupted
    assert len(listener.heard) == 1
    assert listener.heard[0] in by_id(report)


def test_a_selection_checks_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = checked(tmp_path, monkeypatch, select=("*#1",))
    assert [sample.id for sample in report.samples] == ["a-page#1"]


def test_a_selection_of_nothing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingSelectedError, match="no job matches"):
        checked(tmp_path, monkeypatch, select=("nothing*",))


def test_shards_together_say_everything_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [checked(tmp_path, monkeypatch, shard=f"{number}/3") for number in (1, 2, 3)]
    together = [sample for report in found for sample in report.samples]
    whole = checked(tmp_path, monkeypatch).samples
    assert sorted(one.id for one in together) == [one.id for one in whole]
    assert {one.id: one.verdict for one in together} == {one.id: one.verdict for one in whole}


def test_a_shard_with_nothing_in_it_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [len(checked(tmp_path, monkeypatch, shard=f"{number}/9").samples) for number in range(1, 10)]
    assert sum(sizes) == 4
    assert 0 in sizes


def test_a_skip_of_what_needs_a_service_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_task: Task) -> Completed:
        record = raised(
            "ConnectionRefusedError", "[Errno 111] Connection refused", bases=["ConnectionError", "OSError"]
        )
        return answer(exit_code=1, raised=[record], hosts=[{"target": "broker.example:5672", "line": 1}])

    skipped = by_id(checked(tmp_path, monkeypatch, refused))["a-page#2"]
    assert skipped.surprise == ""


def test_a_bug_of_ours_in_one_job_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(task: Task) -> Completed:
        if task.label.startswith("a-page#0"):
            raise ZeroDivisionError("nobody thought of this")
        return answer()

    report = by_id(checked(tmp_path, monkeypatch, bug))
    assert report["a-page#0"].verdict is Verdict.ERROR
    assert "nobody thought of this" in report["a-page#0"].findings[0].finding.message
    assert report["a-page#1"].verdict is Verdict.INCOMPLETE
