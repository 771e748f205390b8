"""A value that a library refuses today: dated by running the sample in older releases, or left alone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness import dating, jobs, judging
from harness.environments.api_listing import Release
from harness.errors import ResolutionError
from harness.extract import extract
from harness.judging import Weighed
from harness.model.environment import Environment, Lock, Request
from harness.model.execution import Completed, Task
from harness.model.matrix import Job
from harness.model.verdict import Code, Finding, History, Kind
from harness.plan.matrix import plan
from harness.sandbox.fake import FakeSandbox
from tests.fakes import FakeProvider, FakeResolver, answer, equipment, raised

PAGE = b"```python\nimport flask\nflask.run('old')\n```\n"
SAMPLE = {"file": "/work/sample.py", "line": 2, "name": "<module>", "owner": "sample"}
INNER = {"file": "/s/flask/a.py", "line": 9, "name": "run", "module": "flask.a", "owner": "flask"}
LINES = {"executed": {"sample.py": [1, 2]}, "executable": {"sample.py": [1, 2]}, "modules": [["flask", "flask"]]}
REFUSES = answer(**LINES, exit_code=1, raised=[raised("KeyError", "'old'", SAMPLE, INNER, line=2, fatal=True)])
OTHER = answer(**LINES, exit_code=1, raised=[raised("OSError", "no room", SAMPLE, INNER, line=2, fatal=True)])
WORKS = answer(**LINES)
RELEASES = tuple(Release(f"{n}.0", f"20{10 + n}-01-01T00:00:00Z", False, ()) for n in range(1, 9))


class Published:
    """Knows the releases and nothing of their interfaces."""

    def published(self, _distribution: str, _version: str) -> tuple[Release, ...]:
        return RELEASES


class Pinning(FakeResolver):
    """Gives what is pinned, else the newest."""

    def lock(self, request: Request) -> Lock:
        self.requests.append(request)
        version = request.requirements[0].partition("==")[2] or "8.0"
        return Lock("3.13", "fake:3.13", (("flask", version),), "")


class Places(FakeProvider):
    """Has an environment for each version, in a place that tells which."""

    def ready(self, request: Request, *, compiled: bool = True) -> Environment:
        self.compiled.append(compiled)
        lock = self._resolver.lock(request)
        return Environment(lock, f"/store/envs/v{lock.version('flask')}")


class Library:
    """Runs the sample as its releases would."""

    def __init__(self, good: int, bad: Completed = REFUSES) -> None:
        self.tried: list[str] = []
        self._good, self._bad = good, bad

    def __call__(self, task: Task) -> Completed:
        orders = (task.stdin + " ".join(task.argv).encode()).decode()
        version = orders.partition("/store/envs/v")[2].partition(".")[0]
        self.tried.append(version)
        return WORKS if int(version) <= self._good else REFUSES if version == "8" else self._bad


def job() -> Job:
    return plan(extract("a.md", PAGE).samples)[0]


def dated(
    library: Library, store: Path, *, resolver: Pinning | None = None, at: Job | None = None, **more: Any
) -> tuple[Weighed, Pinning]:
    resolver = resolver or Pinning()
    shared = equipment(store, FakeSandbox([library] * 99), resolver, **{
        "provider": Places(resolver), "timeline": Published(), "explore": True, "older_runs": 10, **more
    })  # fmt: skip
    return dating.dated(judging.weigh(jobs.run(at or job(), shared), None), shared), resolver


def test_a_refusal_that_is_new_becomes_a_finding_with_a_date(tmp_path: Path) -> None:
    weighed, resolver = dated(Library(good=5), tmp_path)
    (found,) = weighed.findings
    assert (found.code, found.kind, found.line, found.symbol) == (Code.SIGNATURE, Kind.SIGNATURE, 2, "flask.run")
    assert found.history
    assert (found.history.last_good, found.history.first_bad, found.history.first_bad_date) == (
        "5.0",
        "6.0",
        "2016-01-01",
    )
    assert "worked until 5.0, fails since 6.0 (2016-01-01), as runs show" in found.message
    assert {one.before for one in resolver.requests if "flask==5.0" in one.requirements} == {"2015-01-03"}


def test_a_refusal_that_was_always_there_is_the_samples_own(tmp_path: Path) -> None:
    weighed, _ = dated(Library(good=0), tmp_path)
    assert [one.code for one in weighed.findings] == [Code.BUG]


def test_another_failure_in_older_releases_proves_nothing(tmp_path: Path) -> None:
    weighed, _ = dated(Library(good=0, bad=OTHER), tmp_path)
    assert [one.code for one in weighed.findings] == [Code.BUG]


def test_a_call_in_which_the_samples_own_code_fails_does_not_work(tmp_path: Path) -> None:
    def shown(frames: list[dict[str, object]], *more: dict[str, object]) -> Completed:
        inside = raised("NameError", "pd", *frames, {**SAMPLE, "line": 1, "name": "step"}, line=1, fatal=not more)
        return answer(**LINES, exit_code=1, raised=[inside, *more])

    def library(then: Completed, task: Task) -> Completed:
        orders = (task.stdin + " ".join(task.argv).encode()).decode()
        return wrapped if "/store/envs/v8" in orders else then

    elsewhere = [{**SAMPLE, "line": 1}]
    wrapped = shown(elsewhere, raised("KeyError", "'old'", SAMPLE, INNER, line=2, fatal=True))
    for then, codes in ((shown([SAMPLE, INNER]), []), (shown(elsewhere), [Code.SIGNATURE])):
        resolver = Pinning()
        more = {"provider": Places(resolver), "timeline": Published(), "explore": True, "older_runs": 10}
        shared = equipment(tmp_path / f"{len(codes)}", FakeSandbox([partial(library, then)] * 99), resolver, **more)
        weighed = dating.dated(judging.weigh(jobs.run(job(), shared), None), shared)
        assert [one.code for one in weighed.findings if one.line == 2 and one.code is not Code.BUG] == codes


@pytest.mark.parametrize(
    ("frames", "put"),
    [
        pytest.param([SAMPLE, INNER], False, id="in the call"),
        pytest.param([], False, id="in a thread"),
        pytest.param([{**SAMPLE, "line": 1}], True, id="in an earlier call"),
    ],
)
def test_what_a_call_says_of_the_samples_own_failure_is_put_to_no_release(
    frames: list[dict[str, object]], put: bool, tmp_path: Path
) -> None:
    own = raised("NameError", "pd", *frames, {**SAMPLE, "line": 1, "name": "step"}, line=1)
    refusal = raised("KeyError", "'old'", SAMPLE, INNER, line=2, fatal=True)
    shared = equipment(tmp_path, FakeSandbox([lambda _: answer(**LINES, exit_code=1, raised=[own, refusal])] * 9))
    assert bool(judging.weigh(jobs.run(job(), shared), None).refused) is put


def test_the_runs_can_be_turned_off(tmp_path: Path) -> None:
    library = Library(good=5)
    weighed, _ = dated(library, tmp_path, older_runs=0)
    assert [one.code for one in weighed.findings] == [Code.BUG]
    assert {*library.tried} == {"8"}


def test_too_few_runs_say_nothing(tmp_path: Path) -> None:
    weighed, _ = dated(Library(good=2), tmp_path, older_runs=2)
    assert [one.code for one in weighed.findings] == [Code.BUG]


def test_what_did_not_suffice_is_said(tmp_path: Path) -> None:
    weighed, _ = dated(Library(good=2), tmp_path / "runs", older_runs=2)
    assert weighed.ran.notes == ("line 2 is not dated: 2 older releases did not suffice (--older-runs)",)
    library = Library(good=2)
    weighed, _ = dated(library, tmp_path / "time", older_time=-1.0)
    (note,) = weighed.ran.notes
    assert "did not suffice (--older-time)" in note
    assert {*library.tried} == {"8"}
    assert [one.code for one in weighed.findings] == [Code.BUG]
    assert dated(Library(good=2), tmp_path / "enough")[0].ran.notes == ()


class Later(Pinning):
    """Finds another neighbour than the night before, so that no lock is what it was."""

    def lock(self, request: Request) -> Lock:
        lock = super().lock(request)
        return replace(lock, packages=(*lock.packages, ("neighbour", "2")))


class Refusing(Pinning):
    """Has today's release alone."""

    def __init__(self, *, unsatisfiable: bool) -> None:
        super().__init__()
        self._unsatisfiable = unsatisfiable

    def lock(self, request: Request) -> Lock:
        lock = super().lock(request)
        if any("==" in one for one in request.requirements):
            raise ResolutionError("not to be had", unsatisfiable=self._unsatisfiable)
        return lock


