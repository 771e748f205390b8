"""Jobs for tests of who runs them; their samples say nothing."""

from __future__ import annotations

from harness.model.matrix import Job, Lane, Need, Target
from harness.model.source import Language, PageInfo, Part, Sample, SourceMap


def job(name: int, library: str = "prefect") -> Job:
    """Return a job of an environment."""
    part = Part("sample.py", Language.PYTHON, "")
    sample = Sample(f"p#{name}", PageInfo("p.md", "p"), name, "sample", Language.PYTHON, "", SourceMap(()), (part,))
    return Job(sample, Target(Lane.CURRENT), (Need(library, "import"),))
