"""Walks a sample's syntax over the real objects that it names, and notes what they do not offer.

Nothing of the sample is executed: imports are done, attributes are looked up
and calls are held against signatures. Where syntax alone does not tell what a
value is, everything is allowed on it.
"""

import ast
from typing import Any, Callable, Dict, List, Optional, Union

from .expected import expected
from .introspect_scopes import Scope
from .introspect_use import Uses
from .introspect_values import UNKNOWN, Coroutine, Instance, Real, Value

_GUARDS = {
    "hasattr",
    "isinstance",
    "callable",
    "issubclass",
    "getattr",
    "__version__",
    "version",
    "version_info",
    "find_spec",
    "platform",
    "system",
    "TYPE_CHECKING",
}
"""What a condition asks that chooses between versions of a library, platforms, or what there is."""
_TOLERATED = {"ImportError", "ModuleNotFoundError", "AttributeError", "TypeError", "NameError"}


class Walker:
    """Walks one file."""

    def __init__(self, uses: Uses) -> None:
        self._uses = uses
        self._scope = Scope()
        self._later: List[Callable[[], None]] = []

    def walk(self, tree: ast.Module) -> None:
        """Walk the module, then the bodies of its functions, which see all that the module binds."""
        self._body(tree.body)
        self._scope.closed = True
        while self._later:
            self._later.pop(0)()

    def _body(self, statements: List[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        handler: Callable[[Walker, Any], None] = _STATEMENTS.get(type(node).__name__, Walker._children)
        try:
            handler(self, node)
        except Exception as error:
            # an object that behaves like none before it: the other statements are looked at all the same
            self._uses.failed(node, error)

    def _children(self, node: ast.AST) -> None:
        """Look at every expression and statement within a node, in order."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self._statement(child)
            elif isinstance(child, ast.expr):
                self._value(child)
            else:
                self._children(child)

    def _on_import(self, node: ast.Import) -> None:
        for alias in node.names:
            for name, value in self._uses.imported(node, alias):
                self._scope.bind(name, value)

    def _on_import_from(self, node: ast.ImportFrom) -> None:
        for name, value in self._uses.imported_from(node):
            self._scope.bind(name, value)

    def _on_assign(self, node: ast.Assign) -> None:
        value = self._value(node.value)
        for target in node.targets:
            self._bind(target, value)

    def _on_ann_assign(self, node: ast.AnnAssign) -> None:
        self._value(node.annotation)
        if node.value is not None:
            self._bind(node.target, self._value(node.value))

    def _on_aug_assign(self, node: ast.AugAssign) -> None:
        self._value(node.value)
        self._bind(node.target, UNKNOWN)

    def _bind(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            self._scope.bind(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self._bind(element, UNKNOWN)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, UNKNOWN)
        elif isinstance(target, (ast.Attribute, ast.Subscript)):
            self._value(target)

    def _on_if(self, node: ast.If) -> None:
        self._value(node.test)
        with self._uses.quiet(when=_guards(node.test)):
            self._branches([node.body, node.orelse])

    def _branches(self, bodies: List[List[ast.stmt]]) -> None:
        before, after = self._scope.snapshot(), []
        for body in bodies:
            self._scope.names = dict(before)
            self._body(body)
            after.append(self._scope.snapshot())
        self._scope.join(after)

    def _on_try(self, node: Any) -> None:
        caught = {
            getattr(name, "id", "") for one in node.handlers for name in ast.walk(one.type or ast.Name("Exception"))
        }
        imports = all(isinstance(one, (ast.Import, ast.ImportFrom)) for one in node.body)
        before = self._scope.snapshot()
        with self._uses.quiet(when=bool(caught & _TOLERATED) or (imports and bool(node.handlers))):
            self._body(node.body)
        self._body(node.orelse)
        after = [self._scope.snapshot()]
        for handler in node.handlers:
            self._scope.names = dict(before)
            if handler.name:
                self._scope.bind(handler.name, UNKNOWN)
            with self._uses.quiet(when=bool(caught & _TOLERATED)):
                self._body(handler.body)
            after.append(self._scope.snapshot())
        self._scope.join(after)
        self._body(node.finalbody)

    def _on_for(self, node: Union[ast.For, ast.AsyncFor]) -> None:
        self._uses.iterated(self._value(node.iter), node.iter, waits=isinstance(node, ast.AsyncFor))
        self._bind(node.target, UNKNOWN)
        self._branches([node.body, []])
        self._body(node.orelse)

    def _on_while(self, node: ast.While) -> None:
        self._value(node.test)
        self._branches([node.body, []])
        self._body(node.orelse)

    def _on_with(self, node: Union[ast.With, ast.AsyncWith]) -> None:
        for item in node.items:
            value = self._value(item.context_expr)
            entered = self._uses.entered(value, item.context_expr, waits=isinstance(node, ast.AsyncWith))
            if item.optional_vars is not None:
                self._bind(item.optional_vars, entered)
        caught = {str(getattr(name, "id", "")) for one in expected(node) for name in ast.walk(one)}
        with self._uses.quiet(when=bool(caught & _TOLERATED)):
            self._body(node.body)

    def _on_match(self, node: Any) -> None:
        self._value(node.subject)
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                for name in (getattr(pattern, "name", None), getattr(pattern, "rest", None)):
                    if name:
                        self._scope.bind(name, UNKNOWN)
        self._branches([case.body for case in node.cases])

    def _on_delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._scope.names.pop(target.id, None)

    def _on_class(self, node: ast.ClassDef) -> None:
        self._decorated(node.decorator_list)
        for base in [*node.bases, *(keyword.value for keyword in node.keywords)]:
            self._value(base)
        self._scope.bind(node.name, UNKNOWN)
        with self._inner():
            self._scope.of_class = True
            self._body(node.body)

    def _on_function(self, node: Union[ast.FunctionDef, ast.AsyncFunctionDef]) -> None:
        result = self._decorated(node.decorator_list)
        arguments = node.args
        for default in [*arguments.defaults, *(one for one in arguments.kw_defaults if one is not None)]:
            self._value(default)
        parameters: Dict[str, Value] = {}
        for one in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            parameters[one.arg] = self._annotated(one.annotation)
        for other in (arguments.vararg, arguments.kwarg):
            if other is not None:
                parameters[other.arg] = UNKNOWN
        if node.returns is not None:
            self._value(node.returns)
        self._scope.bind(node.name, result)
        self._after(node.body, parameters)

    def _after(self, body: List[ast.stmt], parameters: Dict[str, Value]) -> None:
        """Walk a function's body once all of the module is known."""
        outer, level = self._scope.for_functions(), self._uses.level

        def walk() -> None:
            self._scope = Scope(outer)
            for name, value in parameters.items():
                self._scope.bind(name, value)
            self._uses.level = level
            self._body(body)
            self._scope.closed = True

        self._later.append(walk)

    def _annotated(self, annotation: Optional[ast.expr]) -> Value:
        """Return what an annotated parameter holds: an instance of a library's class."""
        value = self._value(annotation) if annotation is not None else UNKNOWN
        if isinstance(value, Real) and isinstance(value.obj, type) and value.obj.__module__ != "typing":
            return Instance(value.obj, value.path, sure=False)
        return UNKNOWN

    def _decorated(self, decorators: List[ast.expr]) -> Value:
        """Apply decorators to what is not known: each must be callable with one argument."""
        result: Value = UNKNOWN
        for decorator in reversed(decorators):
            result = self._uses.applied(self._value(decorator), decorator)
        return result

    def _value(self, node: ast.expr) -> Value:
        """Return what an expression stands for, and look at all that stands in it."""
        handler: Optional[Callable[[Walker, Any], Value]] = _EXPRESSIONS.get(type(node))
        if handler is not None:
            return handler(self, node)
        self._children(node)
        return UNKNOWN

    def _name(self, node: ast.Name) -> Value:
        return self._scope.find(node.id) or UNKNOWN

    def _attribute(self, node: ast.Attribute) -> Value:
        return self._uses.attribute(self._value(node.value), node)

    def _await(self, node: ast.Await) -> Value:
        value = self._value(node.value)
        return value.result if isinstance(value, Coroutine) else UNKNOWN

    def _walrus(self, node: ast.NamedExpr) -> Value:
        value = self._value(node.value)
        self._bind(node.target, value)
        return value

    def _either(self, node: ast.IfExp) -> Value:
        self._value(node.test)
        with self._uses.quiet(when=_guards(node.test)):
            self._value(node.body)
            self._value(node.orelse)
        return UNKNOWN

    def _in_turn(self, node: ast.BoolOp) -> Value:
        first, *others = node.values
        self._value(first)
        with self._uses.quiet(when=_guards(first)):
            for other in others:
                self._value(other)
        return UNKNOWN

    def _subscript(self, node: ast.Subscript) -> Value:
        self._uses.subscripted(self._value(node.value), node)
        self._value(node.slice)
        return UNKNOWN

    def _lambda(self, node: ast.Lambda) -> Value:
        with self._inner(*(one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg))):
            self._value(node.body)
        return UNKNOWN

    def _call(self, node: ast.Call) -> Value:
        callee = self._value(node.func)
        for argument in node.args:
            self._value(argument.value if isinstance(argument, ast.Starred) else argument)
        for keyword in node.keywords:
            self._value(keyword.value)
        return self._uses.called(callee, node)

    def _comprehension(self, node: Any) -> Value:
        names = [one.id for each in node.generators for one in ast.walk(each.target) if isinstance(one, ast.Name)]
        self._value(node.generators[0].iter)
        with self._inner(*names):
            for at, each in enumerate(node.generators):
                for child in [*([each.iter] if at else []), *each.ifs]:
                    self._value(child)
            for name in ("key", "value", "elt"):
                child = getattr(node, name, None)
                if child is not None:
                    self._value(child)
        return UNKNOWN

    def _inner(self, *names: str) -> "_Within":
        """Return a scope for a stretch of expressions or a class body, entered by ``with``."""
        return _Within(self, names)


def _guards(test: ast.expr) -> bool:
    """Return whether a condition asks what there is before it is used."""
    words = {word for child in ast.walk(test) for word in (getattr(child, "id", ""), getattr(child, "attr", ""))}
    return bool(words & _GUARDS) or {"os", "name"} <= words


class _Within:
    """Steps into an inner scope and out of it again."""

    def __init__(self, walker: Walker, names: Any) -> None:
        self._walker = walker
        self._outer = walker._scope
        self._names = names

    def __enter__(self) -> None:
        self._walker._scope = Scope(self._outer)
        for name in self._names:
            self._walker._scope.bind(name, UNKNOWN)

    def __exit__(self, *_: object) -> None:
        self._walker._scope = self._outer


_STATEMENTS: Dict[str, Any] = {
    "Import": Walker._on_import,
    "ImportFrom": Walker._on_import_from,
    "Assign": Walker._on_assign,
    "AnnAssign": Walker._on_ann_assign,
    "AugAssign": Walker._on_aug_assign,
    "If": Walker._on_if,
    "Try": Walker._on_try,
    "TryStar": Walker._on_try,
    "For": Walker._on_for,
    "AsyncFor": Walker._on_for,
    "While": Walker._on_while,
    "With": Walker._on_with,
    "AsyncWith": Walker._on_with,
    "Match": Walker._on_match,
    "Delete": Walker._on_delete,
    "ClassDef": Walker._on_class,
    "FunctionDef": Walker._on_function,
    "AsyncFunctionDef": Walker._on_function,
}
"""By name: not every Python has every statement."""
_EXPRESSIONS: Dict[type, Any] = {
    ast.Name: Walker._name,
    ast.Attribute: Walker._attribute,
    ast.Call: Walker._call,
    ast.Await: Walker._await,
    ast.NamedExpr: Walker._walrus,
    ast.Subscript: Walker._subscript,
    ast.Lambda: Walker._lambda,
    ast.IfExp: Walker._either,
    ast.BoolOp: Walker._in_turn,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), Walker._comprehension),
}
