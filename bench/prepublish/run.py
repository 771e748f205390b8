"""How long an author waits: one changed page, looked at and checked, with everything warm.

    python bench/prepublish/run.py [--rounds 9] [--sandbox namespace] [--store FOLDER]

Every round is a whole command as a user types it, on a page whose code is new each
time, so that no result is reused; what the first check installs is there. Wall
and processor time (of all processes but those in containers, which belong to the
engine) are medians; the load of the machine stands beside them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

LIGHT = """\
import requests
session = requests.Session()
session.headers.update({{'x-round': '{round}'}})
print(requests.codes.ok)
"""
PLAIN = "import json\nprint(json.dumps([1, '{round}']))\n"
HEAVY = "from prefect import flow, task\n\n@task\ndef one(): return '{round}'\n\n@flow\ndef all_of_it(): return one()\n"
STATIC = ("--witnesses", "static", "--no-ledger")


@dataclass(frozen=True)
class Case:
    name: str
    code: str
    flags: tuple[str, ...] = ()
    words: str = ""
    limit: float | None = None
    """Seconds that it may take, where that was promised."""


CASES = (
    Case("look, no library", PLAIN, STATIC, limit=1.0),
    Case("look, a light library (requests)", LIGHT, STATIC, limit=1.0),
    Case("look, only the prose changed", LIGHT.format(round=0), STATIC, "Round {round}.", limit=1.0),
    Case("look, a heavy library (prefect)", HEAVY, STATIC),
    Case("check, no library", PLAIN, limit=5.0),
    Case("check, a light library (requests)", LIGHT, limit=5.0),
    Case("check, only the prose changed", LIGHT.format(round=0), (), "Round {round}."),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--sandbox", default="namespace")
    parser.add_argument("--store", help="a warm store; the user's own by default")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    options = parser.parse_args()
    shared = ["--sandbox", options.sandbox, *(["--store", options.store] if options.store else [])]
    print(
        f"{options.sandbox}, {options.rounds} rounds, {len(os.sched_getaffinity(0))} cores, load {load()} at the start"
    )
    print(f"{'':36} wall: median (best)   processor: median   promised")
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            if options.only in case.name:
                slow += measured(case, shared, options.rounds, Path(folder))
    print(f"load {load()} at the end")
    return int(slow > 0)


def measured(case: Case, shared: list[str], rounds: int, folder: Path) -> bool:
    """Measure a case, and return whether it took longer than was promised."""
    times = []
    for number in range(-1, rounds):
        # what ran yesterday with the same number would be known today
        mark = f"{number}-{os.getpid()}"
        words, code = case.words.format(round=mark), case.code if case.words else case.code.format(round=mark)
        page = folder / "page.md"
        page.write_text(f"{words}\n\n```python\n{code}```\n", encoding="utf-8")
        times.append(timed(["check", str(page), *case.flags, *shared]))
    wall, cpu = zip(*times[1:], strict=True)  # the first one installs
    median = statistics.median(wall)
    promised = f"{case.limit:.0f} s" if case.limit else ""
    print(
        f"{case.name:36} {median:6.2f} ({min(wall):5.2f}) s {statistics.median(cpu):14.2f} s {promised:>10}", flush=True
    )
    return case.limit is not None and median > case.limit


def timed(arguments: list[str]) -> tuple[float, float]:
    """Run one command and return its wall and its processor time."""
    before = os.times()
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "harness", *arguments], capture_output=True, check=False)
    seconds = time.perf_counter() - started
    after = os.times()
    if done.returncode:
        sys.exit(f"it should have found nothing:\n{done.stdout.decode()}{done.stderr.decode()}")
    return seconds, sum(after[2:4]) - sum(before[2:4])


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    sys.exit(main())
