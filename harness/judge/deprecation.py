"""Warnings that something is deprecated (A005), only where the sample's own line is what they are about."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from harness.judge.names import DEPTH
from harness.model.verdict import Code, Finding, Kind

if TYPE_CHECKING:
    from harness.judge.names import Source
    from harness.model.execution import Warned

_CATEGORIES = {"DeprecationWarning", "PendingDeprecationWarning"}
_SPEAKS = re.compile(r"deprecat|will be removed|removed in|no longer (?:supported|recommended)", re.IGNORECASE)
_SAYING = frozenset({"warnings.warn", "warnings.warn_explicit"})
_WORD = re.compile(r"[^\W\d]\w*")
SHORTEST = 3
"""Letters of a word that can be taken as a mention: shorter ones occur by chance."""


def findings(warned: tuple[Warned, ...], sources: dict[str, Source]) -> tuple[Finding, ...]:
    """Return one finding per warning that the sample's own line causes."""
    return tuple(
        found
        for warning in warned
        if warning.line and warning.file in sources and announces(warning)
        for found in [_judge(warning, sources[warning.file])]
        if found
    )


def announces(warning: Warned) -> bool:
    """Return whether a warning is about deprecation, by its class or, failing that, by what it says.

    A FutureWarning may also tell of a default that will change: only its words tell the two apart.
    """
    names = {name.rpartition(".")[2] for name in (warning.category, *warning.bases)}
    return (
        bool(names & _CATEGORIES) or any("Deprecat" in name for name in names) or bool(_SPEAKS.search(warning.message))
    )


def _judge(warning: Warned, source: Source) -> Finding | None:
    statement = source.statement(warning.line)
    mentioned = _mentioned(warning, source)
    quoted = [name for name in warning.parameters if re.search(rf"[`'\"]{name}[`'\"]", warning.message)]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        symbol = _imported(warning, statement)
    else:
        symbol = _symbol(source, warning.line, mentioned) if warning.direct or mentioned else ""
        # an argument that is passed by position is not named on the line, but the message names it
        symbol = symbol or _passed(source, warning.line, quoted)
        # a method of an object that the sample was handed: its line names it, and only the run knows whose it is
        named = warning.method.rpartition(".")[2] in source.words(warning.line)
        symbol = symbol or (warning.method if named else "")
    if not symbol or _own(warning, symbol):
        return None
    first = next(iter(warning.message.strip().splitlines()), "")
    return Finding(
        code=Code.DEPRECATED,
        kind=Kind.DEPRECATED,
        line=warning.line,
        symbol=symbol,
        message=f"{symbol} is deprecated: {first[:300]}",
        evidence=f"{warning.category}: {first[:300]}",
    )


def _own(warning: Warned, symbol: str) -> bool:
    """Return whether the sample itself says so, of something of its own: a page may show how to deprecate."""
    return symbol in _SAYING or (warning.category == "logging" and symbol.startswith("logging."))


def _mentioned(warning: Warned, source: Source) -> set[str]:
    """Return the words of the sample's line that the warning speaks of, the library's own name apart.

    What stands behind an empty line is advice, and long enough to hold any word.
    """
    roots = {path.partition(".")[0] for path in source.imported.values()}
    words = {word for word in _WORD.findall(warning.message.strip().partition("\n\n")[0]) if len(word) >= SHORTEST}
    return words & source.words(warning.line) - roots


def _imported(warning: Warned, statement: ast.Import | ast.ImportFrom) -> str:
    """Return the import that a warning calls deprecated: it must say so of that very name."""
    module = statement.module if isinstance(statement, ast.ImportFrom) else None
    for alias in statement.names:
        path = f"{module}.{alias.name}" if module else alias.name
        for candidate in (path, alias.name, module or ""):
            said = rf"{re.escape(candidate)}(?!\.\w)\W[^.;]{{0,60}}(?:deprecat|moved|removed|renamed|instead)"
            if len(candidate) >= SHORTEST and re.search(rf"(?<![\w]){said}", warning.message + " ", re.IGNORECASE):
                return path if candidate != module else module
    return ""


def _passed(source: Source, line: int, quoted: list[str]) -> str:
    """Return the parameters that a message speaks of, as the outermost call on a line takes them."""
    paths = [path for call in source.calls(line) if (path := source.resolve(call.func))]
    return f"{paths[0]}({', '.join(f'{name}=' for name in quoted)})" if paths and quoted else ""


def _symbol(source: Source, line: int, mentioned: set[str]) -> str:
    """Return what is deprecated: the keyword or name that is mentioned, else what the line calls."""
    calls = [(call, reached(source, call.func)) for call in source.calls(line)]
    for call, path in calls:
        keywords = [keyword.arg for keyword in call.keywords if keyword.arg in mentioned]
        if path and keywords and path.rpartition(".")[2] not in mentioned:
            return f"{path}({', '.join(f'{name}=' for name in keywords if name)})"
    named = (reached(source, node) for node in source.head(line) if isinstance(node, ast.Attribute | ast.Name))
    paths = [path for path in named if path]
    return next(
        (path for path in paths if path.rpartition(".")[2] in mentioned),
        next((path for _, path in calls if path), next(iter(paths), "")),
    )


def reached(source: Source, node: ast.AST) -> str:
    """Return what an expression stands for; a member of a class that the sample derives is the library's."""
    path = source.resolve(node)
    if path or not isinstance(node, ast.Attribute):
        return path
    base = _derived(source, node.value)
    return f"{base}.{node.attr}" if base else ""


def _derived(source: Source, node: ast.AST, depth: int = DEPTH) -> str:
    """Return the library's class from which the sample derives that of an expression, or an empty string."""
    if depth == 0:
        return ""
    if isinstance(node, ast.Call):
        return _derived(source, node.func, depth - 1)
    if not isinstance(node, ast.Name):
        return ""
    before = [expression for line, expression in source.bound.get(node.id, ()) if line < node.lineno]
    if before:
        return _derived(source, before[-1], depth - 1)
    made = [one for one in source.nodes if isinstance(one, ast.ClassDef) and one.name == node.id]
    bases = (source.resolve(base) or _derived(source, base, depth - 1) for one in made for base in one.bases)
    return next((base for base in bases if base), "")
