"""Real evidence for the judge: small samples against small packages, run by the probe."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from harness.judge.base import Case
from harness.judge.execution import ExecutionWitness
from harness.judge.spec import evidence, spec
from harness.judge.verdict import merge
from harness.model.environment import Environment, Lock
from harness.model.execution import Completed, Ending, Evidence
from harness.model.matrix import Context, Job, Lane, Target, Unknown
from harness.model.source import Language, PageInfo, Part, Sample, SourceMap
from tests.unit.probe.running import interpreter, supervise

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model.verdict import Finding


def sample(text: str, parts: tuple[Part, ...] = ()) -> Sample:
    """Return a sample of one Python file, or of the parts given."""
    whole = parts or (Part("sample.py", Language.PYTHON, text),)
    page = PageInfo("page.md", "page")
    return Sample("page#0", page, 0, "sample", whole[0].language, text, SourceMap(()), whole)


def job(text: str, *, unknown: tuple[Unknown, ...] = (), context: Context | None = None) -> Job:
    """Return a job for a sample's text."""
    return Job(sample(text), Target(Lane.CURRENT), unknown=unknown, context=context or Context())


def install(folder: Path, packages: dict[str, str], version: str) -> Path:
    """Lay packages out as an environment has them and return its folder; the Python there starts ``version``."""
    root = folder / "env"
    site = root / "lib" / f"python{version}" / "site-packages"
    for path, text in packages.items():
        target = site / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        top = path.partition("/")[0].removesuffix(".py")
        info = site / f"{top}_dist-1.0.dist-info"
        info.mkdir(exist_ok=True)
        with (info / "RECORD").open("a") as record:
            record.write(f"{path},sha256=x,1\n")
    (root / "bin").mkdir(parents=True, exist_ok=True)
    (root / "pyvenv.cfg").write_text(f"home = {interpreter(version).rpartition('/')[0]}\n")
    (root / "bin" / "python").symlink_to(interpreter(version))
    return root


def run(folder: Path, text: str, packages: dict[str, str], version: str = "3.13", given: Job | None = None) -> Evidence:
    """Run a sample against packages and return what the host reads back."""
    root = install(folder, packages, version)
    (folder / "work").mkdir()
    asked = given or job(text)
    orders = spec(asked, Environment(Lock(version, sys.platform, (), ""), str(root)))
    import msgspec

    done = supervise(msgspec.json.decode(orders), folder / "work")
    completed = Completed(Ending.EXITED, done.returncode, done.stdout, done.stderr, 1.0)
    return evidence(completed, asked.sample)


def judge(
    folder: Path, text: str, packages: dict[str, str], version: str = "3.13", given: Job | None = None
) -> tuple[Finding, ...]:
    """Run a sample and return what the execution witness finds."""
    seen = run(folder, text, packages, version, given)
    return merge(ExecutionWitness().findings(Case(given or job(text), evidence=seen)))
