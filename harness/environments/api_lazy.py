"""Names that a module gives out without holding them, as far as its syntax tells.

Libraries export names without importing them: a module-level ``__getattr__``
looks them up in a table, or compares the name; or a call puts such a function
in place. The tables are dict literals of few shapes, which are read here
without knowing whose they are.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from harness.environments.api_syntax import DEFINITION, dotted, flat, named, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NAMESPACES: Final = frozenset(("locals", "globals", "vars"))
_LENDS: Final = re.compile(r"lazy|attach|deprecat|getattr|redirect", re.IGNORECASE)
_GONE: Final = re.compile(r"removed|deleted|blocked|former|expired", re.IGNORECASE)


@dataclass(slots=True)
class Lazy:
    """What a module gives out when asked."""

    names: dict[str, str] = field(default_factory=dict)
    """Name to the module (or full path) as written, empty where not known."""
    submodules: dict[str, dict[str, str]] = field(default_factory=dict)
    """Modules that exist by a table alone, with their names."""
    refused: tuple[str, ...] = ()
    """Names that it knows only to say that they are gone."""
    dynamic: bool = False
    """True where names are made up in a way that is not read here."""


def lazy(tree: ast.Module) -> Lazy:
    """Return the names that a module gives out when asked."""
    found = Lazy()
    every = list(statements(tree))
    getattrs = [one for one in every if isinstance(one, ast.FunctionDef) and one.name == "__getattr__"]
    put_in_place = any(_puts_in_place(one) for one in every)
    if not getattrs and not put_in_place:
        found.dynamic = any(_fills_namespace(one) for one in every if not isinstance(one, DEFINITION))
        return found
    lists: dict[str, ast.expr] = {}
    refused = {name for one in getattrs for name in _refused(one)}
    former = Lazy()
    for one in every:
        if isinstance(one, ast.Assign | ast.AnnAssign) and one.value:
            lists[named(one)] = one.value  # one name may stand for several lists in turn
        # what stands under a condition is among the statements by itself
        plain = not isinstance(one, (*DEFINITION, ast.If, ast.Try, ast.With))
        if plain and named(one) not in refused and not _GONE.search(named(one)):
            _read_tables(one, found)
            _read_made_tables(one, lists, found)
        elif plain and named(one) in refused:
            _read_tables(one, former)
            _read_made_tables(one, lists, former)
    found.refused = tuple(former.names)
    for one in getattrs:
        _read_tables(one, found)
        _read_comparisons(one, found)
    guarded = bool(getattrs) and not any(
        _unguarded(one.body, one.args.args[0].arg) for one in getattrs if one.args.args
    )
    found.dynamic = not found.names and not found.submodules and not guarded
    return found


def _fills_namespace(node: ast.stmt) -> bool:
    """Return whether a statement writes names into the module that stand nowhere as such: ``locals()[name] = …``."""
    stored = (one.value for one in ast.walk(node) if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store))
    updated = (one.value for one in ast.walk(node) if isinstance(one, ast.Attribute) and one.attr == "update")
    return any(isinstance(one, ast.Call) and dotted(one.func) in _NAMESPACES for one in (*stored, *updated))


def _puts_in_place(node: ast.stmt) -> bool:
    """Return whether a statement replaces the module, or calls what gives out names for it."""
    if isinstance(node, ast.Assign):
        targets = [one for target in node.targets for one in flat(target)]
        return any(dotted(one) == "__getattr__" or "sys.modules" in ast.unparse(one) for one in targets)
    called = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
    return called is not None and bool(_LENDS.search(dotted(called)))


def _read_tables(node: ast.stmt, found: Lazy) -> None:
    """Take the names out of the dict literals of a statement; of a table in a table, the outer one counts."""
    waiting: list[ast.AST] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Dict):
            for key, value in _entries(one):
                _read_entry(key, value, found)
        else:
            waiting += ast.iter_child_nodes(one)


def _read_made_tables(node: ast.stmt, lists: Mapping[str, ast.expr], found: Lazy) -> None:
    """Take the names out of a dict that is made from a list: each first text of its elements."""
    for made in (one for one in ast.walk(node) if isinstance(one, ast.DictComp)):
        source = made.generators[0].iter
        elements = lists.get(dotted(source), source)
        for element in elements.elts if isinstance(elements, ast.List | ast.Tuple | ast.Set) else ():
            name = next(iter(_texts(element)), "")
            if name.isidentifier():
                found.names.setdefault(name, "")


def _entries(table: ast.Dict) -> Iterable[tuple[str, ast.expr]]:
    pairs = zip(table.keys, table.values, strict=True)
    return [(key.value, value) for key, value in pairs if isinstance(key, ast.Constant) and isinstance(key.value, str)]


def _read_entry(key: str, value: ast.expr, found: Lazy) -> None:
    """Read one entry: a name and its module, a module and its names, or a module and a table of its own."""
    texts = _texts(value)
    if isinstance(value, ast.Dict):
        inner = Lazy()
        for name, inside in _entries(value):
            _read_entry(name, inside, inner)
        found.submodules.setdefault(key, {}).update(inner.names)
    elif isinstance(value, ast.List | ast.Set):
        found.names |= {text: key for text in texts if text.isidentifier()}
    elif key.isidentifier():
        where = next((text for text in texts if text != key), "")
        if " " not in where:  # a sentence says why it is gone
            found.names[key] = where


def _texts(value: ast.expr) -> list[str]:
    elements = value.elts if isinstance(value, ast.List | ast.Set | ast.Tuple) else [value]
    return [one.value for one in elements if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _read_comparisons(node: ast.FunctionDef, found: Lazy) -> None:
    """Take the names that ``__getattr__`` knows by comparing, unless it refuses them."""
    for branch in ast.walk(node):
        if isinstance(branch, ast.If) and not isinstance(branch.body[-1], ast.Raise):
            for compare in _comparisons(branch.test):
                names = [text for side in compare.comparators for text in _texts(side) if text.isidentifier()]
                found.names |= {name: "" for name in names if name not in found.names}


def _refused(node: ast.FunctionDef) -> list[str]:
    """Return the tables whose names ``__getattr__`` knows only to refuse them."""
    branches = [one for one in ast.walk(node) if isinstance(one, ast.If) and isinstance(one.body[-1], ast.Raise)]
    sides = (side for branch in branches for compare in _comparisons(branch.test) for side in compare.comparators)
    return [name for side in sides if (name := dotted(side))]


def _comparisons(test: ast.expr) -> list[ast.Compare]:
    compares = [one for one in ast.walk(test) if isinstance(one, ast.Compare)]
    return [one for one in compares if isinstance(one.ops[0], ast.Eq | ast.In)]


def _unguarded(body: Iterable[ast.stmt], asked: str) -> bool:
    """Return whether ``__getattr__`` gives something back without having compared the name that is asked for."""
    for node in body:
        if isinstance(node, ast.Return):
            return not _of_its_own(node.value)
        if isinstance(node, ast.If) and any(dotted(one.left) == asked for one in _comparisons(node.test)):
            inner: list[ast.stmt] = node.orelse
        else:
            inner = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)]
            inner += [one for handler in getattr(node, "handlers", ()) for one in handler.body]
        if _unguarded(inner, asked):
            return True
    return False


def _of_its_own(value: ast.expr | None) -> bool:
    """Return whether what is given back is what the module holds anyway: ``globals()[name]``."""
    holder = value.value if isinstance(value, ast.Subscript) else None
    return isinstance(holder, ast.Call) and dotted(holder.func) in _NAMESPACES
