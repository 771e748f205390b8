"""Options that are one of a few words."""

from __future__ import annotations

from enum import StrEnum


class SandboxChoice(StrEnum):
    """Which sandbox to run jobs in."""

    AUTO = "auto"
    """The strongest one that works here."""
    DOCKER = "docker"
    NAMESPACE = "namespace"
    PROCESS = "process"


class Format(StrEnum):
    """How ``harness check`` reports."""

    CONSOLE = "console"
    """For a person."""
    JSON = "json"
    """The versioned wire format."""


class FailOn(StrEnum):
    """The gate: what makes ``harness check`` leave with exit code 1."""

    OUTDATED = "outdated"
    """API findings."""
    INCOMPLETE = "incomplete"
    """API findings, and names, files or logic left out."""
    ANY = "any"
    """Any finding, those about pages among them."""
    NEVER = "never"
    """Nothing."""
