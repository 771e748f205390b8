"""What the syntax of a module tells beside its names: tables of lazy exports, uses of ``**kwargs``, deprecations.

Libraries export names without importing them: a module-level ``__getattr__``
looks them up in a table, or compares the name. The tables are dict literals of
few shapes, which are read here without knowing whose they are.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LAZY: Final = re.compile(r"lazy|attach|deprecat|getattr|redirect", re.IGNORECASE)
_GONE: Final = re.compile(r"removed|deleted|blocked", re.IGNORECASE)
_WARNS: Final = re.compile(r"warn|deprec", re.IGNORECASE)
_DOC: Final = re.compile(r"deprecated|(?:renamed|moved) to|use .{1,60} instead", re.IGNORECASE)
_SHORT: Final = 400
_MANY: Final = 8
_TAKERS: Final = frozenset(("get", "pop", "setdefault"))
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(slots=True)
class Extra:
    """What is known of one definition beside its name and parameters."""

    taken: tuple[str, ...] = ()
    """Keywords that its body takes out of ``**kwargs``."""
    passes: tuple[str, ...] = ()
    """What its body passes ``**kwargs`` on to."""
    notes: tuple[str, ...] = ()
    """What it says of its future."""


@dataclass(slots=True)
class Extras:
    """What is known of a module beside its names."""

    lazy: dict[str, str] = field(default_factory=dict)
    """Name to the module (or full path) as written, empty where not known."""
    submodules: dict[str, dict[str, str]] = field(default_factory=dict)
    """Modules that exist by a table alone, with their names."""
    dynamic: bool = False
    """True where names are made up in a way that is not read here."""
    notes: tuple[str, ...] = ()
    """What the module says of its own future."""
    definitions: dict[str, Extra] = field(default_factory=dict)
    """By name within the module, e.g. ``Flow.__init__``."""


def extras(tree: ast.Module) -> Extras:
    """Return what the syntax of a module tells beside its names."""
    found = Extras(notes=_notes(tree, tree.body[:1], deep=False))
    getattrs = [node for node in _statements(tree) if _named(node) == "__getattr__"]
    if getattrs or any(_lends_names(node) for node in _statements(tree)):
        for node in _statements(tree):
            _read_tables(node, found)
        for node in getattrs:
            _read_comparisons(node, found)
        found.dynamic = not found.lazy and not found.submodules
    for node in _statements(tree):
        if isinstance(node, _Definition):
            _define(node, node.name, found)
    return found


def _define(node: _Definition, name: str, found: Extras) -> None:
    if isinstance(node, ast.ClassDef):
        # what a class says of itself stands in its docstring, its decorators and its constructor
        inits = [one for one in node.body if isinstance(one, _Definition) and one.name in ("__init__", "__new__")]
        found.definitions[name] = Extra(notes=_notes(node, [*node.decorator_list, *inits]))
        for inner in _statements(node):
            if isinstance(inner, _Definition):
                _define(inner, f"{name}.{inner.name}", found)
        return
    kwargs = node.args.kwarg.arg if node.args.kwarg else ""
    found.definitions[name] = Extra(
        taken=tuple(dict.fromkeys(_taken(node, kwargs))) if kwargs else (),
        passes=tuple(dict.fromkeys(_passes(node, kwargs))) if kwargs else (),
        notes=_notes(node, [*node.decorator_list, *node.body]),
    )


def _statements(node: ast.Module | ast.ClassDef) -> Iterator[ast.stmt]:
    """Yield the statements of a module or class, those under conditions included, those in functions not."""
    waiting: list[ast.stmt] = list(reversed(node.body))
    while waiting:
        statement = waiting.pop()
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With):
            inner = [*statement.body, *getattr(statement, "orelse", ()), *getattr(statement, "finalbody", ())]
            inner += [one for handler in getattr(statement, "handlers", ()) for one in handler.body]
            waiting += reversed(inner)


def _named(node: ast.stmt) -> str:
    """Return the name that a statement defines or assigns."""
    if isinstance(node, _Definition):
        return node.name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return next((_dotted(target) for element in targets for target in _flat(element) if _dotted(target)), "")


def _flat(target: ast.expr) -> list[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple) else [target]


def _lends_names(node: ast.stmt) -> bool:
    """Return whether a statement replaces the module, or calls what gives out names for it."""
    if isinstance(node, ast.Assign) and any("sys.modules" in ast.unparse(target) for target in node.targets):
        return True
    if isinstance(node, ast.Assign) and any(_dotted(one) == "__getattr__" for t in node.targets for one in _flat(t)):
        return True
    return (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and bool(_LAZY.search(_dotted(node.value.func)))
    )


def _read_tables(node: ast.stmt, found: Extras) -> None:
    """Take the names out of the dict literals of a statement."""
    if isinstance(node, _Definition) and node.name != "__getattr__":
        return
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr | _Definition) or _GONE.search(_named(node)):
        return
    for table in (one for one in ast.walk(node) if isinstance(one, ast.Dict)):
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                _read_entry(key.value, value, found)


def _read_entry(key: str, value: ast.expr, found: Extras) -> None:
    """Read one entry: a name and its module, a module and its names, or a module and a table of its own."""
    texts = _texts(value)
    if isinstance(value, ast.Dict):
        inner = Extras()
        for name, where in zip(value.keys, value.values, strict=True):
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                _read_entry(name.value, where, inner)
        found.submodules.setdefault(key, {}).update(inner.lazy)
    elif isinstance(value, ast.List | ast.Set):
        found.lazy |= {text: key for text in texts if text.isidentifier()}
    elif key.isidentifier():
        where = next((text for text in texts if text != key), "")
        if " " not in where:  # a sentence says why it is gone
            found.lazy[key] = where


def _texts(value: ast.expr) -> list[str]:
    elements = value.elts if isinstance(value, ast.List | ast.Set | ast.Tuple) else [value]
    return [one.value for one in elements if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _read_comparisons(node: ast.stmt, found: Extras) -> None:
    """Take the names that ``__getattr__`` knows by comparing, unless it refuses them."""
    for branch in ast.walk(node):
        if isinstance(branch, ast.If) and not isinstance(branch.body[-1], ast.Raise):
            for compare in (one for one in ast.walk(branch.test) if isinstance(one, ast.Compare)):
                if isinstance(compare.ops[0], ast.Eq | ast.In):
                    names = [text for side in compare.comparators for text in _texts(side) if text.isidentifier()]
                    found.lazy |= {name: "" for name in names if name not in found.lazy}


def _taken(node: ast.AST, kwargs: str) -> Iterator[str]:
    """Yield the keywords that a body reads out of its ``**kwargs``."""
    for inner in ast.walk(node):
        key: ast.expr | None = None
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.args:
            if _dotted(inner.func.value) == kwargs and inner.func.attr in _TAKERS:
                key = inner.args[0]
        elif isinstance(inner, ast.Subscript) and _dotted(inner.value) == kwargs:
            key = inner.slice
        elif isinstance(inner, ast.Compare) and _dotted(inner.comparators[0]) == kwargs:
            key = inner.left
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value


def _passes(node: ast.AST, kwargs: str) -> Iterator[str]:
    """Yield what a body passes its ``**kwargs`` on to."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and any(not k.arg and _dotted(k.value) == kwargs for k in inner.keywords):
            func = inner.func
            if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call):
                yield "super" if _dotted(func.value.func) == "super" else "?"
            else:
                yield _dotted(func) or "?"


def _notes(node: ast.Module | _Definition, bodies: Sequence[ast.AST], *, deep: bool = True) -> tuple[str, ...]:
    """Return what a definition says of its future: what it warns of, and what its docstring says of it."""
    doc = ast.get_docstring(node) or ""
    lines = doc.splitlines()
    told = [" ".join(lines[at : at + 3]) for at, line in enumerate(lines) if _DOC.search(line)]
    for inner in (one for body in (bodies if deep else ()) for one in ast.walk(body)):
        if isinstance(inner, ast.Call) and _WARNS.search(_dotted(inner.func)):
            said = [_text(one) for one in (*inner.args, *(keyword.value for keyword in inner.keywords))]
            told.append(" ".join(text for text in said if text))
    short = (" ".join(text.split())[:_SHORT] for text in told)
    return tuple(dict.fromkeys(text for text in short if text))[:_MANY]


def _text(node: ast.expr) -> str:
    """Return the text of a literal, of an f-string, or of texts put together."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _text(node.func.value)
    return ""


def _dotted(node: ast.AST) -> str:
    """Return a dotted name as written, empty for anything else."""
    words: list[str] = []
    while isinstance(node, ast.Attribute):
        words.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(words)]) if isinstance(node, ast.Name) else ""
