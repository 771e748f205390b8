"""Imports and attributes that a library does not have (A001, A002), and libraries that fail by themselves (E203)."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from harness.judge.blame import attribute, has_type, importing, lazily, libraries, owned, supplied, top
from harness.judge.deprecation import reached
from harness.judge.marks import mark
from harness.model.verdict import Code, Finding

if TYPE_CHECKING:
    from harness.judge.names import Source
    from harness.model.execution import Raised

_NAME_FROM = re.compile(r"cannot import name '([^']+)'(?: from (?:partially initialized module )?'([^']+)')?")
_NO_MODULE = re.compile(r"No module named '([^']+)'")
_WANTS_PACKAGE = re.compile(
    r"\bpip3? install\b|\bextras?\b|not installed|optional dependenc|please install", re.IGNORECASE
)
_NO_ATTRIBUTE = re.compile(r"(?:module|type object|^)\s*'([^']+)'(?: object)? has no attribute '([^']+)'")
GONE = re.compile(
    r"(?:has|have|had) been (?:removed|moved|renamed|replaced|dropped)|(?:was|were) (?:removed|moved|renamed)"
    r"|\b(?:is|are) (?:now )?removed\b"
    r"|no longer (?:supported|available|exists?|part|provided|valid)|is not supported anymore|use .{1,60} instead",
    re.IGNORECASE | re.DOTALL,
)
# fmt: off
GONE_FROM_PYTHON = frozenset({
    "aifc", "asynchat", "asyncore", "audioop", "binhex", "cgi", "cgitb", "chunk", "crypt", "distutils",
    "formatter", "imghdr", "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "parser",
    "pipes", "smtpd", "sndhdr", "spwd", "sunau", "symbol", "telnetlib", "uu", "xdrlib",
})
# fmt: on
"""Modules that Python 3 had and later gave up: nothing on the index is asked about them."""


def module_missing(seen: Raised, source: Source | None, installed: frozenset[str]) -> Finding | None:
    """Judge a ModuleNotFoundError.

    Args:
        seen: The exception.
        source: The sample's file.
        installed: Tops of the modules that some installed distribution provides.
    """
    found = _NO_MODULE.search(seen.message)
    name = attribute(seen, "name") or (found.group(1) if found else "")
    if not libraries(seen):
        if top(name) in installed or _standard(seen, name):
            text = f"{top(name)} has no module {name}"
            return mark(seen, Code.MODULE, name, text, node=_alias(source, seen, name))
        return mark(seen, Code.PLATFORM, name, f"no installed distribution provides the module {name}")
    return import_failed(seen, source)


def _standard(seen: Raised, name: str) -> bool:
    """Return whether a missing module was once Python's own."""
    return name in GONE_FROM_PYTHON and bool(seen.line)


def import_failed(seen: Raised, source: Source | None) -> Finding | None:
    """Judge an ImportError: a name that the sample asks for, or what a library asks for itself."""
    found = _NAME_FROM.search(seen.message)
    asked = _asked(source, seen.line)
    if not libraries(seen):
        name = attribute(seen, "name_from") or (found.group(1) if found else "")
        module = attribute(seen, "name") or (found.group(2) if found and found.group(2) else "")
        symbol = next((path for path in asked if path.endswith(f".{name}")), f"{module}.{name}".strip("."))
        return mark(
            seen, Code.NAME, symbol, f"{symbol.rpartition('.')[0]} has no {name}", node=_alias(source, seen, name)
        )
    wanted = [path for path in asked if re.search(rf"\b{re.escape(path.rpartition('.')[2])}\b", seen.message)]
    if lazily(seen) and wanted and not _WANTS_PACKAGE.search(seen.message):
        return mark(seen, Code.NAME, wanted[0], f"{top(wanted[0])} no longer has {wanted[0]}")
    module = next((path for path in _modules(asked) if path in seen.message), "")
    if module and GONE.search(seen.message) and not _WANTS_PACKAGE.search(seen.message):
        # A release may keep an empty shell of a module that only tells where its contents went.
        return mark(seen, Code.MODULE, module, f"{top(module)} says that {module} is gone")
    return by_itself(seen)


def by_itself(seen: Raised) -> Finding:
    """Return E203: a library fails by itself, whatever the sample does."""
    frames = libraries(seen)
    library = frames[-1].owner if frames else ""
    return mark(seen, Code.ENVIRONMENT, library, f"{library} fails by itself as it resolves today")


