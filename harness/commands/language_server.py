"""A language server: findings beside the lines of a page, what is known of them, and replacements that were tried.

It only shows: what it shows is the report of a check of the one page that was
opened or saved, made by the pipeline as for any other front door.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from harness import __version__, baseline, pipeline, recording
from harness.errors import HarnessError
from harness.judge.explain import explain
from harness.model.verdict import Code
from harness.report.encode import to_wire
from harness.report.entries import Entry, Level, entries
from harness.report.words import details

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pygls.workspace import TextDocument

    from harness.model.verdict import SampleReport
    from harness.options import Options
    from harness.report.wire import Change, Report, Sample

_SEVERITY = {
    Level.ERROR: lsp.DiagnosticSeverity.Error,
    Level.WARNING: lsp.DiagnosticSeverity.Warning,
    Level.NOTE: lsp.DiagnosticSeverity.Information,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """The last check of a page."""

    text: str
    """What was checked."""
    report: Report
    """What came of it."""

    @property
    def entries(self) -> list[Entry]:
        """What there is to tell, but for what counts for nothing."""
        return [one for one in entries(self.report) if not one.excused]


class Server(LanguageServer):
    """Checks pages one after the other, and keeps what came of each."""

    def __init__(self, options: Options) -> None:
        """Take the options that hold for every page."""
        super().__init__("harness", __version__)
        self.seen: dict[str, Seen] = {}
        self._options = options
        self._newest: dict[str, str] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="page")
        self._over = False

    async def look(self, uri: str) -> None:
        """Check a page as it stands in the editor, unless it is changed again first, and show what was found."""
        document = self.workspace.get_text_document(uri)
        text = self._newest[uri] = document.source
        try:
            report = await asyncio.get_running_loop().run_in_executor(
                self._pool, self._report, uri, document.path, text
            )
        except HarnessError as error:
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, f"harness: {error}"))
            return
        if report is None or self._newest.get(uri) != text:
            return
        self.seen[uri] = Seen(text, report)
        found = [_diagnostic(one, document) for one in self.seen[uri].entries]
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found))

    def forget(self, uri: str) -> None:
        """Show nothing of a page any more."""
        self._newest.pop(uri, None)
        self.seen.pop(uri, None)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    def end(self) -> None:
        """Begin no check any more, and let the one that runs stop after its next sample."""
        self._over = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def note(self, message: str) -> None:
        """Tell the editor's log."""
        self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Info, message))

    def _report(self, uri: str, path: str, text: str) -> Report | None:
        """Check one page, in a thread of its own; None where it was given up."""
        if self._over or self._newest.get(uri) != text:
            return None
        options = replace(self._options, pages=(path,))
        listener = _Listener(lambda: self._over)
        report = pipeline.check(options, listener, {path: text.encode()})
        if report.interrupted:
            return None
        report = baseline.applied(report, baseline.asked_for(options))
        recording.keep(report, options, listener.note)
        return to_wire(report)


@dataclass(frozen=True, slots=True)
class _Listener:
    """Hears how a check goes, and ends it when the editor is gone."""

    over: Callable[[], bool]

    def stage(self, name: str, total: int | None = None) -> None:
        """Go on unless the editor is gone."""

    def finished(self, sample: SampleReport) -> None:  # noqa: ARG002 - the report has it
        """Go on unless the editor is gone."""
        if self.over():
            raise KeyboardInterrupt

    def waiting(self, running: str) -> None:  # noqa: ARG002 - nobody reads along
        """Go on unless the editor is gone."""
        if self.over():
            raise KeyboardInterrupt

    def note(self, message: str) -> None:
        """Leave it to the report."""


def make(options: Options) -> Server:
    """Return a server that answers an editor.

    Args:
        options: What is asked for, whatever the page.
    """
    server = Server(options)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        await server.look(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        await server.look(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)

    @server.feature(lsp.SHUTDOWN)
    def shut_down(_params: None) -> None:
        server.end()

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hovered(params: lsp.HoverParams) -> lsp.Hover | None:
        document = server.workspace.get_text_document(params.text_document.uri)
        found = [one for one, area in _placed(server, document) if _within(params.position, area)]
        told = "\n\n---\n\n".join(map(_told, found))
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, told)) if found else None

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix]))
    def asked(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        document = server.workspace.get_text_document(params.text_document.uri)
        near = [one for one, area in _placed(server, document) if _meets(params.range, area)]
        samples = {one.sample.id: one.sample for one in near if one.sample and one.sample.changes}
        return [_fix(sample, document) for sample in samples.values()]

    return server


def _placed(server: Server, document: TextDocument) -> Iterator[tuple[Entry, lsp.Range]]:
    """Yield what was found on a page, with its place, as long as the page is what was checked."""
    seen = server.seen.get(document.uri)
    if seen and seen.text == document.source:
        for one in seen.entries:
            yield one, _area(one, document)


def _area(entry: Entry, document: TextDocument) -> lsp.Range:
    line, column = max(entry.line, 1), max(entry.column, 1)
    lines = document.lines
    end = entry.end_column or (len(lines[line - 1].rstrip("\r\n")) + 1 if line <= len(lines) else column)
    return _range(document, (line, column), (line, max(end, column + 1)))


def _range(document: TextDocument, start: tuple[int, int], end: tuple[int, int]) -> lsp.Range:
    """Return two places, counted in characters from 1, as the editor counts them."""
    area = lsp.Range(*(lsp.Position(line - 1, column - 1) for line, column in (start, end)))
    return document.position_codec.range_to_client_units(document.lines, area)


def _within(position: lsp.Position, area: lsp.Range) -> bool:
    return area.start <= position <= area.end


def _meets(one: lsp.Range, other: lsp.Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def _diagnostic(entry: Entry, document: TextDocument) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        _area(entry, document), entry.message, _SEVERITY[entry.level], code=entry.code, source="harness"
    )


def _told(entry: Entry) -> str:
    """Return all that is known of an entry, as Markdown that shows foreign text as it is."""
    known = "\n".join([entry.message, *details(entry)])
    meaning = f"\n\n{explain(Code(entry.code))}" if entry.code in tuple(Code) else ""
    return f"**{entry.code}**\n\n```text\n{known.replace('```', '` ` `')}\n```\n{meaning}"


def _fix(sample: Sample, document: TextDocument) -> lsp.CodeAction:
    """Return what makes the verified replacements of a sample; they were tried all together."""
    edits = [_edit(change, document) for change in sample.changes]
    return lsp.CodeAction(
        f"Write the replacements that were tried in {sample.id}",
        lsp.CodeActionKind.QuickFix,
        edit=lsp.WorkspaceEdit(changes={document.uri: edits}),
    )


def _edit(change: Change, document: TextDocument) -> lsp.TextEdit:
    area = _range(document, (change.line, change.column), (change.end_line, change.end_column))
    return lsp.TextEdit(area, change.text)
