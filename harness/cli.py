"""The command line: which command, which exit code.

The only place that prints an error or turns one into an exit code.
"""

from __future__ import annotations

import difflib
import importlib
import logging
import platform
import signal
import sys
import tempfile
import traceback
from typing import TYPE_CHECKING, NoReturn

import click

from harness import __version__
from harness.errors import EXIT_BUG, EXIT_INTERRUPTED, EXIT_OK, HarnessError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

COMMANDS = {
    "check": "check:check",
    "nightly": "nightly:nightly",
    "watch": "watching:watch",
    "lsp": "serving:lsp",
    "init": "starting:init",
    "extract": "planning:extract",
    "plan": "planning:plan",
    "explain": "asking:explain",
    "report": "report:make_report",
    "baseline": "baseline:manage_baseline",
    "history": "over_time:show_history",
    "diff": "over_time:show_difference",
    "trend": "over_time:show_trend",
    "env": "machine:env",
    "doctor": "machine:doctor",
    "schema": "asking:print_schema",
}
"""Where each command is, below `harness.commands`: only the one that is asked for is imported."""


class Commands(click.Group):
    """A group whose commands are imported when they are asked for, so that each starts as fast as it can."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order in which the help shows them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import one command; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(f"harness.commands.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for; a typo is answered with the name that is meant."""
        close = difflib.get_close_matches(args[0], COMMANDS, n=1)
        if close and args[0] not in COMMANDS:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {close[0]!r}?")
        return super().resolve_command(ctx, args)


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
    from rich.console import Console  # noqa: PLC0415 - most commands print no error

    from harness.report.text import foreign  # noqa: PLC0415 - as above

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print("harness: error:", style="bold red", end=" ")
    console.print(foreign(str(error), console.encoding), markup=False)


def _bug() -> int:
    with tempfile.NamedTemporaryFile("w", prefix="harness-bug-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write(f"harness {__version__}, Python {platform.python_version()}, {platform.platform()}\n")
        log.write(f"arguments: {sys.argv[1:]}\n\n{traceback.format_exc()}")
    click.echo(f"harness: this is a bug in the harness; what is known about it is in {log.name}", err=True)
    return EXIT_BUG


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="harness")
@click.option("-v", "--verbose", count=True, help="Say what is being done; twice for more.")
def main(verbose: int) -> None:
    """Prove that the code on published pages still works."""
    level = [logging.WARNING, logging.INFO, logging.DEBUG][min(verbose, 2)]
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for chatty in ("docker", "urllib3", "filelock"):
        logging.getLogger(chatty).setLevel(max(level, logging.INFO))