def test_what_an_older_release_showed_is_kept_whatever_is_published_since(tmp_path: Path) -> None:
    first, _ = dated(Library(good=5), tmp_path)
    library = Library(good=0)
    second, _ = dated(library, tmp_path, resolver=Later(), older_time=-1.0)
    assert second.findings == first.findings
    assert {*library.tried} == {"8"}, "what is kept needs neither a run nor time"
    anew = Library(good=5)
    dated(anew, tmp_path, resolver=Later(), reuse=False)
    assert {*anew.tried} > {"8"}


def test_only_what_will_fail_again_is_kept(tmp_path: Path) -> None:
    def asked(at: Job, *, unsatisfiable: bool) -> int:
        resolver = Refusing(unsatisfiable=unsatisfiable)
        dated(Library(good=5), tmp_path / f"{unsatisfiable}", resolver=resolver, at=at)
        return len({one for request in resolver.requests for one in request.requirements if "==" in one})

    other = replace(job(), target=replace(job().target, python="3.11"))
    assert [asked(at, unsatisfiable=True) for at in (job(), job(), other)] == [1, 0, 1]
    assert [asked(job(), unsatisfiable=False) for _ in range(2)] == [1, 1]


def test_an_older_release_is_run_and_no_more(tmp_path: Path) -> None:
    library = Library(good=5)
    resolver = Pinning()
    places = Places(resolver)
    dated(library, tmp_path, provider=places, resolver=resolver)
    older = [one for one in library.tried if one != "8"]
    assert {one: older.count(one) for one in older} == {"7": 1, "6": 1, "4": 2, "5": 2}, "what fails is not explored"
    assert places.compiled.count(False) == len(older)
    assert len(places.compiled) > len(older), "today's serves more than these runs"


