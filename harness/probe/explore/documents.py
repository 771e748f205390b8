"""Writes documents that describe a step of a pipeline, so that a library makes of them what the sample goes on with.

Nobody can know what stands in a file that a page does not show. But the text
tells what it must declare: the arguments that the sample passes to what came
from it, and the outputs that the sample reads of its result.
"""

import ast
import json
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

SUFFIXES = (".yaml", ".yml", ".json")
"""Endings of files that hold such documents."""
_IMAGE = "python:3.11"
_DEPTH = 4
_SIMPLE = {bool: "boolean", int: "integer", float: "number", str: "string"}
_HINTS = {kind.__name__: said for kind, said in _SIMPLE.items()}


class Interface(NamedTuple):
    """What a sample takes a document to declare."""

    inputs: Dict[str, str]
    """Names of arguments; their kinds are ``number`` and the like, a type that the sample names, or empty for data."""
    outputs: List[str]
    """Names of what is read of the result."""


def interface(tree: ast.Module, path: str) -> Interface:
    """Return how a sample uses what it makes of a file."""
    inputs: Dict[str, str] = {}
    results: Set[str] = set()
    made = {name for name, value in _assigned(tree) if _mentions(value, path)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in made:
            inputs.update({one.arg: _kind(tree, one.value, node, _DEPTH) for one in node.keywords if one.arg})
        if isinstance(node, ast.Call) and _mentions(node, path):
            inputs.update(_listed(tree, node))
    for name, value in _assigned(tree):
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in made:
            results.add(name)
    return Interface(inputs, list(dict.fromkeys(_read(tree, results))))


def documents(found: Interface) -> List[str]:
    """Return documents of the kinds that pipelines are described in, one of which a library may take."""
    return [json.dumps(one, indent=2) for one in (_command(found), _container(found), _compiled(found))]


def _command(found: Interface) -> Dict[str, Any]:
    """Return a step as Azure Machine Learning describes it; its code is the folder that it lies in."""
    inputs = {name: {"type": kind or "uri_folder"} for name, kind in found.inputs.items()}
    words = ["echo", *(f"${{{{inputs.{name}}}}}" for name in inputs), *(f"${{{{outputs.{o}}}}}" for o in found.outputs)]
    return {
        "name": "supplied",
        "version": "1",
        "type": "command",
        "inputs": inputs,
        "outputs": {name: {"type": "uri_folder"} for name in found.outputs},
        "code": ".",
        "environment": {"image": _IMAGE},
        "command": " ".join(words),
    }


def _container(found: Interface) -> Dict[str, Any]:
    """Return a step as Kubeflow Pipelines describes it."""
    names = {"string": "String", "integer": "Integer", "number": "Float", "boolean": "Boolean"}
    inputs = [{"name": name, **({"type": names[kind]} if kind in names else {})} for name, kind in found.inputs.items()]
    values: List[Any] = [{"inputValue" if kind in names else "inputPath": name} for name, kind in found.inputs.items()]
    values += [{"outputPath": name} for name in found.outputs]
    return {
        "name": "supplied",
        "inputs": inputs,
        "outputs": [{"name": name} for name in found.outputs],
        "implementation": {"container": {"image": _IMAGE, "command": ["echo", *values]}},
    }


def _compiled(found: Interface) -> Dict[str, Any]:
    """Return a pipeline of one step as the compiler of Kubeflow Pipelines leaves it for who runs it."""
    kinds = {"integer": "NUMBER_INTEGER", "number": "NUMBER_DOUBLE", "boolean": "BOOLEAN"}
    parameters = {name: {"parameterType": kinds.get(kind, "STRING")} for name, kind in found.inputs.items()}
    task = {"componentRef": {"name": "comp-supplied"}, "taskInfo": {"name": "supplied"}}
    executor = {"container": {"image": _IMAGE, "command": ["echo"]}}
    return {
        "pipelineInfo": {"name": "supplied"},
        "schemaVersion": "2.1.0",
        "sdkVersion": "kfp-2.0.0",
        "defaultPipelineRoot": "gs://supplied/root",
        "components": {"comp-supplied": {"executorLabel": "exec-supplied"}},
        "deploymentSpec": {"executors": {"exec-supplied": executor}},
        "root": {"inputDefinitions": {"parameters": parameters}, "dag": {"tasks": {"supplied": task}}},
    }


def _listed(tree: ast.Module, call: ast.Call) -> Dict[str, str]:
    """Return what a call passes by name in tables: ``run("pipeline.json", arguments={"rate": 0.1})``."""
    told = dict(_assigned(tree))
    found: Dict[str, str] = {}
    for one in call.keywords:
        table = told.get(one.value.id) if isinstance(one.value, ast.Name) else one.value
        if isinstance(table, ast.Dict):
            for key, value in zip(table.keys, table.values):  # noqa: B905 - strict= is newer than 3.9
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found[key.value] = _kind(tree, value, call, _DEPTH)
    return found


def _assigned(tree: ast.Module) -> Iterator[Tuple[str, ast.expr]]:
    """Yield every name that is assigned, and what."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value


def _mentions(node: ast.AST, path: str) -> bool:
    return any(isinstance(one, ast.Constant) and one.value == path for one in ast.walk(node))


def _read(tree: ast.Module, results: Set[str]) -> Iterator[str]:
    """Yield the outputs that are read of results: ``result.outputs.name`` and ``result.outputs["name"]``."""
    for node in ast.walk(tree):
        of = getattr(node, "value", None)
        if not (isinstance(of, ast.Attribute) and of.attr == "outputs" and _is_one(of.value, results)):
            continue
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            yield str(node.slice.value)


def _is_one(node: ast.expr, results: Set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in results


def _kind(tree: ast.Module, value: Optional[ast.expr], within: ast.AST, depth: int) -> str:
    """Return what kind of thing is passed, as far as the text tells; empty where it does not."""
    if isinstance(value, ast.Constant):
        return _SIMPLE.get(type(value.value), "")
    if isinstance(value, ast.Call):
        said = next((one.value for one in value.keywords if one.arg == "type"), None)
        return said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
    if not isinstance(value, ast.Name) or depth == 0:
        return ""
    function = _around(tree, within)
    one = next((one for one in function.args.args if one.arg == value.id), None) if function else None
    if function is None or one is None:
        told = next((other for name, other in _assigned(tree) if name == value.id), None)
        return _kind(tree, told, within, depth - 1)
    if isinstance(one.annotation, ast.Name):
        return _HINTS.get(one.annotation.id, "")
    return _kind(tree, *_passed(tree, function, one), depth - 1)


def _passed(tree: ast.Module, function: ast.FunctionDef, one: ast.arg) -> Tuple[Optional[ast.expr], ast.AST]:
    """Return what the sample passes for a parameter, or its default, and where that stands."""
    parameters = function.args.args
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name:
            passed: Dict[Optional[str], ast.expr] = {k.arg: k.value for k in node.keywords}
            passed.update(zip([p.arg for p in parameters], node.args))  # noqa: B905 - strict= is newer than 3.9
            if one.arg in passed:
                return passed[one.arg], node
    defaults = dict(zip(reversed(parameters), reversed(function.args.defaults)))  # noqa: B905 - as above
    return defaults.get(one), tree


def _around(tree: ast.Module, inner: ast.AST) -> Optional[ast.FunctionDef]:
    """Return the function that an expression stands in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(one is inner for one in ast.walk(node)):
            return node
    return None
