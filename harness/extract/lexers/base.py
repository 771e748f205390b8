"""What every lexer gives: regions and comments in page order, with nothing said of programming languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.extract.weave import unix
from harness.model.source import Form, Region, Rendering, SourceMap, Span

if TYPE_CHECKING:
    from harness.extract.weave import Woven


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that readers do not see; a directive may stand in it."""

    span: Span
    """The whole of it on the page."""
    text: str
    """What stands between its markers."""


Lexeme = Region | Comment
Lexemes = Iterator[Lexeme]


def region(
    form: Form, span: Span, code: Woven, *, info: str = "", fault: str = "", rendering: tuple[Rendering, ...] = ()
) -> Region:
    """Return a region whose text has plain newlines and exactly one at its end."""
    code = unix(code).ended()
    return Region(form, span, code.text, code.map, info=info, fault=fault, rendering=rendering)


def malformed(form: Form, span: Span, fault: str) -> Region:
    """Return a region that cannot be taken out whole."""
    return Region(form, span, "", SourceMap(()), fault=fault)