def test_nothing_is_run_where_nothing_was_refused(tmp_path: Path) -> None:
    library = Library(good=8)
    weighed, _ = dated(library, tmp_path)
    assert weighed.findings == ()
    assert {*library.tried} == {"8"}
    assert replace(weighed, refused=()) == weighed


REFUSED = "AttributeError", "unexpected attribute 'old' to run"
KEYWORD = b"```python\nimport flask\nflask.run(old=1)\n```\n"


def seen_last(distribution: str, good: int, store: Path) -> tuple[Finding, list[str]]:
    """Return the finding on a keyword that reading saw last in 2.0, after runs, and what was tried."""
    tried: list[str] = []

    def library(task: Task) -> Completed:
        version = (task.stdin + " ".join(task.argv).encode()).decode().partition("/store/envs/v")[2].partition(".")[0]
        tried.append(version)
        refuses = answer(**LINES, exit_code=1, raised=[raised(*REFUSED, SAMPLE, INNER, line=2, fatal=True)])
        return WORKS if int(version) <= good else refuses

    resolver = Pinning()
    more = {"provider": Places(resolver), "timeline": Published(), "explore": True, "older_runs": 10}
    shared = equipment(store, FakeSandbox([library] * 99), resolver, **more)
    weighed = judging.weigh(jobs.run(plan(extract("a.md", KEYWORD).samples)[0], shared), None)
    (found,) = weighed.findings
    read = replace(
        found, history=History(distribution, "2.0", None, None, 2, ("2.0", "6.0")), message="refused: last seen in 2.0"
    )
    (after,) = dating.dated(replace(weighed, findings=(read,)), shared).findings
    return after, tried


