"""Names that a sample neither defines nor imports (S102), by the scopes of its syntax alone.

A name counts as defined wherever its scope binds it, be it later or on one
branch only: whether the binding is reached is for a run to tell.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from harness.judge.imports import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

KNOWN = frozenset(vars(builtins)) | {
    *("__file__", "__name__", "__doc__", "__package__", "__spec__", "__loader__", "__path__", "__builtins__"),
    *("__annotations__", "__dict__", "__cached__", "__debug__", "WindowsError"),
    *("display", "get_ipython", "In", "Out"),
}
"""Names that are there without being bound: builtins, a module's own, a notebook's."""
_IN_CLASS = frozenset({"__module__", "__qualname__", "__class__"})
_MAKERS = frozenset({"globals", "locals", "vars", "exec"})
"""What can bind names out of sight."""
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Use(NamedTuple):
    """The first use of a name that nothing binds."""

    name: str
    line: int
    """Line of the text, from 1."""
    column: int
    """Column in characters, from 1."""


@dataclass
class _Scope:
    """A module, class, function or comprehension: what it binds."""

    kind: str
    outer: _Scope | None = None
    bound: set[str] = field(default_factory=set)
    elsewhere: dict[str, str] = field(default_factory=dict)
    """Names declared ``global`` or ``nonlocal``."""

    @property
    def module(self) -> _Scope:
        """The outermost scope."""
        return self.outer.module if self.outer else self

    def bind(self, name: str) -> None:
        """Bind a name here, or where a declaration sends it."""
        if self.elsewhere.get(name) == "global":
            self.module.bound.add(name)
        elif name not in self.elsewhere:
            self.bound.add(name)

    def sees(self, name: str) -> bool:
        """Return whether a use of a name in this scope finds a binding."""
        if name in self.bound or (self.kind == "class" and name in _IN_CLASS):
            return True
        outer = self.outer
        while outer is not None:
            # what a class body binds, the functions in it do not see, but for the cell of the class itself
            if (outer.kind != "class" and name in outer.bound) or (outer.kind == "class" and name == "__class__"):
                return True
            outer = outer.outer
        return False


def undefined(text: str, starred: Mapping[str, Iterable[str]] | None = None, extra: str = "") -> tuple[Use, ...]:
    """Return every name that nothing binds, each at its first use, in the order of the text.

    Args:
        text: The file.
        starred: Module to the names that a star import of it gives. A star
            import that is not among them could bind anything: then nothing is said.
        extra: Python that runs before the file, in its namespace.
    """
    tree = parse(text)
    if tree is None or _hidden(tree):
        return ()
    names = dict(starred or {})
    stars = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and _starred(node)]
    if any(module not in names for module in stars):
        return ()
    module = _Scope("module")
    for name in (name for star in stars for name in names[star]):
        module.bind(name)
    before = parse(extra)
    if before is not None:
        _Visitor(module).run(before)
    visitor = _Visitor(module, postponed=_postponed(tree))
    visitor.run(tree)
    return _first_uses(visitor.missing(), text)


def _first_uses(nodes: Iterable[ast.Name], text: str) -> tuple[Use, ...]:
    lines = text.splitlines()
    found: dict[str, Use] = {}
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset)):
        before = lines[node.lineno - 1].encode()[: node.col_offset] if node.lineno <= len(lines) else b""
        found.setdefault(node.id, Use(node.id, node.lineno, len(before.decode(errors="replace")) + 1))
    return tuple(found.values())


def _starred(node: ast.ImportFrom) -> bool:
    return any(alias.name == "*" for alias in node.names)


def _hidden(tree: ast.Module) -> bool:
    """Return whether the file binds names out of sight: ``globals()[…] = …``, ``exec(…)``."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    named = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    return bool(named & _MAKERS)


