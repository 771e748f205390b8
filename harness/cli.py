"""The command line: flags to options to pipeline.

The only place that picks an exit code or prints an error.
"""

from __future__ import annotations

import functools
import logging
import platform
import signal
import sys
import tempfile
import traceback
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, TypeVar

import click
from rich.console import Console

from harness import __version__, baseline, fixing, health, pipeline, recording, reporting
from harness.commands.baseline import manage_baseline
from harness.commands.over_time import show_difference, show_history, show_trend
from harness.commands.report import make_report
from harness.equipping import managed
from harness.errors import (
    EXIT_BUG,
    EXIT_ERRORED,
    EXIT_FINDINGS,
    EXIT_INTERRUPTED,
    EXIT_OK,
    ConfigError,
    HarnessError,
    SandboxError,
)
from harness.judge.explain import explain as explanation
from harness.ledger import last
from harness.model.execution import Ending
from harness.model.matrix import Lane
from harness.model.verdict import Code
from harness.options import FailOn, Format, Options, Output, SandboxChoice, WitnessChoice, load
from harness.report import extraction, gate, tables
from harness.report.progress import Progress
from harness.report.schema import json_schema
from harness.report.text import plain
from harness.report.told import place, tell
from harness.report.wire import decode
from harness.sandbox import assets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

    from harness.model.verdict import Report

Command = TypeVar("Command", bound="Callable[..., object]")

_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: What stands behind ``harness`` on the command line; this process's own if None.

    Returns:
        The exit code.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    code = EXIT_OK
    try:
        code = int(main(args=arguments, prog_name="harness", standalone_mode=False) or EXIT_OK)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except HarnessError as error:
        _print_error(error)
        code = error.exit_code
    except (KeyboardInterrupt, click.exceptions.Abort):
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; python would complain about it once more on exit
    except Exception:  # noqa: BLE001 - the last line of defence: a bug gets a log to attach, never a bare traceback
        code = _bug()
    return code


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Treat a polite kill as ^C, so that nothing is left running."""
    raise KeyboardInterrupt


def _print_error(error: HarnessError) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print("harness: error:", style="bold red", end=" ")
    console.print(str(error), markup=False)


def _bug() -> int:
    with tempfile.NamedTemporaryFile("w", prefix="harness-bug-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write(f"harness {__version__}, Python {platform.python_version()}, {platform.platform()}\n")
        log.write(f"arguments: {sys.argv[1:]}\n\n{traceback.format_exc()}")
    click.echo(f"harness: this is a bug in the harness; what is known about it is in {log.name}", err=True)
    return EXIT_BUG


def _flags(*flags: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Apply several flags in the order in which the help shows them."""
    return lambda command: functools.reduce(lambda inner, flag: flag(inner), reversed(flags), command)


_path = click.Path(path_type=Path)
_source = _flags(
    click.argument("pages", nargs=-1, metavar="PAGES…"),
    click.option("--bundled", is_flag=True, help="The pages that come with the harness."),
    click.option("--config", type=_path, help="Options file, in place of the one found from here upwards."),
)
_selection = _flags(
    click.option("--select", multiple=True, metavar="GLOB", help="Ids of samples or jobs; '!GLOB' leaves out."),
    click.option("--lanes", metavar="LANE,…", help=f"Which versions: {', '.join(Lane)}."),
    click.option("--as-of", metavar="DATE", help="Libraries as the index served them on that day, e.g. 2024-06-30."),
    click.option("--pythons", metavar="3.X,…", help="Pythons to run on, in place of the best one for each sample."),
    click.option("--contexts", type=_path, help="Folder of contexts."),
    click.option("--allow", multiple=True, metavar="NAME", help="Install this distribution though it is not known."),
)
_sandboxes = _flags(
    click.option(
        "--sandbox", type=click.Choice([one.value for one in SandboxChoice]), help="What isolates the samples."
    ),
    click.option("--require-docker", is_flag=True, default=None, help="Fail where no Docker engine answers."),
    click.option("--store", type=_path, help="Folder of environments, locks and results."),
)


@click.group(context_settings=_HELP)
@click.version_option(__version__, prog_name="harness")
@click.option("-v", "--verbose", count=True, help="Say what is being done; twice for more.")
def main(verbose: int) -> None:
    """Prove that the code on published pages still works."""
    level = [logging.WARNING, logging.INFO, logging.DEBUG][min(verbose, 2)]
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for chatty in ("docker", "urllib3", "filelock"):
        logging.getLogger(chatty).setLevel(max(level, logging.INFO))


def _options(pages: Sequence[str], config: Path | None, *, bundled: bool, **flags: object) -> Options:
    given = (*pages, str(assets.folder("samples") / "pages")) if bundled else tuple(pages)
    options = load({**flags, "pages": given}, config=config)
    if not options.pages:
        raise ConfigError(
            "no pages are given",
            cause="neither PAGES nor an option `pages` names any",
            next_step="harness check PAGE_OR_FOLDER…, or harness check --bundled for the pages that come with it",
        )
    return options


