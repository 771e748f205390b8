"""Calls what a sample only defines, the way a reader would: plainly, with made-up arguments."""

import ast
import asyncio
import inspect
from typing import Any, Callable, Dict, List

from . import programs
from .clock import limited
from .helper import Explorer
from .standin import Decorated, Pretend, StandIn, is_standin
from .supply import Supplier

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ITEMS = 3
"""Items taken of a generator."""


class Driver:
    """Drives the definitions that no statement of the sample has used."""

    def __init__(self, explorer: Explorer, namespace: Dict[str, Any]) -> None:
        self._explorer = explorer
        self._namespace = namespace
        self._supplier = Supplier(explorer.taint, explorer.tree, explorer.columns)
        self._owners = _owners(explorer.nodes)
        self._bares: Dict[type, Any] = {}

    def drive(self) -> None:
        """Type the commands of a program, then call every definition that nothing has run yet."""
        for words, action in programs.commands(self._namespace):
            self._driving(words, action)
        self._definitions()

    def _definitions(self) -> None:
        """Drive every definition, in the order of the text; twice, for what the first round defines."""
        done: "set[int]" = set()
        for _ in range(3):
            # an instance is made for the sake of a method; what is left of constructors comes last
            raw = sorted(self._explorer.raw, key=lambda at: (self._explorer.nodes[at].name == "__init__", at))
            todo = [at for at in raw if at not in done]
            if not todo:
                return
            for at in todo:
                done.add(at)
                self._function(at, self._explorer.raw[at])

    def _function(self, number: int, function: Any) -> None:
        node = self._explorer.nodes[number]
        if not isinstance(node, _FUNCTIONS):
            return
        if self._has_run(node):
            return
        owner = self._owners.get(number)
        call = self._method(owner, function) if owner else self._bound(node.name, function)
        arguments = self._supplier.bind(call) if call is not None else None
        if call is None or arguments is None:
            return
        args, kwargs = arguments
        # what an object keeps is told by what its methods assign
        own = 1 if isinstance(call, _Partial) and not is_standin(call.subject) else 0
        self._explorer.taint.invent(*(one.arg for one in _parameters(node)[own:]))
        result = self._driving(f"{owner.name}.{node.name}" if owner else node.name, lambda: call(*args, **kwargs))
        self._supplier.remember(node.name, self._explorer.taint.supply(result) if _ours(result) else result)

    def _driving(self, name: str, action: Callable[[], Any]) -> Any:
        """Run something of our own accord, and say so of all that fails in it."""
        self._explorer.driven = name
        self._explorer.recorder.driven(name)
        try:
            return self._run(action)
        finally:
            self._explorer.driven = ""

    def _has_run(self, node: Any) -> bool:
        """Return whether some line of a function's body has run."""
        body = [one for one in node.body if not _is_text(one)]
        lines = self._explorer.recorder.lines_of(self._explorer.path)
        return not body or any(line in lines for one in body for line in range(one.lineno, (one.end_lineno or 0) + 1))

    def _bound(self, name: str, function: Any) -> Any:
        """Return the function as it is written: what a framework made of it may run it elsewhere, or later."""
        found = self._namespace.get(name)
        return found.__wrapped__ if type(found) is Decorated else function

    def _method(self, owner: ast.ClassDef, function: Any) -> Any:
        """Return the function with its first parameter taken care of."""
        cls = self._namespace.get(owner.name)
        first = next(iter(inspect.signature(function).parameters), "")
        if first not in ("self", "cls"):
            return function
        subject: Any = cls if first == "cls" and inspect.isclass(cls) else self._instance(cls)
        return _Partial(function, subject)

    def _instance(self, cls: Any) -> Any:
        """Return an instance, made without asking anything of the class where it cannot be made plainly."""
        if not inspect.isclass(cls) or is_standin(cls):
            return StandIn("self")
        arguments = self._supplier.bind(cls)
        if arguments is not None:
            try:
                return limited(lambda: cls(*arguments[0], **arguments[1]))
            except BaseException:  # noqa: S110 - what the class objects to is about our arguments
                pass
        return self._bare(cls)

    def _bare(self, cls: Any) -> Any:
        """Return an instance that was never made ready: it keeps what one method leaves for the next."""
        found = self._bares.get(cls)
        if found is None:
            try:
                found = cls.__new__(cls)
            except Exception:
                found = StandIn("self", cls if Pretend not in cls.__mro__ else None)
            self._bares[cls] = self._explorer.taint.supply(found)
        return found

    def _run(self, action: Callable[[], Any]) -> Any:
        """Run to the end what a call begins: coroutines, generators."""
        try:
            return limited(lambda: _finish(action()))
        except KeyboardInterrupt:
            raise
        except BaseException:
            return None  # what leaves a driven function was noted at its own line, or is about our arguments


class _Partial:
    """A method and its object, with the signature of the rest."""

    def __init__(self, function: Any, subject: Any) -> None:
        self._function, self.subject = function, subject
        whole = inspect.signature(function)
        self.__signature__ = whole.replace(parameters=list(whole.parameters.values())[1:])
        self.__annotations__ = getattr(function, "__annotations__", {})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(self.subject, *args, **kwargs)


def _finish(result: Any) -> Any:
    if inspect.iscoroutine(result):
        return asyncio.run(result)
    if inspect.isasyncgen(result):
        return asyncio.run(_take(result))
    if inspect.isgenerator(result):
        return [item for _, item in zip(range(ITEMS), result)]  # noqa: B905 - strict= is newer than 3.9
    return result


async def _take(items: Any) -> List[Any]:
    found = []
    async for item in items:
        found.append(item)
        if len(found) == ITEMS:
            break
    return found


def _ours(result: Any) -> bool:
    return result is None or is_standin(result)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _parameters(node: Any) -> List[ast.arg]:
    every = node.args
    rest = [one for one in (every.vararg, every.kwarg) if one]
    return [*getattr(every, "posonlyargs", []), *every.args, *every.kwonlyargs, *rest]


def _owners(nodes: List[Any]) -> Dict[int, ast.ClassDef]:
    """Return the class that each method belongs to, by the method's number."""
    numbers = {id(node): at for at, node in enumerate(nodes)}
    found: Dict[int, ast.ClassDef] = {}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            for inner in ast.walk(node):
                if isinstance(inner, _FUNCTIONS) and id(inner) in numbers:
                    found.setdefault(numbers[id(inner)], node)
    return found
