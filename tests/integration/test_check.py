"""``harness check`` end to end: real sandboxes, the real resolver, real packages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.processes import runs, within

PAGE = """\
---
slug: small
---

```python
import six
print(six.__name__)
```

```python
import six
six.no_such_thing()
```

```bash
if true; then echo fine; fi
```
"""


def check(store: Path, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """Run the command as a user would; return its exit code and its report."""
    done = subprocess.run(
        [sys.executable, "-m", "harness", "check", *arguments, "--format", "json", "--store", store],
        capture_output=True,
        check=False,
        timeout=1200,
    )
    assert done.stdout, done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


@pytest.mark.network
def test_a_second_run_starts_nothing(sandbox: str, tmp_path: Path) -> None:
    page = tmp_path / "small.md"
    page.write_text(PAGE, encoding="utf-8")
    code, report = check(tmp_path / "store", page, "--sandbox", sandbox)
    assert code == 1
    assert [sample["verdict"] for sample in report["samples"]] == ["ok", "outdated", "ok"]
    finding = report["samples"][1]["findings"][0]
    assert (finding["code"], finding["symbol"], finding["page_line"]) == ("A002", "six.no_such_thing", 12)
    assert {run["sandbox"] for sample in report["samples"] for run in sample["runs"]} == {sandbox}

    code, again = check(tmp_path / "store", page, "--sandbox", sandbox, "--offline")
    assert code == 1
    assert all(run["cached"] for sample in again["samples"] for run in sample["runs"])


@pytest.mark.network
@pytest.mark.parametrize(("witnesses", "outcome"), [("static", "skipped"), ("plain", "failed")])
def test_a_quick_look_asks_one_witness(witnesses: str, outcome: str, tmp_path: Path) -> None:
    page = tmp_path / "small.md"
    page.write_text("```python\nimport six\nsix.no_such_thing()\nsix.nor_this()\n```\n", encoding="utf-8")
    code, report = check(tmp_path / "store", page, "--sandbox", "namespace", "--witnesses", witnesses)
    assert code == 1
    (sample,) = report["samples"]
    assert [run["outcome"] for run in sample["runs"]] == [outcome]
    lines = [finding["line"] for finding in sample["findings"]]
    assert lines == ([2, 3] if witnesses == "static" else [2])
    assert all(finding["history"] is None for finding in sample["findings"])


@pytest.mark.network
@pytest.mark.timeout(1500)
def test_the_seed_pages_are_judged_at_their_page_lines(sandbox: str, shared: Path, tmp_path: Path) -> None:
    pages = [shared / "pages" / f"zenml-vs-{tool}.md" for tool in ("prefect", "azure-ml")]
    # all witnesses and samples in the sandbox that most use; in the other, installing them once more proves nothing new
    witnesses, select = ("all", "*") if sandbox == "docker" else ("plain", "zenml-vs-prefect#1")
    more = ("--sandbox", sandbox, "--witnesses", witnesses, "--select", select)
    code, report = check(tmp_path / "store", *pages, *more)
    assert code == 1
    samples = {sample["id"]: sample for sample in report["samples"]}
    assert len(samples) == (4 if select == "*" else 1)
    assert all(run["outcome"] != "errored" for sample in samples.values() for run in sample["runs"])
    prefect = samples["zenml-vs-prefect#1"]
    assert prefect["verdict"] == "outdated"
    missing = [finding for finding in prefect["findings"] if finding["code"] == "A001"]
    assert [(finding["page_line"], finding["symbol"]) for finding in missing] == [(76, "prefect.tasks.ml")]
    flow = {finding["symbol"]: finding["history"] for finding in prefect["findings"] if finding["code"] == "A004"}
    if witnesses == "all":
        assert missing[0]["kind"] == "never-existed"
        assert (flow["prefect.Flow"]["last_good"], flow["prefect.Flow"]["first_bad"]) == ("1.4.1", "2.0.0")
    else:
        assert not flow, "a plain run stops at the first failure"


def test_an_interruption_leaves_nothing_running(sandbox: str, tmp_path: Path) -> None:
    mark = f"m{os.getpid()}{sandbox}"[:15]
    page = tmp_path / "slow.md"
    # the sample gives its process a name that the host's process list shows, whatever the sandbox
    named = f"import ctypes\nctypes.CDLL(None).prctl(15, b'{mark}', 0, 0, 0)"
    page.write_text(f"```python\n{named}\nwhile True: pass\n```\n", encoding="utf-8")
    # what was started in the background of a shell ignores SIGINT, and so do its children
    program = ["env", "--default-signal=INT", sys.executable, "-m", "harness"]
    command = [*program, "check", str(page), "--sandbox", sandbox, "--store", str(tmp_path / "store")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert within(120, lambda: runs(mark)), "the sample was never seen running"
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert b"INTERRUPTED" in output
    assert within(60, lambda: not runs(mark)), "the sample outlived the harness"
