"""Calls that a library no longer takes (A003) and objects that can no longer be used this way (A004)."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from harness.judge.blame import attribute, importing, libraries, owned
from harness.judge.marks import mark
from harness.judge.members import GONE, by_itself
from harness.model.verdict import Code, Finding

if TYPE_CHECKING:
    from harness.judge.names import Source
    from harness.model.execution import Raised

_BINDING = re.compile(
    r"unexpected keyword argument|missing \d+ required |takes (?:no|exactly|at (?:most|least)|from \d+ to \d+|\d+) "
    r"|multiple values for (?:keyword )?argument|positional-only argument|expected at (?:most|least) \d+ argument"
    r"|missing a required argument|got an unexpected|too many positional arguments|is an invalid keyword argument"
)
_REFUSED = re.compile(
    r"extra inputs are not permitted|extra fields not permitted|field required|unexpected keyword"
    r"|unknown (?:argument|parameter|field)|invalid (?:argument|parameter|keyword)|unrecognized (?:argument|keyword)"
    r"|no longer (?:supported|accept\w*|valid)|(?:argument|parameter) .{1,60}(?:removed|renamed|not supported)"
    r"|must be (?:an? )?(?:callable|instance|type|str|int|bool|list)",
    re.IGNORECASE,
)
_PROTOCOL = re.compile(
    r"context manager protocol|is not callable|is not (?:async )?iterable|is not subscriptable"
    r"|object is not an iterator|can't be used in 'await'|does not support (?:item|the)"
    r"|requires an object with __aiter__|cannot unpack non-iterable"
    r"|has no len\(\)|unsupported operand type|^__a?enter__$|^__a?exit__$"
)
_QUOTED_TYPE = re.compile(
    r"'([\w.]+)' object|of type '([\w.]+)'|object ([\w.]+) can't|^'([\w.]+)'|non-iterable ([\w.]+) object"
)
_CALLEE = re.compile(r"(\w+)\(\)")
_UNEXPECTED = re.compile(r"unexpected (?:keyword argument|argument|parameter|attribute|option|property) '(\w+)'")
_PROPOSES = "Did you mean"
"""What Python says before it names another keyword."""
_WORD = re.compile(r"[^\W\d]\w*")
WRAPPERS = 3
"""Frames of a library between the sample's call and the one that does not bind: a decorator, a metaclass, a helper."""
PLAIN = frozenset(
    ("NoneType", "str", "int", "float", "bool", "list", "dict", "tuple", "set", "bytes", "function", "method", "type")
)
"""Types that a sample makes by itself: failing to use one says nothing of a library."""


def judge(seen: Raised, source: Source | None) -> Finding | None:
    """Judge a TypeError, a refused argument or a missing protocol; None where no library is concerned."""
    if _PROTOCOL.search(seen.message) and not libraries(seen):
        return _protocol(seen, source)
    frames = libraries(seen)
    binding = bool(_BINDING.search(seen.message)) and "TypeError" in (seen.type, *seen.bases)
    refused = bool(frames) and bool(_REFUSED.search(seen.message))
    call, symbol = callee(seen, source)
    keywords = _keywords(seen, call)
    if importing(seen):
        return by_itself(seen) if binding else None
    if binding and frames and not keywords:
        if _callee_name(seen) in (source.defined if source else ()):
            return None  # a library called the sample's own function, which does not take the call
        if not _passed_on(seen, source):
            return by_itself(seen)
    if not symbol or not (binding or refused or (frames and seen.type == "TypeError")):
        return None
    named = f"{symbol}({', '.join(f'{name}=' for name in keywords)})"
    sure = binding or bool(keywords)
    what = ", ".join(f"{name}=" for name in keywords) or "these arguments"
    return mark(seen, Code.SIGNATURE, named, f"{symbol} does not take {what}", node=call, sure=sure)


def keyword_gone(seen: Raised, source: Source | None) -> Finding | None:
    """Judge any error in which a library itself says that it no longer takes an argument that the sample names."""
    if not libraries(seen) or not (GONE.search(seen.message) or _UNEXPECTED.search(seen.message)):
        return None
    call, symbol = callee(seen, source)
    keywords = _keywords(seen, call)
    if not symbol or not keywords:
        return None
    named = ", ".join(f"{name}=" for name in keywords)
    return mark(seen, Code.SIGNATURE, f"{symbol}({named})", f"{symbol} does not take {named}", node=call)


