"""How checks grow: so many made-up samples, planned, checked, and checked once more when all is known.

On this machine, and on a Dask cluster of two workers beside it. The processor's time is of all processes
together, sandboxes included; wall time depends on what else the machine does, which its load says.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # the cluster is the tests'

from tests.integration.clusters import cluster as started  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ON_A_PAGE = 10
LIBRARIES = ("six", "packaging", "toml", "idna")
"""Small ones, pure Python: an environment each."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command took."""

    wall: float
    processor: float
    memory: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=40)
    parser.add_argument("--alike", action="store_true", help="all samples the same: one runs, the others are known")
    parser.add_argument("--where", nargs="*", default=["plan", "here", "cluster"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = Path(name)
        pages(folder / "pages", given.samples, alike=given.alike)
        print(f"{given.samples} samples, load {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors", flush=True)
        if "plan" in given.where:
            tell("plan", harness(folder, "plan", "--format", "json"), given.samples)
        for where in ("here", "cluster"):
            if where in given.where:
                measured(folder, where, given.samples)


def measured(folder: Path, where: str, samples: int) -> None:
    """Check twice, the second time with all known; stores are made anew."""
    stores = [folder / "one", folder / "two"]
    warm(stores if where == "cluster" else stores[:1])
    for label in ("new", "known"):
        before = _children()
        if where == "here":
            spent = harness(folder, *check(folder), "--jobs", "2", store=stores[0])
        else:
            with cluster(folder, stores) as place:
                spent = harness(folder, *check(folder), "--executor", place)
            spent = Spent(spent.wall, _children() - before, spent.memory)
        tell(f"{where}, {label}", spent, samples)
    report = (folder / "report.json").stat().st_size
    size = sum(file.stat().st_size for file in (stores[0] / "results").rglob("*") if file.is_file())
    print(f"  report {report / samples / 1024:.1f} KiB a sample; results {size / 1024:,.0f} KiB in the first store")
    for store in stores:
        shutil.rmtree(store, ignore_errors=True)


def check(folder: Path) -> Sequence[str]:
    return "check", "--sandbox", "namespace", "--no-ledger", "--quiet", "--format", f"json={folder / 'report.json'}"


def pages(folder: Path, samples: int, *, alike: bool) -> None:
    for first in range(0, samples, ON_A_PAGE):
        own = folder / f"page-{first}.md"
        own.parent.mkdir(exist_ok=True)
        blocks = []
        for number in range(first, min(first + ON_A_PAGE, samples)):
            library = LIBRARIES[0 if alike else (first // ON_A_PAGE) % len(LIBRARIES)]
            blocks.append(f"```python\nimport {library}\nprint({0 if alike else number})\n```\n")
        own.write_text("\n".join(blocks), encoding="utf-8")


def warm(stores: Sequence[Path]) -> None:
    """Install what every check needs beside its samples: what that takes is measured by itself."""
    for store in stores:
        page = store.parent / "warm.md"
        page.write_text("".join(f"```python\nimport {one}\n```\n\n" for one in LIBRARIES), encoding="utf-8")
        spent = harness(page, "check", "--sandbox", "namespace", "--no-ledger", "--quiet", store=store)
        size = sum(file.lstat().st_size for file in store.rglob("*") if not file.is_symlink() and file.is_file())
        print(f"  an empty store made ready: {spent.wall:.0f} s, {size >> 20} MiB", flush=True)


def harness(pages: Path, command: str, *arguments: str, store: Path | None = None) -> Spent:
    where = pages / "pages" if pages.is_dir() else pages
    argv = [sys.executable, "-m", "harness", command, str(where), *arguments]
    argv += ["--store", str(store)] if store else []
    before, began = _children(), time.perf_counter()
    env = {**os.environ, "HARNESS_STORE": str(pages.parent / "client"), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env) as process:
        _, code, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{argv} left with {process.returncode}")
    return Spent(time.perf_counter() - began, _children() - before, usage.ru_maxrss)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def cluster(folder: Path, stores: Sequence[Path]) -> Iterator[str]:
    with started(folder / "cluster") as one:
        for number, store in enumerate(stores):
            one.worker(f"w{number}", {"HARNESS_STORE": str(store), "HARNESS_SANDBOX": "namespace"})
        yield one.place


def tell(label: str, spent: Spent, samples: int) -> None:
    each = f"{1000 * spent.wall / samples:.0f} ms wall and {1000 * spent.processor / samples:.0f} ms processor a sample"
    print(f"{label}: {spent.wall:.1f} s, {each}; client {spent.memory >> 10} MiB at most", flush=True)


if __name__ == "__main__":
    main()
