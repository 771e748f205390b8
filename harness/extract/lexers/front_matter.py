"""Reads front matter: where it ends, what it says, and where each of its texts stands on the page.

Most front matter is made of one-line settings. Those are read by pattern,
which is a hundred times faster than a YAML parser; whatever is not of that
plain shape goes to ruamel.yaml, which also knows what is broken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import ruamel.yaml
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from harness.extract.document import UnreadableError
from harness.extract.lexers import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.extract.weave import Woven

_FENCED: Final = re.compile(r"---[ \t]*\r?\n(.*?)(?:(?<=\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z))", re.DOTALL)
_QUOTED: Final = r'"(?:[^"\\\n\t]|\\["\\/abefnrt0])*+"'
_SINGLE: Final = r"'(?:[^'\n\t]|'')*+'"
_PLAIN: Final = r"(?!(?:---|\.\.\.)\s)[A-Za-z0-9/_](?:[^\n\t:#'\"{}\[\]&*!|>%@`\x7f]|:(?![ \n\r]))*+"
_SCALAR: Final = rf"(?:{_QUOTED}|{_SINGLE}|{_PLAIN})"
_KEY: Final = r"[A-Za-z_][\w-]*+:"
_SIMPLE: Final = re.compile(
    rf"(?:{_KEY}(?: +{_SCALAR} *\n| *\n(?:(?:  {_KEY} +{_SCALAR} *\n)++|(?:  - {_SCALAR} *\n)++)?)|\n)*+"
)
_LINE: Final = re.compile(rf"( *)(?:-|([A-Za-z_][\w-]*+):)(?: +({_SCALAR}))? *\n")
_DEPTH: Final = 64
_LONGEST: Final = 300_000
"""Characters that the YAML parser may get: it reads some ten thousand a second."""


@dataclass(frozen=True, slots=True)
class Field:
    """One text of the front matter."""

    path: str
    """Dotted path, list items by number."""
    text: Woven
    """Its value and where that stands on the page."""
    line: int
    """Line of the page that it begins on, from 1."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The front matter of a page."""

    end: int = 0
    """Offset of the body."""
    fields: tuple[Field, ...] = ()
    """Its texts, in page order."""

    def get(self, path: str) -> str:
        """Return a text by its path, stripped, or an empty one."""
        return next((field.text.text.strip() for field in self.fields if field.path == path), "")


def read(page: Woven, start: int) -> FrontMatter:
    """Read the front matter of a page.

    Args:
        page: The page.
        start: Offset of its first character, behind a byte order mark.

    Raises:
        UnreadableError: If it is not YAML.
    """
    text = page.text
    if not text.startswith("---", start) or not (match := _FENCED.match(text, start)):
        return FrontMatter(start)
    inner = match[1]
    first = text.count("\n", 0, match.start(1)) + 1
    if "\r" not in inner and _SIMPLE.fullmatch(inner):
        simple = _simple(page, match.start(1), match.end(1), first)
        if simple is not None:
            return FrontMatter(match.end(), simple)
    return FrontMatter(match.end(), tuple(_parsed(page, match.start(1), match.end(1), first)))


def _simple(page: Woven, start: int, end: int, line: int) -> tuple[Field, ...] | None:
    """Read one-line settings, or return None where a key is given twice."""
    fields: list[Field] = []
    seen: set[str] = set()
    parent = ""
    number = 0
    at = start
    while at < end:
        match = _LINE.match(page.text, at, end)
        at = match.end() if match else at + 1  # an empty line
        if match:
            key = match[2]
            path = key or str(number)
            number = number + 1 if key is None else 0
            if match[1]:
                path = f"{parent}.{path}"
            else:
                parent = path
            if path in seen:
                return None
            seen.add(path)
            if match[3] is not None:
                fields.append(Field(path, scalar.one_line(page, match.start(3), match.end(3)), line))
        line += 1
    return tuple(fields)


def _parsed(page: Woven, start: int, end: int, first: int) -> Iterator[Field]:
    """Read front matter with a YAML parser."""
    if end - start > _LONGEST:
        raise UnreadableError("its front matter is longer than a page", "move the text into the body", first)
    inner = page.text[start:end]
    loader = ruamel.yaml.YAML(typ="safe", pure=True)
    try:
        root = loader.compose(inner)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column + 1) if mark else (0, 1)
        cause = f"its front matter is not YAML: {error.problem or error.context}"
        raise UnreadableError(cause, "mend the front matter", first + line, column) from None
    except (YAMLError, ValueError, RecursionError, AttributeError, TypeError, IndexError) as error:
        # Foreign parser, foreign input: whatever it trips over, the page is what cannot be read.
        cause = f"its front matter is not YAML: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        raise UnreadableError(cause, "mend the front matter", first) from None
    if root is not None and not isinstance(root, MappingNode):
        raise UnreadableError("its front matter is no mapping of keys", "write `key: value` lines", first)
    try:
        found = list(_scalars(root, "", 0))
    except UnreadableError as error:
        error.line += first
        raise
    for path, node in found:
        begin, finish = node.start_mark.index, node.end_mark.index
        text = scalar.decode(page, start + begin, start + finish, str(node.value), node.style)
        yield Field(path, text, first + node.start_mark.line)


def _scalars(node: Node | None, path: str, depth: int) -> Iterator[tuple[str, ScalarNode]]:
    """Yield the texts of a YAML tree with their paths; each alias is met once, where it is defined."""
    if depth > _DEPTH or node is None:
        return
    if isinstance(node, ScalarNode):
        yield path, node
    elif isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if isinstance(key, ScalarNode) and name in seen:
                cause = f"its front matter is not YAML: the key {name!r} is given twice"
                raise UnreadableError(cause, "leave one of them out", key.start_mark.line, key.start_mark.column + 1)
            seen.add(name)
            if isinstance(key, ScalarNode) and value.start_mark.index >= key.start_mark.index:
                yield from _scalars(value, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            if item.start_mark.index >= node.start_mark.index:
                yield from _scalars(item, f"{path}.{number}" if path else str(number), depth + 1)
