"""What the code itself knows, as Markdown: commands, options, codes, words, and the fields of a report.

Pure: every maker returns text; `from_code` puts it into pages.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import tomllib
from enum import EnumType
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sphinx.pycode import ModuleAnalyzer

from harness import errors
from harness.cli import main
from harness.judge.explain import EXPLANATIONS
from harness.judge.marks import KINDS
from harness.judge.verdict import WEIGHT
from harness.model.verdict import Code, Kind, Verdict
from harness.options import settings
from harness.options.template import written_default
from harness.report.schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]


def commands() -> str:
    """Every command: what it does, what it takes, its flags."""
    return "\n".join(_command(click.Context(main, info_name="harness"), main, 1))


def _command(context: click.Context, command: click.Command, depth: int) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"{'#' * min(depth + 1, 3)} {context.command_path}\n"
    yield f"```text\n{usage}\n```\n"
    yield markdown(inspect.cleandoc(command.help or "")) + "\n"
    flags = [one for one in command.get_params(context) if isinstance(one, click.Option) and "--help" not in one.opts]
    if flags:
        yield table(("flag", "what"), [(_flag(one, context), _meaning(one)) for one in flags])
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner  # noqa: S101 - it is listed
            yield from _command(click.Context(inner, parent=context, info_name=name), inner, depth + 1)


def _flag(option: click.Option, context: click.Context) -> str:
    """Return a flag's names and what it takes, if that is not one of a few words."""
    names = ", ".join(sorted((*option.opts, *option.secondary_opts), key=len))
    takes = "" if option.is_flag or option.count or _words(option) else f" {option.make_metavar(context)}"
    return f"`{names}{takes}`"


def _meaning(option: click.Option) -> str:
    return " ".join(filter(None, (option.help, one_of(_words(option)))))


def _words(option: click.Option) -> list[str]:
    """Return the words that a flag takes where it takes one of a few and no help of its own says which."""
    return list(option.type.choices) if isinstance(option.type, click.Choice) and not option.metavar else []


def one_of(choices: Iterable[str]) -> str:
    """Return a sentence with the words that may stand somewhere, or nothing."""
    found = ", ".join(f"`{word}`" for word in choices)
    return f"One of {found}." if found else ""


def options() -> str:
    """Every option: its key in a file, its variable, its default and what it is for."""
    said = docstrings(settings.__name__, "Options")
    rows = []
    for item in dataclasses.fields(settings.Options):
        if item.metadata:
            key = item.name.replace("_", "-")
            named = "<br>".join(f"`{name}`" for name in (key, settings.VARIABLES.get(key)) if name)
            what = f"{said[item.name]} {_choices(str(item.type))}".rstrip()
            rows.append((named, _default(item), what))
    return table(("key, variable", "default", "what"), rows)


def _default(item: dataclasses.Field[Any]) -> str:
    """Return a default as a file has it; one that depends on the machine says what it is."""
    if inspect.isfunction(item.default_factory):
        return _sentence(item.default_factory.__doc__)
    written = written_default(item)
    return f"`{written}`" if written else ""


def _choices(kind: str) -> str:
    """Return the words of an enumeration that an option takes, or nothing."""
    found = getattr(settings, kind, None)
    return one_of(found) if isinstance(found, EnumType) else ""


def words(path: str) -> str:
    """Each word of an enumeration, named ``module:Class``, with its meaning."""
    module, _, name = path.partition(":")
    said = docstrings(module, name)
    every = getattr(importlib.import_module(module), name)
    return table(("word", "meaning"), [(f"`{word.value}`", said.get(word.name, "")) for word in every])


def codes() -> str:
    """Every code in one table."""
    rows = [
        (f"[{code}](#{code.lower()})", _kinds(code), markdown(told.title), _leads(code))
        for code, told in EXPLANATIONS.items()
    ]
    return table(("code", "kind", "what is wrong", "verdict"), rows)


def code_by_code() -> str:
    """Every code by itself: how it is seen and what to do about it."""
    return "\n".join(
        f"({code.lower()})=\n### {code}: {told.title}\n\n{told.seen}\n\n*What to do*: {told.todo}\n"
        for code, told in EXPLANATIONS.items()
    )


def _kinds(code: Code) -> str:
    """Return the kinds of a code; what is gone may never have been there."""
    kinds = [KINDS[code], *([Kind.NEVER_EXISTED] if KINDS[code] is Kind.REMOVED else [])]
    return ", ".join(kinds)


def _leads(code: Code) -> str:
    return "" if WEIGHT[code] is Verdict.OK else f"`{WEIGHT[code]}`"


def report() -> str:
    """Every object of the JSON report, with its fields."""
    schema = json.loads(json_schema())
    objects = {name: part for name, part in schema["$defs"].items() if "properties" in part}
    top = schema["$ref"].rpartition("/")[2]
    parts = []
    for name in sorted(objects, key=lambda one: (one != top, one)):
        fields = [
            (f"`{field}`", _type(value, objects), markdown(value.get("description", "")))
            for field, value in objects[name]["properties"].items()
        ]
        parts += [f"(report-{name.lower()})=", f"## {name}", "", markdown(objects[name].get("description", "")), ""]
        parts += [table(("field", "type", "what"), fields), ""]
    return "\n".join(parts)


def _type(value: Mapping[str, Any], objects: Collection[str]) -> str:
    """Return a type of the JSON Schema in a few words."""
    if "anyOf" in value:
        return " or ".join(_type(one, objects) for one in value["anyOf"])
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#report-{name.lower()})" if name in objects else f"*{name}*"
    if "enum" in value:
        return ", ".join(f"`{one}`" for one in value["enum"])
    if "items" in value:
        return f"list of {_type(value['items'], objects)}"
    if value.get("additionalProperties"):
        return f"object of {_type(value['additionalProperties'], objects)}"
    return str(value.get("type", "any"))


def exit_codes() -> str:
    """Every exit code, from where it is set."""
    said = docstrings(errors.__name__, "")
    found = {value: said[name] for name, value in vars(errors).items() if name.startswith("EXIT_")}
    found |= {family.exit_code: _sentence(family.__doc__) for family in errors.HarnessError.__subclasses__()}
    return table(("code", "meaning"), [(str(code), text) for code, text in sorted(found.items())])


def floors() -> str:
    """Every module and package, layer by layer of the import contract, with the first sentence it says of itself."""
    table_of = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in table_of if one["type"] == "layers")
    rows = []
    for layer in layers:
        for name in layer.split(" | "):
            said = inspect.getdoc(importlib.import_module(name)) or ""
            rows.append((f"`{name}`", markdown(" ".join(said.partition("\n\n")[0].split()))))
        rows.append(("", ""))
    return table(("module", "what it holds"), rows[:-1])


MAKERS = {
    made.__name__.replace("_", "-"): made
    for made in (commands, options, words, codes, code_by_code, report, exit_codes, floors)
}
"""What a page can ask for, by name."""


def docstrings(module: str, owner: str) -> dict[str, str]:
    """Return what stands under each member of a class, which Python itself does not keep; "" is the module itself."""
    found = ModuleAnalyzer.for_module(module).find_attr_docs().items()
    return {name: markdown(" ".join(filter(None, lines))) for (of, name), lines in found if of == owner}


def markdown(text: str) -> str:
    """Return a docstring's text as Markdown."""
    return text.replace("``", "`")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    names = tuple(head)
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _sentence(text: str | None) -> str:
    """Return the first line of a docstring as it stands in a table."""
    first = (text or "").strip().splitlines()[0].rstrip(".")
    return markdown(first[:1].lower() + first[1:])
