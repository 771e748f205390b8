"""What runs in a sandbox and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one task; every one of them is enforced by the sandbox."""

    seconds: float = 60.0
    """Wall time."""
    memory: int = 2 << 30
    """Bytes of memory for all of its processes together."""
    processes: int = 256
    """Processes and threads."""
    disk: int = 512 << 20
    """Bytes in its writable folders."""
    output: int = 4 << 20
    """Bytes read from its standard output; the rest is dropped."""
    cpus: float = 2.0
    """Processor cores."""


class StoreAccess(StrEnum):
    """How a task sees the store, which is mounted at ``/store``."""

    NONE = "none"
    """Not at all."""
    READ = "read"
    """Read-only: jobs."""
    WRITE = "write"
    """Read and write: builders."""


@dataclass(frozen=True, slots=True)
class Task:
    """One program to run in isolation."""

    argv: tuple[str, ...]
    """The program and its arguments; paths are those inside the sandbox."""
    python: str
    """Which runner to use, e.g. ``3.13``."""
    stdin: bytes = field(default=b"", repr=False)
    """What it reads from standard input."""
    env: tuple[tuple[str, str], ...] = ()
    """Environment variables beside the sandbox's own."""
    network: bool = False
    """True for builders only."""
    store: StoreAccess = StoreAccess.READ
    """How it sees the store."""
    limits: Limits = Limits()
    """Its bounds."""
    label: str = ""
    """What to call it in messages, e.g. a job id."""


class Ending(StrEnum):
    """How a task ended, as the sandbox saw it."""

    EXITED = "exited"
    """It ended by itself, with an exit code."""
    TIMEOUT = "timeout"
    """It was stopped over its time (S105)."""
    MEMORY = "memory"
    """It was stopped over its memory (S106)."""
    OUTPUT = "output"
    """It was stopped over its output (S106)."""
    KILLED = "killed"
    """A signal that the sandbox did not send ended it."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What a task left behind; a failing task is an ordinary value."""

    ending: Ending
    """How it ended."""
    code: int | None
    """Exit code, or minus the signal's number, or None."""
    stdout: bytes = field(repr=False)
    """Standard output, bounded by ``Limits.output``."""
    stderr: bytes = field(repr=False)
    """Standard error, bounded likewise."""
    seconds: float
    """Wall time."""


class RunTask(Protocol):
    """The seam between environments (which need builders run) and sandboxes (which run them)."""

    def __call__(self, task: Task) -> Completed:
        """Run one task to its end; raises `SandboxError` for our failures only."""


class Outcome(StrEnum):
    """How a run of a sample ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a traceback."""

    file: str
    """Path inside the sandbox."""
    line: int
    """Line, from 1."""
    name: str
    """Function."""
    module: str = ""
    """Module it belongs to."""
    owner: str = ""
    """``sample`` for the sample's own files, ``stdlib``, else the top-level module of a library."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception that the probe saw, or a failure to compile."""

    type: str
    """Qualified name of its class: ``builtins`` are given without module."""
    message: str
    """``str(exception)``, bounded, escape codes neutralised."""
    line: int
    """The sample's own line, from 1 (the innermost frame of the sample), 0 where it has none."""
    column: int = 0
    """Column in that line, from 1, 0 where not known."""
    file: str = ""
    """The sample's file that the line belongs to."""
    end_line: int = 0
    """Last line of the failing expression, 0 where not known."""
    end_column: int = 0
    """Column behind the failing expression, from 1, 0 where not known."""
    bases: tuple[str, ...] = ()
    """Qualified names of the classes it inherits from."""
    frames: tuple[Frame, ...] = ()
    """The traceback, outermost first, bounded."""
    attributes: tuple[tuple[str, str], ...] = ()
    """``name``, ``name_from``, ``path``, ``filename``, ``errno``, ``obj_type`` and the like, as text."""
    cause: Raised | None = None
    """What it was raised from, or in whose handling."""
    fatal: bool = True
    """True where it ended the run; False where it was seen and handled."""
    handled: bool = False
    """True where the sample's own code handled it, False where it left the sample's functions."""
    taint: str = ""
    """How far what an exploratory run supplied had a hand in it: empty for not at all, ``value`` where contents
    are made up and types are real, ``class`` where the class of an object is a likely guess, ``type`` where any type
    was a mere one."""
    driven: str = ""
    """The definition that an exploratory run called by itself when it happened, else empty."""


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that the probe saw."""

    category: str
    """Qualified name of its class."""
    message: str
    """Its text, bounded."""
    line: int
    """The sample's own line that led to it, from 1, 0 where none did."""
    file: str = ""
    """The sample's file."""
    bases: tuple[str, ...] = ()
    """Qualified names of the classes it inherits from."""
    direct: bool = True
    """True where the sample's own line is the one warned about, False where a library's is."""
    frames: tuple[Frame, ...] = ()
    """From the sample's own frame to the one that warned, outermost first, bounded."""
    parameters: tuple[str, ...] = ()
    """Parameters of the function that the sample's line called, where what was passed is not the default."""
    method: str = ""
    """Dotted path of the method that the sample's line called on an object, where the warning speaks of it."""


