"""The exception tree, with an exit code per family.

::

    HarnessError                 70  (never raised itself)
    ├── ConfigError               2  usage or configuration
    ├── NothingSelectedError      3  no page, sample or job matches
    ├── ResolutionError           4  no set of versions, or the index does not answer
    ├── SandboxError              5  the engine or the kernel failed, not the sample
    └── ReportError               7  a report cannot be written or read

A sample's failure is data (`Finding`, `Verdict`); ours is an exception. A
HarnessError inside one job makes that job ``error`` and the run goes on (exit
code 8); the codes above are for runs that stop whole. 1 means findings, 130
interrupted, 70 a bug.
"""

from __future__ import annotations


class HarnessError(Exception):
    """What happened, where, the likely cause and the next step."""

    exit_code = 70

    def __init__(self, what: str, *, where: str = "", cause: str = "", next_step: str = "") -> None:
        """Keep the four parts of the message apart.

        Args:
            what: What happened, one sentence without a full stop.
            where: ``page.md:41``, a job id, a file.
            cause: The likely cause.
            next_step: What to do, best a command.
        """
        super().__init__(what)
        self.what = what
        self.where = where
        self.cause = cause
        self.next_step = next_step

    def __str__(self) -> str:
        """Return the four parts, one a line, those that are empty left out."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        cause = f"\n  likely cause: {self.cause}" if self.cause else ""
        step = f"\n  next step: {self.next_step}" if self.next_step else ""
        return head + cause + step


class ConfigError(HarnessError):
    """Usage or configuration is wrong."""

    exit_code = 2


class NothingSelectedError(HarnessError):
    """No page, sample or job matches what was asked for."""

    exit_code = 3


class ResolutionError(HarnessError):
    """No set of versions satisfies the requirements, or the index does not answer."""

    exit_code = 4

    def __init__(
        self, what: str, *, where: str = "", cause: str = "", next_step: str = "", unsatisfiable: bool = False
    ) -> None:
        """Say also whose fault it is.

        Args:
            what: See `HarnessError`.
            where: See `HarnessError`.
            cause: See `HarnessError`.
            next_step: See `HarnessError`.
            unsatisfiable: True where the index answered and no set of versions
                exists (E202, the page's); False where we could not find out (X901).
        """
        super().__init__(what, where=where, cause=cause, next_step=next_step)
        self.unsatisfiable = unsatisfiable


class SandboxError(HarnessError):
    """The engine or the kernel failed, not the sample."""

    exit_code = 5


class ReportError(HarnessError):
    """A report cannot be written."""

    exit_code = 7


EXIT_OK = 0
"""nothing at or above the gate"""
EXIT_FINDINGS = 1
"""findings at or above the gate"""
EXIT_ERRORED = 8
"""the harness failed on some sample; outranks 1, for the report is not whole"""
EXIT_BUG = 70
"""a bug in the harness; what is said names a log to attach"""
EXIT_INTERRUPTED = 130
"""interrupted; what was done by then is reported"""
