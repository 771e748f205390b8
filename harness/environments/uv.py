"""How uv is asked, and what its answers mean.

Pure: nothing here runs uv. Its messages are read in one place, because their
wording is not promised to anybody; credentials are struck out of what is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from harness.environments.index import redact
from harness.model.matrix import Lane

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model.environment import Request

OLDEST = "3.8"
"""The Python from which on newest releases are looked for."""
LONGEST = 800
"""Characters of an explanation that are kept."""
LAST = 6
"""Lines kept of what uv wrote where it gave no explanation."""

PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)
NETWORK = re.compile(
    r"Failed to fetch|error sending request|Request failed after|network was disabled|dns error|"
    r"Failed to download|connection (closed|reset)|operation timed out|HTTP status (server error|client error \(429)",
    re.IGNORECASE,
)
BUILD = re.compile(r"Failed to build|Failed to (?:download and )?build|build backend returned", re.IGNORECASE)
UNSATISFIABLE = re.compile(r"No solution found|requirements are unsatisfiable|conflicting (URLs|indexes)")
OTHER_PYTHON = re.compile(r"Python version|Python ABI tag|Python tag|Python ?[<>=!~]|no usable wheels")
"""Reasons that another Python, or source distributions, may take away."""
NO_WHEELS = re.compile(r"no usable wheels|building from source is disabled")
"""Reasons that source distributions may take away."""
CONCLUSION = re.compile(
    r"\.? And because you require [^,]*, we can conclude that your requirements are unsatisfiable\.?$"
)

CHATTER = re.compile(r"Using Python|Resolved \d|Downloading|Building|Prepared|\s*[\^~]+\s*$")
"""Lines that tell nothing about a failure."""


FULL = re.compile(r"No space left on device|Disk quota exceeded")


class Fault(StrEnum):
    """Why uv gave no answer."""

    NETWORK = "network"
    """The index did not answer; trying again may help."""
    UNSATISFIABLE = "unsatisfiable"
    """No set of versions satisfies the requirements."""
    BUILD = "build"
    """A source distribution does not build."""
    FULL = "full"
    """The disk that the store is on has no room; trying again does not make any."""
    OTHER = "other"
    """Something else, e.g. an interpreter that does not start."""


PATTERNS = {Fault.FULL: FULL, Fault.NETWORK: NETWORK, Fault.BUILD: BUILD, Fault.UNSATISFIABLE: UNSATISFIABLE}
"""By what each is known, the one that causes others before these."""
MAKE_ROOM = "make room where the store is, for instance with: harness env prune; or name another with --store"
"""What to do about a full disk."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of uv."""

    code: int
    """Its exit code, 0 for an answer."""
    out: str
    """Its standard output."""
    err: str
    """Its standard error."""

    @property
    def fault(self) -> Fault | None:
        """Why there is no answer, or None where there is one."""
        return diagnose(self.err) if self.code else None


def compile_args(request: Request, *, build: bool) -> list[str]:
    """Return the arguments that resolve a request to a requirements file with hashes.

    Args:
        request: What is asked.
        build: Whether source distributions may be used; without, only wheels.
    """
    wheels_only = [] if build else ["--no-build", "--emit-build-options"]
    return ["--generate-hashes", "--no-header", "--no-annotate", *wheels_only, *lane_args(request)]


def newest_args(request: Request) -> list[str]:
    """Return the arguments that list the newest release of each distribution, whatever Python it is for.

    A universal resolution without dependencies gives one version for each
    range of Pythons; the highest of them is the newest release.
    """
    return ["--universal", "--no-deps", "--python-version", OLDEST, "--no-header", "--no-annotate", *lane_args(request)]


def lane_args(request: Request) -> list[str]:
    """Return the arguments that say which releases may be chosen."""
    before = ["--exclude-newer", request.before] if request.before else []
    return [*before, *(["--prerelease", "allow"] if request.lane is Lane.NEXT else [])]


def pins(text: str) -> tuple[tuple[str, str], ...]:
    """Return the (normalised name, version) pairs of a requirements file, sorted."""
    return tuple(sorted((str(canonicalize_name(name)), version) for name, version in PIN.findall(text)))


def highest(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the highest version of each name."""
    found: dict[str, str] = {}
    for name, version in pairs:
        if name not in found or older(found[name], version):
            found[name] = version
    return found


def older(one: str, other: str) -> bool:
    """Return whether a version is older than another; one that is no version is not."""
    try:
        return Version(one) < Version(other)
    except InvalidVersion:
        return False


def diagnose(stderr: str) -> Fault:
    """Return why uv gave no answer; a full disk, then a failing network, outranks what follows from it."""
    return next((fault for fault, pattern in PATTERNS.items() if pattern.search(stderr)), Fault.OTHER)


def explanation(stderr: str) -> str:
    """Return uv's reason in one line: its ``Because …`` sentences, else the last lines it wrote."""
    body = re.split(r"^\s*hint: ", stderr, maxsplit=1, flags=re.MULTILINE)[0]
    flat = " ".join(body[start:].split()) if (start := body.find("Because")) >= 0 else _tail(body)
    return _shorten(redact(CONCLUSION.sub(".", flat)))


def _tail(body: str) -> str:
    """Return the first line, which names the step, and the last ones, which say why."""
    lines = [" ".join(line.split()) for line in body.splitlines() if line.strip() and not CHATTER.match(line)]
    return " / ".join(lines if len(lines) <= LAST + 1 else [lines[0], "…", *lines[-LAST:]])


def _shorten(text: str) -> str:
    """Return a text bounded in length."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