def _postponed(tree: ast.Module) -> bool:
    """Return whether annotations are not evaluated."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )


class _Visitor:
    """Walks a file once, noting what each scope binds and uses."""

    def __init__(self, module: _Scope, *, postponed: bool = False) -> None:
        self._module = module
        self._postponed = postponed
        self._uses: list[tuple[_Scope, ast.Name]] = []

    def run(self, tree: ast.Module) -> None:
        """Walk a file."""
        self._all(tree.body, self._module)

    def missing(self) -> Iterator[ast.Name]:
        """Yield the uses that find no binding, now that every binding is known."""
        return (node for scope, node in self._uses if node.id not in KNOWN and not scope.sees(node.id))

    def _all(self, nodes: Iterable[ast.AST | None], scope: _Scope) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node, scope)

    def _visit(self, node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, ast.Name):
            self._name(node, scope)
        elif isinstance(node, _FUNCTIONS):
            self._function(node, scope)
        elif isinstance(node, ast.ClassDef):
            self._class(node, scope)
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension(node, scope)
        elif isinstance(node, ast.NamedExpr):
            self._visit(node.value, scope)
            self._walrus(node.target.id, scope)
        elif isinstance(node, ast.AnnAssign):
            self._annotated(node, scope)
        elif isinstance(node, ast.Try | ast.TryStar) and _handles_names(node):
            self._tolerant(node, scope)
        else:
            self._bindings(node, scope)
            self._all(ast.iter_child_nodes(node), scope)

    def _name(self, node: ast.Name, scope: _Scope) -> None:
        if isinstance(node.ctx, ast.Load):
            self._uses.append((scope, node))
        else:
            scope.bind(node.id)  # deleting, too, is for a binding

    @staticmethod
    def _bindings(node: ast.AST, scope: _Scope) -> None:
        """Note what a node binds by itself, beside the names within it."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                scope.bind(alias.asname or alias.name.partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                scope.bind(alias.asname or alias.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            scope.elsewhere |= dict.fromkeys(node.names, "global" if isinstance(node, ast.Global) else "nonlocal")
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            scope.bind(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            scope.bind(node.rest)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: _Scope) -> None:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        parameters = [one for one in every if one is not None]
        self._all([*arguments.defaults, *arguments.kw_defaults], scope)
        inner = _Scope("function", scope)
        if isinstance(node, ast.Lambda):
            body: list[ast.AST] = [node.body]
        else:
            scope.bind(node.name)
            self._all(node.decorator_list, scope)
            around = self._type_parameters(node, scope)
            inner.outer = around
            if not self._postponed:
                self._all([*(one.annotation for one in parameters), node.returns], around)
            body = [*node.body]
        inner.bound |= {one.arg for one in parameters}
        self._declared(body, inner)
        self._all(body, inner)

    @staticmethod
    def _declared(body: list[ast.AST], scope: _Scope) -> None:
        """Note ``global`` and ``nonlocal`` first: they hold for the whole function."""
        for node in body:
            if isinstance(node, ast.Global | ast.Nonlocal):
                _Visitor._bindings(node, scope)

    def _class(self, node: ast.ClassDef, scope: _Scope) -> None:
        scope.bind(node.name)
        self._all(node.decorator_list, scope)
        around = self._type_parameters(node, scope)
        self._all([*node.bases, *node.keywords], around)
        self._all(node.body, _Scope("class", around))

    def _type_parameters(self, node: ast.AST, scope: _Scope) -> _Scope:
        """Return the scope in which the type parameters of a definition stand, if it has any."""
        parameters: list[ast.AST] = getattr(node, "type_params", [])
        if not parameters:
            return scope
        around = _Scope("function", scope, {str(getattr(one, "name", "")) for one in parameters})
        self._all(parameters, around)
        return around

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: _Scope) -> None:
        inner = _Scope("comprehension", scope)
        for at, one in enumerate(node.generators):
            self._visit(one.iter, inner if at else scope)
            self._all([one.target, *one.ifs], inner)
        values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._all(values, inner)

    @staticmethod
    def _walrus(name: str, scope: _Scope) -> None:
        """Bind outside of the comprehensions that an assignment expression stands in."""
        while scope.kind == "comprehension" and scope.outer is not None:
            scope = scope.outer
        scope.bind(name)

    def _annotated(self, node: ast.AnnAssign, scope: _Scope) -> None:
        """Visit an annotated name; Python evaluates its annotation in modules and classes only."""
        if scope.kind != "function" and not self._postponed:
            self._visit(node.annotation, scope)
        self._all([node.value, node.target], scope)

    def _tolerant(self, node: ast.Try | ast.TryStar, scope: _Scope) -> None:
        """Visit a ``try`` that expects a NameError: what its body uses may be missing."""
        before = len(self._uses)
        self._all(node.body, scope)
        del self._uses[before:]
        self._all([*node.handlers, *node.orelse, *node.finalbody], scope)


def _handles_names(node: ast.Try | ast.TryStar) -> bool:
    types = [name for handler in node.handlers if handler.type for name in ast.walk(handler.type)]
    return any(isinstance(name, ast.Name) and name.id == "NameError" for name in types)
