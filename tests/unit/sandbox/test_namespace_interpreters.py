from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import SandboxError
from harness.model.execution import Completed, Ending
from harness.sandbox import interpreters
from harness.sandbox.interpreters import Candidate, Offers

FINAL = ["cpython", [3, 13, 1, "final", 0]]


def done(stdout: bytes, stderr: bytes = b"") -> Completed:
    return Completed(Ending.EXITED, 0 if stdout else 1, stdout, stderr, 0.1)


NOWHERE = Path("/proc/no/store")


def offers(monkeypatch: pytest.MonkeyPatch, answers: dict[str, object], store: Path = NOWHERE) -> Offers:
    monkeypatch.setattr(interpreters, "candidates", lambda: tuple(Candidate(Path(path)) for path in answers))
    found = Offers("namespace", store)

    def check(candidate: Candidate) -> Completed:
        answer = answers[str(candidate.executable)]
        return done(b"", answer) if isinstance(answer, bytes) else done(json.dumps(answer).encode())

    found.examine(check)
    return found


def test_the_newest_of_each_version_is_offered_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = offers(
        monkeypatch,
        {
            "/a/bin/python3.9": ["cpython", [3, 9, 9, "final", 0]],
            "/b/bin/python3.11": ["cpython", [3, 11, 2, "final", 0]],
            "/c/bin/python3.11": ["cpython", [3, 11, 10, "final", 0]],
            "/d/bin/python3.13": FINAL,
        },
    )
    chosen = found.choose(None)
    assert [(i.version, i.executable) for i in chosen] == [("3.13", "/d/bin/python3.13"), ("3.11", "/c/bin/python3.11")]
    assert chosen[0].platform == "namespace:/d/bin/python3.13:3.13.1"
    assert found.get("3.13").prefix == Path("/d")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"Traceback\nModuleNotFoundError: No module named '_sqlite3'", "_sqlite3"),
        (["pypy", [3, 13, 1, "final", 0]], "not a released CPython"),
        (["cpython", [3, 15, 0, "beta", 1]], "not a released CPython"),
    ],
)
def test_what_does_not_work_is_passed_over_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, answer: object, reason: str
) -> None:
    with pytest.raises(SandboxError, match=reason) as caught:
        offers(monkeypatch, {"/a/bin/python3.13": answer}).choose(None)
    assert caught.value.next_step == "uv python install 3.13"


def test_only_the_wanted_versions_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    found = offers(monkeypatch, {"/d/bin/python3.13": FINAL})
    assert len(found.choose(["3.13", "3.12"])) == 1
    with pytest.raises(SandboxError, match=r"no Python 3\.12 .*\n.*on offer: 3\.13"):
        found.choose(["3.12"])


def test_managed_pythons_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "cpython-3.14/bin/python3.14"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    (program.parent / "python3").symlink_to("python3.14")
    (program.parent / "python3.14-config").touch(0o755)
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path))
    found = [candidate.executable for candidate in interpreters.candidates()]
    assert found.count(program) == 1
    assert not [path for path in found if path.name.endswith("config")]


def test_one_that_cannot_be_shown_is_no_reason_to_do_without_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = (Path("/a/bin/python3.12"), Path("/d/bin/python3.13"))
    monkeypatch.setattr(interpreters, "candidates", lambda: tuple(map(Candidate, paths)))

    def check(candidate: Candidate) -> Completed:
        if candidate.executable == paths[0]:
            raise SandboxError("the sandbox could not be made (mount)")
        return done(json.dumps(FINAL).encode())

    found = Offers("namespace", NOWHERE)
    found.examine(check)
    assert [i.version for i in found.choose(None)] == ["3.13"]
    with pytest.raises(SandboxError, match=r"python3\.12: the sandbox could not be made"):
        found.choose(["3.12"])


def looked_at(store: Path) -> list[Path]:
    """Return the candidates that a new sandbox runs."""
    tried = []

    def check(candidate: Candidate) -> Completed:
        tried.append(candidate.executable)
        return done(b"", b"broken") if "broken" in str(candidate.executable) else done(json.dumps(FINAL).encode())

    found = Offers("namespace", store)
    found.examine(check)
    assert [one.version for one in found.choose(None)] == ["3.13"]
    return tried


def test_what_worked_is_not_tried_again_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works, broken = tmp_path / "python3.13", tmp_path / "broken3.13"
    for path in (works, broken):
        path.write_bytes(b"one")
    monkeypatch.setattr(interpreters, "candidates", lambda: (Candidate(works), Candidate(broken)))
    store = tmp_path / "store"
    assert looked_at(store) == [works, broken]
    assert looked_at(store) == [broken]
    works.write_bytes(b"another")
    assert looked_at(store) == [works, broken]
    monkeypatch.setattr(interpreters, "CHECK", "another question")
    assert looked_at(store) == [works, broken]
    monkeypatch.setattr(interpreters, "MAX_AGE", 0.0)
    assert looked_at(store) == [works, broken]


def test_a_spoilt_list_of_what_worked_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works = tmp_path / "python3.13"
    works.touch()
    monkeypatch.setattr(interpreters, "candidates", lambda: (Candidate(works),))
    (tmp_path / "pythons-namespace.json").write_bytes(b'{"a": \xff')
    assert looked_at(tmp_path) == [works]
    assert looked_at(tmp_path) == []
