"""Where code comes from: pages, regions, samples and their exact positions."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise


class Form(StrEnum):
    """The shape in which a page carries a piece of code."""

    FENCE = "fence"
    """A CommonMark fence of backticks or tildes."""
    INDENTED = "indented"
    """A CommonMark indented code block."""
    PRE = "pre"
    """An HTML ``<pre>`` element, with or without ``<code>`` inside."""
    CODE = "code"
    """An HTML ``<code>`` element outside ``<pre>`` that spans lines."""
    FIELD = "field"
    """A front-matter field that is code."""
    CELL = "cell"
    """A notebook code cell."""
    COMMENT = "comment"
    """A fence inside an HTML comment, which no reader sees."""


class Fate(StrEnum):
    """What became of a candidate; every candidate has exactly one."""

    SAMPLE = "sample"
    """It is checked."""
    OTHER = "other-language"
    """It is code in a language that the harness does not check."""
    SKIPPED = "skipped"
    """It is left out for a stated reason."""
    OUTPUT = "output"
    """It shows what a program prints."""
    MALFORMED = "malformed"
    """It looks like code but cannot be taken out whole."""


class Language(StrEnum):
    """The languages that the harness tells apart."""

    PYTHON = "python"
    YAML = "yaml"
    JSON = "json"
    TOML = "toml"
    SHELL = "shell"
    DOCKERFILE = "dockerfile"
    HCL = "hcl"
    JAVASCRIPT = "javascript"
    CONSOLE = "console"
    TEXT = "text"
    OTHER = "other"


CHECKED = frozenset({Language.PYTHON, Language.YAML, Language.JSON, Language.TOML, Language.SHELL})
"""The languages that get a verdict of their own."""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters of a page."""

    start: int
    """Offset of the first character, from 0."""
    end: int
    """Offset behind the last character."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place on a page as a person counts it."""

    line: int
    """Line, from 1."""
    column: int
    """Column in characters, from 1."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a text that comes from one stretch of its page."""

    text: int
    """Offset in the text where the run begins."""
    page: int
    """Offset in the page where the run begins."""
    width: int
    """Page characters per text character: 1 for a literal run (of any length),
    the length of the escape for a decoded character (a run of one), 0 for a
    character that stands nowhere on the page (a final newline that was added)."""


@dataclass(frozen=True, slots=True)
class SourceMap:
    """For each character of a text, the page characters it came from."""

    runs: tuple[Run, ...]
    """Runs in ascending order of ``text``; the first begins at 0 unless the text is empty."""

    def span(self, start: int, end: int | None = None) -> Span:
        """Return the page range behind ``text[start:end]``.

        Args:
            start: Offset in the text.
            end: Offset behind the last character, or None for ``start + 1``.

        Raises:
            ValueError: If the map is empty.
        """
        if not self.runs:
            raise ValueError("an empty text has no position on its page")
        first, _ = self._at(start)
        last, width = self._at(max(start, (start + 1 if end is None else end) - 1))
        return Span(first, last + width)

    def _at(self, offset: int) -> tuple[int, int]:
        """Return (page offset, page width) of one character."""
        index = max(0, bisect.bisect_right(self.runs, offset, key=lambda run: run.text) - 1)
        run = self.runs[index]
        if run.width == 1:
            return run.page + offset - run.text, 1
        return run.page, run.width

    def check(self) -> None:
        """Raise ValueError where the runs are not in ascending order."""
        for before, after in pairwise(self.runs):
            if after.text <= before.text or after.page < before.page:
                raise ValueError(f"source map runs out of order: {before} then {after}")


@dataclass(frozen=True, slots=True)
class Directive:
    """What an author tells the harness about a region, in a comment that readers do not see."""

    skip: str | None = None
    """Reason for not checking the region."""
    skip_until: str | None = None
    """ISO date from which the skip no longer holds."""
    timeout: float | None = None
    """Seconds that the sample may take."""
    requires: tuple[str, ...] = ()
    """PEP 508 requirements to add."""
    expect: str | None = None
    """Verdict, or finding code, that the sample is expected to have."""
    group: str | None = None
    """Regions with the same group on one page run together as one sample."""


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a page that holds code; it knows no programming language."""

    form: Form
    """The shape in which it stands on the page."""
    span: Span
    """The whole of it on the page, markers included."""
    text: str
    """The code, escapes undone, newlines as ``\\n``."""
    map: SourceMap
    """Where each character of ``text`` stands."""
    info: str = ""
    """What the page says of its language: info string, class, ``…Language`` field."""
    field: str = ""
    """Dotted path of the front-matter field it stands in, or empty."""
    fault: str = ""
    """Why it cannot be taken out whole, or empty."""
    rendering: tuple[Rendering, ...] = ()
    """Why a reader does not see it as code."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """One reason why a region does not render as code (P401)."""

    span: Span
    """The page text that breaks it."""
    message: str
    """What happens, for an author."""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What a page says of itself."""

    path: str
    """The path as it was given."""
    slug: str
    """The front matter's slug, else the file name without its ending."""
    title: str = ""
    """Title from the front matter."""
    tool: str = ""
    """``toolName`` from the front matter."""
    category: str = ""
    """Category from the front matter."""
    updated: str = ""
    """ISO date of the last update (``lastUpdated``), or empty."""
    published: str = ""
    """ISO date of the last publication (``lastPublished``), or empty."""
    digest: str = ""
    """SHA-256 over its bytes as they were read, as hexadecimal digits, or empty."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a sample: most samples have one part, some name several."""

    name: str
    """File name, relative to the sample's folder."""
    language: Language
    """Its language."""
    text: str
    """Its text."""
    first_line: int = 1
    """Line of the sample's text on which it begins, from 1."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One or more regions meant to run together: the unit that gets a verdict."""

    id: str
    """``<slug>#<index>``."""
    page: PageInfo
    """The page it stands on."""
    index: int
    """Its number among the page's code regions, from 0."""
    role: str
    """``zenml`` or ``tool`` on comparison pages, else ``sample``."""
    language: Language
    """Language of its first part that is checked."""
    text: str
    """The code, exact, with one newline at its end."""
    map: SourceMap
    """Where each character of ``text`` stands on the page."""
    parts: tuple[Part, ...]
    """The files it holds."""
    lines: tuple[Position, ...] = field(repr=False, default=())
    """Page position of the first character of each line of ``text``."""
    directive: Directive = Directive()
    """What the author told the harness."""
    inferred: bool = False
    """True where the page does not say the language (P402)."""

    def position(self, line: int, column: int = 1) -> Position:
        """Return the page position of a line of the sample (columns kept where they are literal).

        Args:
            line: Line of ``text``, from 1; a line outside is moved to the nearest one.
            column: Column of ``text``, from 1.
        """
        at = self.lines[min(max(line, 1), len(self.lines)) - 1]
        return Position(at.line, at.column + column - 1)


@dataclass(frozen=True, slots=True)
class InventoryItem:
    """One candidate for code, and what became of it."""

    page: str
    """Path of the page."""
    position: Position
    """Where it begins."""
    form: Form
    """Its shape."""
    fate: Fate
    """What became of it."""
    reason: str
    """Why, for a person; never empty unless the fate is ``sample``."""
    sample: str = ""
    """Id of the sample it belongs to, or empty."""
