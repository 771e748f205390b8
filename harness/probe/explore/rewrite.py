"""Guards every statement of a sample, so that one that fails does not stop the rest.

A guard is ``try: STATEMENT / except: if HELPER.failed(N): raise``, followed by
what the statement would have bound. Nodes keep their places, so that
tracebacks, ``co_firstlineno`` and ``inspect.getsource`` are those of the text.
"""

import ast
import copy
from typing import Any, Callable, Dict, List, Optional, Tuple

from .scope import stored

NAME = "__harness__"
"""The helper's name among the builtins: reachable from wherever a function is taken to."""
_COPIED = 2000
"""Nodes of an ``else`` part that is run after the other part: each such part is there twice."""
_PLAIN = (ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, ast.Raise)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Rewriter:
    """Rewrites one file; `nodes` are what the numbers in guards stand for."""

    def __init__(self) -> None:
        self.nodes: List[Any] = []

    def module(self, tree: ast.Module) -> ast.Module:
        """Return the tree with every statement guarded."""
        tree.body = self._body(tree.body)
        return ast.fix_missing_locations(tree)

    def _number(self, node: Any) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def _body(self, body: List[ast.stmt]) -> List[ast.stmt]:
        """Return a module's, class's or function's body; its docstring and ``__future__`` imports stay first."""
        at = 0
        if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            at = 1 if isinstance(body[0].value.value, str) else 0
        while at < len(body) and isinstance(body[at], ast.ImportFrom) and _module(body[at]) == "__future__":
            at += 1
        return body[:at] + self._block(body[at:])

    def _block(self, body: List[ast.stmt]) -> List[ast.stmt]:
        return [new for old in body for new in self._statement(old)]

    def _statement(self, node: Any) -> List[ast.stmt]:
        if isinstance(node, _PLAIN):
            return [node]
        # by name, for some kinds are newer than the oldest Python
        rewrite: Dict[str, Callable[[Any], List[ast.stmt]]] = {
            "FunctionDef": self._definition,
            "AsyncFunctionDef": self._definition,
            "ClassDef": self._definition,
            "If": self._if,
            "While": self._while,
            "For": self._for,
            "AsyncFor": self._async_for,
            "With": self._with,
            "AsyncWith": self._with,
            "Try": self._try,
            "TryStar": self._try,
            "Match": self._match,
        }
        return rewrite.get(type(node).__name__, self._guarded)(node)

    def _async_for(self, node: Any) -> List[ast.stmt]:
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        return self._guarded(node)

    def _guarded(self, node: Any) -> List[ast.stmt]:
        number = self._number(node)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            after = self._imports(node, number)
        elif isinstance(node, ast.Return):
            after = [ast.Return(_call("value", number))]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            after = [_bind(node.target.id, _call("value", number))]
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            after = [_bind(node.targets[0].id, _call("value", number))]
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Attribute):
            kept = ast.Assign([copy.deepcopy(node.targets[0])], _call("value", number))
            after = [ast.Try([kept], [ast.ExceptHandler(None, None, [ast.Pass()])], [], [])]
        elif isinstance(node, ast.AugAssign):
            after = []
        else:
            after = [_bind(name, _call("value", number, name)) for name in stored(node)]
        guard = _try([node], number, after, node)
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            return [guard, ast.copy_location(_expr(_call("arrived")), node)]
        return [guard]

    def _imports(self, node: Any, number: int) -> List[ast.stmt]:
        """Return what binds each name of an import by itself."""
        if any(alias.name == "*" for alias in node.names):
            return [_expr(_call("starred", number))]
        names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        return [_bind(name, _call("alias", number, at)) for at, name in enumerate(names)]

    def _put(self, expression: Any, *, test: bool = False) -> Tuple[ast.stmt, int]:
        """Return a statement that evaluates an expression and keeps its value, and the value's number."""
        number = self._number(expression)
        value = expression
        if test:
            yes, no = ast.Constant(True), ast.Constant(False)
            value = ast.copy_location(ast.IfExp(expression, yes, no), expression)
        statement = _expr(_call("test" if test else "put", number, more=[value]))
        return _try([ast.copy_location(statement, expression)], number, [], expression), number

    def _if(self, node: Any) -> List[ast.stmt]:
        put, number = self._put(node.test, test=True)
        node.test = _at(_call("take", number), node.test)
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        # where nobody can tell which way a reader's values lead, both are gone
        ways = [(node.body, _leading_on(node.orelse)), (node.orelse, _leading_on(node.body))]
        for way, other in ways:
            if other:
                way.append(_at(ast.If(_call("either", number), other, []), node.test))
        return [put, node]

    def _while(self, node: Any) -> List[ast.stmt]:
        if _leaves(node.orelse):
            node.body = self._block(node.body)
            return self._guarded(node)
        put, number = self._put(node.test, test=True)
        stop = ast.If(ast.UnaryOp(ast.Not(), _call("take", number)), [*self._block(node.orelse), ast.Break()], [])
        test = _at(_call("again", number), node.test)
        body = [put, _at(stop, node.test), *self._block(node.body)]
        return [ast.copy_location(ast.While(test, body, []), node)]

    def _for(self, node: Any) -> List[ast.stmt]:
        put, number = self._put(node.iter)
        node.iter = _at(_call("iterate", number), node.iter)
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        return [put, node]

    def _with(self, node: Any) -> List[ast.stmt]:
        """Return one ``with`` for each item, each entered by itself."""
        body = self._block(node.body)
        enter = "enter" if isinstance(node, ast.With) else "aenter"
        for item in reversed(node.items):
            put, number = self._put(item.context_expr)
            item.context_expr = _at(_call(enter, number), item.context_expr)
            body = [put, ast.copy_location(type(node)([item], body), node)]
        return body

    def _try(self, node: Any) -> List[ast.stmt]:
        for field in ("body", "orelse", "finalbody"):
            setattr(node, field, self._block(getattr(node, field)))
        for handler in node.handlers:
            handler.body = self._block(handler.body)
        return [node]

    def _match(self, node: Any) -> List[ast.stmt]:
        put, number = self._put(node.subject)
        node.subject = _at(_call("take", number), node.subject)
        for case in node.cases:
            case.body = self._block(case.body)
        return [put, node]

    def _definition(self, node: Any) -> List[ast.stmt]:
        """Return a definition with decorators that are evaluated, and may fail, one by one."""
        before: List[ast.stmt] = []
        taken: List[Any] = []
        numbers = []
        for decorator in node.decorator_list:
            put, number = self._put(decorator)
            before.append(put)
            numbers.append(number)
            taken.append(_at(_call("decorator", number), decorator))
        number = self._number(node)
        node.body = self._body(node.body)
        if isinstance(node, ast.ClassDef):
            for at, base in enumerate(node.bases):
                if not isinstance(base, (ast.Name, ast.Starred)):
                    put, base_number = self._put(base)
                    before.append(put)
                    node.bases[at] = _at(_call("take", base_number), base)
            node.decorator_list = taken
        else:
            node.decorator_list = [*taken, _at(_call("seen", number), node)]
        again = _call("again_decorated", number, *numbers)
        return [*before, _try([node], number, [_bind(node.name, again)], node)]


