"""Which messages a method takes and gives: read out of the client library's generated sources.

Importing a client would cost ten seconds for a large library. Its text says the same: the transport names the
messages of every path, the client those that wait in a long-running operation, and the patterns of resource names.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stubs.gcp.inside.shape import Proto

KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
DEEPEST = 4
"""How far below ``google/`` libraries lie."""


class Method(NamedTuple):
    """One method of a service."""

    rpc: str
    """Its name on the wire, e.g. ``CreatePipelineJob``."""
    kind: str
    """One of `KINDS`."""
    request: Proto
    """The protobuf class that it takes."""
    response: Proto
    """The protobuf class that it gives."""
    result: Proto = None
    """The protobuf class that its long-running operation ends with."""
    metadata: Proto = None
    """The protobuf class of that operation's metadata."""


class Service(NamedTuple):
    """What a library says about a service."""

    methods: dict[str, Method]
    """By name on the wire."""
    patterns: dict[str, str]
    """Resource (``pipeline_job``) to the pattern of its names."""


def snake(name: str) -> str:
    """Return ``PipelineJob`` as ``pipeline_job``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def read_service(name: str) -> Service | None:
    """Return what the installed libraries say about a service, None where none knows it.

    Args:
        name: Its full name, e.g. ``google.cloud.aiplatform.v1.PipelineService``.
    """
    package, _, short = name.rpartition(".")
    for library, folder in _libraries(package):
        base = folder / "services" / snake(short)
        transport, client = base / "transports" / "grpc.py", base / "client.py"
        if transport.is_file() and client.is_file():
            _enter_quietly(library, folder)
            return _read(_Source(transport), _Source(client))
    return None


def _libraries(package: str) -> Iterator[tuple[str, Path]]:
    """Yield (import name, folder) of the libraries that were generated from a protobuf package."""
    for entry in sys.path:
        for folder in _folders(Path(entry, "google"), DEEPEST):
            try:
                said = json.loads((folder / "gapic_metadata.json").read_text("utf-8"))
            except (OSError, ValueError):
                continue
            if said.get("protoPackage") == package:
                yield said["libraryPackage"], folder


def _folders(top: Path, depth: int) -> Iterator[Path]:
    yield top
    if depth:
        try:
            entries = [entry for entry in os.scandir(top) if entry.is_dir() and entry.name != "__pycache__"]
        except OSError:
            return
        for entry in entries:
            yield from _folders(Path(entry.path), depth - 1)


def _enter_quietly(library: str, folder: Path) -> None:
    # The packages' own __init__ imports every service there is; their modules do without.
    for name, path in ((library, folder), (library + ".types", folder / "types")):
        if name not in sys.modules:
            module = types.ModuleType(name)
            module.__path__ = [str(path)]
            sys.modules[name] = module


class _Source:
    """A source file: its tree, and what its names stand for."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_text("utf-8"))
        self._imports: dict[str, str] = {}
        for node in self.tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                package = (node.module or "") + "." if isinstance(node, ast.ImportFrom) else ""
                for alias in node.names:
                    self._imports[alias.asname or alias.name] = package + alias.name

    def functions(self) -> Iterator[ast.FunctionDef]:
        """Yield the methods of its classes."""
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef):
                yield from (part for part in node.body if isinstance(part, ast.FunctionDef))

    def message(self, node: ast.expr | None) -> Proto:
        """Return the protobuf class that an expression like ``model_service.Model`` names, else None."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._imports:
            return None
        found = importlib.import_module(self._imports[node.id])
        for part in parts:
            found = getattr(found, part)
        pb = getattr(found, "pb", None)  # proto-plus wraps the protobuf class
        return pb() if callable(pb) else found


def _read(transport: _Source, client: _Source) -> Service:
    waiting: dict[str, tuple[Proto, Proto]] = {}
    patterns: dict[str, str] = {}
    for function in client.functions():
        if function.name.endswith("_path") and not function.name.startswith("parse_"):
            patterns[function.name[: -len("_path")]] = _literal(function)
        for call in _calls(function, ("from_gapic",)):
            metadata = next((word.value for word in call.keywords if word.arg == "metadata_type"), None)
            waiting[function.name] = (client.message(call.args[2]), client.message(metadata))
    methods: dict[str, Method] = {}
    for function in transport.functions():
        for call in _calls(function, KINDS):
            words = {word.arg: word.value for word in call.keywords}
            request, response = words.get("request_serializer"), words.get("response_deserializer")
            path = call.args[0] if call.args else None
            if (
                isinstance(path, ast.Constant)
                and isinstance(request, ast.Attribute)
                and isinstance(response, ast.Attribute)
            ):
                rpc = str(path.value).rpartition("/")[2]
                kind = call.func.attr if isinstance(call.func, ast.Attribute) else ""
                types_ = transport.message(request.value), transport.message(response.value)
                methods[rpc] = Method(rpc, kind, *types_, *waiting.get(function.name, (None, None)))
    return Service(methods, patterns)


def _calls(function: ast.FunctionDef, names: tuple[str, ...]) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def _literal(function: ast.FunctionDef) -> str:
    """Return the pattern that a ``…_path`` function fills in."""
    texts = (
        node.value for node in ast.walk(function) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return next((text for text in texts if "{" in text), "")
