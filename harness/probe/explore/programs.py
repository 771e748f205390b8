"""Gives command-line programs what a reader would type: arguments that are required, each command in turn."""

import argparse
import enum
import sys
import typing
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from .fixtures import SUPPLIED
from .standin import PATHS, is_standin
from .taint import Taint

COMMANDS = 12
"""Commands of one program that are tried."""
_TRIES = ("3", "0.5", "true", "2024-01-01", "{}", "a=b", "00000000-0000-0000-0000-000000000000")
"""What may please a type that does not take plain text."""
_DEPTH = 4


def watch(taint: Taint) -> None:
    """Give the sample's parsers what they require where nothing was typed."""
    for name in ("parse_args", "parse_known_args"):
        original = getattr(argparse.ArgumentParser, name)
        setattr(argparse.ArgumentParser, name, _typed(original, taint))


def _typed(original: Callable[..., Any], taint: Taint) -> Callable[..., Any]:
    def parse(self: Any, args: Any = None, namespace: Any = None) -> Any:
        frame = sys._getframe(1)
        if args is None and len(sys.argv) <= 1 and frame.f_code.co_filename in PATHS:
            args = _required(self) or None
            if args:
                taint.invent_at(frame.f_lineno)
        return original(self, args, namespace)

    return parse


def _required(parser: Any, depth: int = _DEPTH) -> List[str]:
    """Return the words that an argparse parser cannot do without; of commands, the first."""
    words: List[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            if action.choices and depth:
                name = next(iter(action.choices))
                words += [name, *_required(action.choices[name], depth - 1)]
        elif action.required:
            value = _text(action.dest, action.choices, action.type)
            values = [value] * (action.nargs if isinstance(action.nargs, int) else 1)
            words += [*action.option_strings[-1:], *values]
    return words


def _text(name: str, choices: Any, convert: Optional[Callable[[str], Any]]) -> str:
    """Return a word that an argument of this name and type takes."""
    if choices:
        return str(next(iter(choices)))
    for text in (f"{SUPPLIED}{name}", *_TRIES):
        try:
            if convert is not None:
                convert(text)
        except Exception:  # noqa: S112 - a type says in its own way that it does not take a text
            continue
        return text
    return f"{SUPPLIED}{name}"


def commands(namespace: Dict[str, Any]) -> Iterator[Tuple[str, Callable[[], Any]]]:
    """Yield (what a reader types, what it does) for every command of the programs that a sample defines."""
    found: Dict[int, Any] = {}
    for name, value in list(namespace.items()):
        program = None if is_standin(value) else _program(value)
        if program is not None and not name.startswith("__"):
            found[id(program)] = program
    inner = {id(child) for one in found.values() for child in getattr(one, "commands", {}).values()}
    for program in (one for at, one in found.items() if at not in inner):
        for words in _typed_lines(program):
            yield " ".join([str(program.name or "program"), *words]), _start(program, words)


def _typed_lines(program: Any) -> List[List[str]]:
    """Return the words of a program's commands; none where its parameters are not what they are elsewhere."""
    try:
        return [*_lines(program)][:COMMANDS]
    except Exception:
        return []


def _start(program: Any, words: List[str]) -> Callable[[], Any]:
    return lambda: program.main(args=list(words), prog_name=program.name, standalone_mode=False, obj={})


def _program(value: Any) -> Any:
    """Return the click command that a value is, or stands for."""
    if any((base.__module__.partition(".")[0], base.__name__) == ("typer", "Typer") for base in type(value).__mro__):
        try:
            return sys.modules["typer.main"].get_command(value)
        except Exception:
            return None  # a parameter that typer does not take: the sample's own call has told so
    return value if is_command(value) else None


def is_command(value: Any) -> bool:
    """Return whether a value is a click command; libraries carry copies of click under names of their own."""
    return any(
        base.__name__ in ("Command", "BaseCommand") and "click" in base.__module__.replace("_", ".").split(".")
        for base in type(value).__mro__
    )


def _lines(program: Any, depth: int = _DEPTH) -> Iterator[List[str]]:
    """Yield the words that start each command of a program."""
    own = [word for one in program.params for word in _words(one, program.callback)]
    children = getattr(program, "commands", {}) if depth else {}
    for name, child in children.items():
        for rest in _lines(child, depth - 1):
            yield [*own, name, *rest]
    if not children:
        yield own


def _words(parameter: Any, callback: Any) -> List[str]:
    """Return what a click parameter requires; what would be prompted for is required too."""
    if not (parameter.required or getattr(parameter, "prompt", None)):
        return []
    kind = getattr(parameter, "type", None)
    said = typing.get_type_hints(callback).get(parameter.name) if callback and kind is None else None
    if getattr(kind, "exists", False):
        text = f"{SUPPLIED}{parameter.name}"
        with open(text, "ab"):
            pass  # it is filled when it is read
    elif isinstance(said, type) and issubclass(said, enum.Enum):
        text = str(next(iter(said)).value)
    else:
        convert = said if isinstance(said, type) else None
        taken = (lambda value: kind.convert(value, parameter, None)) if kind is not None else convert
        text = _text(parameter.name, getattr(kind, "choices", None), taken)
    values = [text] * max(parameter.nargs, 1)
    flags = [one for one in parameter.opts if one.startswith("-")]
    return [*flags[-1:], *values]