def attribute_missing(seen: Raised, source: Source | None) -> Finding | None:
    """Judge an AttributeError; None where neither a library nor a placeholder is concerned."""
    frames, path = libraries(seen), owned(attribute(seen, "obj"))
    found = _NO_ATTRIBUTE.search(seen.message)
    name = attribute(seen, "name") or (found.group(2) if found else "")
    symbol, node = _reached(seen, source, name)
    if frames and not lazily(seen):
        clash = path and top(path) != frames[-1].owner
        return by_itself(seen) if importing(seen) or clash else None
    if not path and seen.message.find("object has no attribute") < 0 and found:
        path = found.group(1)
    # Before 3.10 the exception does not tell the object: the names on the line do.
    path = path or (_typed(seen, found.group(1)) if found else "")
    if supplied(seen) and not symbol and node is not None and source is not None:
        symbol = reached(source, node)  # of a class of the sample's own, what it derives from
    if not path and not symbol:
        return None
    if not path and attribute(seen, "obj") and not supplied(seen):
        return None  # an object of Python's own or of the sample's
    if path and attribute(seen, "obj").startswith("instance ") and not _named_for(symbol, path):
        symbol = ""  # reached through calls of functions: what they gave is known better by its type
    symbol = symbol or f"{path}.{name}"
    owner = symbol.rpartition(".")[0]
    return mark(seen, Code.NAME, symbol, f"{owner} has no attribute {name}", node=node) if name else None


def _named_for(symbol: str, path: str) -> bool:
    """Return whether the owner in a symbol is the class at a path, as the sample writes it."""
    owner = symbol.rpartition(".")[0].rpartition(".")[2]
    return owner == path.rpartition(".")[2] or owner[:1].isupper()


def says_removed(seen: Raised) -> bool:
    """Return whether a library itself says that something is gone."""
    return bool(libraries(seen)) and bool(GONE.search(seen.message))


def says_gone(seen: Raised, source: Source | None) -> Finding | None:
    """Judge any error in which a library itself says that what was asked for is gone."""
    # what a module gives out when asked may say so without a frame of its own
    heard = libraries(seen) or has_type(seen, "AttributeError")
    if not heard or not GONE.search(seen.message) or source is None:
        return None
    words = set(re.findall(r"[^\W\d]\w*", seen.message))
    for node in source.head(seen.line):
        symbol = source.resolve(node) if isinstance(node, ast.Attribute | ast.Name) else ""
        if symbol and symbol.rpartition(".")[2] in words:
            return mark(seen, Code.NAME, symbol, f"{top(symbol)} says that {symbol} is gone", node=node, sure=False)
    return None


def _typed(seen: Raised, name: str) -> str:
    """Return the path of a library's class of this bare name among the values on the failing line."""
    paths = [owned(text) for key, text in seen.attributes if key.startswith("name:")]
    return next((path for path in paths if path and path.rpartition(".")[2] == name), "")


def _reached(seen: Raised, source: Source | None, name: str) -> tuple[str, ast.AST | None]:
    """Return how the sample writes the missing attribute, as a dotted path, and where."""
    if source is None:
        return "", None
    failed = source.expression(seen)
    nodes = [failed] if isinstance(failed, ast.Attribute) else source.head(seen.line)
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == name:
            return source.resolve(node), node
    return "", None


def _asked(source: Source | None, line: int) -> list[str]:
    """Return the dotted paths that the import at a line asks for."""
    statement = source.statement(line) if source else None
    if isinstance(statement, ast.ImportFrom) and statement.module:
        return [f"{statement.module}.{alias.name}" for alias in statement.names]
    return [alias.name for alias in statement.names] if isinstance(statement, ast.Import) else []


def _modules(asked: list[str]) -> list[str]:
    """Return the dotted modules below the library's top that an import goes through, longest first."""
    found = {".".join(path.split(".")[:n]) for path in asked for n in range(2, path.count(".") + 2)}
    return sorted(found, key=len, reverse=True)


def _alias(source: Source | None, seen: Raised, name: str) -> ast.AST | None:
    """Return the part of an import statement that names what is missing."""
    statement = source.statement(seen.line) if source else None
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return None
    return next((alias for alias in statement.names if alias.name == name), None)
