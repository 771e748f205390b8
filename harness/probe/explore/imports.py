"""Imports one name at a time, as the statement that failed would have."""

import ast
import importlib
import os
import sys
from types import FrameType
from typing import Any, Optional

from .standin import StandIn

_CONVENTIONAL = {"pd": "pandas", "np": "numpy", "plt": "matplotlib.pyplot", "sns": "seaborn", "tf": "tensorflow"}
"""Names that stand for a module by wide convention."""


def single(node: Any, alias: Any, frame: FrameType) -> Any:
    """Return what one name of an ``import`` or ``from`` statement stands for.

    Raises:
        ImportError: If it cannot be had.
    """
    if hasattr(node, "module"):
        found = __import__(node.module or "", frame.f_globals, {}, [alias.name], node.level)
        return _attribute(found, alias.name)
    found = importlib.import_module(alias.name)
    return found if alias.asname else sys.modules[alias.name.partition(".")[0]]


def instead(node: Any, alias: Any) -> Any:
    """Return what stands in for one name of a failed import."""
    if hasattr(node, "module"):
        return StandIn(f"{node.module or ''}.{alias.name}".strip("."))
    return StandIn(alias.name) if alias.asname else _grafted(alias.name)


def conventional(name: str) -> Optional[Any]:
    """Return the module that a name stands for by wide convention, None where it is not installed."""
    module = _CONVENTIONAL.get(name, name if name in getattr(sys, "stdlib_module_names", ()) else "")
    try:
        return importlib.import_module(module) if module else None
    except Exception:
        return None


def absent(node: Any, exc: BaseException) -> str:
    """Return the module that an import asks for and no file provides, though a package above it fails by itself.

    Empty where the package may make modules in ways that its files do not show.
    """
    module = (node.names[0].name if isinstance(node, ast.Import) else node.module) or ""
    if not module or getattr(node, "level", None) or isinstance(exc, ModuleNotFoundError):
        return ""
    words = module.split(".")
    for folder in sys.path:
        place = os.path.join(folder, words[0])
        if not os.path.isfile(os.path.join(place, "__init__.py")):
            continue
        for at, word in enumerate(words[1:], 1):
            if not any(name.partition(".")[0] == word for name in os.listdir(place)):
                return "" if _makes(place, word) else ".".join(words[: at + 1])
            place = os.path.join(place, word)
            if not os.path.isdir(place):
                return ""
        return ""
    return ""


def _makes(folder: str, word: str) -> bool:
    """Return whether a package's own text may bring in a module that has no file."""
    path = os.path.join(folder, "__init__.py")
    if not os.path.isfile(path):
        return True
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    return any(
        part in text for part in ("__getattr__", "__path__", "sys.modules", f'"{word}"', f"'{word}'", f" {word}")
    )


def _attribute(module: Any, name: str) -> Any:
    try:
        return getattr(module, name)
    except AttributeError:
        try:
            return importlib.import_module(f"{module.__name__}.{name}")
        except ModuleNotFoundError:
            raise ImportError(f"cannot import name {name!r} from {module.__name__!r}", name=module.__name__) from None


def _grafted(path: str) -> Any:
    """Return the top of a dotted module, with stand-ins where modules are missing."""
    words = path.split(".")
    try:
        top = owner = importlib.import_module(words[0])
    except Exception:
        return StandIn(words[0])
    for at in range(1, len(words)):
        try:
            owner = importlib.import_module(".".join(words[: at + 1]))
        except Exception:
            if not hasattr(owner, words[at]):
                setattr(owner, words[at], StandIn(".".join(words[: at + 1])))
            break
    return top