def _protocol(seen: Raised, source: Source | None) -> Finding | None:
    """Judge the use of an object in a way that its type does not offer."""
    failed = source.expression(seen) if source else None
    node = failed.func if isinstance(failed, ast.Call) and "not callable" in seen.message else failed
    found = _QUOTED_TYPE.search(seen.message)
    kind = next((name for name in found.groups() if name), "") if found else ""
    if kind.rpartition(".")[2] in PLAIN or kind in ("ellipsis", "Ellipsis"):
        return None
    symbol = _used(seen, source, node, kind)
    what = seen.message if not seen.message.startswith("__") else "it is no context manager"
    return (
        mark(seen, Code.PROTOCOL, symbol, f"{symbol} can no longer be used this way: {what}", node=node)
        if symbol
        else None
    )


def _used(seen: Raised, source: Source | None, node: ast.AST | None, kind: str) -> str:
    """Return the library's name for what was used: as the sample reaches it, else as its type is called."""
    owners = [owned(text) for key, text in seen.attributes if key.startswith("name:")]
    typed = next((path for path in owners if path and path.rpartition(".")[2] == kind.rpartition(".")[2]), "")
    resolved = source.resolve(node) if source else ""
    if not resolved and source:
        paths = (source.resolve(one) for one in _candidates(source.head(seen.line), kind))
        resolved = next((path for path in paths if path and _fits(path, kind, typed)), "")
    return _upto(resolved or typed or (kind if "." in kind else ""), kind)


def _candidates(head: list[ast.AST], kind: str) -> list[ast.expr]:
    """Return what a statement may have used, where the interpreter does not tell: what ``with`` enters goes first."""
    entered = [node.context_expr for node in head if isinstance(node, ast.withitem)] if not kind else []
    called = [node.func for node in head if isinstance(node, ast.Call)] if kind == "module" else []
    return [*entered, *called, *(node for node in head if isinstance(node, ast.Call | ast.Name))]


def _fits(path: str, kind: str, typed: str) -> bool:
    """Return whether a path can be that of a value of this type."""
    return bool(typed) or kind in {"", "module"} or kind.rpartition(".")[2] in path.split(".")


def callee(seen: Raised, source: Source | None) -> tuple[ast.Call | None, str]:
    """Return the failing call and the library's path of what it calls, empty where that is not a library's."""
    if source is None:
        return None, ""
    failed = source.expression(seen)
    calls = [failed] if isinstance(failed, ast.Call) else source.calls(seen.line)
    words = set(_WORD.findall(seen.message))
    # Without columns: the call that holds a word of the message (its name, or a keyword) is the likeliest.
    calls.sort(key=lambda call: not words & {*_own_keywords(call), source.resolve(call).rpartition(".")[2]})
    for call in calls:
        symbol = _called(seen, source, call.func)
        if symbol:
            return call, symbol
    return (calls[0], "") if calls else (None, "")


def _called(seen: Raised, source: Source, func: ast.expr) -> str:
    """Return the library's path of a called name or method: as the sample reaches it, else what it then stood for."""
    base, words = func, list[str]()
    while isinstance(base, ast.Attribute):
        words.insert(0, base.attr)
        base = base.value
    real = owned(attribute(seen, f"name:{base.id}")) if isinstance(base, ast.Name) else ""
    if source.resolve(func) and words:
        return ".".join([_upto(source.resolve(base), real), *words])
    return source.resolve(func) or ".".join([real, *words] if real else [])


def _upto(path: str, kind: str) -> str:
    """Return a path as far as the class that the value is of: the calls behind it gave its like again."""
    words, name = path.split("."), kind.rpartition(".")[2]
    return ".".join(words[: len(words) - words[::-1].index(name)]) if name in words else path


def _own_keywords(call: ast.Call) -> list[str]:
    return [keyword.arg for keyword in call.keywords if keyword.arg]


def _keywords(seen: Raised, call: ast.Call | None) -> list[str]:
    """Return the keywords that the sample wrote and the message names, none that it only proposes or speaks of."""
    said = seen.message.partition(_PROPOSES)[0]
    words = set(_WORD.findall(said))
    named = [name for name in _own_keywords(call) if name in words] if call else []
    return [name for name in named if re.search(rf"['\"`]{name}['\"`]", said)] or named


def _callee_name(seen: Raised) -> str:
    """Return the bare name of the function that a message says does not bind."""
    found = _CALLEE.search(seen.message)
    return found.group(1) if found else ""


def _passed_on(seen: Raised, source: Source | None) -> bool:
    """Return whether the call that does not bind may pass on what the sample wrote.

    A wrapper or two of one library do. A keyword that the sample writes nowhere,
    or a call from one library to another, is a matter between libraries.
    """
    keyword = _UNEXPECTED.search(seen.message)
    if keyword and (source is None or keyword.group(1) not in _WORD.findall(source.part.text)):
        return False
    frames = libraries(seen)
    return len({frame.owner for frame in frames}) <= 1 and len(frames) <= WRAPPERS