def test_what_reading_saw_last_long_ago_is_dated_by_runs(tmp_path: Path) -> None:
    found, tried = seen_last("flask", 5, tmp_path)
    assert found.code is Code.SIGNATURE
    assert found.history
    assert (found.history.last_good, found.history.first_bad) == ("5.0", "6.0")
    assert found.message == "refused: worked until 5.0, fails since 6.0 (2016-01-01), as runs show"
    assert {*tried} <= {"2", "3", "4", "5", "8"}  # reading told of 2.0 and 6.0; 8.0 is today's


def test_what_releases_are_known_to_lack_is_dated_behind_other_failures(tmp_path: Path) -> None:
    def dates(read: History | None, store: Path) -> list[str]:
        def library(task: Task) -> Completed:
            orders = (task.stdin + " ".join(task.argv).encode()).decode()
            version = int(orders.partition("/store/envs/v")[2].partition(".")[0])
            return behind("OSError") if version > 5 else answer(**WHOLE)

        resolver = Pinning()
        more = {"provider": Places(resolver), "timeline": Published(), "explore": True, "older_runs": 10}
        shared = equipment(store, FakeSandbox([library] * 99), resolver, **more)
        weighed = judging.weigh(jobs.run(plan(extract("a.md", TWO).samples)[0], shared), None)
        gone = Finding(
            Code.NAME, Kind.REMOVED, 3, "flask.run", "gone", witnesses=("execution",), evidence="KeyError: 'old'"
        )
        after = dating.dated(replace(weighed, findings=(replace(gone, history=read),)), shared).findings
        return [one.history.first_bad or "" for one in after if one.code is Code.NAME and one.history]

    assert dates(History("flask", "2.0", None, None, 2, ("2.0", "8.0")), tmp_path / "read") == ["6.0"]
    assert dates(None, tmp_path / "unknown") == []


def test_what_another_distribution_had_last_is_not_dated_by_this_one(tmp_path: Path) -> None:
    found, tried = seen_last("farm-flask", 5, tmp_path)
    assert found.message == "refused: last seen in 2.0"
    assert {*tried} == {"8"}


def test_an_old_release_is_tried_beside_todays_packages_where_its_own_day_does_not_install(tmp_path: Path) -> None:
    class Today(Places):
        def ready(self, request: Request, *, compiled: bool = True) -> Environment:
            if request.before:
                raise ResolutionError("no wheels of that day", unsatisfiable=True)
            return super().ready(request, compiled=compiled)

    (found,) = dated(Library(good=6), tmp_path / "works", provider=Today(Pinning()))[0].findings
    assert found.history
    assert (found.history.last_good, found.history.first_bad) == ("6.0", "7.0")
    (found,) = dated(Library(good=5), tmp_path / "fails", provider=Today(Pinning()))[0].findings
    assert found.history is None  # what fails beside younger packages may clash with them


TWO = b"```python\nimport flask\nflask.made()\nflask.run('old')\n```\n"
WHOLE = {"executed": {"sample.py": [1, 2, 3]}, "executable": {"sample.py": [1, 2, 3]}, "modules": [["flask", "flask"]]}


def behind(*types: str) -> Completed:
    """Fail at line 2 with each of some exceptions, and then refuse line 3 as a run that goes on shows it."""
    frames = [({**SAMPLE, "line": number}, {**INNER, "name": name}) for number, name in ((2, "made"), (3, "run"))]
    first = [raised(kind, "'made'", *frames[0], line=2) for kind in types]
    return answer(**WHOLE, exit_code=1, raised=[*first, raised("KeyError", "'old'", *frames[1], line=3, fatal=True)])


