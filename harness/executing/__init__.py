"""Where and when jobs run: on this machine, or on the workers of a cluster."""

from harness.executing.base import Executor
from harness.executing.choose import opened
from harness.executing.work import weighed

__all__ = ["Executor", "opened", "weighed"]
