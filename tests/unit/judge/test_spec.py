"""Orders out, evidence in: what comes back is decoded strictly and placed in the sample's lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from harness.errors import SandboxError
from harness.judge.imports import modules
from harness.judge.spec import STARTED, evidence, seconds, spec
from harness.model.environment import Environment, Lock
from harness.model.execution import Completed, Ending, Limits, Outcome
from harness.model.matrix import Context, Job, Lane, Target
from harness.model.source import Language, Part
from tests.unit.judge.cases import job, run, sample

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT = Environment(Lock("3.13", "test", (), ""), "/store/envs/abc")
RAISED = {"type": "KeyError", "message": "x", "line": 2, "file": "b.py", "frames": [], "end_line": 2}
EVIDENCE: dict[str, Any] = {
    "seal": "",
    "fault": "",
    "ending": "exited",
    "exit_code": 1,
    "stdout": "out",
    "stderr": "err",
    "truncated": False,
    "seconds": 0.5,
    "modules": [["lib", "lib-dist"]],
    "raised": [{**RAISED, "cause": {**RAISED, "file": "a.py", "line": 1}}],
    "warned": [],
    "files": [{"target": "x.csv", "line": 1, "file": "b.py"}],
    "hosts": [],
    "executed": {"a.py": [1], "b.py": [1, 2, 99]},
    "executable": {"a.py": [1, 2], "b.py": [1, 2]},
}
PARTS = (Part("a.py", Language.PYTHON, "x = 1\ny = 2\n", 2), Part("b.py", Language.PYTHON, "z = 3\n{}['x']\n", 5))


def completed(stdout: bytes, ending: Ending = Ending.EXITED, code: int | None = 0) -> Completed:
    """Return a supervisor's task as a sandbox reports it."""
    return Completed(ending, code, stdout, b"what went wrong", 1.5)


def answer(**changes: Any) -> bytes:
    """Return a document of the supervisor."""
    return STARTED + json.dumps(EVIDENCE | changes).encode() + b"}\n"


def test_orders_hold_the_files_the_context_and_what_to_look_up() -> None:
    context = Context(files=(("data.csv", "a,b\n"),), env=(("X", "1"),), prelude="y = 1", timeout=5.0)
    text = "import numpy as np\nfrom azure.ai.ml import MLClient\nfrom . import nope\n"
    orders = msgspec.json.decode(spec(job(text, context=context), ENVIRONMENT))
    assert orders == {
        "python": "/store/envs/abc/bin/python",
        "files": {"data.csv": "a,b\n", "sample.py": text},
        "entries": [{"file": "sample.py", "language": "python"}],
        "argv": [],
        "env": {"X": "1"},
        "prelude": "y = 1",
        "timeout": 5.0,
        "output": Limits().output,
        "modules": ["azure.ai.ml", "azure.ai.ml.MLClient", "numpy"],
        "mode": "",
        "seal": "",
        "stubs": {},
    }


def test_only_what_the_probe_can_run_is_an_entry() -> None:
    parts = (Part("a.yaml", Language.YAML, "a: 1\n"), Part("b.sh", Language.SHELL, "ls\n"), *PARTS)
    orders = msgspec.json.decode(spec(Job(sample("", parts), Target(Lane.CURRENT)), ENVIRONMENT))
    assert [entry["file"] for entry in orders["entries"]] == ["b.sh", "a.py", "b.py"]
    assert set(orders["files"]) == {"a.yaml", "b.sh", "a.py", "b.py"}


def test_the_samples_own_time_goes_before_the_limit() -> None:
    assert seconds(job("x = 1\n"), Limits(seconds=7.0)) == 7.0
    assert seconds(job("x = 1\n", context=Context(timeout=3.0)), Limits(seconds=7.0)) == 3.0


def test_lines_of_parts_become_lines_of_the_sample() -> None:
    seen = evidence(completed(answer()), sample("", PARTS))
    assert (seen.outcome, seen.exit_code, seen.ending) == (Outcome.FAILED, 1, Ending.EXITED)
    assert (seen.raised[0].line, seen.raised[0].end_line) == (6, 6)
    assert seen.raised[0].cause is not None
    assert seen.raised[0].cause.line == 2
    assert seen.files[0].line == 5
    assert (seen.executed, seen.executable) == ((2, 5, 6), (2, 3, 5, 6))
    assert seen.reach == 0.75


