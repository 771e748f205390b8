"""Imports written anew: a name that lives elsewhere, one that is called otherwise, a module that moved."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from harness.model.edit import Edit

if TYPE_CHECKING:
    from harness.judge.edited import Text
    from harness.judge.names import Source

Pairs = tuple[tuple[str, str], ...]
"""(dotted path that is gone, its successor); a bare successor of a name stands in the same module."""


def imports(source: Source, text: Text, statement: ast.stmt, pairs: Pairs) -> set[Edit] | None:
    """Return the edits that make an import name successors; None where they cannot be made.

    Args:
        source: The file.
        text: The text of its sample.
        statement: The import.
        pairs: What it names, and what it is to name.
    """
    if isinstance(statement, ast.ImportFrom):
        return _from(source, text, statement, pairs)
    if isinstance(statement, ast.Import):
        return _modules(source, text, statement, pairs)
    return None


def _modules(source: Source, text: Text, statement: ast.Import, pairs: Pairs) -> set[Edit] | None:
    """Write ``import a.b`` anew, and every place that says ``a.b`` where it has no other name."""
    edits: set[Edit] = set()
    for alias in statement.names:
        new = _successor(alias.name, pairs)
        if new == alias.name:
            continue
        if leads_into_class(new) and not leads_into_class(alias.name):
            return None
        start = text.at(alias.lineno, alias.col_offset)
        edits.add(Edit(start, start + len(alias.name), new))
        if not alias.asname:
            edits |= {Edit(text.at(node.lineno, node.col_offset), text.end(node), new) for node in
                      _chains(source, alias.name)}  # fmt: skip
    return edits or None


def _successor(module: str, pairs: Pairs) -> str:
    """Return the name of a module, or of one below it, by the longest path that changes."""
    fitting = [pair for pair in pairs if f"{module}.".startswith(f"{pair[0]}.")]
    old, new = max(fitting, key=lambda pair: len(pair[0]), default=(module, module))
    return new + module.removeprefix(old)


def _chains(source: Source, path: str) -> list[ast.Attribute | ast.Name]:
    """Return the expressions that spell a dotted path."""
    kinds = ast.Attribute | ast.Name
    return [node for node in source.nodes if isinstance(node, kinds) and _spelled(node) == path]


def _spelled(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        base = _spelled(node.value)
        return f"{base}.{node.attr}" if base else ""
    return node.id if isinstance(node, ast.Name) else ""


def _from(source: Source, text: Text, statement: ast.ImportFrom, pairs: Pairs) -> set[Edit] | None:
    """Write ``from a import x, y`` anew, in two statements where only one of the names has moved."""
    if statement.level or not statement.module:
        return None
    module = statement.module
    targets = {alias: _target(module, alias.name, pairs) for alias in statement.names}
    moved = {alias: place for alias, place in targets.items() if place != (module, alias.name)}
    if not moved:
        return None
    renamed = {alias: new for alias, (_, new) in moved.items() if new != alias.name}
    edits = {edit for alias, new in renamed.items() for edit in _uses(source, text, alias, new)}
    places = {place for place, _ in targets.values()}
    if any(leads_into_class(place) and not leads_into_class(module) for place in places):
        return None
    if len(places) == 1:
        return edits | _in_place(source, text, statement, renamed, places.pop())
    split = _split(source, text, statement, targets)
    return edits | split if split else None


def _target(module: str, name: str, pairs: Pairs) -> tuple[str, str]:
    """Return the module and the name under which something is to be imported."""
    whole = dict(pairs).get(f"{module}.{name}")
    if whole:
        place, _, new = whole.rpartition(".")
        return place or module, new
    # the module is gone: a successor that ends with the name says where that name lives
    for old, new in pairs:
        if f"{module}.".startswith(f"{old}.") and new.rpartition(".")[2] == name and "." in new:
            return new.rpartition(".")[0], name
    return _successor(module, tuple(pair for pair in pairs if pair[0] != f"{module}.{name}")), name


def leads_into_class(place: str) -> bool:
    """Return whether a path leads into a class, by its spelling: nothing can be imported from there.

    Args:
        place: The path, dotted.
    """
    return any(word[:1].isupper() for word in place.split("."))


def _rebound(source: Source, name: str) -> bool:
    """Return whether a file gives a name another meaning than its import."""
    stores = (node.id for node in source.nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))
    arguments = (node.arg for node in source.nodes if isinstance(node, ast.arg))
    return name in {*stores, *arguments, *source.defined}


def _uses(source: Source, text: Text, alias: ast.alias, new: str) -> set[Edit]:
    """Return the edits that call an imported name by its new one, where it has no name of the sample's own."""
    if alias.asname or _keeps(source, alias, new):
        return set()
    found = [node for node in source.nodes if isinstance(node, ast.Name) and node.id == alias.name]
    return {Edit(text.at(node.lineno, node.col_offset), text.end(node), new) for node in found}


