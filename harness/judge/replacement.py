"""What to write instead of what is gone: from a finding to exact edits of the sample's text.

Nothing here guesses. A successor is what the library's own words name, what its
parameter list leaves no doubt about, or a place that was checked by importing
it; where neither says anything there is no edit. Whether an edit helps is for a
run to show.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness import syntax_tree
from harness.judge.edited import Text, edited
from harness.judge.names import Source
from harness.judge.rewriting import imports, leads_into_class
from harness.model.edit import Edit
from harness.model.source import Language
from harness.model.verdict import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.model.source import Part, Sample
    from harness.model.verdict import Finding

REPLACED: Final = frozenset({Code.MODULE, Code.NAME, Code.SIGNATURE, Code.PROTOCOL, Code.DEPRECATED})
"""The findings that another spelling may mend."""
_KEYWORD: Final = re.compile(r"^(?P<path>.*)\((?P<name>\w+)=\)$")
_NAME: Final = r"[^\W\d](?:[\w.]*\w)?"
_CUE: Final = (
    r"\b(?:use|using|import|to|with|by|of|is now|favou?r of|prefer|call|write|pass)(?: the)?(?: new)?"
    r"(?: (?:function|method|class|module|argument|parameter|keyword|attribute))?"
)
_STRONG: Final = r"\b(?:use|using|migrate to|switch to|replaced (?:by|with)|favou?r of|renamed to)(?: [\w-]+){1,4}"
"""What may stand a few words before a successor."""
_TELLING: Final = r"(?:[^\W\d]\w*(?:[._]\w+)+|[^\W\d]\w+(?= instead\b)|[^\W\d]\w*=)"
"""A name without quotes that cannot be taken for a word of the sentence."""
_SAYS: Final = (
    re.compile(rf"\b(?:use|import)\b[^.;\n]{{0,40}}?[`'\"]*from ({_NAME}) import (\w+)", re.IGNORECASE),
    re.compile(rf"{_CUE}:? [`'\"]+[@.]?({_NAME}=?)(?:\([^`'\"]*\))?[`'\"]+", re.IGNORECASE),
    re.compile(r"^deprecated: ([^\W\d]\w*)(?:,|$)", re.MULTILINE),
    re.compile(rf"{_STRONG} [`'\"]+@?({_NAME})(?:\([^`'\"]*\))?[`'\"]+", re.IGNORECASE),
    re.compile(rf"\b(?:[Uu]se|call|import|pass|moved to|renamed to|replaced by|favou?r of) \.?({_TELLING})"),
)
"""How libraries name the successor of what they give up."""
_PACKAGE: Final = re.compile(r"moved to (?:the )?[`'\"]*([\w-]+)[`'\"]* (?:package|library)\b", re.IGNORECASE)
"""How they name the distribution in which it lives on."""
_ROLE: Final = re.compile(r":(?:\w+:)+(?=`)|(?<=`)~")
"""What documentation tools read around a name."""
_SUBJECT: Final = re.compile(r"[`'\"]+@?([\w.]+)(?:\([^`'\"]*\))?[`'\"]+")
_SENTENCE: Final = re.compile(r"[.;](?:\s|$)|\n")


@dataclass(frozen=True, slots=True)
class Change:
    """A spelling that no longer holds, and the one that takes its place."""

    line: int
    """Line of the sample's text, from 1."""
    symbol: str
    """Full dotted path of the library's name, or ``path(keyword=)``."""
    successor: str
    """A dotted path, a bare name that stands in the same place, or the name of a parameter."""


def changes(finding: Finding) -> tuple[Change, ...]:
    """Return what may be written instead, the surest first; nothing where nobody says.

    Args:
        finding: What is wrong.
    """
    if finding.code not in REPLACED or finding.settled:
        return ()
    keyword = _KEYWORD.match(finding.symbol)
    checked = finding.suggestion.successors if finding.suggestion else ()
    said = tuple(_said(finding))
    # the library's own word goes before where else its name was found, and its word for another place before all
    named = (*(one for one in said if "." in one), *said, *checked)
    old = keyword["name"] if keyword else finding.symbol
    fit = (_near(finding.symbol, name.rstrip("=")) for name in named if bool(keyword) or not name.endswith("="))
    same = (old, old.rpartition(".")[2])
    kept = [name for name in fit if name not in same and not (keyword and "." in name)]
    return tuple(Change(finding.line, finding.symbol, name) for name in dict.fromkeys(kept))


