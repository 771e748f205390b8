"""Every ``harness`` command in the documentation is one that the harness understands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.exceptions import NoArgsIsHelpError

from harness.cli import main
from tests.docs.written import PAGES, ROOT, typed

FOREIGN = re.compile(
    r"\b(?:pytest|pre-commit|dask|nox)\b|--(?:lf|junitxml|tb|samples|nthreads|memory-limit|all-files)\b"
)
"""What says that a flag is another program's."""
CONTRIBUTING = {"--require-browser", "--require-postgres", "--update-golden"}
"""Flags of the project's own tests."""


def parse(arguments: list[str], *, whole: bool) -> None:
    """Let click read a command line without running it; in a sentence a word like FORMAT may stand for a command."""
    context = main.make_context("harness", list(arguments))
    command: click.Command = main
    while isinstance(command, click.Group) and (rest := [*context._protected_args, *context.args]):
        if rest[0].isupper() and not whole:
            return
        name, inner, rest = command.resolve_command(context, rest)
        assert inner is not None
        command, context = inner, inner.make_context(name, rest, parent=context)


def complaint(arguments: list[str], *, whole: bool) -> str:
    """Return why click refuses a command line, or nothing where it does not."""
    try:
        parse(arguments, whole=whole)
    except (click.MissingParameter, NoArgsIsHelpError) as error:
        return error.format_message() if whole else ""
    except click.BadParameter as error:
        kind = error.param.type if error.param else None
        stands_for = isinstance(kind, click.Path | click.File) or (isinstance(kind, click.Choice) and not whole)
        return "" if stands_for else error.format_message()
    except click.UsageError as error:
        return error.format_message()
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_on_a_page_are_understood(page: Path) -> None:
    refused = [
        f"{page.name}:{line}: harness {' '.join(arguments)}: {why}"
        for line, arguments, whole in typed(page)
        if (why := complaint(arguments, whole=whole))
    ]
    assert not refused


def flags(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield every flag of a command and of those below it."""
    for parameter in command.get_params(context):
        yield from parameter.opts
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if inner := command.get_command(context, name):
                yield from flags(inner, click.Context(inner, parent=context, info_name=name))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_flags_in_a_sentence_are_those_of_a_command(page: Path) -> None:
    known = {*flags(main, click.Context(main)), *CONTRIBUTING}
    quoted = [text for text in re.findall(r"`([^`\n]*)`", page.read_text("utf-8")) if not FOREIGN.search(text)]
    assert not [text for text in quoted if {*re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)} - known]


def test_commands_are_found_at_all() -> None:
    found = [arguments[0] for page in PAGES for _, arguments, _ in typed(page)]
    assert {"check", "extract", "plan", "explain", "report", "doctor"} <= set(found)
    assert len(found) > 50


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["chekc", "pages"], "Did you mean 'check'"),
        (["check", "pages", "--no-such-flag"], "No such option"),
        (["check", "pages", "--fail-on", "sometimes"], "is not one of"),
        (["env", "fly"], "No such command"),
        (["explain"], "Missing argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_no_command_is_refused(arguments: list[str], why: str) -> None:
    assert why in complaint(arguments, whole=True)


def test_a_file_that_is_not_there_is_no_fault_of_a_page() -> None:
    assert complaint(["report", "csv", "report.json"], whole=True) == ""
