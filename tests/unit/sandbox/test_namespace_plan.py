from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.model.execution import Limits, StoreAccess, Task
from harness.sandbox import namespace_plan, policy
from stubs import dns

if TYPE_CHECKING:
    from harness.sandbox.launcher.spec import Spec

USR = Path("/usr")


def plan(tmp_path: Path, **more: object) -> Spec:
    task = Task(("true",), "3.13", **more)  # type: ignore[arg-type]
    return namespace_plan.spec(task, USR, tmp_path)


def writable(spec: Spec) -> list[str]:
    return [bind["target"] for bind in spec["binds"] if bind["writable"]]


@pytest.mark.parametrize(
    ("access", "seen", "written"),
    [(StoreAccess.NONE, False, []), (StoreAccess.READ, True, []), (StoreAccess.WRITE, True, [policy.STORE])],
)
def test_nothing_but_a_builders_store_is_writable(
    tmp_path: Path, access: StoreAccess, *, seen: bool, written: list[str]
) -> None:
    spec = plan(tmp_path, store=access)
    assert writable(spec) == written
    assert any(bind["target"] == policy.STORE for bind in spec["binds"]) is seen


def test_no_folder_is_shown_that_holds_other_peoples_files(tmp_path: Path) -> None:
    sources = {bind["source"] for bind in plan(tmp_path)["binds"]}
    assert not sources & {"/", "/home", "/root", "/etc", "/var", "/run", "/tmp", "/opt", "/proc", "/sys", "/dev"}


def test_an_interpreter_outside_the_system_is_shown_where_it_is(tmp_path: Path) -> None:
    prefix = tmp_path / "python"
    prefix.mkdir()
    spec = namespace_plan.spec(Task(("true",), "3.13"), prefix, tmp_path)
    assert {"source": str(prefix), "target": str(prefix), "writable": False} in spec["binds"]


def test_sources_are_without_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    spec = namespace_plan.spec(Task(("true",), "3.13"), USR, tmp_path / "link")
    assert str(tmp_path / "real") in {bind["source"] for bind in spec["binds"]}


def test_a_job_asks_the_stubs_for_names_and_nobody_else(tmp_path: Path) -> None:
    assert plan(tmp_path)["files"]["/etc/resolv.conf"] == f"nameserver {policy.RESOLVER}\n"
    assert policy.RESOLVER == dns.ADDRESS
    assert "localhost" in plan(tmp_path)["files"]["/etc/hosts"]


def test_a_group_takes_the_watch_over(tmp_path: Path) -> None:
    task = Task(("true",), "3.13", limits=Limits(memory=5))
    assert namespace_plan.spec(task, USR, tmp_path)["memory"] == 5
    assert namespace_plan.spec(task, USR, tmp_path, group="/g/cgroup.procs")["memory"] == 0


def test_a_builders_files_are_not_bounded_by_a_jobs_scratch_space(tmp_path: Path) -> None:
    assert plan(tmp_path, limits=Limits(disk=7))["file_size"] == 7
    assert plan(tmp_path, limits=Limits(disk=7), store=StoreAccess.WRITE)["file_size"] == 0
