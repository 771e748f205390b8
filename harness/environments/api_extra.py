"""What the syntax of a definition tells beside its name: uses of ``**kwargs``, and what it says of its future."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from harness.environments.api_given import from_decorators, given
from harness.environments.api_lazy import Lazy, lazy
from harness.environments.api_syntax import DEFINITION, dotted, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WARNS: Final = re.compile(r"warn|deprec|renam|moved|log", re.IGNORECASE)
_DEPRECATES: Final = re.compile(r"deprec|renam|moved", re.IGNORECASE)
_FUTURE: Final = re.compile(
    r"deprecat|renamed|moved to|removed (?:in|from)|no longer|obsolete|replaced by|\binstead\b|in favou?r of",
    re.IGNORECASE,
)
_SHORT: Final = 400
_MANY: Final = 8
_TAKERS: Final = frozenset(("get", "pop", "setdefault"))
_LEFT_OPEN: Final = frozenset(("", "NotImplementedError", "StopIteration", "SystemExit"))
_ABSTRACT: Final = re.compile(r"abstract|overload")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(slots=True)
class Extra:
    """What is known of one definition beside its name and parameters."""

    taken: tuple[str, ...] = ()
    """Keywords that its body takes out of ``**kwargs``."""
    passes: tuple[str, ...] = ()
    """What its body passes ``**kwargs`` on to."""
    notes: tuple[str, ...] = ()
    """What its code says of its future."""
    documented: tuple[str, ...] = ()
    """What its docstring says of the future."""
    refuses: bool = False
    """True where its body does nothing but raise: a shell that tells where something went."""
    given: tuple[str, ...] = ()
    """Names that calls set on a class, or that a definition lists or takes for others."""
    lists: tuple[str, ...] = ()
    """What is gone through to set more names on a class."""


@dataclass(slots=True)
class Extras:
    """What is known of a module beside its names."""

    lazy: Lazy = field(default_factory=Lazy)
    """What it gives out when asked."""
    notes: tuple[str, ...] = ()
    """What its code says of its own future."""
    documented: tuple[str, ...] = ()
    """What its docstring says of the future."""
    definitions: dict[str, Extra] = field(default_factory=dict)
    """By name within the module, e.g. ``Flow.__init__``."""


def extras(tree: ast.Module) -> Extras:
    """Return what the syntax of a module tells beside its names."""
    top = [one for one in statements(tree) if isinstance(one, ast.Expr)]
    found = Extras(lazy(tree), _notes(top), _documented(tree))
    for node in statements(tree):
        if isinstance(node, DEFINITION):
            _define(node, node.name, found)
    for name, more in given(tree).items():
        one = found.definitions.setdefault(name, Extra())
        one.given, one.lists = (*one.given, *more.names), more.lists
    return found


def _define(node: _Definition, name: str, found: Extras) -> None:
    if isinstance(node, ast.ClassDef):
        # what a class says of itself stands in its docstring, its decorators and its constructor
        inits = [one for one in node.body if isinstance(one, DEFINITION) and one.name in ("__init__", "__new__")]
        found.definitions[name] = Extra(notes=_notes([*node.decorator_list, *inits]), documented=_documented(node))
        for inner in statements(node):
            if isinstance(inner, DEFINITION):
                _define(inner, f"{name}.{inner.name}", found)
        return
    kwargs = node.args.kwarg.arg if node.args.kwarg else ""
    found.definitions[name] = Extra(
        taken=tuple(dict.fromkeys((*_taken(node, kwargs), *from_decorators(node)))),
        passes=tuple(dict.fromkeys(_passes(node, kwargs))) if kwargs else (),
        notes=_notes([*node.decorator_list, *node.body]),
        documented=_documented(node),
        refuses=_refuses(node),
        given=_for_others(node),
    )


def _refuses(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a body only raises; what is left to classes that inherit from it is another matter."""
    *before, last = node.body
    plain = all(isinstance(one, ast.Expr | ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom) for one in before)
    if not plain or not isinstance(last, ast.Raise) or last.exc is None:
        return False
    raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return dotted(raised) not in _LEFT_OPEN and not any(_ABSTRACT.search(dotted(one)) for one in node.decorator_list)


def _for_others(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    """Return the keywords that functions inside of one take out of ``**kwargs``: a decorator's wrapper."""
    inner = [one for one in ast.walk(node) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one != node]
    return tuple(dict.fromkeys(name for one in inner if one.args.kwarg for name in _taken(one, one.args.kwarg.arg)))


def _taken(node: ast.AST, kwargs: str) -> Iterator[str]:
    """Yield the keywords that a body reads out of its ``**kwargs``, none where it has no such."""
    for inner in ast.walk(node) if kwargs else ():
        key: ast.expr | None = None
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.args:
            if dotted(inner.func.value) == kwargs and inner.func.attr in _TAKERS:
                key = inner.args[0]
        elif isinstance(inner, ast.Subscript) and dotted(inner.value) == kwargs:
            key = inner.slice
        elif isinstance(inner, ast.Compare) and dotted(inner.comparators[0]) == kwargs:
            key = inner.left
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value


def _passes(node: ast.AST, kwargs: str) -> Iterator[str]:
    """Yield what a body passes its ``**kwargs`` on to."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and any(not k.arg and dotted(k.value) == kwargs for k in inner.keywords):
            func = inner.func
            if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call):
                yield "super" if dotted(func.value.func) == "super" else "?"
            else:
                yield dotted(func) or "?"


def _notes(bodies: Sequence[ast.AST]) -> tuple[str, ...]:
    """Return what code warns of, as far as it is about the future."""
    told: list[str] = []
    for inner in (one for body in bodies for one in ast.walk(body)):
        if isinstance(inner, ast.Call) and _WARNS.search(called := dotted(inner.func)):
            texts = [_text(one) for one in inner.args]
            texts += [f"{one.arg}: {text}" for one in inner.keywords if one.arg and (text := _text(one.value))]
            said = ", ".join(text for text in texts if text)
            if _DEPRECATES.search(called) and "deprecat" not in said:
                told.append(f"deprecated: {said}")
            elif _FUTURE.search(said):
                told.append(said)
    return _short(told)


def _documented(node: ast.Module | _Definition) -> tuple[str, ...]:
    """Return what a docstring says of the future."""
    lines = (ast.get_docstring(node) or "").splitlines()
    return _short([" ".join(lines[at : at + 3]) for at, line in enumerate(lines) if _FUTURE.search(line)])


def _short(told: Sequence[str]) -> tuple[str, ...]:
    """Return each text once, on one line, bounded."""
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
