"""The type checker's opinions as findings, where nobody could look at the real object.

A type checker knows what a library's source declares, not what it does at run
time: what it says is likely at best, and what an object itself answered
outweighs it.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from harness.judge.marks import KINDS
from harness.model.verdict import Code, Confidence, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.judge.names import Source
    from harness.model.static import Diagnostic, Looked, StaticEvidence

RULES: dict[str, Code] = {
    "import-not-found": Code.MODULE,
    "unresolved-import": Code.MODULE,
    "missing-module-member": Code.NAME,
    "missing-attribute": Code.NAME,
    "unresolved-attribute": Code.NAME,
    "unknown-argument": Code.SIGNATURE,
    "invalid-context-manager": Code.PROTOCOL,
    "not-callable": Code.PROTOCOL,
    "call-non-callable": Code.PROTOCOL,
    "not-iterable": Code.PROTOCOL,
    "not-subscriptable": Code.PROTOCOL,
    "non-subscriptable": Code.PROTOCOL,
    "deprecated": Code.DEPRECATED,
}
"""The rules that speak of an API, under the names they have and had; what another rule says is no finding.

Arguments too many or too few are not among them: wrappers give and take those behind a type checker's back.
"""
_QUOTED = re.compile(r"`([^`]*)`")
_PLAIN = re.compile(r"[^\W\d]\w*|<module '[\w.]+'>")
"""A type that a type checker is sure of: a class by its name, neither generic nor one of several."""


def likely(evidence: StaticEvidence, sources: dict[str, Source]) -> tuple[Finding, ...]:
    """Return what the type checker says where nobody could look.

    Args:
        evidence: What it says, and where real objects were looked at.
        sources: The sample's files.
    """
    looked = {(one.file, one.line, one.column, one.end_line, one.end_column) for one in evidence.looked}
    found = []
    for one in evidence.diagnostics:
        code, source = RULES.get(one.rule), sources.get(one.file)
        if code is None or source is None:
            continue
        if code is not Code.DEPRECATED and (_range(one) in looked or _covered(one, code, evidence.looked)):
            continue
        symbol = _symbol(one, code, source)
        if symbol:
            found.append(_finding(one, code, symbol))
    return tuple(found)


def _range(one: Diagnostic) -> tuple[str, int, int, int, int]:
    return one.file, one.line, one.column, one.end_line, one.end_column


def _covered(one: Diagnostic, code: Code, looked: Iterable[Looked]) -> bool:
    """Return whether an import that was looked at holds a diagnostic about imports, which marks a part of it."""
    if code is not Code.MODULE and one.rule != "missing-module-member":
        return False
    return any(two.file == one.file and two.line <= one.line <= two.end_line for two in looked)


def _symbol(one: Diagnostic, code: Code, source: Source) -> str:
    """Return the library's name that a diagnostic is about, or an empty string where it is about no library."""
    quoted = _QUOTED.findall(one.message)
    if code is Code.MODULE:
        return str(quoted[0]) if quoted and not quoted[0].startswith(".") else ""
    if one.rule == "missing-module-member":
        return ".".join(quoted[:2])
    if code is Code.SIGNATURE:
        return _called(one, source, str(quoted[0]) if quoted else "")
    if code is Code.DEPRECATED:
        return _deprecated(one, source)
    if "odule `" not in one.message and not _PLAIN.fullmatch((*quoted, "")[0]):
        return ""
    nodes = [node for node in source.nodes if isinstance(node, ast.expr) and _places(node, source) == _range(one)[1:]]
    return next((path for node in nodes if (path := source.resolve(node))), "")


def _deprecated(one: Diagnostic, source: Source) -> str:
    """Return what is deprecated: the type checker marks the last word of its path, where it is used."""
    used = (
        node
        for node in source.nodes
        if isinstance(node, ast.Attribute | ast.Name) and _places(node, source)[2:] == (one.end_line, one.end_column)
    )
    return next((path for node in used if (path := source.resolve(node))), "")


def _called(one: Diagnostic, source: Source, argument: str) -> str:
    """Return the innermost call around a place, with the argument that it does not take."""
    calls = [node for node in source.nodes if isinstance(node, ast.Call) and _holds(_places(node, source), one)]
    if not calls:
        return ""
    path = source.resolve(calls[-1].func)
    keyword = f"{argument}=" if one.rule == "unknown-argument" else ""
    return f"{path}({keyword})" if path else ""


def _places(node: ast.expr, source: Source) -> tuple[int, int, int, int]:
    """Return where an expression begins and ends, columns in characters from 1."""
    end = node.end_lineno or node.lineno
    first, last = source.line(node.lineno).encode(), source.line(end).encode()
    column = len(first[: node.col_offset].decode(errors="replace")) + 1
    return node.lineno, column, end, len(last[: node.end_col_offset].decode(errors="replace")) + 1


def _holds(place: tuple[int, int, int, int], one: Diagnostic) -> bool:
    return place[:2] <= (one.line, one.column) and (one.end_line, one.end_column) <= place[2:]


def _finding(one: Diagnostic, code: Code, symbol: str) -> Finding:
    return Finding(
        code=code,
        kind=KINDS[code],
        line=one.line,
        symbol=symbol,
        message=one.message.replace("`", ""),
        column=max(1, one.column),
        end_column=one.end_column if one.end_line == one.line else 0,
        confidence=Confidence.LIKELY,
        witnesses=("static",),
        evidence=f"type checker: {one.rule}",
    )
