"""Makes findings from an exception and its place, so that every rule says the same things the same way."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from harness.judge.blame import account
from harness.model.verdict import Code, Confidence, Finding, Kind

if TYPE_CHECKING:
    from harness.model.execution import Raised

KINDS: dict[Code, Kind] = {
    Code.MODULE: Kind.REMOVED,
    Code.NAME: Kind.REMOVED,
    Code.SIGNATURE: Kind.SIGNATURE,
    Code.PROTOCOL: Kind.PROTOCOL,
    Code.DEPRECATED: Kind.DEPRECATED,
    Code.SYNTAX: Kind.SYNTAX,
    Code.UNDEFINED: Kind.UNDEFINED_NAME,
    Code.FILE: Kind.MISSING_FILE,
    Code.BUG: Kind.SAMPLE_BUG,
    Code.TIMEOUT: Kind.TIMEOUT,
    Code.LIMIT: Kind.LIMIT,
    Code.PLATFORM: Kind.PLATFORM,
    Code.RESOLUTION: Kind.RESOLUTION,
    Code.ENVIRONMENT: Kind.ENVIRONMENT,
    Code.SERVICE: Kind.SERVICE,
    Code.RENDERING: Kind.RENDERING,
    Code.LANGUAGE: Kind.LANGUAGE,
    Code.UNREADABLE: Kind.UNREADABLE,
    Code.DIRECTIVE: Kind.DIRECTIVE,
    Code.INTERNAL: Kind.INTERNAL,
}
"""The kind that a run alone can tell: a name that is gone counts as removed until the timeline knows better."""
_CONCLUDED = frozenset({Code.MODULE, Code.NAME})


def mark(
    seen: Raised, code: Code, symbol: str, message: str, *, node: ast.AST | None = None, sure: bool = True
) -> Finding:
    """Return a finding about an exception.

    Args:
        seen: The exception.
        code: Its code.
        symbol: What is wrong.
        message: What is wrong, for an author.
        node: What to mark, where it is better known than the exception tells.
        sure: False where a wording, not a type, led to the code.
    """
    line, column, end_column = max(seen.line, 1), seen.column, seen.end_column
    if isinstance(node, ast.alias):
        line, column, end_column = node.lineno, node.col_offset + 1, (node.end_col_offset or 0) + 1
    elif isinstance(node, ast.expr) and node.end_lineno == node.lineno == seen.line:
        column, end_column = node.col_offset + 1, (node.end_col_offset or 0) + 1
    elif seen.end_line != seen.line:
        end_column = 0
    return Finding(
        code=code,
        kind=KINDS[code],
        line=line,
        symbol=symbol,
        message=message,
        column=max(column, 1),
        end_column=end_column,
        confidence=Confidence.CONFIRMED if sure and code not in _CONCLUDED else Confidence.LIKELY,
        evidence=account(seen),
    )
