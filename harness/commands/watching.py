"""``harness watch``: pages are checked again whenever they are saved."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from watchfiles import watch as saved

from harness import baseline, pipeline, recording, reporting
from harness.commands.flags import PATH, note, options_of, running, sandboxes, selection, source
from harness.errors import ConfigError, HarnessError
from harness.extract.pages import ENDINGS, page_names
from harness.options import Format, Options, Output
from harness.report.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CONTEXT = ".toml"
"""Ending of contexts."""
_TICK = 1000
"""Milliseconds until the first look at what was saved during the first check."""


@click.command()
@source
@selection
@sandboxes
@running
@click.option("--format", "form", type=click.Choice([Format.CONSOLE.value, Format.LINES.value]), default="console")
@click.option("--baseline", type=PATH, help="Findings that are accepted.")
@click.option("--clear", is_flag=True, help="Clear the screen before each check.")
def watch(
    pages: tuple[str, ...], config: Path | None, form: str, *, bundled: bool, clear: bool, **flags: object
) -> None:
    """Check PAGES, and again each page that is saved, until ^C.

    Samples that did not change are not run again. Nothing is recorded in the
    ledger; `harness explain` knows the last check.
    """
    options = options_of(pages, config, bundled=bundled, **flags)
    look = Look(options, Format(form), clear)
    if there := look.pages():
        look.at(there)
    else:
        look.idle()
    for changed in _saves(options):
        touched = look.touched(changed)
        if touched:
            try:
                look.at(touched)
            except HarnessError as error:
                # whoever saved half a context will save it again
                note(str(error))
                look.idle()


@dataclass(slots=True)
class Look:
    """What was looked at so far."""

    options: Options
    """What is asked for."""
    form: Format
    """How to report."""
    clear: bool = False
    """Whether the screen is cleared before each check."""
    seen: dict[str, str] = field(default_factory=dict)
    """Page to the digest of what was looked at last."""

    def pages(self) -> list[str]:
        """Return the pages that are there now.

        Raises:
            ConfigError: If there are none.
        """
        found = []
        for path in self.options.pages:
            # an editor may be about to put a new file in place of it
            with suppress(ConfigError):
                found += page_names([path])
        return list(dict.fromkeys(found)) or page_names(self.options.pages)

    def touched(self, changed: Iterable[Path]) -> list[str]:
        """Return the pages to look at again: those that differ from what was looked at, all where a context does.

        Args:
            changed: Files that were saved or went; none to hold every page against what was looked at.
        """
        files = {path.resolve() for path in changed}
        with suppress(ConfigError):
            there = self.pages()
            if any(path.suffix == CONTEXT and path.parent == self.options.contexts.resolve() for path in files):
                return there
            mine = [page for page in there if not files or Path(page).resolve() in files]
            return [page for page in mine if _digest(page) != self.seen.get(page)]
        return []

    def at(self, pages: Sequence[str]) -> None:
        """Check pages and report on them.

        Raises:
            KeyboardInterrupt: If the user ends it.
        """
        if self.clear:
            click.clear()
        note(f"checking {len(pages)} page{'s' * (len(pages) != 1)}")
        self.seen |= {page: _digest(page) for page in pages}
        options = replace(self.options, pages=tuple(pages))
        known = baseline.asked_for(options)
        with Progress(Console(stderr=True, highlight=False), quiet=self.form is not Format.CONSOLE) as progress:
            report = pipeline.check(options, progress)
        report = baseline.applied(report, known)
        recording.keep(report, options, note)
        reporting.write(report, (Output(self.form),), quiet=True)
        if report.interrupted:
            raise KeyboardInterrupt
        self.idle()

    def idle(self) -> None:
        """Say that the next save is waited for."""
        note("watching; ^C ends it")


def _digest(page: str) -> str:
    """Return what the content of a page is known again by; nothing where it cannot be read just now."""
    try:
        return hashlib.sha256(Path(page).read_bytes()).hexdigest()
    except OSError:
        return ""


def _saves(options: Options) -> Iterator[set[Path]]:
    """Yield the files of each burst of saves; first none, since pages were saved before anybody listened.

    Raises:
        ConfigError: If the folders cannot be watched.
        KeyboardInterrupt: If the user ends it.
    """
    folders = {_folder(path) for path in options.pages}
    deep = any(Path(path).is_dir() or has_magic(path) for path in options.pages)
    if options.contexts.is_dir():
        folders.add(options.contexts)
    endings = {*ENDINGS, CONTEXT, *(Path(path).suffix.lower() for path in options.pages)}
    try:
        bursts = saved(
            *folders,
            watch_filter=lambda _, path: Path(path).suffix.lower() in endings,
            recursive=deep,
            rust_timeout=_TICK,
            yield_on_timeout=True,
        )
        for number, burst in enumerate(bursts):
            if burst or not number:
                yield {Path(path) for _, path in burst}
    except OSError as error:
        raise ConfigError(
            "the pages cannot be watched",
            where=", ".join(map(str, sorted(folders))),
            cause=str(error),
            next_step="set WATCHFILES_FORCE_POLLING=true, or watch fewer folders",
        ) from error


def _folder(path: str) -> Path:
    """Return the folder in which a page, a folder of pages, or what a glob matches is saved."""
    if Path(path).is_dir():
        return Path(path)
    return next(one for one in Path(path).parents if not has_magic(str(one)) and one.is_dir())
