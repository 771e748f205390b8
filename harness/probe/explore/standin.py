"""Stands for what a failed statement would have given, and remembers what that is.

A stand-in for something of unknown nature allows everything. A stand-in for an
instance of a real class answers the sample as the class would: what the class
does not have is an error as Python words it. Libraries are never refused.
"""

import contextlib
import dis
import inspect
import sys
import threading
import warnings
from typing import Any, Callable, Iterator, Optional, Tuple

PATHS: "set[str]" = set()
"""Files of the sample: only their code is held to the real class."""
SIZE = 3
"""Items of a stand-in that is asked for as many as it has."""
CALLED: "list[Callable[[str, tuple[Any, ...], dict[str, Any]], None]]" = []
"""Who hears of calls of stand-ins."""
ASKED: "set[int]" = set()
"""Threads in which a stand-in was asked whether it is true: both answers may be a reader's."""
KEPT: "set[type]" = set()
"""What stays what it is where it is written down: only processes that know of stand-ins may read it."""
_MISSING = object()
_MAKING = ("__init__", "__new__", "__post_init__", "__setstate__", "_setup", "setup")


class RefusedError(Exception):
    """Marks, as a cause, an error that the real class or signature proves."""


class Pretend:
    """Takes the place of a base class that could not be had."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        """Take anything."""

    def __init_subclass__(cls, **_kwargs: Any) -> None:
        """Take anything."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return StandIn(f"{type(self).__name__}.{name}")


def _sample_calls(depth: int = 2) -> bool:
    """Return whether the sample's own code called the function that asks."""
    return sys._getframe(depth).f_code.co_filename in PATHS


