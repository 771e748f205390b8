"""Control groups of both versions, as folders: the kernel's part is in the contract suite."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.model.execution import Limits
from harness.sandbox import namespace_group
from harness.sandbox.namespace_group import Group, group

LIMITS = Limits(memory=1000)


def hierarchy(root: Path, *, cgroup: str, mountinfo: str) -> None:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(cgroup)
    (root / "proc/self/mountinfo").write_text(mountinfo)


@pytest.fixture
def version2(tmp_path: Path) -> Path:
    hierarchy(
        tmp_path,
        cgroup="0::/user/app/term.scope\n",
        mountinfo="30 23 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n",
    )
    app = tmp_path / "sys/fs/cgroup/user/app"
    (app / "term.scope").mkdir(parents=True)
    (app / "cgroup.subtree_control").write_text("memory pids\n")
    (app / "term.scope/cgroup.subtree_control").write_text("")
    return tmp_path


@pytest.fixture
def version1(tmp_path: Path) -> Path:
    hierarchy(
        tmp_path,
        cgroup="8:pids:/\n4:memory:/docker/abc\n0::/\n",
        mountinfo=(
            "41 39 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
            "42 39 0:37 /docker /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        ),
    )
    (tmp_path / "sys/fs/cgroup/memory/abc").mkdir(parents=True)
    return tmp_path


def fill(path: Path, *names: str) -> None:
    for name in names:
        (path / name).write_text("")


def made(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[Path]:
    """Make folders behave as groups: with the kernel's files in them, and removable all the same."""
    seen: list[Path] = []
    mkdir, rmdir = Path.mkdir, Path.rmdir

    def make(path: Path) -> None:
        mkdir(path)
        fill(path, *names)
        seen.append(path)

    def remove(path: Path) -> None:
        for file in path.iterdir():
            file.unlink()
        rmdir(path)

    monkeypatch.setattr(Path, "mkdir", make)
    monkeypatch.setattr(Path, "rmdir", remove)
    return seen


def test_version_2_puts_the_group_beside_the_harness(version2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(monkeypatch, "memory.max", "memory.swap.max")
    with group(LIMITS, root=version2) as found:
        assert found.path
        assert found.path.parent == version2 / "sys/fs/cgroup/user/app"
        assert found.entrance == str(found.path / "cgroup.procs")
        assert (found.path / "memory.max").read_text() == "1000"
        assert (found.path / "memory.swap.max").read_text() == "0"
    assert not found.path.exists()


def test_version_1_puts_the_group_below_the_harness(version1: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(monkeypatch, "memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
    with group(LIMITS, root=version1) as found:
        assert found.path
        assert found.path.parent == version1 / "sys/fs/cgroup/memory/abc"
        assert (found.path / "memory.limit_in_bytes").read_text() == "1000"
        assert (found.path / "memory.memsw.limit_in_bytes").read_text() == "1000"
    assert not found.path.exists()


def test_without_the_controller_there_is_no_group(version2: Path) -> None:
    (version2 / "sys/fs/cgroup/user/app/cgroup.subtree_control").write_text("pids\n")
    with group(LIMITS, root=version2) as found:
        assert found == Group()
        assert found.entrance == ""
        assert not found.killed()


def test_where_none_may_be_made_the_launcher_watches(version2: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refuse)
    with group(LIMITS, root=version2) as found:
        assert found.path is None


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("memory.events", "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\n", True),
        ("memory.events", "low 0\nhigh 0\nmax 9\noom 0\noom_kill 0\n", False),
        ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", True),
        ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n", False),
    ],
)
def test_the_kernels_count_of_kills_is_read(tmp_path: Path, name: str, text: str, *, expected: bool) -> None:
    (tmp_path / name).write_text(text)
    assert Group(tmp_path).killed() is expected


def test_groups_of_dead_harnesses_are_swept_and_others_are_not(version2: Path) -> None:
    app = version2 / "sys/fs/cgroup/user/app"
    dead, alive, foreign = app / "harness-999999999-1", app / f"harness-{os.getpid()}-1", app / "harness-x-1"
    for path in (dead, alive, foreign, version2 / f"proc/{os.getpid()}"):
        path.mkdir()
    namespace_group.sweep(version2)
    assert [path.exists() for path in (dead, alive, foreign)] == [False, True, True]
