"""Whether a call binds: the sample's own arguments against the real signature, lenient wherever a doubt is left."""

import inspect
import types
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

from .introspect_values import codes, nested

_PARAMETER = inspect.Parameter
_VARIABLE = (_PARAMETER.VAR_POSITIONAL, _PARAMETER.VAR_KEYWORD)
_BY_NAME = (_PARAMETER.POSITIONAL_OR_KEYWORD, _PARAMETER.KEYWORD_ONLY)
_FILTERS = {"signature", "parameters", "getfullargspec", "pop"}
"""Names in a wrapper that may take keywords away before it passes them on."""


class Shape(NamedTuple):
    """How a call is written."""

    positional: int
    keywords: Tuple[str, ...]
    open_positional: bool
    """Whether ``*args`` may add more."""
    open_keywords: bool
    """Whether ``**kwargs`` may add more."""


class Refusal(NamedTuple):
    """Why a call does not bind."""

    keywords: Tuple[str, ...]
    """Keywords that are not taken."""
    missing: Tuple[str, ...]
    """Parameters that are required and not given."""
    positional: int
    """Positional arguments beyond what is taken."""
    takes: str
    """The parameters that there are."""


def refusal(target: Any, shape: Shape) -> Optional[Refusal]:
    """Return why calling an object this way cannot bind, None where it does or may."""
    try:
        if isinstance(target, type):
            return _class(target, shape)
        if isinstance(target, (types.FunctionType, types.MethodType, types.BuiltinFunctionType)):
            return _function(target, shape)
        call = type(target).__call__
        return _function(call, _with_self(shape)) if isinstance(call, types.FunctionType) else None
    except Exception:
        # a signature that cannot be had is no evidence of anything
        return None


def method(function: Any, shape: Shape) -> Optional[Refusal]:
    """Return why a method of an instance cannot be called this way; ``function`` is what its class holds."""
    try:
        if isinstance(function, staticmethod):
            return _function(function.__func__, shape)
        if isinstance(function, classmethod):
            return _function(function.__func__, _with_self(shape))
        return _function(function, _with_self(shape)) if isinstance(function, types.FunctionType) else None
    except Exception:
        # as above
        return None


def _with_self(shape: Shape) -> Shape:
    return shape._replace(positional=shape.positional + 1)


def _function(function: Any, shape: Shape) -> Optional[Refusal]:
    """Hold a call against a function, and against the one it wraps."""
    if isinstance(function, types.MethodType):
        function, shape = function.__func__, _with_self(shape)
    if not isinstance(function, types.FunctionType):
        return _against(inspect.signature(function), shape)
    own = _against(inspect.signature(function, follow_wrapped=False), shape)
    if own is not None or "__wrapped__" not in function.__dict__:
        return None if own is not None and "__signature__" in function.__dict__ else own
    inner = _against(inspect.signature(function), shape)
    if inner is None:
        return None
    # a wrapper may give what is missing and take keywords for itself: only a keyword it knows nothing of is refused
    handled = _handled(function)
    keywords = () if handled is None else tuple(name for name in inner.keywords if name not in handled)
    return inner._replace(keywords=keywords, missing=(), positional=0) if keywords else None


def _handled(function: Any) -> Optional[Set[str]]:
    """Return every word that the wrappers of a function speak of, None where they may take any keyword away."""
    words: Set[str] = set()
    while isinstance(function, types.FunctionType) and "__wrapped__" in function.__dict__:
        for code in nested(function.__code__):
            # a wrapper that binds the call itself refuses what its function refuses
            if _FILTERS & set(code.co_names) and "bind" not in code.co_names:
                return None
            words.update(code.co_varnames)
            words.update(const for const in code.co_consts if isinstance(const, str))
        for cell in function.__closure__ or ():
            held = cell.cell_contents
            words.update([held] if isinstance(held, str) else ())
            if isinstance(held, (dict, list, tuple, set, frozenset)):
                words.update(one for one in held if isinstance(one, str))
        function = function.__dict__["__wrapped__"]
    return words


