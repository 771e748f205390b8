"""Makes `certifi`, whose file nobody can change, name the CA of the stubs."""

import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Optional

NAME = "certifi"


def extend() -> None:
    """Have the module changed when it is imported."""
    sys.meta_path.insert(0, _Finder())


class _Finder:
    def find_spec(self, fullname: str, path: Any, target: Optional[ModuleType] = None) -> Optional[ModuleSpec]:
        if fullname != NAME:
            return None
        for finder in sys.meta_path:
            spec = finder.find_spec(fullname, path, target) if finder is not self else None
            if spec is not None and spec.loader is not None:
                spec.loader = _Loader(spec.loader)  # type: ignore[assignment] # a loader by its shape
                return spec
        return None


class _Loader:
    """Loads as the one before it does, and then puts our functions in place."""

    def __init__(self, before: Any) -> None:
        self._before = before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._before, name)

    def create_module(self, spec: ModuleSpec) -> Optional[ModuleType]:
        made: Optional[ModuleType] = self._before.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        self._before.exec_module(module)
        module.__dict__.update(where=_where, contents=_contents)


def _where() -> str:
    return os.environ.get("SSL_CERT_FILE", "")


def _contents() -> str:
    with open(_where(), encoding="ascii") as file:
        return file.read()
