from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from harness.errors import SandboxError
from harness.sandbox.launch_faults import explain
from harness.sandbox.namespace import NamespaceSandbox

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("switch", "value", "command"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
    ],
)
def test_a_switch_that_forbids_namespaces_is_named_with_its_remedy(
    tmp_path: Path, switch: str, value: str, command: str
) -> None:
    file = tmp_path / "proc/sys" / switch
    file.parent.mkdir(parents=True)
    file.write_text(value + "\n")
    error = explain("unshare(user): Operation not permitted", errno.EPERM, "page#0", root=tmp_path)
    assert error.where == "page#0"
    assert command in error.next_step


def test_a_switch_that_allows_them_is_not_blamed(tmp_path: Path) -> None:
    file = tmp_path / "proc/sys/user/max_user_namespaces"
    file.parent.mkdir(parents=True)
    file.write_text("63000\n")
    assert explain("x", errno.EPERM, "", root=tmp_path).cause == ""


def test_a_container_is_blamed_where_the_kernel_refuses(tmp_path: Path) -> None:
    (tmp_path / ".dockerenv").touch()
    assert "--privileged" in explain("unshare(user)", errno.EPERM, "", root=tmp_path).next_step


def test_what_the_kernel_did_not_refuse_is_blamed_on_nothing(tmp_path: Path) -> None:
    (tmp_path / ".dockerenv").touch()
    assert explain("No module named x", 0, "", root=tmp_path).cause == ""


def test_doctor_says_why_namespaces_cannot_be_used_and_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = NamespaceSandbox(tmp_path)
    monkeypatch.setattr("harness.sandbox.namespace._OLDEST_KERNEL", (99, 0))
    assert "need Linux" in sandbox.unavailable()
    assert [check.ok for check in sandbox.report()] == [False]
    with pytest.raises(SandboxError, match="cannot be used here"):
        sandbox.prepare()