def _class(cls: type, shape: Shape) -> Optional[Refusal]:
    """Hold a call against what makes an instance: the metaclass, ``__new__`` and ``__init__``."""
    if getattr(cls, "_is_protocol", False) or hasattr(cls, "__total__") or hasattr(cls, "__members__"):
        return None
    fields = getattr(cls, "model_fields", None)
    if isinstance(fields, dict) and hasattr(cls, "model_config"):
        return _pydantic(cls, fields, shape)
    if isinstance(getattr(cls, "__fields__", None), dict) or "__signature__" in vars(cls):
        return None
    meta = type(cls).__call__
    if meta is not type.__call__:
        if not isinstance(meta, types.FunctionType):
            return None
        refused = _function(meta, _with_self(shape))
        if refused is not None or not _passes_on(meta):
            return refused
    return _made(cls, shape)


def _passes_on(meta: Any) -> bool:
    """Return whether a metaclass gives a call on as it is."""
    names = {name for code in codes(meta) for name in code.co_names}
    return "__call__" in names and not names & _FILTERS


def _made(cls: Any, shape: Shape) -> Optional[Refusal]:
    new, init = cls.__new__, cls.__init__
    if new is object.__new__ and init is object.__init__:
        return _against(inspect.Signature(), shape)
    if isinstance(init, types.FunctionType):
        if new is not object.__new__ and not isinstance(new, types.FunctionType):
            return None
        refused = _function(init, _with_self(shape))
        if refused is not None or new is object.__new__:
            return refused
        return _function(new, _with_self(shape))
    if isinstance(new, types.FunctionType) and init is object.__init__:
        return _function(new, _with_self(shape))
    return None


def _pydantic(cls: Any, fields: Dict[str, Any], shape: Shape) -> Optional[Refusal]:
    """Hold a call against the fields of a model: only one that forbids others refuses a keyword."""
    decorators = getattr(cls, "__pydantic_decorators__", None)
    before = any(one.info.mode != "after" for one in getattr(decorators, "model_validators", {}).values())
    base = next((one for one in cls.__mro__ if one.__module__ == "pydantic.main"), object)
    if before or cls.__init__ is not getattr(base, "__init__", None) or shape.open_positional:
        return None
    known: Dict[str, Set[str]] = {name: {name, *_aliases(field)} for name, field in fields.items()}
    every = {name for names in known.values() for name in names}
    unknown = tuple(name for name in shape.keywords if name not in every)
    forbidden = cls.model_config.get("extra") == "forbid"
    given = set(shape.keywords)
    missing = [name for name, field in fields.items() if field.is_required() and not known[name] & given]
    found = Refusal(
        unknown if forbidden else (),
        () if shape.open_keywords else tuple(missing),
        shape.positional,
        ", ".join(fields),
    )
    return found if any(found[:3]) else None


def _aliases(field: Any) -> List[str]:
    found = []
    for alias in (field.alias, field.validation_alias):
        choices = getattr(alias, "choices", [alias])
        found += [str(getattr(one, "path", [one])[0]) for one in choices if one is not None]
    return found


def _against(signature: inspect.Signature, shape: Shape) -> Optional[Refusal]:
    """Hold a call against one signature."""
    parameters = list(signature.parameters.values())
    kinds = {one.kind for one in parameters}
    by_place = [one for one in parameters if one.kind in (_PARAMETER.POSITIONAL_ONLY, _PARAMETER.POSITIONAL_OR_KEYWORD)]
    filled = {one.name for one in by_place[: shape.positional]}
    names = {one.name for one in parameters if one.kind in _BY_NAME}
    loose = _PARAMETER.VAR_KEYWORD in kinds
    unknown = [
        name for name in shape.keywords if (name not in names and not loose) or (name in names and name in filled)
    ]
    beyond = 0 if _PARAMETER.VAR_POSITIONAL in kinds else max(0, shape.positional - len(by_place))
    missing = [
        one.name
        for one in parameters
        if one.default is _PARAMETER.empty and one.kind not in _VARIABLE and one.name not in {*filled, *shape.keywords}
    ]
    if shape.open_keywords or shape.open_positional:
        missing = []
    if not (unknown or beyond or missing):
        return None
    return Refusal(tuple(unknown), tuple(missing), beyond, ", ".join(str(one) for one in parameters)[:300])