def test_a_refusal_behind_what_fails_only_today_proves_nothing(tmp_path: Path) -> None:
    def library(today: Completed, task: Task) -> Completed:
        orders = (task.stdin + " ".join(task.argv).encode()).decode()
        return today if "/store/envs/v8" in orders else answer(**WHOLE)

    def lines(today: Completed, store: Path) -> list[int]:
        resolver = Pinning()
        script = FakeSandbox([lambda task: library(today, task)] * 99)
        more = {"provider": Places(resolver), "timeline": Published(), "explore": True, "older_runs": 10}
        shared = equipment(store, script, resolver, **more)
        ran = jobs.run(plan(extract("a.md", TWO).samples)[0], shared)
        weighed = dating.dated(judging.weigh(ran, None), shared)
        return [one.line for one in weighed.findings if one.code is Code.SIGNATURE]

    assert lines(behind(), tmp_path / "alone") == [3]
    assert 3 not in lines(behind("OSError"), tmp_path / "behind")


def test_a_refusal_behind_an_import_that_has_no_part_in_it_is_dated(tmp_path: Path) -> None:
    def lines(used: str, store: Path) -> list[int]:
        page = f"```python\nimport flask\nfrom flask import gone\nflask.run({used})\n```\n".encode()
        first = raised("ImportError", "cannot import name 'gone' from 'flask'", {**SAMPLE, "line": 2}, line=2)
        frames = ({**SAMPLE, "line": 3}, INNER)
        today = answer(**WHOLE, exit_code=1, raised=[first, raised("KeyError", "'x'", *frames, line=3, fatal=True)])

        def library(task: Task) -> Completed:
            orders = (task.stdin + " ".join(task.argv).encode()).decode()
            return today if "/store/envs/v8" in orders else answer(**WHOLE)

        resolver = Pinning()
        more = {"provider": Places(resolver), "timeline": Published(), "explore": True, "older_runs": 10}
        shared = equipment(store, FakeSandbox([library] * 99), resolver, **more)
        ran = jobs.run(plan(extract("a.md", page).samples)[0], shared)
        weighed = dating.dated(judging.weigh(ran, None), shared)
        return [one.line for one in weighed.findings if one.code is Code.SIGNATURE]

    assert lines("'x'", tmp_path / "aside") == [3]
    assert lines("gone", tmp_path / "used") == []


def test_a_deprecation_is_not_dated_by_a_release_in_which_the_line_fails_in_a_way_of_its_own(tmp_path: Path) -> None:
    said = {"category": "DeprecationWarning", "message": "old is deprecated", "line": 2, "file": "sample.py"}
    told = answer(**LINES, warned=[{**said, "registered": True, "frames": [SAMPLE]}])

    def dates(then: Completed, store: Path) -> list[tuple[str | None, str | None, str]]:
        def library(task: Task) -> Completed:
            orders = (task.stdin + " ".join(task.argv).encode()).decode()
            version = int(orders.partition("/store/envs/v")[2].partition(".")[0])
            return told if version > 6 else then if version > 3 else WORKS

        resolver = Pinning()
        more = {"provider": Places(resolver), "timeline": Published(), "explore": True, "older_runs": 10}
        shared = equipment(store, FakeSandbox([library] * 99), resolver, **more)
        weighed = dating.dated(judging.weigh(jobs.run(job(), shared), None), shared)
        assert [one.code for one in weighed.findings] == [Code.DEPRECATED]
        return [(one.history.last_good, one.history.first_bad, one.message) for one in weighed.findings if one.history]

    ((good, bad, message),) = dates(WORKS, tmp_path / "works")
    assert (good, bad) == ("6.0", "7.0")
    assert message.endswith(": so since 7.0 (2017-01-01), as runs show")
    assert [one[:2] for one in dates(OTHER, tmp_path / "fails")] == []
