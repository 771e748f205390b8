"""Findings behind a first failure, and none that come of what the run supplied."""

from __future__ import annotations

import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import msgspec

from harness.judge.base import Case
from harness.judge.exploration import ExplorationWitness
from harness.judge.missing import missing_later
from harness.judge.spec import evidence, spec
from harness.judge.verdict import merge
from harness.model.environment import Environment, Lock
from harness.model.execution import Completed, Ending
from tests.unit.judge.cases import install, job
from tests.unit.probe.running import supervise

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model.execution import Evidence

PACKAGES = {
    "lib/__init__.py": """
import warnings
class Flow:
    def __init__(self, fn, *, name=None):
        if not callable(fn):
            raise TypeError("'fn' must be callable")
    def serve(self, *, port=80): ...
def check(value):
    if not isinstance(value, int):
        raise ValueError(f"{value} is no number: unknown argument")
def connect(url):
    raise ConnectionError("connection refused")
def log(model, artifact_path=None, name=None):
    if artifact_path is not None:
        warnings.warn("`artifact_path` is deprecated. Please use `name` instead.", DeprecationWarning)
def load():
    import its_driver
class Removed(Exception): ...
def act(value):
    raise Removed("lib.act is no longer supported, write lib.do")
class Trial:
    def suggest(self): warnings.warn("suggest is deprecated", FutureWarning, stacklevel=2)
def optimize(f):
    f(Trial())
def picky(path):
    raise ValueError(f"Path is not a file: {path!r}")
def make():
    eval(compile("hidden", __import__("sys")._getframe(1).f_code.co_filename, "eval"), {})
def __getattr__(name):
    if name == "old":
        raise ImportError("`lib:old` has been removed. Use `lib.new` instead.")
    raise AttributeError(name)
""",
}


def explored(folder: Path, text: str, version: str = "3.13") -> Evidence:
    """Explore a sample against packages and return what the host reads back."""
    root = install(folder, PACKAGES, version)
    (folder / "work").mkdir()
    asked = job(dedent(text))
    orders = spec(asked, Environment(Lock(version, sys.platform, (), ""), str(root)), mode="explore")
    done = supervise(msgspec.json.decode(orders), folder / "work")
    return evidence(Completed(Ending.EXITED, done.returncode, done.stdout, done.stderr, 1.0), asked.sample)


def found(folder: Path, text: str) -> set[tuple[str, int, str]]:
    """Return (code, line, symbol) of what exploring a sample leads to."""
    seen = explored(folder, text)
    findings = merge(ExplorationWitness().findings(Case(job(dedent(text)), explored=seen)))
    return {(one.code.value, one.line, one.symbol) for one in findings}


def test_every_interface_that_is_gone_is_found_in_one_run(tmp_path: Path) -> None:
    text = """\
        import lib
        from lib.gone import thing
        with lib.Flow("name") as flow:
            result = thing(flow)
        flow.run()
        flow.serve(host="x")
        def later(value):
            return lib.never(value)
        result.anything(goes).here
    """
    assert found(tmp_path, text) == {
        ("A001", 2, "lib.gone"),
        ("A003", 3, "lib.Flow()"),
        ("A004", 3, "lib.Flow"),
        ("A002", 5, "lib.Flow.run"),
        ("A003", 6, "lib.Flow.serve(host=)"),
        ("A002", 8, "lib.never"),
        ("S102", 9, "goes"),
    }


def test_what_a_library_says_of_made_up_values_is_no_finding(tmp_path: Path) -> None:
    text = """\
        import lib
        def f(value):
            lib.check(value)
            lib.check({"a": value})
        lib.check(...)
        lib.check(unknown)
        data = open("data.csv").read()
        lib.check(data)
    """
    assert found(tmp_path, text) == {("S102", 6, "unknown"), ("S103", 7, "data.csv")}


def test_a_service_is_told_once_and_its_results_are_stood_in_for(tmp_path: Path) -> None:
    text = """\
        import lib
        a = lib.connect("http://x")
        b = lib.connect("http://x")
        a.get(b).json()
    """
    assert found(tmp_path, text) == {("N301", 2, "a network service")}


def test_a_deprecated_argument_passed_by_position_is_named(tmp_path: Path) -> None:
    text = "import lib\nx = unknown\nlib.log(x, 'model')\nlib.log(x, name='model')\n"
    assert found(tmp_path, text) == {("S102", 2, "unknown"), ("A005", 3, "lib.log(artifact_path=)")}


def test_a_package_that_a_library_wants_later_is_asked_for(tmp_path: Path) -> None:
    asks = missing_later(explored(tmp_path, "import lib\nundefined\nlib.load()\n"))
    assert [one.module for one in asks] == ["its_driver"]


def test_no_exploratory_run_no_findings() -> None:
    assert ExplorationWitness().findings(Case(job("x\n"))) == ()


def test_code_that_a_library_files_under_the_samples_name_is_not_the_samples(tmp_path: Path) -> None:
    assert found(tmp_path, "import lib\nlib.make()\nhidde\n") == {("S102", 3, "hidde")}


def test_a_name_that_the_library_says_is_gone_is_the_name_not_its_module(tmp_path: Path) -> None:
    assert found(tmp_path, "import lib\ndef f():\n    from lib import old, Flow\n    return Flow.gone\n") == {
        ("A002", 3, "lib.old"),
        ("A002", 4, "lib.Flow.gone"),
    }


def test_a_library_that_says_what_is_gone_is_believed_whatever_it_was_given(tmp_path: Path) -> None:
    assert found(tmp_path, "import lib\ndef f(x):\n    return lib.act(x)\n") == {("A002", 3, "lib.act")}


def test_a_deprecated_method_of_an_object_that_the_sample_is_handed_has_a_name(tmp_path: Path) -> None:
    text = "import lib\ndef f(trial):\n    trial.suggest()\nlib.optimize(f)\n"
    assert found(tmp_path, text) == {("A005", 3, "lib.Trial.suggest")}


def test_a_file_that_only_a_message_tells_of_is_a_missing_file(tmp_path: Path) -> None:
    assert found(tmp_path, "import lib\nlib.picky('model.bin')\n") == {("S103", 2, "model.bin")}


def test_what_comes_after_a_missing_method_of_the_same_name_is_told_as_a_guess(tmp_path: Path) -> None:
    text = "import lib\nflow = lib.Flow(print)\nflow = flow.add(1)\nflow.gone()\nflow.serve(host=1)\nlib.check(flow)\n"
    case = Case(job(text), Lock("", "", (), ""), None, explored=explored(tmp_path, text))
    told = {(one.code, one.line, one.guessed) for one in ExplorationWitness().findings(case)}
    assert told == {("A002", 3, False), ("A002", 4, True), ("A003", 5, True)}
