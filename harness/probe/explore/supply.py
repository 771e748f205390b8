"""Makes up arguments for what a sample only defines."""

import ast
import inspect
import pathlib
import typing
from typing import Any, Dict, List, Optional, Tuple

from . import fixtures
from .standin import StandIn, result_of
from .taint import Taint

_TABLES = {"df", "data", "dataset", "dataframe", "frame", "table", "train_df", "test_df", "raw_data"}


class Supplier:
    """Gives a value for a parameter: what the sample itself makes under that name, else one of its kind."""

    def __init__(self, taint: Taint, tree: ast.Module, columns: List[str]) -> None:
        self._taint = taint
        self._columns = columns
        self._producers = _producers(tree)
        self._results: Dict[str, Any] = {}

    def remember(self, function: str, value: Any) -> None:
        """Keep what a function gave: others take it under the name that the sample puts it in."""
        if value is not None:
            self._results[function] = value

    def bind(self, function: Any) -> Optional[Tuple[List[Any], Dict[str, Any]]]:
        """Return arguments for every parameter without a default, None where that cannot be known."""
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (ValueError, TypeError):
            return None
        hints = _hints(function)
        args: List[Any] = []
        kwargs: Dict[str, Any] = {}
        for one in parameters:
            if one.default is not one.empty or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
                continue
            value = self._taint.supply(self._value(one.name, hints.get(one.name, one.annotation)))
            if one.kind is one.KEYWORD_ONLY:
                kwargs[one.name] = value
            else:
                args.append(value)
        return args, kwargs

    def _value(self, name: str, hint: Any) -> Any:
        producer = self._producers.get(name)
        if producer in self._results:
            return self._results[producer]
        made = self._of_hint(name, hint)
        if made is not None:
            return made
        if name in _TABLES:
            table = fixtures.table(self._columns)
            if table is not None:
                return table
        return StandIn(name)

    def _of_hint(self, name: str, hint: Any) -> Any:
        kind = typing.get_origin(hint) or hint
        # fresh objects, so that their identity tells that they are ours
        simple: Dict[Any, Any] = {
            str: f"supplied_{name}",
            int: 1009,
            float: 0.5 + len(name) / 1024,
            bool: True,
            bytes: bytes(bytearray(b"supplied")),
            list: [],
            dict: {},
            set: set(),
            tuple: (),
        }
        if isinstance(kind, type) and kind in simple:
            return simple[kind]
        if not inspect.isclass(kind) or kind is inspect.Parameter.empty:
            return None
        if issubclass(kind, pathlib.PurePath):
            return kind(f"{fixtures.SUPPLIED}{name}")
        top = kind.__module__.partition(".")[0]
        if top == "pandas" and kind.__name__ == "DataFrame":
            return fixtures.table(self._columns)
        return result_of(kind, name) if top not in ("builtins", "typing") else None


def _hints(function: Any) -> Dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except Exception:
        return {}


def _producers(tree: ast.Module) -> Dict[str, str]:
    """Return for each name the function of the sample whose result it is assigned."""
    found: Dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, node.value.func.id)
    return found
