"""An options file to begin with, written from the options themselves: what each is for, and its default."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
import tomllib
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.options.settings import FIELDS, Options

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 100
_HEAD = """\
# Options of the harness. A line that begins with "# " and a key is one: take the "# " away to set it.
# What stands there is the default; where that is nothing, or depends on the machine, an example.
# Paths are relative to this file. Variables (HARNESS_FAIL_ON) and flags (--fail-on) go before it;
# `harness doctor` shows what holds and where it comes from.
"""


def template() -> str:
    """Return an options file in which every option is explained and none is set."""
    said = _docstrings(Options)
    return "\n".join([_HEAD, *("\n".join(_option(key, item, said[item.name])) for key, item in FIELDS.items())])


def _option(key: str, item: dataclasses.Field[Any], said: str) -> Iterator[str]:
    default = written_default(item)
    yield from textwrap.wrap(
        f"{said.replace('``', '`')}{_choices(item.default)}", _WIDTH, initial_indent="# ", subsequent_indent="# "
    )
    if default is None:
        yield "# For example:"
    yield f"# {key} = {default if default is not None else item.metadata['example']}"
    yield ""


def written_default(item: dataclasses.Field[Any]) -> str | None:
    """Return a default as a user would write it; None where there is nothing to write, or it depends on the machine."""
    if item.default is dataclasses.MISSING or item.default in ("", (), None):
        return None
    example = str(item.metadata["example"])
    written = tomllib.loads(f"example = {example}")["example"]
    return example if item.metadata["read"](written, Path()) == item.default else _toml(item.default)


def _choices(default: object) -> str:
    """Return the words that may be written in place of a default, where there are only so many."""
    one = default[0] if isinstance(default, tuple) and default else default
    return f" Choices: {', '.join(type(one))}." if isinstance(one, StrEnum) else ""


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case _:
            return f"'{value}'"


def _docstrings(owner: type) -> dict[str, str]:
    """Return what stands under each field of a class, which Python itself does not keep."""
    body = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    found = {}
    lines = body.body if isinstance(body, ast.ClassDef) else []
    for field, text in pairwise(lines):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            found[field.target.id] = " ".join(str(ast.literal_eval(text.value)).split())
    return found
