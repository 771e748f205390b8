"""Options that are one of a few words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


LOCAL = "local"
"""The executor that needs nobody else."""


class SandboxChoice(StrEnum):
    """Which sandbox to run jobs in."""

    AUTO = "auto"
    """The strongest one that works here."""
    DOCKER = "docker"
    NAMESPACE = "namespace"
    PROCESS = "process"


class WitnessChoice(StrEnum):
    """Who is asked about a sample."""

    ALL = "all"
    """Everyone: whatever is outdated, with history and replacements that were tried."""
    PLAIN = "plain"
    """A run as published, which stops at the first failure."""
    STATIC = "static"
    """The installed library's real objects and a type checker; the sample is not run."""


class Format(StrEnum):
    """How ``harness check`` reports."""

    CONSOLE = "console"
    """For a person."""
    JSON = "json"
    """The versioned wire format."""
    JUNIT = "junit"
    """JUnit XML, for CI servers."""
    SARIF = "sarif"
    """SARIF 2.1.0, for code scanning."""
    GITHUB = "github"
    """Annotations and the job summary of GitHub Actions."""
    GITLAB = "gitlab"
    """GitLab's code quality report."""
    MARKDOWN = "markdown"
    """A comment for a pull request."""
    CSV = "csv"
    """A spreadsheet, one row for each finding."""
    LINES = "lines"
    """One line for each finding, as editors read them."""
    BADGE = "badge"
    """A badge: data for shields.io, or a drawing where the file's name ends in ``.svg``."""
    NOTEBOOK = "notebook"
    """A folder with each page as an executed notebook."""
    HTML = "html"
    """A folder that is the accuracy report: a static site."""


FOLDERS = frozenset({Format.NOTEBOOK, Format.HTML})
"""Formats that are a folder of files."""


@dataclass(frozen=True, slots=True)
class Output:
    """A report that is asked for."""

    form: Format
    """How it is written."""
    path: Path | None = None
    """Where to; None where no place of its own is named."""

    def __str__(self) -> str:
        """Return it as a user writes it."""
        return f"{self.form}={self.path}" if self.path else str(self.form)


class FailOn(StrEnum):
    """The gate: what makes ``harness check`` leave with exit code 1."""

    OUTDATED = "outdated"
    """API findings that make a reader's code fail."""
    DEPRECATED = "deprecated"
    """These, and APIs that work and that the library says not to use."""
    INCOMPLETE = "incomplete"
    """These, and names, files or logic left out."""
    ANY = "any"
    """Any finding, those about pages among them."""
    NEW = "new"
    """Any finding that the baseline does not accept, and entries of the baseline that are to be tidied."""
    NEVER = "never"
    """Nothing."""
