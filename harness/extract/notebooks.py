"""Makes notebook cells runnable as files: magics and shell lines are IPython's, not errors of the author."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from harness.model.source import Language, Part
from harness.syntax_tree import parses

_CELL_MAGIC: Final = re.compile(r"\s*%%(!|[\w-]+)")
_LINE_MAGIC: Final = re.compile(
    r"^([ \t]*)(?:(?:[\w.,\[\] ]{1,200}=[ \t]*)?[%!?](?=[\w!?/.~$({\"'-]).*|[\w.]{1,200}\?{1,2}[ \t]*)$", re.MULTILINE
)
_PYTHON: Final = frozenset(
    {"time", "timeit", "capture", "prun", "python", "python3", "pypy", "debug", "memit", "mprun"}
)
_SHELL: Final = frozenset({"bash", "sh", "script", "!", "sx", "system", "cmd"})
_OTHER: Final = {"javascript": Language.JAVASCRIPT, "js": Language.JAVASCRIPT}


def as_python(part: Part) -> Part:
    """Return a part of a cell as a file that its language's own tools can read, line for line.

    A ``%%bash`` cell is shell; other cell magics that take foreign text make
    it another language. In Python, a magic or shell line becomes a comment
    behind ``pass``; nothing is changed in what is Python already.
    """
    if part.language is not Language.PYTHON and not _CELL_MAGIC.match(part.text):
        return part
    if magic := _CELL_MAGIC.match(part.text):
        name = magic[1]
        if name in _SHELL:
            return replace(part, language=Language.SHELL, text=_commented(part.text, magic.end(1)))
        if name not in _PYTHON:
            return replace(part, language=_OTHER.get(name, Language.OTHER))
        part = replace(part, language=Language.PYTHON, text=_commented(part.text, magic.end(1)))
    if parses(part.text):
        return part
    return replace(part, text=_LINE_MAGIC.sub(lambda match: f"{match[1]}pass  # {match[0].strip()}", part.text))


def without_magics(part: Part) -> Part:
    """Return a Python part of a page that shows what is typed into a notebook as one, if that makes it Python."""
    if part.language is not Language.PYTHON or parses(part.text):
        return part
    found = as_python(part)
    return found if parses(found.text) else part


def _commented(text: str, behind: int) -> str:
    """Return a cell with its magic line as a comment."""
    start = text.rfind("\n", 0, behind) + 1
    return text[:start] + "# " + text[start:]