@main.command()
@_source
@click.option("--format", "form", type=click.Choice(["table", "json", "files", "notebook"]), default="table")
@click.option("--out", type=_path, help="Folder for `files` and `notebook`, file for `json`.")
def extract(pages: tuple[str, ...], config: Path | None, form: str, out: Path | None, *, bundled: bool) -> int:
    """List or write out every piece of code on PAGES, with its exact place."""
    extractions = pipeline.extract(_options(pages, config, bundled=bundled))
    if form == "table":
        extraction.table(extractions, Console(highlight=False))
    elif form == "json":
        reporting.emit(out, extraction.to_json(extractions).encode())
    elif out is None:
        raise ConfigError(f"--format {form} writes files", next_step=f"harness extract … --format {form} --out FOLDER")
    else:
        write = extraction.write_files if form == "files" else extraction.write_notebooks
        click.echo(f"wrote {len(write(extractions, out))} files to {out}", err=True)
    return EXIT_FINDINGS if any(fault.code == "P403" for one in extractions for fault in one.findings) else EXIT_OK


@main.command()
@_source
@_selection
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def plan(pages: tuple[str, ...], config: Path | None, form: str, *, bundled: bool, **flags: object) -> None:
    """Show what would run, against which libraries; runs nothing."""
    options = _options(pages, config, bundled=bundled, **flags)
    planned = pipeline.plan(pipeline.extract(options), options)
    if form == "json":
        click.echo(tables.plan_json(planned.jobs))
    else:
        tables.plan(planned.jobs, planned.left_out, Console(highlight=False))


@main.command()
@_source
@_selection
@_sandboxes
@click.option("--jobs", "-j", type=int, help="Jobs at a time.")
@click.option(
    "--witnesses", type=click.Choice([one.value for one in WitnessChoice]), help="Everyone, or a quick look by one."
)
@click.option("--timeout", help="Time that a sample may take, e.g. 90s.")
@click.option("--memory", help="Memory that a sample may use, e.g. 2GiB.")
@click.option("--offline", is_flag=True, default=None, help="Ask no index: reuse the newest locks.")
@click.option("--refresh", is_flag=True, default=None, help="Resolve anew, whatever the age of the locks.")
@click.option("--older-runs", type=int, help="Runs in older releases, to date what reading cannot; 0 for none.")
@click.option("--no-cache", is_flag=True, default=None, help="Run also what is known from earlier runs.")
@click.option(
    "--format", multiple=True, metavar="NAME[=FILE]", help=f"How to report, several at once: {', '.join(Format)}."
)
@click.option("--output", "-o", type=_path, help="File for the one format that names none.")
@click.option("--fail-on", type=click.Choice([one.value for one in FailOn]), help="What makes the exit code 1.")
@click.option("--baseline", type=_path, help="Findings that are accepted; harness-baseline.toml if none is named.")
@click.option("--ledger", metavar="FILE|URL", help="Where the run is recorded; a file in the store if none is named.")
@click.option("--no-ledger", is_flag=True, default=None, help="Record nothing.")
@click.option("--quiet", "-q", is_flag=True, help="Only what is wrong, and the totals.")
@click.option("--show-calls", is_flag=True, help="List every call to a service, who answered and from which line.")
@click.option("--diff", is_flag=True, help="Show what verified replacements change on the pages; writes nothing.")
@click.option("--fix", is_flag=True, help="Write verified replacements into the pages.")
def check(
    pages: tuple[str, ...],
    config: Path | None,
    *,
    bundled: bool,
    quiet: bool,
    show_calls: bool,
    diff: bool,
    fix: bool,
    **flags: object,
) -> int:
    """Run every sample on PAGES in a sandbox and give each a verdict.

    Exit codes: 0 nothing at or above the gate, 1 findings, 2 usage, 3 nothing
    selected, 8 the harness failed on some job, 130 interrupted.
    """
    options = _options(pages, config, bundled=bundled, **flags)
    places = reporting.outputs(options.format, options.output)
    known = baseline.asked_for(options)
    record = recording.recorder(options, _note)
    with Progress(Console(stderr=True, highlight=False), quiet=quiet) as progress:
        report = pipeline.check(options, progress)
    report = baseline.applied(report, known)
    for one in report.overdue:
        _note(f"{known.path}: {one.message}")
    recording.keep(report, options, _note)
    try:
        reporting.write(report, places, quiet=quiet, show_calls=show_calls)
    finally:
        record(report)
    if diff or fix:
        # a report on standard output stays one document
        aside = Output(Format.CONSOLE) not in places
        _fix(report, options, show=diff, change=fix, aside=aside)
    if report.interrupted:
        return EXIT_INTERRUPTED
    if gate.errored(report):
        return EXIT_ERRORED
    return EXIT_FINDINGS if gate.reached(report, options.fail_on) else EXIT_OK


