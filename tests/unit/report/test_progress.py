"""Progress: lines in a log, a bar at a terminal, nothing of it left behind."""

from __future__ import annotations

import io
import re
import threading

import pytest
from rich.console import Console

from harness.report.progress import Progress
from tests.golden.made_up import report


def followed(console: Console, *, quiet: bool = False) -> None:
    with Progress(console, quiet=quiet) as progress:
        progress.stage("installing", 2)
        progress.advance()
        progress.note("[b]a note[/b] \x1b[2J")
        progress.stage("running", 7)
        threads = [threading.Thread(target=progress.finished, args=(sample,)) for sample in report().samples]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        progress.stage("writing")


def interrupted(progress: Progress) -> None:
    with progress:
        progress.stage("running", 1)
        raise KeyboardInterrupt


def test_a_log_gets_plain_lines() -> None:
    out = io.StringIO()
    followed(Console(file=out, width=40))
    lines = out.getvalue().splitlines()
    assert lines[:3] == ["installing (2)", "[b]a note[/b] \\x1b[2J", "running (7)"]
    assert lines[-1] == "writing"
    assert sorted(line[2:] for line in lines[3:-1])[1] == "alpha-vs-beta#0 ok  zenml, python, line 73"
    assert len(lines) == 3 + len(report().samples) + 1


def test_a_log_is_told_once_a_minute_what_runs() -> None:
    now = 0.0
    out = io.StringIO()
    with Progress(Console(file=out, width=40), clock=lambda: now) as progress:
        progress.stage("checking", 2)
        for now in (5.0, 61.0, 66.0, 122.0, 127.0):
            progress.waiting(f"a#0@current for {now:g} s \x1b[2J")
        progress.finished(report().samples[0])
        now = 186.0
        progress.waiting("b")
    lines = out.getvalue().splitlines()
    assert lines[1:3] == [f"still at work: a#0@current for {since} s \\x1b[2J" for since in (61, 122)]
    assert len(lines) == 4, "a verdict is a word too"


def test_a_terminal_shows_what_runs_in_its_bar() -> None:
    out = io.StringIO()
    with Progress(Console(file=out, width=80, force_terminal=True, color_system=None)) as progress:
        progress.stage("checking", 2)
        progress.waiting("a#0@current for 0:05")
    text = out.getvalue()
    assert "checking: a#0@current for 0:05" in text
    assert "still at work" not in text


def test_quiet_shows_notes_alone() -> None:
    out = io.StringIO()
    followed(Console(file=out, width=40), quiet=True)
    assert out.getvalue() == "[b]a note[/b] \\x1b[2J\n"


def test_a_terminal_gets_a_bar_with_results_above_it() -> None:
    out = io.StringIO()
    with Progress(Console(file=out, width=80, force_terminal=True, color_system=None)) as progress:
        progress.stage("running \x1b[2J", len(report().samples))
        for sample in report().samples:
            progress.finished(sample)
    text = out.getvalue()
    assert re.search(r"running \\x1b\[2J .* 8/8 ", text)
    assert text.count("alpha-vs-beta#1 outdated") == 1
    assert "\x1b[2J" not in text


def test_an_exception_takes_the_bar_away() -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system=None)
    with pytest.raises(KeyboardInterrupt):
        interrupted(Progress(console))
    assert out.getvalue().endswith("\x1b[2K")
    assert "\x1b[?25h" in out.getvalue()
