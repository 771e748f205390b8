"""``harness nightly`` is stopped in every way and started again: nothing is run twice, nothing is recorded twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.ledger import database, read

# one store for all of them
pytestmark = pytest.mark.xdist_group("nightly")

SAMPLES = 4
SLOW = "```python\nimport time\ntime.sleep({seconds})\nprint('{mark}', {number})\n```\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store, so that what stands in for services is installed once."""
    return tmp_path_factory.mktemp("store")


def command(folder: Path, store: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "harness", "nightly", str(folder / "slow.md")),
        *("--sandbox", "namespace", "--jobs", "1", "--lanes", "current", "--older-runs", "0"),
        *("--store", str(store), "--ledger", str(folder / "nights.sqlite"), "--out", str(folder / "out")),
    ]


def stopped_by(number: signal.Signals, folder: Path, store: Path) -> tuple[int, set[str]]:
    """Start a night, stop it once two samples have their verdict; return its exit code and what it had finished."""
    finished: set[str] = set()
    with subprocess.Popen(
        command(folder, store), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        for line in process.stderr:
            if " ok " in line:
                finished.add(line.split()[1])
            if len(finished) == SAMPLES // 2:
                process.send_signal(number)
                break
        rest, _ = process.stderr.read(), process.wait(120)
    assert "Traceback" not in rest
    return process.returncode, finished | {line.split()[1] for line in rest.splitlines() if " ok " in line}


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 130)],
    ids=["killed", "terminated"],
)
def test_a_night_goes_on_where_it_was_stopped_and_is_recorded_once(
    number: signal.Signals, code: int, tmp_path: Path, store: Path
) -> None:
    # a text of its own, so that no other test has run it
    seconds = {SAMPLES // 2: 6}  # during which it is stopped
    samples = (SLOW.format(mark=number.name, number=n, seconds=seconds.get(n, 0)) for n in range(SAMPLES))
    (tmp_path / "slow.md").write_text("".join(samples), encoding="utf-8")
    ended, finished = stopped_by(number, tmp_path, store)
    assert ended == code
    assert SAMPLES // 2 <= len(finished) < SAMPLES
    ledger = database.connect(str(tmp_path / "nights.sqlite"), store)
    assert read.runs(ledger) == ()
    assert not (tmp_path / "out").exists()

    for _ in range(2):
        done = subprocess.run(command(tmp_path, store), capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        report = json.loads((tmp_path / "out" / "report.json").read_bytes())
        cached = {sample["id"] for sample in report["samples"] if all(run["cached"] for run in sample["runs"])}
        assert finished <= cached
        finished = {sample["id"] for sample in report["samples"]}
        assert len(finished) == SAMPLES
        assert len(read.runs(ledger)) == 1
