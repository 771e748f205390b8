"""What the stubs need beside a sample, and samples that have to do without."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from harness import jobs
from harness.model.environment import Environment, Interpreter, Request
from harness.model.matrix import Lane, Target
from harness.sandbox.fake import FakeSandbox
from harness.stubbing import Stubs
from tests.fakes import FakeProvider, FakeResolver, answer, equipment
from tests.unit.test_jobs import job

ONE, OTHER = (Interpreter(version, f"/usr/bin/python{version}", f"fake:{version}") for version in ("3.13", "3.11"))


def _lock(folder: Path) -> Path:
    path = folder / "requirements.lock"
    path.write_text("# made by us\nstarlette==1.0.0 \\\n    --hash=sha256:00\ntrustme==1.2.0\n")
    return path


class _Counting(FakeProvider):
    """Counts what it is asked for."""

    def __init__(self, *refused: str) -> None:
        super().__init__(FakeResolver(*refused))
        self.asked: list[Request] = []

    def ready(self, request: Request, *, compiled: bool = True) -> Environment:
        self.asked.append(request)
        return Environment(super().ready(request, compiled=compiled).lock, f"/store/envs/{request.python}")


def test_their_environment_holds_what_is_locked_and_is_made_once_for_every_runner(tmp_path: Path) -> None:
    provider = _Counting()
    stubs = Stubs(provider, _lock(tmp_path), print)  # type: ignore[arg-type] # what is asked of it is here
    first, again, other = stubs.orders(ONE), stubs.orders(ONE), stubs.orders(OTHER)
    assert provider.asked == [
        Request(("starlette==1.0.0", "trustme==1.2.0"), Lane.CURRENT, version) for version in ("3.13", "3.11")
    ]
    assert first["python"] == again["python"] != other["python"]
    assert first["certificate"] == again["certificate"]
    assert first["random"] != again["random"]


def test_a_python_that_is_too_old_for_them_has_none_and_takes_none_from_others(tmp_path: Path) -> None:
    provider, said = _Counting(), list[str]()
    stubs = Stubs(provider, _lock(tmp_path), said.append)  # type: ignore[arg-type] # what is asked of it is here
    old = Interpreter("3.10", "/usr/bin/python3.10", "fake:3.10")
    assert stubs.orders(old) == {}
    assert stubs.orders(ONE)["python"]
    assert [request.python for request in provider.asked] == ["3.13"]
    assert (stubs.lacking("3.10"), stubs.lacking("3.13")) == ("no stubs on Python 3.10: they need 3.11 or newer", "")

    shared = equipment(tmp_path, FakeSandbox([answer()]), stubs=stubs, interpreters=(old,))
    wanted = replace(job(), target=Target(Lane.CURRENT, "3.10"))
    assert jobs.run(wanted, shared).notes == (stubs.lacking("3.10"),)


def test_where_it_cannot_be_installed_jobs_run_without_and_the_report_says_so(tmp_path: Path) -> None:
    provider, said = _Counting("trustme==1.2.0"), list[str]()
    stubs = Stubs(provider, _lock(tmp_path), said.append)  # type: ignore[arg-type] # what is asked of it is here
    sandbox = FakeSandbox([answer(), answer()])
    shared = equipment(tmp_path, sandbox, stubs=stubs)
    ran = [jobs.run(job(), shared), jobs.run(job("```python\nimport zenml  # other\n```\n"), shared)]
    assert [one.fault for one in ran] == [None, None]
    assert all("stubs" in note for one in ran for note in one.notes)
    assert [len(one.notes) for one in ran] == [1, 1]
    assert [json.loads(task.stdin)["stubs"] for task in sandbox.tasks] == [{}, {}]
    assert len(provider.asked) == 1, "an index that does not answer is not waited for by every job"
    assert len(said) == 1

    there = Stubs(_Counting(), _lock(tmp_path), said.append)  # type: ignore[arg-type] # as above
    later = jobs.run(job(), equipment(tmp_path, FakeSandbox([answer()]), stubs=there))
    assert not later.cached, "what was seen without stubs is no answer for a run that has them"
    assert later.notes == ()
