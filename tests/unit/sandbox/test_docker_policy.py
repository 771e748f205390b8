"""What a container may do, as it is asked of the engine."""

from __future__ import annotations

from typing import Any, cast

import pytest

from harness.model.execution import Limits, StoreAccess, Task
from harness.sandbox import policy


def host(task: Task, **arguments: Any) -> dict[str, Any]:
    config = policy.container(task, image="runner", volume="store", labels={"whose": "ours"}, **arguments)
    return cast("dict[str, Any]", config["HostConfig"])


def test_job_has_nothing_it_does_not_need() -> None:
    task = Task(argv=("python3", "x.py"), python="3.13")
    config = policy.container(task, image="runner", volume="store", labels={"whose": "ours"})
    assert (config["Image"], config["Labels"], config["Cmd"]) == ("runner", {"whose": "ours"}, ["python3", "x.py"])
    assert config["User"] == "65532:65532"
    assert not config["OpenStdin"]
    settings = host(task)
    assert settings["NetworkMode"] == "none"
    assert settings["ReadonlyRootfs"] is True
    assert settings["CapDrop"] == ["ALL"]
    assert settings["SecurityOpt"] == ["no-new-privileges"]
    assert settings["Mounts"] == [{"Type": "volume", "Source": "store", "Target": "/store", "ReadOnly": True}]
    assert settings["LogConfig"] == {"Type": "none"}
    assert not {"Binds", "Privileged", "Devices", "CapAdd", "PidMode"} & set(settings)


@pytest.mark.parametrize(
    ("access", "mounts"), [(StoreAccess.NONE, []), (StoreAccess.READ, [True]), (StoreAccess.WRITE, [False])]
)
def test_store_is_mounted_as_asked(access: StoreAccess, mounts: list[bool]) -> None:
    found = host(Task(argv=("true",), python="3.13", store=access))["Mounts"]
    assert [mount["ReadOnly"] for mount in found] == mounts


def test_every_limit_reaches_the_engine() -> None:
    limits = Limits(seconds=7, memory=1000, processes=20, disk=3000, cpus=4.0)
    settings = host(Task(argv=("true",), python="3.13", limits=limits), cpus=2.0)
    assert (settings["Memory"], settings["MemorySwap"], settings["PidsLimit"]) == (1000, 1000, 20)
    assert settings["NanoCpus"] == 2_000_000_000, "more than the engine has is refused by it"
    assert set(settings["Tmpfs"]) == {"/work", "/home/sample", "/tmp"}
    assert all("size=3000" in options and "nosuid,nodev" in options for options in settings["Tmpfs"].values())


def test_only_builders_reach_the_network() -> None:
    assert host(Task(argv=("true",), python="3.13", network=True))["NetworkMode"] == "default"


def test_program_ends_by_itself_and_sees_no_other_variables() -> None:
    task = Task(argv=("true",), python="3.13", env=(("A", "b=c d"),), limits=Limits(seconds=5))
    words = policy.command(task)
    assert words[:5] == ("timeout", "--signal=KILL", "35", "env", "--ignore-environment")
    assert "A=b=c d" in words
    assert not any(word.startswith("SSL_CERT_FILE") for word in words)
    assert any(word.startswith("SSL_CERT_FILE") for word in policy.command(Task(argv=(), python="3.13", network=True)))
