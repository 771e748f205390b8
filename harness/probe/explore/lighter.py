"""Makes a refused call again without the keywords that it is refused for: what comes back is the library's own."""

import ast
import copy
import inspect
import re
from types import FrameType
from typing import Any, Callable, Optional

from ..describe import message
from .standin import is_standin, result_of

Report = Callable[[BaseException, ast.AST], None]
_WORD = re.compile(r"[^\W\d]\w*")
_NAMED = re.compile(
    r"(?:unexpected|unknown|invalid|unrecogni[sz]ed|unsupported)\b[^'\"`]{0,40}['\"`](\w+)['\"`]", re.IGNORECASE
)
_PROPOSES = "Did you mean"
"""What Python says before it names another keyword."""
_ONCE = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
"""What cannot be evaluated a second time, or only in the frame that it stands in."""


def lighter(exc: BaseException, call: ast.Call, frame: FrameType, report: Report) -> Optional[Any]:
    """Return what a call gives without what it is refused for; None where that is not why, or not enough.

    Args:
        exc: What the call ended in.
        call: The call.
        frame: Where it stands.
        report: Hears of further keywords that do not bind once the first are left out.
    """
    if isinstance(exc, (ImportError, NameError)) or any(isinstance(one, _ONCE) for one in ast.walk(call)):
        return None
    left = copy.copy(call)
    while True:
        refused = _refused(exc, left)
        if not refused:
            return None
        left.keywords = [one for one in left.keywords if one.arg not in refused]
        try:
            # the sample's own text, in its own namespaces
            value = eval(compile(ast.Expression(left), "<again>", "eval"), frame.f_globals, dict(frame.f_locals))  # noqa: S307
        except (Exception, SystemExit) as error:
            exc = error
            if isinstance(exc, TypeError) and set(_NAMED.findall(message(exc))) & _written(left):
                report(exc, call)
            continue
        return _usable(value)


def surely(function: Any, value: Any) -> bool:
    """Return whether a callable says that it gives this very class, whatever keywords it is passed."""
    if inspect.isclass(function):
        return type(value) is function
    made = result_of(function, "")._harness_class if callable(function) else None
    said = getattr(inspect.unwrap(function), "__annotations__", {}).get("return") if callable(function) else None
    said = getattr(inspect.unwrap(function), "__globals__", {}).get(said) if isinstance(said, str) else said
    return type(value) in (made, said) and type(value).__module__ != "builtins"


def _refused(exc: BaseException, call: ast.Call) -> "set[str]":
    """Return the keywords that the sample wrote and the message names, those alone that it most plainly speaks of."""
    said = message(exc).partition(_PROPOSES)[0]
    written = _written(call)
    quoted = {name for name in written if re.search(rf"['\"`]{name}['\"`]", said)}
    ways = (set(_NAMED.findall(said)), quoted, set(_WORD.findall(said)))
    return next((written & named for named in ways if written & named), set())


def _written(call: ast.Call) -> "set[str]":
    """Return the keywords of a call as the sample writes them."""
    return {one.arg for one in call.keywords if one.arg}


def _usable(value: Any) -> Optional[Any]:
    """Return a value that can take part in what follows; what would have to be awaited is let go."""
    if inspect.iscoroutine(value):
        value.close()
        return None
    return None if value is None or is_standin(value) or inspect.isawaitable(value) else value