def _on(node: Any) -> Any:
    """Return what a statement that leaves a branch does before it leaves; of others, the same within them."""
    if isinstance(node, (ast.Return, ast.Raise)):
        value = node.value if isinstance(node, ast.Return) else node.exc
        return ast.copy_location(ast.Expr(value) if value else ast.Pass(), node)
    if isinstance(node, (ast.Break, ast.Continue)):
        return ast.copy_location(ast.Pass(), node)
    if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.For, ast.While, ast.AsyncFor)):
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            if isinstance(getattr(node, field, None), list):
                setattr(node, field, [_on(one) for one in getattr(node, field)])
    return node


def _leading_on(branch: List[ast.stmt]) -> List[ast.stmt]:
    """Return a copy of a branch that comes to its end, nothing where it is too long to be there twice."""
    if sum(1 for one in branch for _ in ast.walk(one)) > _COPIED:
        return []
    return [_on(copy.deepcopy(one)) for one in branch]


def _module(node: Any) -> Optional[str]:
    return getattr(node, "module", None)


def _call(method: str, *arguments: Any, more: Optional[List[ast.expr]] = None) -> ast.Call:
    function = ast.Attribute(ast.Name(NAME, ast.Load()), method, ast.Load())
    return ast.Call(function, [*(ast.Constant(one) for one in arguments), *(more or [])], [])


def _expr(value: ast.expr) -> ast.stmt:
    return ast.Expr(value)


def _bind(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _at(new: Any, old: Any) -> Any:
    """Give a new node, and all in it that has no place yet, the place where an old one begins."""
    node: Any
    for node in ast.walk(new):
        if "lineno" in node._attributes and not hasattr(node, "lineno"):
            node.lineno, node.col_offset = old.lineno, old.col_offset
            node.end_lineno, node.end_col_offset = old.lineno, old.col_offset
    return new


def _try(body: List[ast.stmt], number: int, after: List[ast.stmt], place: Any) -> ast.stmt:
    check = ast.If(_call("failed", number), [ast.Raise()], [])
    handler = ast.ExceptHandler(None, None, [check, *after])
    guard = ast.Try(body, [handler], [], [])
    return _at(guard, place)  # type: ignore[no-any-return]


def _leaves(body: List[ast.stmt]) -> bool:
    """Return whether statements may leave a loop further out."""
    return any(isinstance(node, (ast.Break, ast.Continue)) for one in body for node in ast.walk(one))
