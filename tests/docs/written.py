"""What the documentation says one can type, and what it says comes back."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from harness.extract import extract_paths
from harness.model.source import Language, Sample

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("samples/**/README.md"), ROOT / "stubs/README.md"]
)
_INLINE = re.compile(r"(?<!`)`(harness [a-z-][^`\n]+)`(?!`)")
_RUN = re.compile(r"^\s*(?:-\s+)?(?:run:\s*)?((?:\w+=\S+ )*harness .*)$")
_TYPED = {Language.CONSOLE: re.compile(r"^\$ (.*)$"), Language.SHELL: re.compile(r"^(.*)$"), Language.YAML: _RUN}


@dataclass
class Step:
    """One command at a prompt, and what it prints."""

    command: str
    output: list[str] = field(default_factory=list)


def blocks(page: Path) -> list[Sample]:
    """Return every block of code on a page, as the harness itself finds them."""
    return [sample for one in extract_paths([page]) for sample in one.samples]


def steps(block: Sample) -> list[Step]:
    """Return the commands of a console session with their output."""
    found: list[Step] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append(Step(line.removeprefix("$ ")))
        else:
            found[-1].output.append(line)
    return found


def typed(page: Path) -> Iterator[tuple[int, list[str], bool]]:
    """Yield (line, arguments, whole) of every ``harness`` command; one in a sentence need not be whole."""
    for block in blocks(page):
        pattern = _TYPED.get(block.language)
        for number, line in enumerate(block.text.splitlines(), 1) if pattern else ():
            if pattern and (match := pattern.match(line)):
                yield from ((block.position(number).line, one, True) for one in _commands(match[1]))
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        yield from ((number, one, False) for match in _INLINE.finditer(line) for one in _commands(match[1]))


def _commands(line: str) -> Iterator[list[str]]:
    """Yield the arguments behind each ``harness`` of a shell line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if not set(word) <= set(";&|<>()"):
            words.append(word)
            continue
        while words and re.fullmatch(r"\w+=.*", words[0]):
            del words[0]
        if words[:1] == ["harness"]:
            yield words[1:]
        words = []