class StandIn:
    """Stands for the thing at a dotted path, or for an instance of a real class."""

    __slots__ = ("__weakref__", "_harness_class", "_harness_path", "_harness_real")

    def __init__(self, path: str, cls: Optional[type] = None, real: Any = _MISSING) -> None:
        object.__setattr__(self, "_harness_path", path)
        object.__setattr__(self, "_harness_class", cls)
        object.__setattr__(self, "_harness_real", real)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """Return what `isinstance` goes by."""
        return object.__getattribute__(self, "_harness_class") or StandIn

    def __getattr__(self, name: str) -> Any:
        cls = self._harness_class
        strict = _sample_calls()
        if (name.startswith("__") and name.endswith("__")) or (name.startswith("_") and not strict):
            raise AttributeError(name)
        if cls is None:
            return StandIn(f"{self._harness_path}.{name}")
        found = inspect.getattr_static(cls, name, _MISSING)
        if found is _MISSING:
            if strict and not may_have(cls, name):
                raise attribute_error(f"'{cls.__name__}' object has no attribute '{name}'", name, self)
            return StandIn(f"{self._harness_path}.{name}")
        if isinstance(found, (classmethod, staticmethod)):
            return StandIn(f"{self._harness_path}.{name}", real=getattr(cls, name))
        if inspect.isfunction(found):
            return StandIn(f"{self._harness_path}.{name}", real=found.__get__(self, object))
        return StandIn(f"{self._harness_path}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        """Take any attribute and forget it."""

    def __delattr__(self, name: str) -> None:
        """Let go of any attribute."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Give what a call would give; the sample's own call is held to a real signature."""
        path, real = self._harness_path, self._harness_real
        strict = _sample_calls()
        if strict:
            for hear in CALLED:
                hear(path, args, kwargs)
        if real is not _MISSING:
            problem = refusal(real, args, kwargs) if strict else ""
            if problem:
                raise TypeError(f"{getattr(real, '__qualname__', path)}() {problem}") from RefusedError()
            said = getattr(real, "__deprecated__", None)
            if strict and isinstance(said, str):
                warnings.warn(said, DeprecationWarning, stacklevel=2)
            return result_of(real, path)
        if self._harness_class is not None:
            self._needs("__call__", "'{}' object is not callable")
            return StandIn(f"{path}()")
        if len(args) == 1 and not kwargs and inspect.isfunction(args[0]) and args[0].__code__.co_filename in PATHS:
            return args[0]  # used as a decorator
        return StandIn(path)

    def _needs(self, method: str, message: str) -> None:
        cls = self._harness_class
        if cls is not None and not hasattr(cls, method) and _sample_calls(3):
            raise TypeError(message.format(cls.__name__)) from RefusedError()

    def __iter__(self) -> Iterator[Any]:
        if self._harness_class is not None and not hasattr(self._harness_class, "__getitem__"):
            self._needs("__iter__", "'{}' object is not iterable")
        wanted = _unpacked(sys._getframe(1))
        return iter([StandIn(f"{self._harness_path}[]") for _ in range(SIZE if wanted is None else wanted)])

    def __next__(self) -> Any:
        return StandIn(f"{self._harness_path}[]")

    def __getitem__(self, key: Any) -> Any:
        self._needs("__getitem__", "'{}' object is not subscriptable")
        if type(key) is int and key >= SIZE:
            raise IndexError(key)
        return StandIn(f"{self._harness_path}[]")

    def __setitem__(self, key: Any, value: Any) -> None:
        self._needs("__setitem__", "'{}' object does not support item assignment")

    def __delitem__(self, key: Any) -> None:
        self._needs("__delitem__", "'{}' object does not support item deletion")

    def __contains__(self, item: Any) -> bool:
        if _sample_calls():
            ASKED.add(threading.get_ident())
        return True

    def __len__(self) -> int:
        return SIZE

    def __bool__(self) -> bool:
        if _sample_calls():
            ASKED.add(threading.get_ident())
        return True

    def __enter__(self) -> Any:
        return StandIn(self._harness_path, self._harness_class)

    def __exit__(self, *_: object) -> None:
        return None

    async def __aenter__(self) -> Any:
        return StandIn(self._harness_path, self._harness_class)

    async def __aexit__(self, *_: object) -> None:
        return None

    def __await__(self) -> Any:
        self._needs("__await__", "object {} can't be used in 'await' expression")
        yield from ()
        return StandIn(self._harness_path)

    def __aiter__(self) -> Any:
        return _Once([StandIn(f"{self._harness_path}[]")])

    def __mro_entries__(self, _bases: Tuple[Any, ...]) -> Tuple[type, ...]:
        return (Pretend,)

    def __repr__(self) -> str:
        return f"<{self._harness_path}>"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __fspath__(self) -> str:
        return "supplied"

    def __index__(self) -> int:
        return SIZE

    __int__ = __index__

    def __float__(self) -> float:
        return float(SIZE)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> Any:
        return self is other

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, _memo: Any) -> Any:
        return self

    def __reduce__(self) -> Any:
        return (StandIn, (self._harness_path,)) if KEPT else (str, (repr(self),))

    def _same(self, *_: Any) -> Any:
        return StandIn(f"{self._harness_path}()")

    __lt__ = __le__ = __gt__ = __ge__ = _same
    __neg__ = __pos__ = __abs__ = __invert__ = __round__ = _same


def _operator(name: str) -> Callable[..., Any]:
    def apply(self: StandIn, *_: Any) -> Any:
        cls = self._harness_class
        # Only the plain form is held to the class: the reflected one is asked of either side.
        reflected = f"__r{name.strip('_')}__"
        if cls is not None and not hasattr(cls, name) and not name.startswith("__r") and not hasattr(cls, reflected):
            self._needs(name, f"unsupported operand type(s) for {name.strip('_')}: '{{}}'")
        return StandIn(f"{self._harness_path}()")

    return apply


_OPERATORS = "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift"
for _name in _OPERATORS:
    for _form in (f"__{_name}__", f"__r{_name}__"):
        setattr(StandIn, _form, _operator(_form))


class _Once:
    def __init__(self, items: "list[Any]") -> None:
        self._items = items

    def __aiter__(self) -> "_Once":
        return self

    async def __anext__(self) -> Any:
        if not self._items:
            raise StopAsyncIteration
        return self._items.pop()


