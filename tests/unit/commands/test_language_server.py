"""The language server, asked by a real client: over a socket in this process, and once as the command."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from harness import cli, pipeline
from harness.commands import language_server
from harness.errors import ConfigError
from harness.executing import local
from harness.model.execution import Completed, Task
from harness.model.verdict import Change, Report
from harness.options import load
from tests.fakes import equipping, module_gone
from tests.processes import within

PAGE = "# a\n\n```python\nimport prefect.gone\nprint('\N{SNAKE}', left_out)\n```\n"
PATIENCE = 200


def outdated(_task: Task) -> Completed:
    return module_gone()


class Editor:
    """A client that remembers what it is shown."""

    def __init__(self) -> None:
        self.client = LanguageClient("editor", "1")
        self.shown: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()
        self.said: asyncio.Queue[str] = asyncio.Queue()

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]  # pygls has no type
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.shown.put_nowait(params)

        @self.client.feature(lsp.WINDOW_SHOW_MESSAGE)  # type: ignore[untyped-decorator]  # as above
        def said(params: lsp.ShowMessageParams) -> None:
            self.said.put_nowait(params.message)

    async def begin(self, page: Path, text: str = PAGE) -> None:
        """Greet the server and open a page."""
        capabilities = lsp.ClientCapabilities()
        asked = lsp.InitializeParams(capabilities=capabilities, root_uri=page.parent.as_uri())
        answered = await self.client.initialize_async(asked)
        assert answered.capabilities.hover_provider
        self.client.initialized(lsp.InitializedParams())
        item = lsp.TextDocumentItem(page.as_uri(), "markdown", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def save(self, page: Path, text: str, version: int) -> None:
        whole = lsp.TextDocumentContentChangeWholeDocument(text)
        changed = lsp.VersionedTextDocumentIdentifier(version, page.as_uri())
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(changed, [whole]))
        self.client.text_document_did_save(lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(page.as_uri())))

    async def diagnostics(self) -> list[tuple[object, ...]]:
        """Return what is shown next: code, severity, and where."""
        shown = await asyncio.wait_for(self.shown.get(), PATIENCE)
        return [
            (one.code, one.severity, one.range.start.line, one.range.start.character, one.range.end.character)
            for one in shown.diagnostics
        ]

    async def end(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()  # type: ignore[no-untyped-call]  # pygls has no type for it


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(local, "equipped", equipping(tmp_path / "store", outdated))
    return tmp_path / "a page.md"


def served(meeting: Callable[[Editor], Coroutine[Any, Any, None]]) -> None:
    """Let an editor and a server meet over a socket."""
    server = language_server.make(load())

    def serve() -> None:
        # a server ends its process when it is told to
        with contextlib.suppress(SystemExit):
            server.start_tcp("127.0.0.1", 0)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert within(PATIENCE, lambda: bool(server._server and server._server.sockets)), "it never listened"
    assert server._server
    port = server._server.sockets[0].getsockname()[1]

    async def meet() -> None:
        editor = Editor()
        await editor.client.start_tcp("127.0.0.1", port)
        await meeting(editor)
        await editor.end()

    asyncio.run(meet())
    thread.join(PATIENCE)
    assert not thread.is_alive()


ERROR, WARNING = lsp.DiagnosticSeverity.Error, lsp.DiagnosticSeverity.Warning
FOUND = [("A001", ERROR, 3, 7, 19), ("S102", WARNING, 4, 12, 20)]
"""Columns as editors count them: the sign before the second one takes two."""


def test_findings_stand_beside_the_lines_of_a_page_that_is_opened_and_saved(page: Path) -> None:
    async def meeting(editor: Editor) -> None:
        await editor.begin(page)
        assert await editor.diagnostics() == FOUND
        editor.save(page, f"More.\n\n{PAGE}", 2)
        assert await editor.diagnostics() == [(code, how, line + 2, *at) for code, how, line, *at in FOUND]
        editor.save(page, "No code.\n", 3)
        assert await editor.diagnostics() == []
        editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(page.as_uri())))
        assert await editor.diagnostics() == []

    served(meeting)


def test_hovering_tells_what_is_known_and_a_fix_is_what_was_tried(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check = pipeline.check

    def tried(*arguments: Any) -> Report:
        report = check(*arguments)
        change = Change(line=5, column=12, end_line=5, end_column=20, text="prefect")
        return replace(report, samples=(replace(report.samples[0], changes=(change,)),))

    monkeypatch.setattr(pipeline, "check", tried)
    document = lsp.TextDocumentIdentifier(page.as_uri())

    async def meeting(editor: Editor) -> None:
        await editor.begin(page)
        assert await editor.diagnostics() == FOUND
        hover = await editor.client.text_document_hover_async(lsp.HoverParams(document, lsp.Position(3, 9)))
        assert hover
        assert isinstance(hover.contents, lsp.MarkupContent)
        assert "**A001**" in hover.contents.value
        assert "No module named 'prefect.gone'" in hover.contents.value
        assert await editor.client.text_document_hover_async(lsp.HoverParams(document, lsp.Position(0, 0))) is None
        here, context = lsp.Range(lsp.Position(4, 15), lsp.Position(4, 15)), lsp.CodeActionContext([])
        asked = lsp.CodeActionParams(document, here, context)
        (action,) = await editor.client.text_document_code_action_async(asked) or ()
        assert isinstance(action, lsp.CodeAction)
        assert action.kind == lsp.CodeActionKind.QuickFix
        assert action.edit
        edits = (action.edit.changes or {})[page.as_uri()]
        assert [(one.new_text, one.range.start.character, one.range.end.character) for one in edits] == [
            ("prefect", 12, 20)
        ]
        changed = lsp.VersionedTextDocumentIdentifier(2, page.as_uri())
        whole = lsp.TextDocumentContentChangeWholeDocument("Other.\n")
        editor.client.text_document_did_change(lsp.DidChangeTextDocumentParams(changed, [whole]))
        assert not await editor.client.text_document_code_action_async(asked), "the page is not what was checked"

    served(meeting)


def test_what_cannot_be_checked_is_said_and_the_next_save_is_looked_at(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = pipeline.check
    wrong = [ConfigError("half a context", where="contexts/a.toml")]

    def failing(*arguments: Any) -> Report:
        if wrong:
            raise wrong.pop()
        return check(*arguments)

    monkeypatch.setattr(pipeline, "check", failing)

    async def meeting(editor: Editor) -> None:
        await editor.begin(page)
        assert "contexts/a.toml: half a context" in await asyncio.wait_for(editor.said.get(), PATIENCE)
        editor.save(page, PAGE, 2)
        assert await editor.diagnostics() == FOUND

    served(meeting)


def test_the_command_serves_on_standard_input(tmp_path: Path) -> None:
    page = tmp_path / "a.md"

    async def meeting() -> int | None:
        editor = Editor()
        flags = ("--sandbox", "process", "--store", str(tmp_path / "store"), "--witnesses", "static")
        await editor.client.start_io(sys.executable, "-m", "harness", "lsp", *flags)
        await editor.begin(page, "```json\n{\n```\n")
        assert [code for code, *_ in await editor.diagnostics()] == ["S101"]
        process = editor.client._server
        assert process
        await editor.end()
        return await asyncio.wait_for(process.wait(), PATIENCE)

    assert asyncio.run(meeting()) == 0


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "harness.commands.language_server", None)
    assert cli.run(["lsp"]) == 2
    assert "pip install 'sample-harness[lsp]'" in capsys.readouterr().err
