"""Judges each use of a library's object: imported, reached, called, entered, iterated. Notes what does not hold."""

import ast
import contextlib
import inspect
import sys
import textwrap
from typing import Any, Iterator, List, Optional, Set, Tuple

from . import introspect_access as access
from .introspect_binding import Refusal, Shape, method, refusal
from .introspect_notes import Notes
from .introspect_values import GONE, UNKNOWN, Coroutine, Gone, Instance, Real, Value, lacks, same, static

_Named = Tuple[str, Value]


class Uses:
    """The uses that one file makes of libraries."""

    def __init__(self, notes: Notes, own: Set[str], tree: ast.AST) -> None:
        """Take what the file itself accounts for.

        Args:
            notes: Where to write down what is seen.
            own: Modules of the sample itself.
            tree: The file: what it sets on something may be there, and so may what it says as a text, a column perhaps.
        """
        self._notes = notes
        self._own = own
        self._stored, self._said = _attributes_set(tree), _texts(tree)
        self._gone: Set[str] = set()
        self.level = 0
        """Above 0, nothing is written down: the sample is ready for what is not there."""

    @contextlib.contextmanager
    def quiet(self, *, when: bool) -> Iterator[None]:
        """Write nothing down within, under a condition."""
        self.level += when
        try:
            yield
        finally:
            self.level -= when

    def failed(self, node: ast.stmt, error: Exception) -> None:
        """Say that a statement could not be looked at."""
        self._notes.note(f"line {node.lineno} could not be looked at: {type(error).__name__}: {error}")

    def imported(self, node: ast.Import, alias: ast.alias) -> List[_Named]:
        """Import a module as ``import a.b`` does and return what that binds."""
        top = alias.name.partition(".")[0]
        name = alias.asname or top
        module = self._module(alias.name, node, alias)
        if isinstance(module, Real):
            return [(name, module if alias.asname else Real(sys.modules[top], top))]
        # a library that is there stays usable, whatever of it is not
        there = not alias.asname and top in sys.modules and module is not UNKNOWN
        return [(name, Real(sys.modules[top], top) if there else module)]

    def imported_from(self, node: ast.ImportFrom) -> List[_Named]:
        """Import names as ``from a import b`` does and return what that binds."""
        if node.level or not node.module:
            return [(alias.asname or alias.name, UNKNOWN) for alias in node.names]
        module = self._module(node.module, node, None)
        if node.names[0].name == "*":
            return self._star(node, module)
        if not isinstance(module, Real):
            return [(alias.asname or alias.name, module) for alias in node.names]
        return [(alias.asname or alias.name, self._name(module, node, alias)) for alias in node.names]

    def _module(self, name: str, node: ast.stmt, alias: Optional[ast.alias]) -> Value:
        if name.partition(".")[0] in self._own:
            return UNKNOWN
        heard: List[access.Heard] = []
        module = access.load(name, heard)
        if module is None:
            self._notes.note(f"{name} could not be imported")
            return GONE
        self._notes.looked(node)
        token = self._notes.alias(node, alias) if alias else self._notes.word(node, name)
        if isinstance(module, access.Missing):
            self._gone.add(module.name)
            names = [one.name for one in node.names] if isinstance(node, ast.ImportFrom) else []
            parent = module.name.rpartition(".")[0] or module.name
            message = f"{parent} has no module {module.name}" if parent != module.name else f"there is no {parent}"
            self._see("A001", token, module.name, message, moved=(name, names))
            return GONE
        notice = access.about(heard, name, name.rpartition(".")[2])
        if notice:
            self._deprecated(token, name, notice.message, notice.category)
        return Real(module, name)

    def _name(self, module: Real, node: ast.ImportFrom, alias: ast.alias) -> Value:
        heard: List[access.Heard] = []
        found = access.member(module, alias.name, heard)
        symbol = f"{module.path}.{alias.name}"
        token = self._notes.alias(node, alias)
        if isinstance(found, Gone):
            self._gone.add(symbol)
            message, moved = f"{module.path} has no {alias.name}", (module.path, [alias.name])
            self._see("A002", token, symbol, message, evidence=found.words, moved=moved)
        elif found is UNKNOWN:
            submodule = access.load(symbol, heard)
            return Real(submodule, symbol) if inspect.ismodule(submodule) else UNKNOWN
        else:
            self._heard(heard, token, symbol)
        return found

    def _star(self, node: ast.ImportFrom, module: Value) -> List[_Named]:
        if not isinstance(module, Real):
            return []
        listed = getattr(module.obj, "__all__", None)
        names = list(vars(module.obj)) if listed is None else [str(name) for name in listed]
        names = [name for name in names if listed is not None or not name.startswith("_")]
        self._notes.star(str(node.module), names)
        return [(name, access.member(module, name, [])) for name in names]

    def attribute(self, value: Value, node: ast.Attribute) -> Value:
        """Reach for an attribute."""
        if not isinstance(value, (Real, Instance, Gone)):
            return UNKNOWN
        self._notes.looked(node)
        if isinstance(value, Gone) or self._may_have(value, node.attr) or not isinstance(node.ctx, ast.Load):
            return GONE if isinstance(value, Gone) else UNKNOWN
        symbol = f"{value.path}.{node.attr}"
        if symbol in self._gone:
            if isinstance(value, Instance):
                self._absent(value, node, symbol)
            return GONE
        heard: List[access.Heard] = []
        found = access.member(value, node.attr, heard)
        if isinstance(found, Gone):
            # a stand-in that a library keeps for a name that is gone speaks of that name, not of what is asked of it
            spoken = not found.words or node.attr in found.words
            self._absent(value, node, symbol if spoken else value.path, found.words)
        else:
            self._heard(heard, self._notes.attribute(node), symbol)
        return found

    def _may_have(self, value: Value, name: str) -> bool:
        looks_up = isinstance(value, Instance) and static(value.cls, "__getattr__") is not Value
        return name in self._stored or (looks_up and name in self._said)

    def _absent(self, value: Any, node: ast.Attribute, symbol: str, words: str = "") -> None:
        sure = value.sure and static(value.cls, "__getattr__") is Value if isinstance(value, Instance) else True
        moved = (value.path, [node.attr]) if isinstance(value, Real) and inspect.ismodule(value.obj) else None
        message = f"{value.path} has no attribute {node.attr}" if symbol != value.path else f"{symbol} is gone"
        self._see("A002", self._notes.attribute(node), symbol, message, evidence=words, sure=sure, moved=moved)

    def called(self, callee: Value, node: ast.Call) -> Value:
        """Call something with the sample's own arguments."""
        self._seen(callee, node)
        shape = Shape(
            sum(not isinstance(one, ast.Starred) for one in node.args),
            tuple(one.arg for one in node.keywords if one.arg),
            any(isinstance(one, ast.Starred) for one in node.args),
            any(one.arg is None for one in node.keywords),
        )
        return self._apply(callee, shape, node)

    def applied(self, callee: Value, node: ast.expr) -> Value:
        """Decorate something: a call with one argument."""
        if isinstance(callee, (Real, Instance, access.Bound)):
            self._notes.looked(node)
        result = self._apply(callee, Shape(1, (), False, False), node)
        return result if isinstance(result, Instance) else UNKNOWN

    def _seen(self, callee: Value, node: ast.Call) -> None:
        if isinstance(callee, (Real, Instance, Gone, access.Bound)):
            for part in (node, node.func, *node.args, *node.keywords):
                self._notes.looked(part)

    def _apply(self, callee: Value, shape: Shape, node: ast.expr) -> Value:
        if isinstance(callee, Gone):
            return GONE
        token = self._notes.call(node)
        if isinstance(callee, Real):
            if not callable(callee.obj):
                self._protocol(token, callee.path, f"{type(callee.obj).__name__} objects are not callable")
                return GONE
            self._refused(refusal(callee.obj, shape), token, callee.path)
            self._marked(callee.obj, token, callee.path)
            return self._gives(callee)
        if isinstance(callee, access.Bound):
            self._refused(method(callee.held, shape), token, callee.path, sure=callee.owner.sure)
            self._marked(callee.held, token, callee.path)
            held = getattr(callee.held, "__func__", callee.held)
            return _result(held, access.returned(held, callee.owner))
        if isinstance(callee, Instance):
            if lacks(callee, "__call__"):
                self._protocol(token, callee.path, "its instances are not callable", sure=callee.sure)
                return GONE
            held = static(callee.cls, "__call__")
            self._refused(method(held, shape), token, callee.path, sure=callee.sure)
        return UNKNOWN

    @staticmethod
    def _gives(callee: Real) -> Value:
        obj: Any = callee.obj
        if inspect.isclass(obj):
            odd = obj.__new__ is not object.__new__ or obj.__module__ == "builtins"
            # what such a class gives only a run can tell, and no type checker
            return GONE if odd else Instance(obj, callee.path, sure=type(obj).__call__ is type.__call__)
        return _result(obj, access.returned(obj)) if inspect.isroutine(obj) else UNKNOWN

    def _refused(self, why: Optional[Refusal], token: Any, path: str, *, sure: bool = True) -> None:
        if why is None:
            return
        what = ", ".join(f"{name}=" for name in why.keywords)
        if what:
            message = f"{path} does not take {what}"
        elif why.missing:
            message = f"{path} also requires {', '.join(why.missing)}"
        else:
            message = f"{path} takes fewer positional arguments"
        self._see("A003", token, f"{path}({what})", message, evidence=f"it takes ({why.takes})", sure=sure)

    def entered(self, value: Value, node: ast.expr, *, waits: bool) -> Value:
        """Enter a context manager and return what ``as`` gives."""
        if isinstance(value, Gone):
            self._notes.looked(node)
            return GONE
        if not isinstance(value, Instance):
            return UNKNOWN
        self._notes.looked(node)
        name = "__aenter__" if waits else "__enter__"
        if lacks(value, name):
            self._protocol(self._notes.call(node), value.path, "it is no context manager", sure=value.sure)
            return value
        enter = static(value.cls, name)
        given = access.returned(enter, value)
        return value if same(given, value) or _gives_itself(enter) else given

    def iterated(self, value: Value, node: ast.expr, *, waits: bool) -> None:
        """Loop over something."""
        if isinstance(value, Instance):
            self._notes.looked(node)
            names = ("__aiter__",) if waits else ("__iter__", "__getitem__")
            if lacks(value, *names):
                self._protocol(self._notes.call(node), value.path, "it cannot be iterated", sure=value.sure)

    def subscripted(self, value: Value, node: ast.Subscript) -> None:
        """Use something with square brackets."""
        if isinstance(value, Instance):
            self._notes.looked(node)
            if isinstance(node.ctx, ast.Load) and lacks(value, "__getitem__"):
                self._protocol(self._notes.call(node), value.path, "it takes no subscript", sure=value.sure)

    def _protocol(self, token: Any, path: str, why: str, *, sure: bool = True) -> None:
        self._see("A004", token, path, f"{path} can no longer be used this way: {why}", sure=sure)

    def _heard(self, heard: List[access.Heard], token: Any, symbol: str) -> None:
        notice = access.about(heard, symbol, symbol.rpartition(".")[2])
        if notice:
            self._deprecated(token, symbol, notice.message, notice.category)

    def _marked(self, obj: Any, token: Any, path: str) -> None:
        """Note what carries the mark of PEP 702."""
        text = getattr(obj, "__deprecated__", None)
        if isinstance(text, str):
            self._deprecated(token, path, text, "deprecated")

    def _deprecated(self, token: Any, symbol: str, text: str, category: str) -> None:
        first = next(iter(text.strip().splitlines()), "")[:300].rstrip(".")
        module, _, name = symbol.rpartition(".")
        message, evidence = f"{symbol} is deprecated: {first}", f"{category}: {first}"
        self._see("A005", token, symbol, message, evidence=evidence, moved=(module, [name]))

    def _see(self, code: str, token: Any, symbol: str, message: str, **more: Any) -> None:
        if not self.level:
            self._notes.see(code, token, symbol, message, **more)


def _result(function: Any, value: Value) -> Value:
    return Coroutine(value) if inspect.iscoroutinefunction(function) else value


def _gives_itself(function: Any) -> bool:
    """Return whether every ``return`` of a method gives the object itself."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, TypeError, SyntaxError, ValueError):
        return False
    given = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    return bool(given) and all(isinstance(one, ast.Name) and one.id == "self" for one in given)


def _attributes_set(tree: ast.AST) -> Set[str]:
    """Return the names of all attributes that a file sets on something, ``setattr`` with a text among them."""
    found: Set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            found.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            found |= {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
    return found


def _texts(tree: ast.AST) -> Set[str]:
    """Return the words that a file gives as texts or as keywords."""
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts | {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}
