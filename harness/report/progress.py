"""What is going on, while it goes on.

At a terminal: a bar at the bottom, finished samples streaming above it.
Elsewhere (a log, a pipe): plain lines. Goes to standard error, so that a
report on standard output stays clean.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Self

from rich import progress as bars
from rich.text import Text

from harness.report.console import sample_line
from harness.report.text import inert, plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rich.console import Console

    from harness.model.verdict import SampleReport


SILENCE: Final = 60.0
"""Seconds without a word after which a log is told what runs."""


class Progress:
    """Shows stages and finished samples; safe to call from several threads."""

    def __init__(self, console: Console, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        """Make ready; nothing is shown before the context is entered.

        Args:
            console: Where to, best on standard error.
            quiet: Show nothing but notes.
            clock: Gives seconds.
        """
        self._clock = clock
        self._name = ""
        self._heard = clock()
        self._console = console
        self._quiet = quiet
        self._task: bars.TaskID | None = None
        self._bar = bars.Progress(
            bars.SpinnerColumn("line" if plain("⠋", console.encoding) != "⠋" else "dots"),
            bars.TextColumn("{task.description}", markup=False),
            bars.BarColumn(),
            bars.MofNCompleteColumn(),
            bars.TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage.

        Args:
            name: What is done, e.g. ``installing``.
            total: How many things there are to do, or None if not known.
        """
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._name = plain(name, self._console.encoding)
        self._task = self._bar.add_task(self._name, total=total)
        if self._bar.disable and not self._quiet:
            self._print(Text(self._name if total is None else f"{self._name} ({total})"))

    def advance(self) -> None:
        """Say that one thing of the stage is done."""
        if self._task is not None:
            self._bar.update(self._task, advance=1, description=self._name)

    def finished(self, sample: SampleReport) -> None:
        """Show the verdict on a sample, and count it as one thing of the stage."""
        self.advance()
        if not self._quiet:
            self._print(sample_line(sample, self._console.encoding))

    def waiting(self, running: str) -> None:
        """Show what runs: in the bar, or, where there is none, once a minute without any other word."""
        told = plain(running, self._console.encoding)
        if self._task is not None:
            self._bar.update(self._task, description=f"{self._name}: {told}")
        if self._bar.disable and not self._quiet and self._clock() - self._heard > SILENCE:
            self._print(Text(f"still at work: {told}"))

    def note(self, message: str) -> None:
        """Show a sentence that the user should see, whatever the stage."""
        self._print(Text(inert(plain(message, self._console.encoding))))

    def _print(self, text: Text) -> None:
        # The console prints above the bar, which it knows of while that is alive.
        self._console.print(text, soft_wrap=True)
        self._heard = self._clock()