def _keeps(source: Source, alias: ast.alias, new: str) -> bool:
    """Return whether the sample goes on calling an import as it did, for either name means something else too."""
    taken = {node.id for node in source.nodes if isinstance(node, ast.Name)}
    return _rebound(source, alias.name) or new in taken or new in source.imported


def _written(source: Source, alias: ast.alias, new: str) -> str:
    """Return what an import says of one name."""
    own = alias.asname or (alias.name if new != alias.name and _keeps(source, alias, new) else "")
    return f"{new} as {own}" if own else new


def _in_place(
    source: Source, text: Text, statement: ast.ImportFrom, renamed: dict[ast.alias, str], place: str
) -> set[Edit]:
    """Write another module, and other names, into an import that stays one."""
    edits = {
        Edit(text.at(alias.lineno, alias.col_offset), text.end(alias), _written(source, alias, new))
        for alias, new in renamed.items()
    }
    module = statement.module or ""
    if place != module:
        start = text.at(statement.lineno, statement.col_offset)
        found = re.compile(rf"from\s+{re.escape(module)}\b").match(text.text, start)
        if found:
            edits.add(Edit(found.end() - len(module), found.end(), place))
    return edits


def _split(
    source: Source, text: Text, statement: ast.ImportFrom, targets: dict[ast.alias, tuple[str, str]]
) -> set[Edit] | None:
    """Take what moved out of an import and write imports of its own above it."""
    start = text.at(statement.lineno, statement.col_offset)
    indent = text.text[text.start(statement.lineno) : start]
    if indent.strip():
        return None
    staying = [alias for alias, (place, _) in targets.items() if place == statement.module]
    groups: dict[str, list[str]] = {}
    for alias, (place, new) in targets.items():
        if place != statement.module:
            groups.setdefault(place, []).append(_written(source, alias, new))
    lines = [f"from {place} import {', '.join(names)}" for place, names in groups.items()]
    if not staying:
        return {Edit(start, text.end(statement), f"\n{indent}".join(lines))}
    above = "".join(f"{line}\n{indent}" for line in lines)
    gone = [alias for alias in statement.names if alias not in staying]
    renames = {
        Edit(text.at(alias.lineno, alias.col_offset), text.end(alias), _written(source, alias, targets[alias][1]))
        for alias in staying
        if targets[alias][1] != alias.name
    }
    return {Edit(start, start, above), *renames, *_without(text, statement, gone)}


def _without(text: Text, statement: ast.ImportFrom, gone: list[ast.alias]) -> set[Edit]:
    """Return the edits that take names out of an import: each with the comma that parts it from what stays."""
    edits: set[Edit] = set()
    names = statement.names
    last = max(number for number, alias in enumerate(names) if alias not in gone)
    for number, alias in enumerate(names):
        if alias not in gone:
            continue
        if number < last:
            edits.add(Edit(_at(text, alias), _at(text, names[number + 1]), ""))
        else:
            edits.add(_tail(text, names[number - 1], alias))
    return edits


def _tail(text: Text, before: ast.alias, alias: ast.alias) -> Edit:
    """Take out a name behind which none stays: its whole line where it has one to itself."""
    start, end = text.start(alias.lineno), text.end(alias)
    behind = text.start((alias.end_lineno or alias.lineno) + 1)
    alone = not text.text[start : _at(text, alias)].strip() and re.fullmatch(r",?\s*(?:#.*\n)?", text.text[end:behind])
    if alone and "(" not in text.text[start:end]:
        return Edit(start, behind, "")
    return Edit(text.end(before), end, "")


def _at(text: Text, alias: ast.alias) -> int:
    return text.at(alias.lineno, alias.col_offset)
