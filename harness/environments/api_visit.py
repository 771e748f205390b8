"""One module's source to its interface: griffe reads names, parameters and bases; nothing is executed."""

from __future__ import annotations

import logging
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

import griffe

from harness.environments.api_extra import Extra, Extras, extras
from harness.environments.api_shape import ALIAS, CLASS, FUNCTION, MADE_UP, REFUSES, VALUE, Module, Parameter, Thing
from harness.syntax_tree import parse, undisturbed

if TYPE_CHECKING:
    from collections.abc import Iterable

_STARS: Final = {griffe.ParameterKind.var_positional: 1, griffe.ParameterKind.var_keyword: 2}
_NAME: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_FIELD_ALIAS: Final = re.compile(r"\balias\s*=\s*['\"](\w+)['\"]")
_UNBOUND: Final = frozenset(("staticmethod",))
logging.getLogger("griffe").setLevel(logging.CRITICAL)  # it reports docstrings that are none of our business


def visit(module: str, path: str, source: bytes) -> Module:
    """Return the interface of a module.

    Args:
        module: Its full dotted path.
        path: Its file; ``__init__`` makes it a package.
        source: Its text.
    """
    text = source.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            more = extras(parse(text))
            name, file = module.rpartition(".")[2], _file(module, path)
            with undisturbed():
                seen = griffe.visit(name, file, text, parent=_parent(module))
            return _module(seen, module, more)
    except (SyntaxError, ValueError, RecursionError, MemoryError, griffe.GriffeError):
        return Module(broken=True)


def _file(module: str, path: str) -> Path:
    """Return a path under which griffe knows a package from a module."""
    parts = module.split(".")
    is_package = path.rpartition("/")[2].startswith("__init__.")
    return Path(*parts, "__init__.py") if is_package else Path(*parts[:-1], f"{parts[-1]}.py")


def _parent(module: str) -> griffe.Module | None:
    """Return the packages above a module, empty ones, so that relative imports find their way."""
    parent: griffe.Module | None = None
    names = module.split(".")[:-1]
    for at, name in enumerate(names):
        package = griffe.Module(name, filepath=Path(*names[: at + 1], "__init__.py"), parent=parent)
        if parent is not None:
            parent.set_member(name, package)
        parent = package
    return parent


def _module(seen: griffe.Module, module: str, more: Extras) -> Module:
    things: dict[str, Thing] = {}
    stars: list[str] = []
    for name, member in seen.members.items():
        if isinstance(member, griffe.Alias) and member.wildcard:
            stars.append(member.wildcard)
        elif member.runtime or name in more.lazy.names or more.lazy.dynamic:
            # what only a type checker imports is not there at run time, unless it is given out when asked
            things[name] = _thing(member, name, more)
    package = module if seen.is_init_module else module.rpartition(".")[0]
    lazy = {name: _absolute(where, name, package) for name, where in more.lazy.names.items()}
    for name in more.lazy.refused:
        things.setdefault(name, Thing(FUNCTION, marks=(REFUSES,)))
    for inner, names in more.lazy.submodules.items():
        # a module that a table makes up: its names hang below it
        things.setdefault(inner, Thing(CLASS, members={one: Thing(VALUE) for one in names}, marks=(MADE_UP,)))
    return Module(things, tuple(dict.fromkeys(stars)), lazy, more.lazy.dynamic, more.notes, more.documented)


def _absolute(where: str, name: str, package: str) -> str:
    """Return the full path that an entry of a table stands for."""
    where = where.replace(":", ".")
    if where.startswith("."):
        above = package.split(".")
        level = len(where) - len(where.lstrip("."))
        base = ".".join(above[: len(above) - level + 1])
        where = f"{base}.{where.lstrip('.')}".strip(".")
    if not where:
        return ""
    return where if where.rpartition(".")[2] == name else f"{where}.{name}"


def _thing(member: griffe.Object | griffe.Alias, name: str, more: Extras) -> Thing:
    extra = more.definitions.get(name, Extra())
    if isinstance(member, griffe.Alias):
        return Thing(ALIAS, target=member.target_path)
    if isinstance(member, griffe.Class):
        return _class(member, name, more)
    if isinstance(member, griffe.Function):
        return Thing(
            FUNCTION,
            parents=tuple(_names(member.returns)),
            parameters=_parameters(member, method="." in name),
            marks=(*_marks(member), *((REFUSES,) if extra.refuses else ())),
            taken=extra.taken,
            passes=extra.passes,
            notes=extra.notes,
            documented=extra.documented,
            given=extra.given,
        )
    return _attribute(member, extra) if isinstance(member, griffe.Attribute) else Thing(VALUE)


def _class(member: griffe.Class, name: str, more: Extras) -> Thing:
    members = {key: _thing(inner, f"{name}.{key}", more) for key, inner in member.members.items()}
    aliases = [alias for inner in member.members.values() for alias in _FIELD_ALIAS.findall(_value(inner))]
    parents = tuple(path for base in member.bases for path in _bases(base))
    extra = more.definitions.get(name, Extra())
    return Thing(
        CLASS,
        parents=parents,
        members=members,
        marks=_marks(member),
        taken=tuple(aliases),
        notes=extra.notes,
        documented=extra.documented,
        given=extra.given,
        lists=extra.lists,
    )


def _attribute(member: griffe.Attribute, extra: Extra) -> Thing:
    value, annotation = member.value, member.annotation
    target = value.canonical_path if isinstance(value, griffe.ExprName | griffe.ExprAttribute) else ""
    field = annotation is not None and "property" not in member.labels
    marks = ("annotated", *(() if value is not None else ("bare",))) if field else ()
    return Thing(
        VALUE, target=target, parents=tuple(_names(annotation)), marks=marks, notes=extra.notes, given=extra.given
    )


def _value(member: griffe.Object | griffe.Alias) -> str:
    return str(member.value) if isinstance(member, griffe.Attribute) and member.value is not None else ""


def _marks(member: griffe.Class | griffe.Function) -> tuple[str, ...]:
    found = (_NAME.match(str(mark.value)) for mark in member.decorators)
    return tuple(match[0] for match in found if match)


def _parameters(function: griffe.Function, *, method: bool) -> tuple[Parameter, ...]:
    """Return what a function takes, in any of its overloads; a method without what it is bound to."""
    every: dict[str, Parameter] = {}
    for one in (function, *(function.overloads or ())):
        own = one is function
        for at, parameter in enumerate(one.parameters):
            if method and at == 0 and not _UNBOUND & {*_marks(function)} and parameter.kind not in _STARS:
                continue
            star = _STARS.get(parameter.kind, 0)
            name = parameter.name.lstrip("*")
            every.setdefault(name, Parameter(name, own and parameter.required and not star, star))
    return tuple(every.values())


def _bases(base: str | griffe.Expr) -> Iterable[str]:
    """Return the classes that a base names: type arguments left out, those that a call mixes taken in."""
    while isinstance(base, griffe.ExprSubscript):
        base = base.left if isinstance(base.left, griffe.Expr) else str(base.left)
    if isinstance(base, griffe.ExprCall):
        return [path for argument in base.arguments for path in _bases(argument)]
    return [base.canonical_path if isinstance(base, griffe.Expr) else str(base)]


def _names(annotation: str | griffe.Expr | None) -> Iterable[str]:
    """Return the full paths of all names in an annotation, quoted ones as they stand."""
    if isinstance(annotation, griffe.Expr):
        paths = [one.canonical_path for one in annotation.iterate(flat=True) if isinstance(one, griffe.ExprName)]
        return dict.fromkeys(paths)
    return _NAME.findall(annotation) if annotation else ()
