"""Imports a library and reaches for its names, within bounds, hearing what it warns of meanwhile."""

import contextlib
import importlib
import importlib.util
import inspect
import re
import signal
import sys
import warnings
from types import FrameType, ModuleType
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

from .bounds import clean
from .introspect_values import UNKNOWN, Gone, Instance, Real, Value, kinds, offers, static

SECONDS = 25.0
"""How long one import or one look-up may take."""
_SPEAKS = re.compile(r"deprecat|will be removed|removed in|no longer (?:supported|recommended)", re.IGNORECASE)
_GONE = re.compile(
    r"(?:was|were|has been|have been|is|are) (?:now )?(?:removed|moved|renamed)|no longer", re.IGNORECASE
)
_TELLS = r"\W[^.;]{0,80}(?:deprecat|moved|removed|renamed|instead|replaced|superseded|ended|no longer)"
_HERE = __name__.rpartition(".")[0]


class Slow(BaseException):
    """An import or a look-up took too long; no library may catch this."""


class Missing(NamedTuple):
    """A module that is not there."""

    name: str


class Heard(NamedTuple):
    """A notice of deprecation that an access brought about."""

    category: str
    message: str


@contextlib.contextmanager
def bounded(seconds: float = SECONDS) -> Iterator[None]:
    """Raise `Slow` in what takes too long."""

    def stop(_signal: int, _frame: Optional[FrameType]) -> None:
        raise Slow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def listening(module: str, heard: List[Heard]) -> Iterator[None]:
    """Collect the deprecations that an access itself brings about, not those of libraries among themselves.

    Args:
        module: Module whose own top level may speak: one that is just being imported, or empty.
        heard: What to add to.
    """

    def show(message: Any, category: type, *_: Any, **__: Any) -> None:
        text = clean(str(message), 1000)
        names = {base.__name__ for base in category.__mro__}
        old = bool(names & {"DeprecationWarning", "PendingDeprecationWarning"}) or _SPEAKS.search(text)
        if old and _direct(sys._getframe(1), module):
            heard.append(Heard(f"{category.__module__}.{category.__qualname__}", text))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield


def _direct(frame: Optional[FrameType], module: str) -> bool:
    """Return whether nobody but the module's own top level stands between a warning and our access."""
    while frame is not None and not str(frame.f_globals.get("__name__", "")).startswith(_HERE):
        if frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__") != module:
            return False
        frame = frame.f_back
    return True


def about(heard: List[Heard], *names: str) -> Optional[Heard]:
    """Return the first notice that says of one of these names that it is deprecated."""
    for one in heard:
        for name in names:
            if re.search(rf"(?<!\w){re.escape(name)}{_TELLS}", one.message + " ", re.IGNORECASE):
                return one
    return None


def load(name: str, heard: List[Heard]) -> Any:
    """Return a module, `Missing` where it or a parent of it is not there, None where it fails by itself."""
    try:
        with bounded(), listening(name, heard):
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        absent = error.name or ""
        return Missing(absent) if absent == name or name.startswith(absent + ".") else None
    except (Exception, SystemExit, Slow):
        return None


def member(value: Value, name: str, heard: List[Heard]) -> Value:
    """Return what an attribute stands for: `Gone` (a new one) where the object does not have it."""
    if isinstance(value, Instance):
        return _of_instance(value, name)
    if not isinstance(value, Real):
        return UNKNOWN
    obj, path = value.obj, f"{value.path}.{name}"
    try:
        with bounded(), listening("", heard):
            return Real(getattr(obj, name), path)
    except AttributeError as error:
        return Gone(_words(error)) if _lacks(obj, name, error) else UNKNOWN
    except Exception as error:
        # a library may keep a name only to say that it is gone
        words = "|".join(re.escape(word) for word in (name, value.path.rpartition(".")[2]) if word)
        said = re.search(rf"(?<!\w)(?:{words})\b", str(error)) and _GONE.search(str(error))
        return Gone(_words(error)) if said and not isinstance(error, ModuleNotFoundError) else UNKNOWN
    except (SystemExit, Slow):
        return UNKNOWN


def _words(error: Exception) -> str:
    return clean(f"{type(error).__name__}: {' '.join(str(error).split())}", 500)


def _lacks(obj: Any, name: str, error: AttributeError) -> bool:
    """Return whether an AttributeError says that this very object has no such attribute."""
    if isinstance(obj, ModuleType):
        own = getattr(error, "obj", None) in (None, obj) and name in str(error)
        return own and not _submodule(obj, name)
    if isinstance(obj, type):
        return f"'{name}'" in str(error)
    # what such an object answers may depend on what a program did before
    return f"'{name}'" in str(error) and static(type(obj), "__getattr__") is Value


def _submodule(module: ModuleType, name: str) -> bool:
    """Return whether a module could be imported below another: then only a run tells whether it is."""
    try:
        return bool(getattr(module, "__path__", None)) and (
            importlib.util.find_spec(f"{module.__name__}.{name}") is not None
        )
    except Exception:
        return True


def _of_instance(value: Instance, name: str) -> Value:
    every = [value.cls] if value.sure else kinds(value.cls)
    if not any(offers(cls, name) for cls in every) or _denies(value.cls, name):
        return Gone()
    held = static(value.cls, name)
    if isinstance(held, property):
        return returned(held.fget)
    return Bound(held, value, f"{value.path}.{name}") if held is not Value else UNKNOWN


def _denies(cls: type, name: str) -> bool:
    """Return whether a class that looks names up as it runs has an instance, made of nothing, without this one."""
    if static(cls, name) is not Value or static(cls, "__getattr__") is Value or inspect.isabstract(cls):
        return False
    # what cannot be made of nothing tells nothing
    with contextlib.suppress(Exception, SystemExit, Slow), bounded(5.0), listening("", []):
        instance = cls()
        try:
            getattr(instance, name)
        except AttributeError as error:
            return getattr(error, "name", name) == name and f"'{name}'" in str(error) and cls.__name__ in str(error)
    return False


class Bound(Value):
    """A method, or another member, of an instance."""

    def __init__(self, held: Any, owner: Instance, path: str) -> None:
        self.held = held
        self.owner = owner
        self.path = path


def returned(function: Any, owner: Optional[Instance] = None) -> Value:
    """Return what a function gives, by its annotation, where that is one plain class."""
    function = getattr(function, "__wrapped__", function)
    annotation: Any = (getattr(function, "__annotations__", None) or {}).get("return")
    if isinstance(annotation, str):
        annotation = _evaluated(annotation, getattr(function, "__globals__", {}))
    if owner is not None and getattr(annotation, "__name__", "") == "Self":
        return owner
    plain = isinstance(annotation, type) and annotation.__module__ not in ("builtins", "typing", "collections.abc")
    if not plain or getattr(annotation, "_is_protocol", False) or getattr(annotation, "__abstractmethods__", None):
        return UNKNOWN
    return Instance(annotation, f"{annotation.__module__}.{annotation.__qualname__}", sure=False)


def _evaluated(annotation: str, namespace: Dict[str, Any]) -> Any:
    if not re.fullmatch(r"[\w.]+", annotation):
        return None
    try:
        with bounded(2.0):
            return eval(annotation, namespace)  # noqa: S307 - a dotted name of an installed library
    except (Exception, Slow):
        return None