class Decorated:
    """A function under a decorator that could not be had: it can be called, and offers anything."""

    def __init__(self, function: Any) -> None:
        self.__wrapped__ = function
        self.__name__ = getattr(function, "__name__", "")
        self.__doc__ = getattr(function, "__doc__", None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function where it takes the call: a decorator may have changed what is passed."""
        try:
            inspect.signature(self.__wrapped__).bind(*args, **kwargs)
        except (TypeError, ValueError):
            return StandIn(f"{self.__name__}()")
        return self.__wrapped__(*args, **kwargs)

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        return self if owner is None else type(self)(self.__wrapped__.__get__(owner, kind))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__}.{name}")


def is_standin(value: Any) -> bool:
    """Return whether a value is a stand-in, or made from one; `isinstance` would be lied to."""
    return type(value) in (StandIn, Decorated) or Pretend in type(value).__mro__


def attribute_error(text: str, name: str, owner: Any) -> AttributeError:
    """Return an AttributeError that knows what it is about, on every Python."""
    error = AttributeError(text)
    for key, value in (("name", name), ("obj", owner)):
        with contextlib.suppress(AttributeError):  # before 3.10 it has no such place
            setattr(error, key, value)
    error.__cause__ = RefusedError()
    return error


def may_have(cls: type, name: str) -> bool:
    """Return whether instances of a class may have an attribute that the class itself does not list."""
    for base in cls.__mro__:
        space = vars(base)
        if base is not object and ("__getattr__" in space or ("__getattribute__" in space)):
            return True
        fields = (space.get(key) or () for key in ("__annotations__", "model_fields", "__fields__"))
        if any(name in one for one in fields) or any(name == one.name for one in space.get("__attrs_attrs__", ())):
            return True
        for method, value in list(space.items()):
            code = getattr(inspect.unwrap(value) if inspect.isroutine(value) else value, "__code__", None)
            if code is not None and _sets(code, name, making=method in _MAKING):
                return True
    return type(cls).__module__ not in ("builtins", "abc") and hasattr(type(cls), "__getattr__")


def _sets(code: Any, name: str, *, making: bool) -> bool:
    """Return whether a method sets an attribute of this name, or makes attributes whose names it computes."""
    if making and {"__dict__", "setattr"} & set(code.co_names):
        return True
    stores = (one.argval for one in dis.get_instructions(code) if one.opname == "STORE_ATTR")
    return name in code.co_names and name in stores


def refusal(real: Any, args: Tuple[Any, ...], kwargs: Any) -> str:
    """Return why a call does not bind to what Python would really call, or an empty string."""
    try:
        signature = inspect.signature(real, follow_wrapped=False)
    except (ValueError, TypeError):
        return ""
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        text = str(error)
        return text if text.startswith(("got", "missing")) else f"takes other arguments: {text}"
    return ""


def result_of(real: Any, path: str) -> StandIn:
    """Return a stand-in for what a call gives: an instance of the class, or of the annotated one."""
    if inspect.isclass(real):
        return StandIn(path, real if _makes_its_own(real) else None)
    said = getattr(inspect.unwrap(real), "__annotations__", {}).get("return")
    if isinstance(said, str):
        space = getattr(inspect.unwrap(real), "__globals__", {})
        said = space.get(said.strip("'\""), None)
    # what is annotated may come as a subclass that has more
    exact = inspect.isclass(said) and type(said) is type and not said.__subclasses__() and _makes_its_own(said)
    return StandIn(path, said if exact and said.__module__ != "builtins" else None)


def _makes_its_own(cls: type) -> bool:
    """Return whether calling a class gives an instance of that class, as far as its text tells."""
    own = [base for base in cls.__mro__ if base is not object and base.__module__ != "typing"]
    makers = [kind for kind in inspect.getmro(type(cls)) if kind not in (type, object)]
    return not any("__new__" in vars(base) for base in own) and not any("__call__" in vars(kind) for kind in makers)


def _unpacked(frame: Any) -> Optional[int]:
    """Return how many items the caller is about to unpack, None where it is not unpacking."""
    code, at = frame.f_code.co_code, frame.f_lasti
    name = dis.opname[code[at]] if 0 <= at < len(code) else ""
    if name == "UNPACK_SEQUENCE":
        return int(code[at + 1])
    return int(code[at + 1]) + 1 if name == "UNPACK_EX" else None
