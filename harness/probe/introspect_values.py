"""What an expression of the sample stands for, as far as syntax and real objects tell, and what it offers."""

import dis
import types
from typing import Any, Iterator, List, Optional, Tuple

SETTERS = {"setattr", "__dict__", "vars"}
"""Names in a constructor that give an instance attributes nobody can read off its code."""


SUBCLASSES = 200
"""Classes that are looked at in the place of one."""
_LISTS = ("__slots__", "__fields__", "__annotations__", "__private_attributes__")
_INHERITED = ("model_fields", "__annotations__")
_MAKERS = {"__init__", "__new__", "__post_init__"}


class Value:
    """Something unknown: everything is allowed on it."""


class Gone(Value):
    """Something that is reported already: whatever follows from it is no news."""

    def __init__(self, words: str = "") -> None:
        self.words = words
        """What the library itself says of it."""


class Real(Value):
    """A library's own object, reached by imports and attributes alone."""

    def __init__(self, obj: Any, path: str) -> None:
        self.obj = obj
        self.path = path


class Instance(Value):
    """What a library's class gives when it is called."""

    def __init__(self, cls: type, path: str, sure: bool = True) -> None:
        self.cls = cls
        self.path = path
        self.sure = sure


class Coroutine(Value):
    """What an async function gives before it is awaited."""

    def __init__(self, result: Value) -> None:
        self.result = result


UNKNOWN = Value()
GONE = Gone()


def same(one: Optional[Value], other: Optional[Value]) -> bool:
    """Return whether two values stand for the same thing."""
    if isinstance(one, Real) and isinstance(other, Real):
        return one.obj is other.obj
    if isinstance(one, Instance) and isinstance(other, Instance):
        return one.cls is other.cls
    return one is other


def static(cls: type, name: str) -> Any:
    """Return what a class holds under a name, without running any of its code; `Value` where it holds nothing."""
    for base in cls.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return Value


def lacks(value: Instance, *names: str) -> bool:
    """Return whether an instance has none of these special methods: looked for on its class, as Python does."""
    every = [value.cls] if value.sure else kinds(value.cls)
    return all(static(cls, name) is Value for cls in every for name in names)


def kinds(cls: type) -> List[type]:
    """Return a class and those that inherit from it: an annotation stands for any of them."""
    found: List[type] = [cls]
    for one in found:
        if len(found) < SUBCLASSES:
            below: List[type] = type.__subclasses__(one)
            found += [other for other in below if other not in found]
    return found


def offers(cls: type, name: str) -> bool:
    """Return whether an instance of a class may have an attribute: a yes is cheap, a no must be certain."""
    if static(cls, name) is not Value:
        return True
    for base in cls.__mro__[:-1]:
        held = vars(base)
        if "__getattribute__" in held or ("__getattr__" in held and not _only_fields(base, cls)):
            return True
        listed = [held.get(key) for key in _LISTS] + [getattr(base, key, None) for key in _INHERITED]
        if any(name in _names(one) for one in listed):
            return True
    return any(_sets(base, name) for base in cls.__mro__[:-1])


def _names(held: Any) -> Tuple[Any, ...]:
    """Return the names that a class lists in one way or another, none where it holds something else there."""
    if isinstance(held, str):
        return (held,)
    return tuple(held) if isinstance(held, (tuple, list, set, frozenset, dict)) else ()


def _only_fields(base: type, cls: type) -> bool:
    """Return whether a look-up function is pydantic's own, which gives what a model declares and no more."""
    config = getattr(cls, "model_config", None)
    return base.__module__ == "pydantic.main" and isinstance(config, dict) and config.get("extra") != "allow"


def _sets(cls: type, name: str) -> bool:
    """Return whether a function of a class stores an attribute of this name, or any that cannot be known."""
    for key, thing in list(vars(cls).items()):
        for code in codes(thing):
            if key in _MAKERS and SETTERS & set(code.co_names):
                return True
            if name in code.co_names and any(
                one.opname == "STORE_ATTR" and one.argval == name for one in dis.get_instructions(code)
            ):
                return True
    return False


def codes(thing: Any) -> Iterator[types.CodeType]:
    """Yield the code of a function and of every function within it, wrappers and accessors undone."""
    for _ in range(8):
        if isinstance(thing, (staticmethod, classmethod)):
            thing = thing.__func__
        elif isinstance(thing, property):
            thing = thing.fget
        else:
            break
    while isinstance(thing, types.FunctionType):
        yield from nested(thing.__code__)
        thing = thing.__dict__.get("__wrapped__")


def nested(code: types.CodeType) -> Iterator[types.CodeType]:
    """Yield a code object and every one within it."""
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from nested(const)
