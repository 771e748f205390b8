"""Reports of parts of a run, put together, are the report of the whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness import cli, merging
from harness.commands import planning
from harness.errors import SandboxError
from harness.executing import local
from harness.model.environment import Lock, Request
from harness.model.execution import Completed, Outcome, Task
from harness.model.verdict import Code, Report, RunRecord, SampleReport, Verdict
from harness.report.fingerprint import fingerprinted
from harness.sandbox.fake import FakeSandbox
from tests.fakes import FakeResolver, answer, equipping, module_gone
from tests.unit.report.helpers import NOTHING, finding, sample

PAGES = {
    "a.md": """\
---
slug: a
lastUpdated: 2024-05-01
---

```python
import prefect.gone
import prefect.other
```

```yaml
a: [1
```

```
import prefect
```

<!-- harness: skip reason="needs a cluster" -->

```python
print("fine")
```

```hcl
resource "x" "y" {}
```
""",
    "b.md": "```python expect=A001\nimport zenml.gone\n```\n\n```console\n$ ls\n```\n",
}
LANES = ("current", "published", "next")
PYTHONS = ("3.11", "3.13")


def script(task: Task) -> Completed:
    """Modules are gone on 3.11, in pre-releases, or whatever the versions."""
    gone = {
        "a#0": "prefect.gone" if task.python == "3.11" else "prefect.other" if "@next" in task.label else "",
        "b#0": "zenml.gone",
    }.get(task.label.partition("@")[0], "")
    if not gone:
        return answer()
    return module_gone(gone, line=2 if gone == "prefect.other" else 1)


class ByLane(FakeResolver):
    """Serves other packages in each lane, so that no lane's result answers for another's."""

    def lock(self, request: Request) -> Lock:
        python = request.python or "3.13"
        return Lock(python, f"fake:{python}", tuple((name, str(request.lane)) for name in request.requirements), "")


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a check of the pages with these arguments, which gives where its report is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    for name, text in PAGES.items():
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "jobs", script, resolver=ByLane()))

    def checked(name: str, *arguments: str) -> Path:
        assert cli.run(["check", "docs", *arguments, "--format", f"json={name}", "--no-ledger", "--quiet"]) in {0, 1}
        return Path(name)

    return checked


def told(path: Path) -> dict[str, Any]:
    """Return a report without what differs from run to run."""
    data: dict[str, Any] = json.loads(path.read_bytes())
    for key in ("started", "finished"):
        del data[key]
    for one in data["samples"]:
        for run in one["runs"]:
            del run["seconds"], run["cached"]
    return data


def test_parts_of_a_run_are_the_run(check: Callable[..., Path]) -> None:
    whole = check("whole.json", "--lanes", ",".join(LANES), "--pythons", ",".join(PYTHONS))
    parts = [
        check(f"{lane}-{python}-{number}.json", "--lanes", lane, "--pythons", python, *selected)
        for lane in reversed(LANES)
        for python in PYTHONS
        for number, selected in enumerate([(), ("--select", "a#*"), ("--select", "b#0")])
    ]
    assert cli.run(["report", "merge", *map(str, parts), "-o", "merged.json", "--no-ledger"]) == 1
    assert told(Path("merged.json")) == told(whole)
    by_id = {one["id"]: one for one in told(whole)["samples"]}
    assert [one["symbol"] for one in by_id["a#0"]["findings"]] == ["prefect.gone"]
    assert len(by_id["a#0"]["runs"]) == 6
    assert any("will break with what is coming" in note for run in by_id["a#0"]["runs"] for note in run["notes"])
    assert by_id["a#3"]["verdict"] == "skipped"
    assert by_id["a#3"]["surprise"].startswith("it passes today")


@pytest.mark.parametrize("count", [2, 9])
def test_shards_are_the_run(check: Callable[..., Path], count: int, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--lanes", "current,next")
    whole = check("whole.json", *asked)
    parts = [check(f"{number}.json", *asked, "--shard", f"{number}/{count}") for number in range(1, count + 1)]
    assert cli.run(["report", "merge", *map(str, parts), "-o", "merged.json"]) == 1
    assert told(Path("merged.json")) == told(whole)
    capsys.readouterr()
    assert cli.run(["history", "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 1, "all of it is there, so it is recorded"


def test_the_whole_run_is_recorded_once_and_a_part_of_it_never(
    check: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = check("a.json", "--select", "a#*"), check("b.json", "--select", "b#*")
    rest = check("rest.json", "--lanes", "next")
    assert cli.run(["report", "merge", str(a), str(b), "-o", "part.json"]) == 1
    assert "the run is not recorded: 2 samples of these pages are in no report, such as a#4" in capsys.readouterr().err
    for _ in range(2):
        assert cli.run(["report", "merge", str(a), str(b), str(rest), "-o", "merged.json"]) == 1
    assert "the ledger has this run already" in capsys.readouterr().err
    assert cli.run(["history", "--format", "json"]) == 0
    (run,) = json.loads(capsys.readouterr().out)
    assert run["verdicts"] == {"outdated": 1, "incomplete": 1, "ok": 2, "skipped": 3}


def test_merging_keeps_to_the_gate_and_the_baseline(check: Callable[..., Path]) -> None:
    part = str(check("part.json", "--pythons", "3.11"))
    check("last.json", "--pythons", "3.11")
    assert cli.run(["report", "merge", part, "--fail-on", "never"]) == 0
    assert cli.run(["report", "merge", part]) == 1
    assert cli.run(["baseline", "write", "--reason", "a review is planned", part]) == 0
    assert cli.run(["report", "merge", part, "-o", "merged.json"]) == 0
    accepted = [one["accepted"] for item in told(Path("merged.json"))["samples"] for one in item["findings"]]
    assert any("a review is planned" in why for why in accepted)


def test_a_failure_of_ours_counts_unless_another_report_has_the_job(
    check: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_task: Task) -> Completed:
        raise SandboxError("the engine went away")

    sound = str(check("sound.json", "--select", "a#0"))
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "other-jobs", broken))
    assert cli.run(["check", "docs", "--select", "a#0", "--format", "json=bad.json", "--no-ledger"]) == 8
    assert cli.run(["report", "merge", "bad.json", "-o", "merged.json"]) == 8
    assert cli.run(["report", "merge", "bad.json", sound, "-o", "merged.json"]) == 0
    assert [one["verdict"] for one in told(Path("merged.json"))["samples"]] == ["ok"]


def test_what_was_said_of_an_earlier_text_is_left_out_and_told(
    check: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    old = check("old.json")
    page = Path("docs/b.md")
    page.write_text(page.read_text("utf-8").replace("zenml.gone", "zenml"), "utf-8")
    new = check("new.json", "--select", "b#0")
    assert cli.run(["report", "merge", str(old), str(new), "-o", "merged.json"]) == 1
    assert "docs/b.md: b#0 has changed between the reports" in capsys.readouterr().err
    b = next(one for one in told(Path("merged.json"))["samples"] if one["id"] == "b#0")
    assert b["code"] == "import zenml\n"
    assert len(b["runs"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "Missing argument"),
        (["nowhere.json"], 2, "'nowhere.json' does not exist"),
        (["docs/a.md"], 7, "not a report in a known format"),
        (["empty.json", "--format", "html"], 2, "html is a folder of files"),
    ],
)
def test_bad_input_says_what_is_wrong(
    arguments: list[str], code: int, says: str, check: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    check("empty.json", "--select", "b#0")
    assert cli.run(["report", "merge", *arguments]) == code
    assert says in capsys.readouterr().err


RUN = RunRecord("current", "3.13", "docker", Outcome.PASSED)


def reported(*samples: SampleReport, finished: str = "2026-03-01T10:00:01+00:00", **more: Any) -> Report:
    return fingerprinted(replace(NOTHING, samples=samples, finished=finished, **more))


def test_a_fault_that_two_pythons_show_is_told_once_and_others_beside_it() -> None:
    one = reported(sample(finding(), runs=(RUN,)), sandbox="docker", strength="a container.")
    two = reported(
        sample(finding(), finding(symbol="beta.y", code=Code.UNDEFINED), runs=(replace(RUN, python="3.9"),)),
        sandbox="namespace",
        strength="namespaces.",
    )
    whole = merging.merged([one, two], print)
    (only,) = whole.samples
    assert [placed.finding.symbol for placed in only.findings] == ["beta.x", "beta.y"]
    assert [run.python for run in only.runs] == ["3.9", "3.13"]
    assert (whole.sandbox, whole.strength) == ("docker, namespace", "a container. namespaces.")


def test_of_one_job_the_run_counts_and_not_its_reuse() -> None:
    ran = reported(sample(runs=(replace(RUN, seconds=2.0),), verdict=Verdict.OK))
    reused = reported(
        sample(runs=(replace(RUN, cached=True),), verdict=Verdict.OK), finished="2026-03-01T10:00:09+00:00"
    )
    for order in ([ran, reused], [reused, ran]):
        ((run,),) = (one.runs for one in merging.merged(order, print).samples)
        assert (run.cached, run.seconds) == (False, 2.0)


def test_a_part_that_was_interrupted_makes_the_whole_one_that_is_not_whole() -> None:
    assert merging.merged([reported(), reported(interrupted=True)], print).interrupted


def test_the_sessions_of_a_matrix_are_the_run(
    check: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def opened(*_: object) -> Iterator[FakeSandbox]:
        yield FakeSandbox(pythons=("3.13", "3.11"))

    monkeypatch.setattr(planning, "opened", opened)
    Path("docs/c.md").write_text("Prose.\n", encoding="utf-8")
    Path("docs/d.md").write_bytes(b"\xff\xfe\x00 no text")
    Path("docs/e.md").write_text("```python\nimport zenml, prefect, acme_unknown\n```\n", encoding="utf-8")
    whole = check("whole.json", "--lanes", "current,next")
    capsys.readouterr()
    assert cli.run(["plan", "docs", "--lanes", "current,next", "--format", "matrix"]) == 0
    sessions = json.loads(capsys.readouterr().out)["sessions"]
    assert "verify-3.13(zenml, next)" in [one["name"] for one in sessions]
    parts = [check(f"{number}.json", *one["arguments"]) for number, one in enumerate(sessions)]
    telling = {one["library"] for one, part in zip(sessions, parts, strict=True) if told(part)["faults"]}
    assert telling == {"no library"}, "a page that cannot be read is told where it is nobody's, not by every library"
    assert cli.run(["report", "merge", *map(str, parts), "-o", "merged.json"]) == 1
    assert told(Path("merged.json")) == told(whole)