def _fix(report: Report, options: Options, *, show: bool, change: bool, aside: bool) -> None:
    """Show verified replacements as a diff, or write them into their pages, and say what became of each."""
    found = pipeline.fixes(report, options)
    for fixed in found:
        if show:
            click.echo(fixed.diff.encode(), nl=False, err=aside)
        for refusal in fixed.refused:
            _note(f"{fixed.path}: {refusal.sample} is left as it is: {refusal.reason}")
        if change and fixed.samples:
            refused = fixing.write(fixed)
            _note(f"{fixed.path}: {refused}" if refused else f"{fixed.path}: wrote {', '.join(fixed.samples)}")
    if not found:
        _note("no replacement was verified: the pages stay as they are")


main.add_command(make_report)
main.add_command(manage_baseline)
for over_time in (show_history, show_difference, show_trend):
    main.add_command(over_time)


@main.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of the report."""
    click.echo(json_schema(), nl=False)


@main.command()
@click.argument("what", metavar="CODE|ID:LINE|PAGE:LINE")
@click.option("--report", type=_path, help="The report that is meant, in place of the last check's.")
@click.option("--store", type=_path, help="Folder of environments, locks and results.")
def explain(what: str, report: Path | None, **flags: object) -> None:
    """Say what a finding's CODE means, or what was seen at a line and how to see it again.

    ID:LINE is a line of a sample and PAGE:LINE one of a page, as reports name them.
    """
    if what.upper() in tuple(Code):
        click.echo(explanation(Code(what.upper())))
    else:
        where, line = place(what)
        click.echo(tell(decode(last.read(load(flags).store, report)), where, line))


@main.group()
def env() -> None:
    """Look after the environments in the store."""


@env.command("list")
@_sandboxes
def env_list(**flags: object) -> None:
    """List the environments, what is in them and when they were last used."""
    with managed(load(flags), _note) as manager:
        found = manager.list_environments()
    cells = [
        (
            one.state.digest.removeprefix("sha256:")[:12],
            one.state.python,
            f"{one.state.size / (1 << 20):,.0f} MB",
            f"{one.used:%Y-%m-%d %H:%M}",
            str(len(one.state.packages)),
        )
        for one in found
    ]
    tables.rows(("environment", "python", "size", "last used", "packages"), cells, Console(highlight=False))


@env.command("run")
@_sandboxes
@click.argument("digest")
@click.argument("program", type=click.File("rb"), default="-")
@click.option("-c", "code", help="The program's text, in place of a file.")
def env_run(digest: str, program: BinaryIO, code: str | None, **flags: object) -> int:
    """Run the Python PROGRAM (standard input by default) in an environment, isolated like a sample.

    DIGEST is that of a report's `lock`, or how it begins.
    """
    options = load(flags)
    with managed(options, _note) as manager:
        done = manager.run(digest, code.encode() if code is not None else program.read(), options.limits)
    for output, aside in ((done.stdout, False), (done.stderr, True)):
        for line in output.decode(errors="replace").splitlines():
            click.echo(plain(line), err=aside)
    if done.ending is not Ending.EXITED:
        _note(f"it was stopped: {done.ending}")
    return EXIT_OK if done.code == 0 else EXIT_FINDINGS


@env.command("prune")
@_sandboxes
@click.option("--keep", type=int, default=0, help="Keep this many, those used last.")
@click.option("--unused-for", type=float, default=30, metavar="DAYS", help="…and those used within so many days.")
def env_prune(keep: int, unused_for: float, **flags: object) -> None:
    """Remove environments that were not used for long, and what they leave in the resolver's cache."""
    with managed(load(flags), _note) as manager:
        pruned = manager.prune(keep=keep, unused_for=timedelta(days=unused_for))
    freed = sum(one.state.size for one in pruned.environments) / (1 << 20)
    click.echo(f"removed {len(pruned.environments)} environments ({freed:,.0f} MB with what they share)")
    click.echo(pruned.cache)


@main.command()
@_sandboxes
@click.option("--config", type=_path, help="Options file, in place of the one found from here upwards.")
def doctor(config: Path | None, **flags: object) -> int:
    """Say what is there, what is missing, and the command that mends it."""
    options = load(flags, config=config)
    usable = False
    for found in health.examine(options):
        usable |= found.ok and found.name.startswith("sandbox")
        mark = click.style("ok  ", fg="green") if found.ok else click.style("--  ", fg="yellow")
        click.echo(f"{mark}{found.name}: {found.detail}")
        if not found.ok and found.mend:
            click.echo(f"    to mend it: {found.mend}")
    cells = [(one.key, one.value, one.source) for one in options.describe()]
    tables.rows(("option", "value", "from"), cells, Console(highlight=False))
    return EXIT_OK if usable else SandboxError.exit_code


def _note(message: str) -> None:
    click.echo(message, err=True)
