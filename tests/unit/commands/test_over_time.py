"""``harness history``, ``diff`` and ``trend`` as a user meets them: a library moves on between two checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import cli
from harness.executing import local
from harness.model.environment import Lock, Request
from harness.model.execution import Completed, Task
from tests.fakes import FakeResolver, answer, equipping, module_gone

PAGE = "---\nslug: a\n---\n\n```python\nimport prefect\nimport prefect.gone\n```\n\n```python\nimport zenml\n```\n"


class Serving(FakeResolver):
    """Serves one version of everything, and a library beside it."""

    def __init__(self, version: str) -> None:
        super().__init__()
        self.version = version

    def lock(self, request: Request) -> Lock:
        packages = (*((name, self.version) for name in request.requirements), ("pydantic", self.version))
        return Lock("3.13", "fake:3.13", packages, "")


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], int]:
    """Return a check of one page on the day on which the index serves a version; from 2 on a module is gone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")

    def checked(version: str, *arguments: str) -> int:
        def script(task: Task) -> Completed:
            if task.label.startswith("a#1") or version < "2":
                return answer()
            return module_gone(line=2)

        jobs = tmp_path / f"jobs-{version}"
        monkeypatch.setattr(local, "equipped", equipping(jobs, script, resolver=Serving(version)))
        return cli.run(["check", "a.md", *arguments])

    return checked


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert cli.run(arguments) == 0
    return " ".join(capsys.readouterr().out.split())


def test_a_difference_names_what_broke_and_what_moved(
    check: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check("1.9") == 0
    assert check("2.1") == 1
    text = said(capsys, "diff")
    assert "from run 1" in text
    assert "100% (2 of 2)" in text
    assert "50% (1 of 2)" in text
    assert "newly broken: 1 a#0 ok → outdated" in text
    assert "a.md:7 A001" in text
    assert "packages changed between the runs: prefect 1.9 → 2.1, pydantic 1.9 → 2.1" in text
    assert "newly fixed: 0 still broken: 0" in text
    assert "newly fixed: 1 a#0 outdated → ok" in said(capsys, "diff", "last", "previous")
    told = json.loads(said(capsys, "diff", "1", "2", "--format", "json"))
    (broken,) = told["broken"]
    assert broken["id"] == "a#0"
    assert broken["findings"][0]["finding"]["symbol"] == "prefect.gone"
    assert broken["findings"][0]["cause"]["moves"][0] == {"name": "prefect", "before": "1.9", "after": "2.1"}
    assert (told["before"]["accuracy"], told["after"]["accuracy"]) == (1.0, 0.5)


def test_history_lists_runs_and_what_changed_for_a_sample(
    check: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    for version in ("1.9", "2.1", "2.1"):
        check(version)
    listed = said(capsys, "history")
    assert listed.count("% (") == 3
    assert "2 ok" in listed
    of_sample = said(capsys, "history", "a#0")
    assert "a#0 ok prefect 1.9" in of_sample
    assert "a#0 outdated prefect 2.1 A001 prefect.gone, line 2" in of_sample
    assert "1 more with nothing changed" in of_sample
    assert "a#1" not in of_sample
    assert "a#1" in said(capsys, "history", "a.md")
    told = json.loads(said(capsys, "history", "a", "--format", "json", "-n", "1"))
    assert [(one["run"]["id"], [sample["verdict"] for sample in one["samples"]]) for one in told] == [
        (3, ["outdated", "ok"])
    ]


def test_trend_follows_the_runs_that_checked_the_same(
    check: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    check("1.9")
    check("1.9", "--select", "a#1")
    check("2.1")
    text = said(capsys, "trend")
    assert "accuracy █▅ 100% (2 of 2) → 50% (1 of 2), 2 runs" in text
    told = json.loads(said(capsys, "trend", "--format", "json"))
    assert [(one["id"], one["ok"], one["judged"], one["accuracy"]) for one in told] == [(1, 2, 2, 1.0), (3, 1, 2, 0.5)]
    assert len(json.loads(said(capsys, "trend", "--all", "--format", "json"))) == 3
    assert "from run 1" in said(capsys, "diff"), "the run before that checked the same"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("history",), 3, "the ledger has no run"),
        (("trend",), 3, "harness check PAGES records one"),
        (("diff",), 3, "no check was recorded there yet"),
        (("diff", "yesterday", "last"), 2, "neither a number nor a day"),
        (("history", "nobody"), 3, "no run looked at 'nobody'"),
    ],
)
def test_what_there_is_not_is_said(
    arguments: tuple[str, ...], code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*arguments, "--store", str(tmp_path)]) == code
    assert message in capsys.readouterr().err


def test_a_day_stands_for_its_last_run(check: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    check("1.9")
    check("2.1")
    assert "newly broken: 0" in said(capsys, "diff", "2999-01-01", "last")
    assert cli.run(["diff", "2020-01-01", "last"]) == 3
    assert "it has 2 runs" in capsys.readouterr().err
