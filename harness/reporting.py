"""Reports → where they were asked for: which format goes to which place, checked before anything runs."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from harness.errors import ConfigError, ReportError
from harness.files import write_whole
from harness.judge.explain import EXPLANATIONS
from harness.model.past import NO_PAST, Past
from harness.options import FOLDERS, Format, Output
from harness.report import badge, console, csv_rows, github, gitlab, junit, lines, markdown, notebook, sarif
from harness.report.encode import to_json, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from harness.model import verdict as model
    from harness.report.wire import Report


def _site(report: Report, past: Past) -> Iterable[tuple[str, bytes]]:
    from harness.report import html  # noqa: PLC0415 - templates and highlighting are slow to load, and few ask for them

    return html.render(report, past)


_FILES: Mapping[Format, Callable[[Report], bytes]] = {
    Format.JSON: to_json,
    Format.JUNIT: junit.render,
    Format.SARIF: lambda report: sarif.render(report, EXPLANATIONS),
    Format.GITHUB: github.render,
    Format.GITLAB: gitlab.render,
    Format.MARKDOWN: markdown.render,
    Format.CSV: csv_rows.render,
    Format.LINES: lines.render,
    Format.BADGE: badge.endpoint,
}
"""What a format that is one file makes of a report."""
_FOLDERS: Mapping[Format, Callable[[Report, Past], Iterable[tuple[str, bytes]]]] = {
    Format.NOTEBOOK: lambda report, _past: notebook.render(report).items(),
    Format.HTML: _site,
}
"""What a format that is a folder makes of a report: file names with contents, one after the other."""
MACHINE = (*_FILES, *_FOLDERS)
"""Formats that can be made of a report in the wire format."""


def outputs(wanted: Sequence[Output], file: Path | None) -> tuple[Output, ...]:
    """Return which report goes where, a person's own among them unless standard output is taken.

    Args:
        wanted: The formats that are asked for.
        file: Where the one that names no place goes, or None for standard output.

    Raises:
        ConfigError: If two go to one place, or one to none, or a place cannot be written.
    """
    given = _named(wanted, file)
    places = [one.path.resolve() for one in given if one.path]
    twice = next((place for place in places if places.count(place) > 1), None)
    if twice:
        raise _refusal("two reports go to one file", where=str(twice))
    loose = [one for one in given if one.path is None]
    if len(loose) > 1:
        raise _refusal(f"only one report fits on standard output: {' and '.join(one.form for one in loose)}")
    for one in given:
        if one.form in FOLDERS and one.path is None:
            raise ConfigError(f"{one.form} is a folder of files", next_step=f"--format {one.form}=FOLDER, or -o FOLDER")
        if one.path:
            _check(one.path, folder=one.form in FOLDERS)
    if loose or any(one.form is Format.CONSOLE for one in given):
        return tuple(given)
    return (*given, Output(Format.CONSOLE))


def _named(wanted: Sequence[Output], file: Path | None) -> list[Output]:
    """Give the file to the one format that names none."""
    if file is None:
        return list(wanted)
    loose = [one for one in wanted if one.path is None]
    if len(loose) != 1:
        why = f"{' and '.join(one.form for one in loose)} name no file" if loose else "each format names its own file"
        raise _refusal(f"-o names one file, and {why}", where=str(file))
    return [replace(one, path=file) if one is loose[0] else one for one in wanted]


def _refusal(what: str, where: str = "") -> ConfigError:
    return ConfigError(
        what, where=where, next_step="give each its own: --format sarif=out.sarif --format junit=out.xml"
    )


def _check(path: Path, *, folder: bool) -> None:
    """Refuse a place that cannot be written, before an hour of work is done for it."""
    if path.exists() and path.is_dir() is not folder:
        what = "it is a file, and a folder is needed" if folder else "it is a folder, and a file is needed"
        raise ConfigError(what, where=str(path), next_step="name another place for the report")
    if path.exists() and not folder and not path.is_file():
        return  # a terminal or a pipe
    above = next(one for one in (path if folder else path.parent, *path.absolute().parents) if one.exists())
    try:
        tempfile.TemporaryFile(dir=above).close()
    except OSError as error:
        raise ConfigError(
            "the report cannot be written there",
            where=str(path),
            cause=f"{above}: {error.strerror or error}",
            next_step="name another place for the report",
        ) from error


def write(
    report: model.Report, places: Sequence[Output], past: Past = NO_PAST, *, quiet: bool, show_calls: bool = False
) -> None:
    """Write a report to every place.

    Args:
        report: The report.
        places: What `outputs` gave.
        past: What earlier runs say, for formats that tell of it.
        quiet: For a person: only what is wrong.
        show_calls: For a person: every call to a service.

    Raises:
        ReportError: If one cannot be written; none is half there.
    """
    told = to_wire(report)
    for one in places:
        if one.form is not Format.CONSOLE:
            write_wire(told, one, past)
        elif one.path:
            text = io.StringIO()
            console.render(report, Console(file=text, highlight=False, width=120), quiet=quiet, show_calls=show_calls)
            emit(one.path, text.getvalue().encode())
        else:
            console.render(report, Console(highlight=False), quiet=quiet, show_calls=show_calls)


def write_wire(report: Report, place: Output, past: Past = NO_PAST) -> None:
    """Write a report in the wire format as another format.

    Args:
        report: The report.
        place: Which format, and where to.
        past: What earlier runs say, for formats that tell of it.

    Raises:
        ReportError: If it cannot be written.
    """
    if place.form in _FOLDERS and place.path:
        for name, data in _FOLDERS[place.form](report, past):
            emit(place.path / name, data)
        return
    drawn = place.form is Format.BADGE and place.path is not None and place.path.suffix.lower() == ".svg"
    emit(place.path, badge.svg(report) if drawn else _FILES[place.form](report))
    if place.form is Format.GITHUB and (summary := os.environ.get(github.SUMMARY_VARIABLE)):
        add(Path(summary), github.summary(report))


def emit(path: Path | None, data: bytes) -> None:
    """Write to a file as a whole, or to standard output where none is named.

    Raises:
        ReportError: If it cannot be written.
    """
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        write_whole(path, data)
    except OSError as error:
        raise _unwritten(path, error) from error


def add(path: Path, data: bytes) -> None:
    """Add to a file that others write to as well."""
    try:
        with path.open("ab") as file:
            file.write(data)
    except OSError as error:
        raise _unwritten(path, error) from error


def _unwritten(path: Path, error: OSError) -> ReportError:
    return ReportError(
        "cannot write the report", where=str(path), cause=error.strerror or "", next_step="name another file"
    )
