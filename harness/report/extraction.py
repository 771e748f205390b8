"""What ``harness extract`` writes: JSON, a table, files and notebooks.

It shows what extraction found and judges nothing. Names that pages give to
themselves and to their files are made safe before they become paths.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Protocol

from rich.table import Table
from rich.text import Text

from harness.errors import ReportError
from harness.model.source import Fate, Form, Language
from harness.model.verdict import Code, Kind
from harness.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from harness.model.source import InventoryItem, PageInfo, Part, Sample
    from harness.model.verdict import PageFault

_KINDS: Final = {
    Code.RENDERING: Kind.RENDERING,
    Code.LANGUAGE: Kind.LANGUAGE,
    Code.UNREADABLE: Kind.UNREADABLE,
    Code.DIRECTIVE: Kind.DIRECTIVE,
}
_STYLES: Final = {Fate.SAMPLE: "green", Fate.MALFORMED: "red", Fate.SKIPPED: "yellow"}
_MAX_NAME: Final = 80
MANIFEST: Final = "extract.json"
"""The file beside the written samples that says where each stands on its page."""


class Extracted(Protocol):
    """What one page holds, as extraction hands it on."""

    @property
    def page(self) -> PageInfo:
        """What the page says of itself."""

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Its code regions."""

    @property
    def inventory(self) -> tuple[InventoryItem, ...]:
        """Every candidate for code, with its fate."""

    @property
    def findings(self) -> tuple[PageFault, ...]:
        """What is wrong with the page itself."""


def to_json(extractions: Sequence[Extracted]) -> str:
    """Return the contract of ``harness extract --format json``, ending with a newline.

    Args:
        extractions: What the pages hold.
    """
    wire = {
        "samples": [_sample(sample) for one in extractions for sample in one.samples],
        "inventory": [_item(item) for one in extractions for item in one.inventory],
        "findings": [_finding(fault) for one in extractions for fault in one.findings],
    }
    return _encode(json.dumps(wire, ensure_ascii=False, indent=1) + "\n").decode()


def table(extractions: Sequence[Extracted], console: Console) -> None:
    """Print every candidate with its fate, what is wrong with the pages, and the counts.

    Args:
        extractions: What the pages hold.
        console: Where to print.
    """
    grid = Table(box=None, pad_edge=False)
    for heading in ("place", "form", "language", "fate", "sample", "reason"):
        grid.add_column(heading, overflow="fold")
    for one in extractions:
        languages = {sample.id: sample.language.value for sample in one.samples}
        for item in one.inventory:
            place = f"{item.page}:{item.position.line}:{item.position.column}"
            language = languages.get(item.sample, "")
            cells = (place, item.form.value, language, item.fate.value, item.sample, item.reason)
            shown = [Text(plain(cell, console.encoding)) for cell in cells]
            shown[3].stylize(_STYLES.get(item.fate, "dim"))
            grid.add_row(*shown)
    if grid.row_count:
        console.print(grid)
    for fault in (fault for one in extractions for fault in one.findings):
        line = f"{fault.page}:{fault.line}:{fault.column} {fault.code} {fault.message}"
        console.print(Text(plain(line, console.encoding)), soft_wrap=True)
    console.print(Text(_counts(extractions)), soft_wrap=True)


def write_files(extractions: Sequence[Extracted], out: Path) -> tuple[Path, ...]:
    """Write every sample below a folder of its page, and a manifest; return the paths of the samples.

    A sample of one file is ``<slug>/<index>.py``, one of several files a folder
    ``<slug>/<index>/`` with their own names.

    Args:
        extractions: What the pages hold.
        out: The folder; made where absent.

    Raises:
        ReportError: If a file cannot be written.
    """
    taken: set[str] = set()
    written = []
    for one in extractions:
        folder = free_name(safe_name(one.page.slug, "page"), "", taken)
        for sample in one.samples:
            for name, part in _names(sample):
                written.append(_write(out, f"{folder}/{name}", _encode(part.text)))
    _write(out, MANIFEST, _encode(to_json(extractions)))
    return tuple(written)


def write_notebooks(extractions: Sequence[Extracted], out: Path) -> tuple[Path, ...]:
    """Write one notebook for each page that holds code; return their paths.

    Python becomes code cells; other languages stay readable as Markdown.

    Args:
        extractions: What the pages hold.
        out: The folder; made where absent.

    Raises:
        ReportError: If a file cannot be written.
    """
    taken: set[str] = set()
    written = []
    for one in extractions:
        if one.samples:
            name = free_name(safe_name(one.page.slug, "page"), ".ipynb", taken)
            text = json.dumps(_notebook(one), ensure_ascii=False, indent=1) + "\n"
            written.append(_write(out, name, _encode(text)))
    return tuple(written)


