"""A job to the probe's orders, and the probe's answer back to evidence.

The answer comes out of a sandbox in which untrusted code ran: it is decoded
strictly, and an answer that is not one counts against the sample if the sample
had started, and as our failure if it had not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from harness.errors import SandboxError
from harness.judge.imports import modules
from harness.model.execution import Access, Call, Ending, Evidence, Limits, Outcome, Raised, Warned
from harness.model.source import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model.environment import Environment
    from harness.model.execution import Completed
    from harness.model.matrix import Job
    from harness.model.source import Sample

RUN = (Language.PYTHON, Language.SHELL)
"""The languages that the probe handles; the others are parsed on the host."""
STARTED = b'{"probe": 1, "evidence": '
"""What the supervisor writes before the sample starts."""
GRACE = 10.0
"""Seconds that a sandbox should give the supervisor beyond the sample's own time."""


_PORT = re.compile(
    r"(?:://[^\s/\"':]+|\blocalhost|\b[\w-]+(?:\.[\w-]+)+):(\d{2,5})\b|\bport['\"]?\s*[=:]\s*['\"]?(\d{2,5})\b"
)
"""A port in an address, or given by that name."""
MAX_PORTS = 50
"""Ports that are looked out for."""


class _Found(msgspec.Struct, forbid_unknown_fields=True):
    """The document of the supervisor, file by file."""

    seal: str
    fault: str
    ending: Ending
    exit_code: int | None
    stdout: str
    stderr: str
    truncated: bool
    seconds: float
    modules: tuple[tuple[str, str], ...]
    raised: tuple[Raised, ...]
    warned: tuple[Warned, ...]
    files: tuple[Access, ...]
    hosts: tuple[Access, ...]
    executed: dict[str, tuple[int, ...]]
    executable: dict[str, tuple[int, ...]]
    driven: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    probe: int
    evidence: _Found


def seconds(job: Job, limits: Limits) -> float:
    """Return how long the sample may take: the context's word, else the page's, else the limit."""
    own = job.context.timeout or job.sample.directive.timeout
    return own or limits.seconds


def spec(
    job: Job,
    environment: Environment,
    limits: Limits | None = None,
    mode: str = "",
    stubs: Mapping[str, str] | None = None,
    *,
    seal: str = "",
) -> bytes:
    """Return what the supervisor reads from its standard input.

    Args:
        job: The sample and its context.
        environment: Where the Python that runs it is.
        limits: Bounds of the sample itself.
        mode: Empty for a faithful run, ``explore`` for one that does not stop.
        stubs: What the stubs are run with and trusted by; None for a sandbox without them.
        seal: What the answer has to hold, known to nobody else; see `evidence`.
    """
    bounds = limits or Limits()
    parts = job.sample.parts
    python = [part for part in parts if part.language is Language.PYTHON]
    orders = {
        "python": f"{environment.path}/bin/python",
        "files": {**dict(job.context.files), **{part.name: part.text for part in parts}},
        "entries": [{"file": part.name, "language": part.language} for part in parts if part.language in RUN],
        "argv": [],
        "env": dict(job.context.env),
        "prelude": job.context.prelude,
        "timeout": seconds(job, bounds),
        "output": bounds.output,
        "modules": sorted({module for part in python for module in modules(part.text)}),
        "mode": mode,
        "seal": seal,
        "stubs": {**stubs, "ports": ports(job)} if stubs else {},
    }
    return msgspec.json.encode(orders)


def ports(job: Job) -> list[int]:
    """Return the ports that a job names in addresses: on this machine, only these may belong to a service."""
    texts = [part.text for part in job.sample.parts] + [text for _, text in (*job.context.files, *job.context.env)]
    named = {int(found[1] or found[2]) for text in texts for found in _PORT.finditer(text)}
    return sorted(port for port in named if 0 < port < 1 << 16)[:MAX_PORTS]


def evidence(completed: Completed, sample: Sample, seal: str = "") -> Evidence:
    """Return what the probe saw, in lines of the sample's text.

    Args:
        completed: How the supervisor's task ended, and what it wrote.
        sample: The sample, for the files and lines it consists of.
        seal: What the supervisor was given: an answer without it is the sample's own.

    Raises:
        SandboxError: If the sample was never started: that is our failure.
    """
    if not completed.stdout.startswith(STARTED):
        raise SandboxError(
            "the probe did not start the sample",
            where=sample.id,
            cause=completed.stderr.decode("utf-8", "replace")[-500:].strip() or f"it {completed.ending}",
            next_step="harness doctor",
        )
    try:
        found = msgspec.json.decode(completed.stdout, type=_Document).evidence
    except msgspec.DecodeError:
        return _cut_short(completed)
    if found.seal != seal:
        return _cut_short(completed)
    if found.fault:
        raise SandboxError("the probe could not run the sample", where=sample.id, cause=found.fault)
    placed = _placed(found, sample)
    # the sandbox sees who was over the memory limit, the probe only that the sample was killed
    over = completed.ending is Ending.MEMORY and placed.ending is Ending.KILLED
    return replace(placed, ending=Ending.MEMORY) if over else placed


def _cut_short(completed: Completed) -> Evidence:
    """Return what can be said where the sample took the supervisor with it."""
    ending = Ending.KILLED if completed.ending is Ending.EXITED else completed.ending
    return Evidence(outcome=Outcome.FAILED, ending=ending, seconds=completed.seconds, truncated=True)


def _placed(found: _Found, sample: Sample) -> Evidence:
    """Move every line from its file to the sample's text."""
    first = {part.name: part.first_line - 1 for part in sample.parts}
    passed = found.ending is Ending.EXITED and found.exit_code == 0
    executable = _lines(found.executable, first)
    return Evidence(
        outcome=Outcome.PASSED if passed else Outcome.FAILED,
        exit_code=found.exit_code,
        ending=found.ending,
        raised=tuple(_raised(record, first) for record in found.raised),
        warned=tuple(replace(record, line=_line(record, first)) for record in found.warned),
        files=tuple(replace(record, line=_line(record, first)) for record in found.files),
        hosts=tuple(replace(record, line=_line(record, first)) for record in found.hosts),
        executed=tuple(line for line in _lines(found.executed, first) if _has(executable, line)),
        executable=executable,
        calls=tuple(replace(record, line=_line(record, first)) for record in found.calls),
        driven=found.driven,
        stdout=found.stdout,
        stderr=found.stderr,
        truncated=found.truncated,
        seconds=found.seconds,
        modules=found.modules,
    )


def _raised(record: Raised, first: dict[str, int]) -> Raised:
    line = _line(record, first)
    moved = line - record.line
    frames = tuple(
        replace(frame, line=frame.line + first.get(frame.file, 0)) if frame.owner == "sample" else frame
        for frame in record.frames
    )
    cause = _raised(record.cause, first) if record.cause else None
    end_line = record.end_line + moved if record.end_line else 0
    return replace(record, line=line, end_line=end_line, frames=frames, cause=cause)


def _line(record: Raised | Warned | Access | Call, first: dict[str, int]) -> int:
    return record.line + first.get(record.file, 0) if record.line else 0


def _lines(found: dict[str, tuple[int, ...]], first: dict[str, int]) -> tuple[int, ...]:
    return tuple(sorted({line + first[name] for name, lines in found.items() if name in first for line in lines}))


def _has(ordered: tuple[int, ...], line: int) -> bool:
    at = bisect_left(ordered, line)
    return at < len(ordered) and ordered[at] == line
