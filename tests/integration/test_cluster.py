"""``--executor dask://…``: a scheduler and workers as processes of their own, in namespaces, one of them killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.sandbox.namespace import NamespaceSandbox
from tests.integration.clusters import Cluster, cluster
from tests.processes import runs, within

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("cluster")]

COUNT = 8
"""Samples of the page that all tests check."""
OWN = frozenset({"started", "finished", "seconds", "cached"})
"""What may differ between two runs of the same."""
BLOCK = """\
```python
import json
print(json.dumps({number}))
{end}
```

"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers with a store each."""
    folder = tmp_path_factory.mktemp("cluster")
    if reason := NamespaceSandbox(folder).unavailable():
        pytest.skip(reason)
    with cluster(folder) as one:
        for name in ("one", "two"):
            one.worker(name, {"HARNESS_SANDBOX": "namespace"})
        yield one


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page whose samples import nothing that is to be installed; one of them fails."""
    ends = ["json.no_such_thing()" if number == 1 else "" for number in range(COUNT)]
    path = tmp_path / "page.md"
    text = "".join(BLOCK.format(number=number, end=end) for number, end in enumerate(ends))
    path.write_text(f"---\nslug: page\n---\n\n{text}", encoding="utf-8")
    return path


def command(page: Path, *arguments: str) -> list[str]:
    # what was started in the background of a shell ignores SIGINT, and so do its children
    program = ["env", "--default-signal=INT", sys.executable, "-m", "harness", "-v"]
    quick = ("--witnesses", "plain", "--no-ledger", "--format", "json", "--store", str(page.parent / "store"))
    return [*program, "check", str(page), *quick, *arguments]


def check(page: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(command(page, *arguments), capture_output=True, check=False, timeout=500)
    assert done.stdout, done.stderr.decode()
    return done.returncode, json.loads(done.stdout), done.stderr.decode()


def without_own(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: without_own(value) for key, value in told.items() if key not in OWN}
    return [without_own(one) for one in told] if isinstance(told, list) else told


def test_the_report_is_the_one_that_this_machine_makes(running: Cluster, page: Path) -> None:
    code, there, said = check(page, "--executor", running.place)
    assert (code, len(there["samples"])) == (1, COUNT)
    # into a worker's store: what the stubs run on is there already
    here_code, here, _ = check(page, "--sandbox", "namespace", "--no-cache", "--store", str(running.folder / "one"))
    assert json.dumps(without_own(there)) == json.dumps(without_own(here))
    assert here_code == code
    used = {line.rpartition(" on ")[2] for line in said.splitlines() if "harness.executing.cluster: page#" in line}
    assert len(used) == 2, "both workers had a part"
    assert not (page.parent / "store" / "envs").exists(), "the client's own store is not where jobs run"


def test_a_worker_that_is_killed_takes_nothing_with_it(running: Cluster, page: Path) -> None:
    lost = running.worker("three", {"HARNESS_SANDBOX": "namespace", "HARNESS_STORE": str(running.folder / "two")})
    arguments = command(page, "--executor", running.place, "--no-cache")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        said = _read_until(process, running, "three")
        lost.send_signal(signal.SIGKILL)
        out, err = process.communicate(timeout=400)
    told = json.loads(out)
    assert process.returncode == 1, said + err
    assert "is lost; its jobs run again" in said + err
    verdicts = {sample["id"]: sample["verdict"] for sample in told["samples"]}
    assert sorted(verdicts) == sorted(f"page#{number}" for number in range(COUNT))
    assert "error" not in verdicts.values()
    assert [run["outcome"] for sample in told["samples"] for run in sample["runs"]].count("passed") == COUNT - 1


def _read_until(process: subprocess.Popen[str], running: Cluster, name: str) -> str:
    """Read what a check says until it has sent a worker a job."""
    where = _address(running, name)
    said = ""
    assert process.stderr is not None
    for line in process.stderr:
        said += line
        if f" on {where}" in line:
            return said
    raise AssertionError(f"{name} at {where} never got a job:\n{said}")


def _address(running: Cluster, name: str) -> str:
    line = next(line for line in running.log(name).splitlines() if "Start worker at:" in line)
    return "tcp://" + line.rpartition("tcp://")[2].strip()


def test_an_interruption_leaves_nothing_running_there(running: Cluster, tmp_path: Path) -> None:
    mark = f"c{os.getpid()}"[:15]
    page = tmp_path / "slow.md"
    named = f"import ctypes\nctypes.CDLL(None).prctl(15, b'{mark}', 0, 0, 0)"
    page.write_text(f"```python\n{named}\nwhile True: pass\n```\n", encoding="utf-8")
    arguments = command(page, "--executor", running.place)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert within(200, lambda: runs(mark)), "the sample was never seen running"
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=200)
    assert process.returncode == 130
    assert json.loads(out)["samples"] == []
    assert within(60, lambda: not runs(mark)), "the sample outlived the check"


def test_a_worker_with_another_sandbox_than_is_asked_for_is_not_used(running: Cluster, page: Path) -> None:
    done = subprocess.run(
        command(page, "--executor", running.place, "--sandbox", "process"), capture_output=True, check=False, text=True
    )
    assert done.returncode == 5
    assert "no worker of the cluster can be used" in done.stderr
    assert "offers the namespace sandbox, and process is asked for" in done.stderr


def test_a_scheduler_that_is_not_there_is_an_error_with_a_next_step(page: Path) -> None:
    done = subprocess.run(
        command(page, "--executor", "dask://127.0.0.1:1"), capture_output=True, check=False, text=True
    )
    assert done.returncode == 5
    assert "no Dask scheduler answers" in done.stderr
    assert "dask scheduler --host" in done.stderr
