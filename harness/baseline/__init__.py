"""What is known to be wrong and accepted for a while, so that only what is new fails.

A baseline is a TOML file beside the pages, reviewed and merged like them.
"""

from harness.baseline.compare import Comparison, acceptable, applied, compare, entry_for, today
from harness.baseline.file import Accepted, Baseline, asked_for, load

__all__ = [
    "Accepted",
    "Baseline",
    "Comparison",
    "acceptable",
    "applied",
    "asked_for",
    "compare",
    "entry_for",
    "load",
    "today",
]