def rewritten(sample: Sample, wanted: Iterable[Change]) -> tuple[Edit, ...] | None:
    """Return the edits of a sample's text that make changes; None where one of them cannot be made.

    Args:
        sample: The sample.
        wanted: What is to be written instead; all of it at once, for changes may meet in one statement.
    """
    todo = list(wanted)
    edits: set[Edit] = set()
    for part in sample.parts:
        mine = [one for one in todo if part.language is Language.PYTHON and _covers(part, one.line)]
        if not mine:
            continue
        text = Text(sample.text)
        found = _rewritten(Source(part), text, mine)
        if found is None or not _same(part, text, found):
            return None
        edits |= found
        todo = [one for one in todo if one not in mine]
    return None if todo or not edits or not _parses(sample, edits) else tuple(sorted(edits))


def _said(finding: Finding) -> Iterator[str]:
    """Yield the successors that the library's own words name."""
    advice = finding.suggestion.text if finding.suggestion else ""
    own = finding.symbol.rpartition(".")[2]
    for text in (finding.evidence, finding.message, advice):
        # what the interpreter supposes is no word of the library's
        words = _ROLE.sub("", re.split(r"did you mean", text, flags=re.IGNORECASE)[0])
        for package in _PACKAGE.findall(words):
            yield f"{package.replace('-', '_')}.{own}"
        for pattern in _SAYS:
            for match in pattern.finditer(words):
                name = _whole(finding.symbol, ".".join(match.groups()))
                if name != own and _about(finding.symbol, words[: match.start()]):
                    yield name


def _about(symbol: str, before: str) -> bool:
    """Return whether a sentence that names a successor speaks of the symbol, where it quotes what it speaks of."""
    subjects = [name.rpartition(".")[2] for name in _SUBJECT.findall(_SENTENCE.split(before)[-1])]
    return not subjects or bool(set(subjects) & set(re.findall(r"\w+", symbol)))


def _whole(symbol: str, name: str) -> str:
    """Return a name with its library spelled out where it begins with the usual short form: ``np`` of ``numpy``."""
    head, dot, rest = name.partition(".")
    top = symbol.partition(".")[0]
    letters = iter(top)
    short = dot and 1 < len(head) < min(4, len(top)) and head[0] == top[0] and all(one in letters for one in head)
    return f"{top}.{rest}" if short else name


def _near(symbol: str, successor: str) -> str:
    """Return the bare name of a successor that lives where the symbol does: ``DataFrame.map`` of ``pandas``."""
    parent, (place, _, name) = symbol.rpartition(".")[0], successor.rpartition(".")
    return name if place and f".{parent}".endswith(f".{place}") else successor


def _covers(part: Part, line: int) -> bool:
    return part.first_line <= line <= part.first_line + part.text.count("\n")


def _rewritten(source: Source, text: Text, wanted: list[Change]) -> set[Edit] | None:
    """Return the edits of one file, None where a change cannot be made."""
    moved: dict[ast.stmt, list[tuple[str, str]]] = {}
    edits: set[Edit] = set()
    for change in wanted:
        statement = source.statement(change.line)
        if isinstance(statement, ast.Import | ast.ImportFrom):
            moved.setdefault(statement, []).append((change.symbol, change.successor))
            continue
        found = _in_line(source, text, change)
        if found is None:
            return None
        if isinstance(found, ast.stmt):
            moved.setdefault(found, []).append((change.symbol, change.successor))
        else:
            edits |= found
    for statement, pairs in moved.items():
        made = imports(source, text, statement, tuple(dict.fromkeys(pairs)))
        if not made:
            return None
        edits |= made
    return edits


