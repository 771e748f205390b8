"""What is kept of earlier runs, and when it is found again."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from harness.ledger.results import STOPPED_AGE, ResultsCache, result_key
from harness.model.execution import Ending, Evidence, Frame, Limits, Outcome, Raised
from harness.model.matrix import Context
from harness.model.source import Language, PageInfo, Part, Position, Sample, SourceMap

if TYPE_CHECKING:
    from pathlib import Path

KEY = "ab" + "0" * 62
CAUSE = Raised("ImportError", "no such name", 2, bases=("Exception",))
EVIDENCE = Evidence(
    Outcome.FAILED,
    exit_code=1,
    raised=(Raised("RuntimeError", "späť", 3, frames=(Frame("/work/a.py", 3, "f"),), cause=CAUSE),),
    executed=(1, 2, 3),
    executable=(1, 2, 3, 4),
    stdout="out\n",
)
SAMPLE = Sample(
    id="page#0",
    page=PageInfo("page.md", "page"),
    index=0,
    role="sample",
    language=Language.PYTHON,
    text="import six\n",
    map=SourceMap(()),
    parts=(Part("main.py", Language.PYTHON, "import six\n"),),
)
GIVEN: dict[str, Any] = {
    "sample": SAMPLE,
    "context": Context(),
    "lock": "sha256:1",
    "probe": "p",
    "stubs": "s",
    "limits": Limits(),
    "sandbox": "namespace",
}


def key(**changes: Any) -> str:
    return result_key(**{**GIVEN, **changes})


def test_evidence_comes_back_as_it_was(tmp_path: Path) -> None:
    assert ResultsCache(tmp_path).put(KEY, EVIDENCE)
    assert ResultsCache(tmp_path).get(KEY) == EVIDENCE
    assert ResultsCache(tmp_path).get("cd" * 32) is None


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(Evidence(Outcome.ERRORED), id="our fault"),
        pytest.param(Evidence(Outcome.SKIPPED), id="not run"),
    ],
)
def test_what_says_nothing_of_the_sample_is_not_kept(tmp_path: Path, evidence: Evidence) -> None:
    cache = ResultsCache(tmp_path)
    assert not cache.put(KEY, evidence)
    assert cache.get(KEY) is None


@pytest.mark.parametrize("ending", [one for one in Ending if one is not Ending.EXITED])
def test_what_was_stopped_is_kept_for_a_while(tmp_path: Path, ending: Ending) -> None:
    stopped = Evidence(Outcome.FAILED, ending=ending, executed=(1,))
    cache = ResultsCache(tmp_path)
    assert cache.put(KEY, stopped)
    (file,) = tmp_path.glob("results/*/*.json")
    young = time.time() - (STOPPED_AGE - timedelta(minutes=1)).total_seconds()
    os.utime(file, (young, young))
    assert cache.get(KEY) == stopped
    assert cache.get(KEY) == stopped
    assert file.stat().st_mtime == pytest.approx(young), "using it does not make it younger"
    os.utime(file, (young - 120, young - 120))
    assert cache.get(KEY) is None
    cache.put(KEY, EVIDENCE)
    assert cache.get(KEY) == EVIDENCE, "what came to its end goes first"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"sample": replace(SAMPLE, parts=(replace(SAMPLE.parts[0], text="import seven\n"),))}, id="text"),
        pytest.param({"sample": replace(SAMPLE, parts=(replace(SAMPLE.parts[0], name="other.py"),))}, id="file name"),
        pytest.param({"context": Context(prelude="x = 1")}, id="context"),
        pytest.param({"lock": "sha256:2"}, id="lock"),
        pytest.param({"probe": "q"}, id="probe"),
        pytest.param({"stubs": "t"}, id="stubs"),
        pytest.param({"limits": Limits(seconds=5)}, id="limits"),
        pytest.param({"sandbox": "docker"}, id="sandbox"),
    ],
)
def test_whatever_a_run_depends_on_changes_its_key(changes: dict[str, Any]) -> None:
    assert key(**changes) != key()


def test_where_a_sample_stands_does_not_change_its_key() -> None:
    moved = replace(SAMPLE, id="other#7", index=7, page=PageInfo("other.md", "other"), lines=(Position(9, 1),))
    assert key(sample=moved) == key()


def test_a_spoilt_result_is_no_result_and_written_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = ResultsCache(tmp_path)
    cache.put(KEY, EVIDENCE)
    (file,) = tmp_path.glob("results/*/*.json")
    file.write_bytes(b'{"outcome": "pas')
    assert cache.get(KEY) is None
    assert "the sample runs again" in caplog.text
    cache.put(KEY, EVIDENCE)
    assert cache.get(KEY) == EVIDENCE


def test_the_results_used_longest_ago_go_first(tmp_path: Path) -> None:
    keys = [f"{number:02d}" + "0" * 62 for number in range(10)]
    fill = ResultsCache(tmp_path)
    for age, one in enumerate(keys):
        fill.put(one, EVIDENCE)
        os.utime(tmp_path / "results" / one[:2] / f"{one}.json", (1000 + age, 1000 + age))
    assert fill.get(keys[0]), "used just now"
    (size,) = {path.stat().st_size for path in tmp_path.glob("results/*/*.json")}
    bounded = ResultsCache(tmp_path, max_bytes=size * 6)
    bounded.put("ff" + "0" * 62, EVIDENCE)
    left = {path.stem for path in tmp_path.glob("results/*/*.json")}
    assert left == {keys[0], *keys[-2:], "ff" + "0" * 62}, "down to 0.8 of the bound, so that there is room"


def test_a_write_leaves_nothing_half_done(tmp_path: Path) -> None:
    ResultsCache(tmp_path).put(KEY, EVIDENCE)
    assert [path.name for path in (tmp_path / "results" / "ab").iterdir()] == [f"{KEY}.json"]
