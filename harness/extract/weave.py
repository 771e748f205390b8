"""Texts that remember where each of their characters came from.

A lexer reads some text, often the page, sometimes a text that was itself
decoded from the page (HTML in a YAML string). `Woven` carries a text with its
map, and every step (dropping a margin, undoing an entity) makes a new one.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass

from harness.model.source import Run, SourceMap, Span


@dataclass(frozen=True, slots=True)
class Woven:
    """A text and where it stands on the page."""

    text: str
    """The text."""
    map: SourceMap
    """Where each of its characters stands."""

    @classmethod
    def literal(cls, text: str, page: int) -> Woven:
        """Return a text that stands on the page letter by letter."""
        return cls(text, SourceMap((Run(0, page, 1),) if text else ()))

    def slice(self, start: int, end: int) -> Woven:
        """Return a part of it."""
        runs = self.map.runs
        if len(runs) == 1 and runs[0].width == 1:
            return Woven.literal(self.text[start:end], runs[0].page + start)
        weaver = Weaver(self)
        weaver.copy(start, end)
        return weaver.woven()

    def span(self, start: int, end: int) -> Span:
        """Return the page range behind a part of it, an empty part included."""
        runs = self.map.runs
        if len(runs) == 1 and runs[0].width == 1:  # the page itself: by far the most frequent
            return Span(runs[0].page + start, runs[0].page + end)
        if end > start:
            return self.map.span(start, end)
        if start < len(self.text):
            at = self.map.span(start).start
        else:
            at = self.map.span(len(self.text) - 1).end if self.text else 0
        return Span(at, at)

    def ended(self) -> Woven:
        """Return it with exactly one newline at its end; one that is added stands nowhere on the page."""
        body = len(self.text.rstrip("\n"))
        if not body:
            return Woven("", SourceMap(()))
        if len(self.text) > body:
            if len(self.text) == body + 1:
                return self
            return self.slice(0, body + 1)
        end = self.map.span(body - 1).end
        return Woven(self.text + "\n", SourceMap((*self.map.runs, Run(body, end, 0))))


class Weaver:
    """Builds a `Woven` from pieces of another one."""

    def __init__(self, source: Woven) -> None:
        """Begin with nothing taken from the source."""
        self._source = source
        self._pieces: list[str] = []
        self._runs: list[Run] = []
        self._length = 0

    def copy(self, start: int, end: int) -> None:
        """Take a stretch of the source as it stands."""
        if end <= start:
            return
        runs = self._source.map.runs
        if len(runs) == 1 and runs[0].width == 1:
            self._add(Run(self._length, runs[0].page + start, 1))
        else:
            self._copy_runs(runs, start, end)
        self._pieces.append(self._source.text[start:end])
        self._length += end - start

    def _copy_runs(self, runs: tuple[Run, ...], start: int, end: int) -> None:
        """Take over the runs that lie behind a stretch."""
        first = max(0, bisect.bisect_right(runs, start, key=lambda run: run.text) - 1)
        for index in range(first, len(runs)):
            run = runs[index]
            if run.text >= end:
                break
            cut = max(start - run.text, 0)
            page = run.page + (cut if run.width == 1 else 0)
            self._add(Run(self._length + run.text + cut - start, page, run.width))

    def put(self, text: str, start: int, end: int) -> None:
        """Write something else in place of a stretch of the source."""
        span = self._source.span(start, end)
        for _ in text:
            self._add(Run(self._length, span.start, span.end - span.start))
            self._length += 1
        self._pieces.append(text)

    def _add(self, run: Run) -> None:
        """Add a run unless the one before simply goes on."""
        if self._runs and run.width == 1:
            last = self._runs[-1]
            if last.width == 1 and run.page - last.page == run.text - last.text:
                return
        self._runs.append(run)

    def woven(self) -> Woven:
        """Return what was built."""
        return Woven("".join(self._pieces), SourceMap(tuple(self._runs)))


def unix(woven: Woven) -> Woven:
    r"""Return a text whose line ends are ``\n`` alone."""
    if "\r" not in woven.text:
        return woven
    weaver = Weaver(woven)
    at = 0
    while (end := woven.text.find("\r\n", at)) >= 0:
        weaver.copy(at, end)
        weaver.put("\n", end, end + 2)
        at = end + 2
    weaver.copy(at, len(woven.text))
    return weaver.woven()


def joined(pieces: list[Woven]) -> Woven:
    """Return texts one behind the other; they stand on the page in this order."""
    if len(pieces) == 1:
        return pieces[0]
    runs: list[Run] = []
    length = 0
    for piece in pieces:
        runs += [Run(run.text + length, run.page, run.width) for run in piece.map.runs]
        length += len(piece.text)
    return Woven("".join(piece.text for piece in pieces), SourceMap(tuple(runs)))