@dataclass(frozen=True, slots=True)
class Access:
    """A file or a host that the sample asked for and did not get."""

    target: str
    """The path as written, or ``host:port``."""
    line: int
    """The sample's own line that led to it, 0 where none did."""
    file: str = ""
    """The sample's file."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a service, which a stub answered or nobody did."""

    host: str
    """The name that the client asked for."""
    port: int
    """The port."""
    method: str = ""
    """HTTP method, empty for what is not HTTP."""
    path: str = ""
    """Path without the query, bounded."""
    status: int = 0
    """HTTP status, 0 where there was no answer, 501 where nobody stands in for what was asked."""
    stub: str = ""
    """Who answers for the host, empty where nobody does."""
    name: str = ""
    """A friendlier name of the operation, or empty."""
    line: int = 0
    """The sample's own line that was running, 0 where none was."""
    file: str = ""
    """The sample's file."""
    aside: bool = False
    """True where a thread made it that no line of the sample runs in, as telemetry does."""

    @property
    def refused(self) -> bool:
        """Whether nobody stands in for it."""
        return not self.stub or self.status in {0, NOT_STUBBED}


NOT_STUBBED = 501
"""The status by which stubs say that they do not know an operation."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the probe wrote down about one run."""

    outcome: Outcome
    """How the run ended."""
    exit_code: int | None = None
    """Exit code of the sample's process, None where it was stopped."""
    ending: Ending = Ending.EXITED
    """How the sample's process ended."""
    raised: tuple[Raised, ...] = ()
    """Exceptions, the fatal one last."""
    warned: tuple[Warned, ...] = ()
    """Warnings."""
    files: tuple[Access, ...] = ()
    """Files it looked for and did not find."""
    hosts: tuple[Access, ...] = ()
    """Hosts it tried to reach."""
    calls: tuple[Call, ...] = ()
    """Requests that stubs answered or refused, in their order."""
    driven: tuple[str, ...] = ()
    """Definitions that nothing in the sample uses and an exploratory run called."""
    executed: tuple[int, ...] = ()
    """Lines of the sample's text that ran, sorted."""
    executable: tuple[int, ...] = ()
    """Lines of the sample's text that could run, sorted."""
    stdout: str = field(default="", repr=False)
    """What it printed, bounded, escape codes neutralised."""
    stderr: str = field(default="", repr=False)
    """What it printed to standard error, likewise."""
    truncated: bool = False
    """True where output was dropped."""
    seconds: float = 0.0
    """Wall time of the sample's process."""
    modules: tuple[tuple[str, str], ...] = ()
    """(top-level module the sample imports, distribution that provides it) as installed."""

    @property
    def reach(self) -> float:
        """Executed lines / executable lines, 1.0 where nothing is executable."""
        return len(self.executed) / len(self.executable) if self.executable else 1.0
