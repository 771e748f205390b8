"""The static look without a sandbox: at packages made in the test, with the Pythons that this machine has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ty import find_ty_bin

from harness.judge.base import Case
from harness.judge.static import StaticWitness
from harness.judge.static_spec import evidence, orders
from harness.judge.verdict import merge
from harness.model.execution import Completed, Ending
from tests.unit.judge.cases import install, job

if TYPE_CHECKING:
    from harness.model.matrix import Job
    from harness.model.static import StaticEvidence
    from harness.model.verdict import Finding

PROGRAM = Path(__file__).resolve().parents[3] / "harness" / "probe" / "introspect.py"


def look(
    folder: Path,
    text: str,
    packages: dict[str, str],
    *,
    version: str = "3.13",
    checker: str = "",
    given: Job | None = None,
) -> StaticEvidence:
    """Look at a sample against packages; without a type checker unless one is given."""
    root = install(folder, packages, version)
    (folder / "work").mkdir()
    asked = given or job(text)
    argv = [str(root / "bin" / "python"), "-I", str(PROGRAM), checker or str(folder / "absent")]
    done = subprocess.run(
        argv, input=orders(asked, 30.0), capture_output=True, cwd=folder / "work", timeout=60, check=False
    )
    assert not done.stderr, done.stderr.decode()
    return evidence(Completed(Ending.EXITED, done.returncode, done.stdout, b"", 1.0), asked.sample)


def judge(folder: Path, text: str, packages: dict[str, str], *, version: str = "3.13") -> tuple[Finding, ...]:
    """Return what the static witness finds, the type checker among its sources."""
    seen = look(folder, text, packages, version=version, checker=find_ty_bin())
    return merge(StaticWitness().findings(Case(job(text), static=seen)))


def brief(findings: tuple[Finding, ...]) -> list[tuple[str, int, str]]:
    """Return what identifies findings."""
    return [(one.code.value, one.line, one.symbol) for one in findings]


HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