def _sample(sample: Sample) -> dict[str, Any]:
    """Return one sample of the contract."""
    return {
        "id": sample.id,
        "page": sample.page.path,
        "slug": sample.page.slug,
        "index": sample.index,
        "role": sample.role,
        "language": sample.language.value,
        "page_line": sample.position(1).line,
        "code": sample.text,
    }


def _item(item: InventoryItem) -> dict[str, Any]:
    """Return one candidate of the contract."""
    return {
        "page": item.page,
        "page_line": item.position.line,
        "form": item.form.value,
        "fate": item.fate.value,
        "reason": item.reason,
    }


def _finding(fault: PageFault) -> dict[str, Any]:
    """Return one finding of the contract."""
    return {
        "code": fault.code,
        "kind": _KINDS[Code(fault.code)],
        "page": fault.page,
        "page_line": fault.line,
        "column": fault.column,
        "message": fault.message,
    }


def _encode(text: str) -> bytes:
    """Return text as UTF-8; half characters, which a notebook's JSON can hold, as escapes that JSON reads back."""
    return text.encode("utf-8", "backslashreplace")


def _counts(extractions: Sequence[Extracted]) -> str:
    """Return the sum of it all: pages, candidates, and how many had each fate."""
    items = [item for one in extractions for item in one.inventory]
    fates = Counter(item.fate for item in items)
    forms = Counter(item.form for item in items)
    by_fate = ", ".join(f"{fates[fate]} {fate.value}" for fate in Fate if fates[fate]) or "none"
    by_form = ", ".join(f"{forms[form]} {form.value}" for form in Form if forms[form])
    pages = f"{len(extractions)} page{'' if len(extractions) == 1 else 's'}"
    found = f"{len(items)} candidate{'' if len(items) == 1 else 's'}"
    return f"{pages}, {found}: {by_fate}" + (f" (by form: {by_form})" if by_form else "")


def safe_name(name: str, fallback: str) -> str:
    """Return a name that is one component of a path, whatever the page calls itself."""
    kept = re.sub(r"[^\w.-]+", "_", name[: 4 * _MAX_NAME]).strip("._")
    short = kept.encode("utf-8", "ignore")[:_MAX_NAME].decode("utf-8", "ignore")
    return short or fallback


def free_name(stem: str, ending: str, taken: set[str]) -> str:
    """Return a name that is not taken, also where case makes no difference, and take it."""
    name, number = stem + ending, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}{ending}"
    taken.add(name.casefold())
    return name


def _names(sample: Sample) -> Iterator[tuple[str, Part]]:
    """Return each file of a sample with its path below the folder of its page."""
    if len(sample.parts) == 1:
        (part,) = sample.parts
        suffix = PurePosixPath(safe_name(part.name, "file")).suffix or ".txt"
        yield f"{sample.index}{suffix}", part
        return
    taken: set[str] = set()
    for part in sample.parts:
        pieces = [safe_name(piece, "file") for piece in PurePosixPath(part.name).parts] or ["file"]
        path = PurePosixPath(*pieces)
        yield f"{sample.index}/" + free_name(path.with_suffix("").as_posix(), path.suffix, taken), part


def _write(out: Path, name: str, data: bytes) -> Path:
    """Write one file below a folder."""
    path = out / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise ReportError(
            f"cannot write: {error.strerror or error}", where=str(path), next_step="give another folder with --out"
        ) from error
    return path


def _notebook(one: Extracted) -> dict[str, Any]:
    """Return a page as a notebook (nbformat 4.5)."""
    title = one.page.title or one.page.slug
    cells = [_cell("markdown", "page", f"# {title}\n\nFrom `{one.page.path}`.")]
    for sample in one.samples:
        where = {"harness": {"id": sample.id, "page_line": sample.position(1).line}}
        role = "" if sample.role == "sample" else f" ({sample.role})"
        head = f"## {sample.id}{role}\n\nLine {sample.position(1).line}"
        cells.append(_cell("markdown", f"sample-{sample.index}", head))
        for number, part in enumerate(sample.parts):
            source, code = part.text.removesuffix("\n"), part.language is Language.PYTHON
            shown = source if code else fenced(source, part.language)
            cells.append(_cell("code" if code else "markdown", f"sample-{sample.index}-{number}", shown, where))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(kind: str, name: str, source: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return one cell of a notebook."""
    outputs: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": metadata or {}, "source": source, **outputs}


def fenced(source: str, language: str) -> str:
    """Return code as a Markdown fence that nothing in the code can close."""
    longest = max((len(run) for run in re.findall(r"`{3,}", source)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{source}\n{fence}"