def _in_line(source: Source, text: Text, change: Change) -> set[Edit] | ast.stmt | None:
    """Return the edits of a line that is no import, or the import that the change belongs to."""
    keyword = _KEYWORD.match(change.symbol)
    if keyword:
        return _keyword(source, text, change, keyword["path"], keyword["name"])
    last = change.symbol.rpartition(".")[2]
    nodes = source.head(change.line)
    exact = [node for node in nodes if isinstance(node, ast.Attribute) and source.resolve(node) == change.symbol]
    found = exact or [node for node in nodes if isinstance(node, ast.Attribute) and node.attr == last]
    if found:
        made = [_attribute(source, text, node, change) for node in found]
        return {edit for edit in made if edit} if all(made) else _with_import(source, text, found, change)
    named = any(isinstance(node, ast.Name) and source.resolve(node) == change.symbol for node in nodes)
    return _importing(source, change.symbol) if named else None


def _keyword(source: Source, text: Text, change: Change, path: str, name: str) -> set[Edit] | None:
    """Return the edit that renames an argument, where there is exactly one that may be meant."""
    calls = [call for call in source.calls(change.line) if name in {keyword.arg for keyword in call.keywords}]
    exact = [call for call in calls if source.resolve(call.func) == path]
    chosen = exact or calls
    if len(chosen) != 1 or change.successor in {keyword.arg for keyword in chosen[0].keywords}:
        return None
    place = next(keyword for keyword in chosen[0].keywords if keyword.arg == name)
    start = text.at(place.lineno, place.col_offset)
    return {Edit(start, start + len(name), change.successor)}


def _attribute(source: Source, text: Text, node: ast.Attribute, change: Change) -> Edit | None:
    """Return the edit of an attribute whose successor can be reached from what the sample has at hand."""
    end = text.end(node)
    base, parent = source.resolve(node.value), change.symbol.rpartition(".")[0]
    if "." not in change.successor:
        return Edit(end - len(node.attr), end, change.successor)
    for root in (base, parent):
        if root and change.successor.startswith(f"{root}."):
            return Edit(end - len(node.attr), end, change.successor.removeprefix(f"{root}."))
    return None


def _with_import(source: Source, text: Text, nodes: list[ast.Attribute], change: Change) -> set[Edit] | None:
    """Write a successor that is out of reach, and an import of it below the one through which the old name came."""
    place, _, name = change.successor.rpartition(".")
    roots = {_root(node) for node in nodes if source.resolve(node) == change.symbol}
    taken = {node.id for node in source.nodes if isinstance(node, ast.Name)} | {*source.imported, *source.defined}
    above = [node for node in source.nodes if isinstance(node, ast.Import | ast.ImportFrom) and _binds(node) & roots]
    if not place or leads_into_class(place) or name in taken or len(roots) != 1 or len(above) != 1:
        return None
    if any(_root(node) not in roots for node in nodes):
        return None
    line = above[0].end_lineno or above[0].lineno
    end = text.start(line) + len(text.lines[line - 1])
    indent = text.text[text.start(above[0].lineno) : text.at(above[0].lineno, above[0].col_offset)]
    if indent.strip() or ";" in text.text[text.end(above[0]) : end]:
        return None
    uses = {Edit(text.at(node.lineno, node.col_offset), text.end(node), name) for node in nodes}
    return uses | {Edit(end, end, f"\n{indent}from {place} import {name}")}


def _root(node: ast.expr) -> str:
    """Return the name that a dotted expression begins with, or an empty string."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _binds(node: ast.Import | ast.ImportFrom) -> set[str]:
    """Return the names that an import gives a sample."""
    whole = isinstance(node, ast.ImportFrom)
    return {alias.asname or (alias.name if whole else alias.name.partition(".")[0]) for alias in node.names}


def _importing(source: Source, path: str) -> ast.stmt | None:
    """Return the statement that imports a name."""
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and path in {f"{node.module}.{alias.name}" for alias in node.names}:
            return node
    return None


def _same(part: Part, text: Text, edits: Iterable[Edit]) -> bool:
    """Return whether the lines that change stand in the file as they stand in the sample (no notebook magic)."""
    lines = part.text.split("\n")
    touched = {line for edit in edits for line in range(text.line(edit.start), text.line(edit.end) + 1)}
    return all(lines[line - part.first_line] == text.lines[line - 1] for line in touched)


def _parses(sample: Sample, edits: Iterable[Edit]) -> bool:
    """Return whether the result is still code."""
    try:
        for part in edited(sample, edits).parts:
            if part.language is Language.PYTHON:
                syntax_tree.parse(part.text)
    except (SyntaxError, ValueError):
        return False
    return True