@pytest.mark.parametrize(
    ("stdout", "ending", "said"),
    [
        (b"", Ending.EXITED, "what went wrong"),
        (b"Traceback", Ending.EXITED, "what went wrong"),
        (b"", Ending.TIMEOUT, "what went wrong"),
        (answer(fault="OSError: no such file"), Ending.EXITED, "OSError"),
    ],
)
def test_a_sample_that_never_started_is_our_failure(stdout: bytes, ending: Ending, said: str) -> None:
    with pytest.raises(SandboxError, match="the probe") as caught:
        evidence(completed(stdout, ending), sample("x = 1\n"))
    assert said in caught.value.cause


@pytest.mark.parametrize(
    "stdout",
    [
        STARTED,
        STARTED + b"{}}",
        answer()[:-40],
        answer(extra=1),
        answer(ending="nonsense"),
        answer(raised=[{"type": 5}]),
        answer(stdout=None),
        answer().replace(b'"probe": 1', b'"probe": 1') + b"{}",
    ],
)
def test_a_sample_that_took_the_supervisor_with_it_is_judged_by_that(stdout: bytes) -> None:
    seen = evidence(completed(stdout, code=-9), sample("x = 1\n"))
    assert (seen.outcome, seen.ending, seen.raised) == (Outcome.FAILED, Ending.KILLED, ())


FORGED = json.dumps(EVIDENCE | {"exit_code": 0, "raised": []}).encode()


@pytest.mark.parametrize(
    "stdout",
    [
        STARTED + FORGED + b"}\n",
        STARTED + FORGED + b', "evidence": ' + answer(seal="known to us").removeprefix(STARTED),
        STARTED + FORGED + b', "other": ' + answer(seal="known to us").removeprefix(STARTED),
        STARTED + FORGED[:-1] + b', "calls": ' + answer(seal="known to us").removeprefix(STARTED),
        STARTED + FORGED + b"}\n" + answer(seal="known to us"),
        answer(seal="guessed"),
    ],
)
def test_an_answer_that_the_sample_wrote_never_passes(stdout: bytes) -> None:
    seen = evidence(completed(stdout), sample("x = 1\n"), "known to us")
    assert seen.outcome is Outcome.FAILED


def test_an_answer_with_its_seal_is_believed() -> None:
    found = sample("".join(part.text for part in PARTS))
    assert evidence(completed(answer(seal="known to us")), found, "known to us").stdout == "out"


def test_the_sandboxs_word_on_the_ending_stands() -> None:
    assert evidence(completed(STARTED, Ending.MEMORY, None), sample("x = 1\n")).ending is Ending.MEMORY


def test_the_probes_answer_is_read_whole(tmp_path: Path) -> None:
    seen = run(tmp_path, "import lib\nprint(lib.X)\n", {"lib/__init__.py": "X = 1\n"})
    assert (seen.outcome, seen.stdout, seen.reach) == (Outcome.PASSED, "1\n", 1.0)
    assert seen.modules == (("lib", "lib-dist"),)


def test_the_longest_module_that_something_provides_counts(tmp_path: Path) -> None:
    packages = {"space/one/__init__.py": "", "lib/core.py": ""}
    seen = run(tmp_path, "import space.one\nfrom space.one import x\nimport lib.core, json\n", packages)
    assert set(seen.modules) == {("space.one", "space-dist"), ("lib.core", "lib-dist")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a, b.c as d\n", ("a", "b.c")),
        ("from a.b import c, d\n", ("a.b", "a.b.c", "a.b.d")),
        ("from a import *\nfrom . import x\nfrom .y import z\n", ("a",)),
        ("def f():\n    import late\n", ("late",)),
        ("not python at all", ()),
    ],
)
def test_imported_modules(text: str, expected: tuple[str, ...]) -> None:
    assert modules(text) == expected
