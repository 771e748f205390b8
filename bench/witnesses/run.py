"""What each way of looking finds: recall and precision side by side, and the time each takes.

    python bench/witnesses/run.py [PAGES LABELS] [--select GLOB …] [--sandbox namespace]

PAGES and LABELS are those of ``../shared`` where none are named. LABELS is a
folder of ``<slug>.<index>.json``; ``score.py`` beside it holds the measures, so
that all ways are measured alike. Every way looks at the same samples in the
same environments, one sample at a time, in the same sandbox; the environments
are built before any clock runs.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from others import KINDS, Checker, plain, pyright, ty

from harness import jobs, pipeline
from harness.equipping import equipped
from harness.options import load
from harness.report import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.jobs import Equipment, Ran
    from harness.model.verdict import SampleReport
    from harness.options import Options
    from harness.pipeline import Plan

WAYS = ("a plain run", "ty", "pyright", "harness")
MEASURES = ("verdicts", "api recall", "api precision", "kinds", "history", "names", "files")
CHECKERS: dict[str, Checker] = {"ty": ty, "pyright": pyright}


class Quiet:
    """Hears how a check goes and says one line a sample."""

    def stage(self, name: str, total: int | None = None) -> None:
        say(f"{name}{f', {total} samples' if total else ''}")

    def finished(self, sample: SampleReport) -> None:
        say(f"  {sample.id}: {sample.verdict}")

    def note(self, message: str) -> None:
        say(message)


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, nargs="?", default=Path("../shared/pages"))
    parser.add_argument("labels", type=Path, nargs="?", default=Path("../shared/labels"))
    parser.add_argument("--select", action="append", default=[], metavar="GLOB", help="ids of samples, as for check")
    parser.add_argument("--sandbox", default="namespace")
    parser.add_argument("--ways", default=",".join(WAYS), help="some of: " + ", ".join(WAYS))
    given = parser.parse_args()
    if not given.labels.is_dir():
        say(f"nothing to measure with: {given.labels} is not there")
        return 0
    ways = [way for way in WAYS if way in given.ways.split(",")]
    wanted = labelled(given.labels, given.select)
    # ids hold no glob's letters but the number sign, which means itself
    options = load({"pages": [str(given.pages)], "select": wanted, "sandbox": given.sandbox, "jobs": 1})
    found = reports(options, ways)
    print(table(found, given.labels, wanted))
    return 0


def labelled(folder: Path, globs: Sequence[str]) -> list[str]:
    """Return the ids that there are labels for, those that any of the globs names."""
    labels = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    ids = [f"{label['page']}#{label['block']}" for label in labels]
    return [one for one in ids if not globs or any(Path(one).match(glob) for glob in globs)]


def reports(options: Options, ways: Sequence[str]) -> dict[str, tuple[list[dict[str, Any]], float]]:
    """Return, for each way, what it says of every sample, in the shape of the report, and its seconds."""
    planned = pipeline.plan(pipeline.extract(options), options)
    found: dict[str, tuple[list[dict[str, Any]], float]] = {}
    with equipped(options, say) as equipment:
        ran = ready(planned, equipment)
        for way in (way for way in ways if way != "harness"):
            said, spent = [], 0.0
            for one in ran:
                findings, seconds = plain(one) if way == "a plain run" else CHECKERS[way](one, equipment)
                spent += seconds
                said.append(sample(one, findings))
                say(f"  {way}: {one.job.sample.id}: {len(findings)} in {seconds:.1f} s")
            found[way] = said, spent
    if "harness" in ways:
        found["harness"] = checked(dataclasses.replace(options, no_cache=True))
    return found


def ready(planned: Plan, equipment: Equipment) -> list[Ran]:
    """Run every sample plainly, once for its environment and its repairs, once more with nothing else to do."""
    found = []
    for job in planned.jobs:
        ran = jobs.run(job, dataclasses.replace(equipment, explore=False))
        if ran.request is not None:
            equipment.provider.ready(ran.request)
            again = dataclasses.replace(equipment, explore=False, reuse=False)
            ran = jobs.run(job, again, ran.request)
        found.append(ran)
    return found


def checked(options: Options) -> tuple[list[dict[str, Any]], float]:
    """Return what the harness says, and how long it took, starting included."""
    began = time.perf_counter()
    report = pipeline.check(options, Quiet())
    spent = time.perf_counter() - began
    return json.loads(wire.encode(report))["samples"], spent


def sample(ran: Ran, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what one way says of one sample, as the report has it."""
    one = ran.job.sample
    kinds = {finding["kind"] for finding in findings}
    verdict = "outdated" if kinds & set(KINDS) else "incomplete" if kinds else "ok"
    return {"slug": one.page.slug, "index": one.index, "verdict": verdict, "reach": 0.0, "findings": findings}


def table(found: dict[str, tuple[list[dict[str, Any]], float]], labels: Path, ids: Sequence[str]) -> str:
    """Return a Markdown table, one column a way."""
    columns = {way: {**score(said, labels, ids), "seconds": f"{spent:.0f}"} for way, (said, spent) in found.items()}
    rows = [["", *columns], ["---"] * (len(columns) + 1)]
    rows += [[measure, *(column[measure] for column in columns.values())] for measure in (*MEASURES, "seconds")]
    return f"{len(ids)} samples\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def score(said: list[dict[str, Any]], labels: Path, ids: Sequence[str]) -> dict[str, str]:
    """Have the labels' own program measure a report."""
    with tempfile.TemporaryDirectory() as folder:
        report, chosen = Path(folder, "report.json"), Path(folder, "labels")
        chosen.mkdir()
        for path in (labels / f"{one.replace('#', '.')}.json" for one in ids):
            (chosen / path.name).write_bytes(path.read_bytes())
        report.write_text(json.dumps({"samples": said}), encoding="utf-8")
        program = labels.resolve().parent / "score.py"
        done = subprocess.run([sys.executable, program, report, chosen], check=True, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line]
    return {line[:14].strip(): line[14:].strip().split(" ")[0] for line in lines}


if __name__ == "__main__":
    sys.exit(main())
