"""How long a large accuracy report takes, and how much memory: 1,000 pages, 5,000 findings, 100 runs, all made up.

    python bench/report/run.py [--pages 1000] [--findings 5000] [--runs 100] [--keep FOLDER]

The report is written as JSON and the runs into a ledger first; what counts is
``harness report html`` of them, in a process of its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harness.ledger import database, origin, record
from harness.model.execution import Outcome
from harness.model.source import PageInfo
from harness.model.verdict import (
    Code,
    Finding,
    History,
    Kind,
    PlacedFinding,
    Report,
    RunRecord,
    SampleReport,
    Suggestion,
    Verdict,
)
from harness.report.encode import to_json, to_wire
from harness.report.fingerprint import fingerprinted

if TYPE_CHECKING:
    from harness.report import wire

TOOLS = ("Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel", "Iris", "Juniper")
CATEGORIES = ("orchestrators", "experiment trackers", "feature stores", "deployers")
SAMPLES = 3
"""Samples of a page."""
LINES = 40
"""Lines of a sample."""
FIRST = dt.datetime(2026, 1, 1, 2, tzinfo=dt.UTC)


def code(tool: str, chance: random.Random) -> list[str]:
    """Return the lines of a sample."""
    lines = [f"from {tool} import Client, flow, task", "", f'client = Client("https://{tool}.example", retries=3)', ""]
    while len(lines) < LINES:
        step = chance.choice(("load", "train", "evaluate", "deploy", "clean"))
        lines += [
            "@task",
            f"def {step}_{len(lines)}(rows, *, seed={chance.randrange(99)}):",
            f'    """{step.title()} what came in."""',
            f"    return client.{step}(rows, seed=seed)",
            "",
        ]
    return lines


def found(tool: str, lines: list[str], number: int) -> PlacedFinding:
    """Return something wrong with a line of a sample."""
    at = [index for index, line in enumerate(lines) if "client." in line][number % 7]
    verb = lines[at].split("client.")[1].split("(")[0]
    start = lines[at].index("client.") + 1
    return PlacedFinding(
        Finding(
            Code.NAME,
            Kind.REMOVED,
            at + 1,
            f"{tool}.Client.{verb}",
            f"`{tool}.Client` has no method `{verb}`",
            column=start,
            end_column=start + len("client.") + len(verb),
            witnesses=("execution", "timeline"),
            evidence=f"AttributeError: 'Client' object has no attribute '{verb}'",
            history=History(tool, "1.4.1", "2.0.0", "2022-07-27", 57),
            suggestion=Suggestion(
                f"call `client.run_{verb}()`", lines[at].replace(f".{verb}", f".run_{verb}"), verified=True
            ),
        ),
        at + 31,
        start,
        lines[at],
    )


def report(pages: int, findings: int) -> wire.Report:
    """Return a report on pages whose findings stand on the second and third sample of each."""
    chance, samples = random.Random(5), []
    for page in range(pages):
        name = TOOLS[page % len(TOOLS)]
        tool = name.lower()
        info = PageInfo(
            f"content/compare/page-{page}-vs-{tool}.md",
            f"page-{page}-vs-{tool}",
            title=f"Ours and {name}, part {page}",
            tool=name,
            category=CATEGORIES[page % len(CATEGORIES)],
            updated=f"{2021 + page % 5}-{1 + page % 12:02}-10",
        )
        for index in range(SAMPLES):
            lines = code(tool, chance)
            here = findings * (page + 1) // pages - findings * page // pages
            many = 0 if index == 0 else here // 2 + (index == 1) * (here % 2)
            wrong = tuple(found(tool, lines, number) for number in range(many))
            run = RunRecord(
                "current",
                "3.13",
                "docker",
                Outcome.FAILED if wrong else Outcome.PASSED,
                ((tool, "3.8.8"),),
                "sha256:" + "0" * 64,
                seconds=2.1,
                stdout="done\n" * 20,
            )
            samples.append(
                SampleReport(
                    f"{info.slug}#{index}",
                    info,
                    index,
                    "tool" if index else "ours",
                    "python",
                    31,
                    Verdict.OUTDATED if wrong else Verdict.OK,
                    findings=wrong,
                    runs=(run,),
                    reach=0.97,
                    code="\n".join(lines) + "\n",
                )
            )
    made = Report("", "", tuple(samples), sandbox="docker", strength="containers")
    return to_wire(fingerprinted(made))


def before(sample: wire.Sample) -> wire.Sample:
    """Return a sample as it was before its library moved on."""
    runs = tuple(replace(run, packages=dict.fromkeys(run.packages, "1.4.1")) for run in sample.runs)
    return replace(sample, verdict=Verdict.OK, findings=(), runs=runs)


def prepare(folder: Path, pages: int, findings: int, runs: int) -> Path:
    """Record the runs and return the report of the last."""
    ledger = database.connect(str(folder / "ledger.db"), folder)
    came_from = origin.Origin("bench", "0" * 40, {})
    told = told_then = report(pages, findings)
    then, chance = [before(one) for one in told.samples], random.Random(7)
    moved = [chance.randrange(runs + 1) for _ in then]
    for number in range(runs):
        day = FIRST + dt.timedelta(days=number)
        pairs = zip(told.samples, then, moved, strict=True)
        samples = tuple(now if on <= number or number == runs - 1 else old for now, old, on in pairs)
        end = (day + dt.timedelta(minutes=9)).isoformat()
        told_then = replace(told, samples=samples, started=day.isoformat(), finished=end)
        record.record(ledger, told_then, came_from)
    path = folder / "report.json"
    path.write_bytes(to_json(told_then))
    return path


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, value in (("pages", 1000), ("findings", 5000), ("runs", 100)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        folder = given.keep or Path(aside)
        folder.mkdir(parents=True, exist_ok=True)
        path = prepare(folder, given.pages, given.findings, given.runs)
        command = [
            sys.executable,
            "-m",
            "harness",
            "report",
            "html",
            str(path),
            "-o",
            str(folder / "site"),
            "--store",
            str(folder),
            "--ledger",
            str(folder / "ledger.db"),
        ]
        began = time.perf_counter()
        subprocess.run(command, check=True)
        took = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        files = [one.stat().st_size for one in (folder / "site").rglob("*.html")]
        busy, most = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        print(f"{given.pages:,} pages, {given.findings:,} findings, {given.runs} runs")
        print(f"report.json {path.stat().st_size / 1e6:.1f} MB; site {len(files):,} files, {sum(files) / 1e6:.1f} MB")
        print(f"{took:.1f} s ({busy:.1f} s of processor), at most {most:.0f} MiB")


if __name__ == "__main__":
    main()
