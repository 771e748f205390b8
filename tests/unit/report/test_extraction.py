from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from rich.console import Console

from harness.errors import ReportError
from harness.model.source import (
    Fate,
    Form,
    InventoryItem,
    Language,
    PageInfo,
    Part,
    Position,
    Run,
    Sample,
    SourceMap,
)
from harness.model.verdict import PageFault
from harness.report.extraction import MANIFEST, Extracted, table, to_json, write_files, write_notebooks

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Page:
    page: PageInfo
    samples: tuple[Sample, ...] = ()
    inventory: tuple[InventoryItem, ...] = ()
    findings: tuple[PageFault, ...] = ()


INFO = PageInfo("docs/a.md", "a-vs-b", "A vs B")


def sample(index: int, text: str, *parts: Part, page: PageInfo = INFO, language: Language = Language.PYTHON) -> Sample:
    return Sample(
        id=f"{page.slug}#{index}",
        page=page,
        index=index,
        role="zenml" if index == 0 else "sample",
        language=language,
        text=text,
        map=SourceMap((Run(0, 40, 1),)),
        parts=parts or (Part("sample.py", language, text),),
        lines=(Position(7 + index, 1),),
    )


def page(info: PageInfo = INFO) -> Extracted:
    mixed = "# f.yaml\na: 1\n\n# src/t.py\nx = 1\n"
    parts = (
        Part("f.yaml", Language.YAML, "# f.yaml\na: 1\n\n"),
        Part("src/t.py", Language.PYTHON, "# src/t.py\nx = 1\n", 4),
    )
    samples = (sample(0, "print('é')\n", page=info), sample(1, mixed, *parts, page=info, language=Language.YAML))
    inventory = (
        InventoryItem(info.path, Position(6, 1), Form.FENCE, Fate.SAMPLE, "", samples[0].id),
        InventoryItem(info.path, Position(7, 3), Form.PRE, Fate.SAMPLE, "", samples[1].id),
        InventoryItem(info.path, Position(20, 1), Form.FENCE, Fate.SKIPPED, "needs [bold]a GPU\x1b[2J"),
    )
    return Page(info, samples, inventory, (PageFault(info.path, 7, "swallowed by HTML", "P401", 3, samples[1].id),))


def test_json_keeps_the_contract() -> None:
    wire = json.loads(to_json([page()]))
    assert list(wire) == ["samples", "inventory", "findings"]
    assert wire["samples"][0] == {
        "id": "a-vs-b#0",
        "page": "docs/a.md",
        "slug": "a-vs-b",
        "index": 0,
        "role": "zenml",
        "language": "python",
        "page_line": 7,
        "code": "print('é')\n",
    }
    assert wire["inventory"][2] == {
        "page": "docs/a.md",
        "page_line": 20,
        "form": "fence",
        "fate": "skipped",
        "reason": "needs [bold]a GPU\x1b[2J",
    }
    assert wire["findings"] == [
        {
            "code": "P401",
            "kind": "rendering",
            "page": "docs/a.md",
            "page_line": 7,
            "column": 3,
            "message": "swallowed by HTML",
        }
    ]


def test_json_can_be_written_whatever_the_code_holds() -> None:
    text = to_json([Page(INFO, (sample(0, "x = '\ud800'\n"),))])
    assert json.loads(text.encode())["samples"][0]["code"] == "x = '\ud800'\n"


def shown(*extractions: Extracted) -> str:
    out = io.StringIO()
    table(extractions, Console(file=out, width=200))
    return out.getvalue()


def test_table_shows_every_candidate_and_adds_up() -> None:
    text = shown(page())
    assert text.splitlines()[-1] == "1 page, 3 candidates: 2 sample, 1 skipped (by form: 2 fence, 1 pre)"
    assert "docs/a.md:7:3 P401 swallowed by HTML" in text
    row = next(line for line in text.splitlines() if line.startswith("docs/a.md:20:1"))
    assert row.split()[1:3] == ["fence", "skipped"]


def test_table_says_what_pages_say_as_text() -> None:
    text = shown(page())
    assert "needs [bold]a GPU\\x1b[2J" in text
    assert "\x1b" not in text


def test_table_of_nothing_says_so() -> None:
    assert shown() == "0 pages, 0 candidates: none\n"


def test_files_have_the_exact_code_and_a_manifest(tmp_path: Path) -> None:
    paths = write_files([page()], tmp_path / "out")
    assert [path.relative_to(tmp_path / "out").as_posix() for path in paths] == [
        "a-vs-b/0.py",
        "a-vs-b/1/f.yaml",
        "a-vs-b/1/src/t.py",
    ]
    assert paths[0].read_bytes() == "print('é')\n".encode()
    assert paths[2].read_bytes() == b"# src/t.py\nx = 1\n"
    assert json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))["samples"][1]["id"] == "a-vs-b#1"


@pytest.mark.parametrize("slug", ["../../up", "/etc/x", "..", "", "a\x00b", "x" * 5000, "é" * 300, "a/b", "\ud800"])
def test_no_slug_leaves_the_folder(tmp_path: Path, slug: str) -> None:
    info = replace(INFO, slug=slug)
    parts = (Part("../../../evil.py", Language.PYTHON, "x\n"), Part("/abs.py", Language.PYTHON, "y\n"))
    one = Page(info, (sample(0, "x\n", page=info), sample(1, "x\ny\n", *parts, page=info)))
    out = tmp_path / "in" / "out"
    written = [*write_files([one], out), *write_notebooks([one], out)]
    assert len(written) == 4
    assert all(path.resolve().is_relative_to(out.resolve()) and path.is_file() for path in written)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["out"]


def test_pages_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    other = page(PageInfo("docs/b.md", "A-vs-B"))
    assert len(set(write_files([page(), other], tmp_path))) == 6
    assert [path.name for path in write_notebooks([page(), other], tmp_path)] == ["a-vs-b.ipynb", "A-vs-B-2.ipynb"]


def test_parts_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    parts = (Part("a b.py", Language.PYTHON, "x\n"), Part("a?b.py", Language.PYTHON, "y\n"))
    paths = write_files([Page(INFO, (sample(0, "x\ny\n", *parts),))], tmp_path)
    assert [path.read_text(encoding="utf-8") for path in paths] == ["x\n", "y\n"]


def read(path: Path) -> Any:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # nbformat has no types
    nbformat.validate(notebook)
    return notebook


def test_notebook_is_valid_and_holds_the_code(tmp_path: Path) -> None:
    (path,) = write_notebooks([page(), Page(PageInfo("docs/none.md", "none"))], tmp_path)
    notebook = read(path)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert code == ["print('é')", "# src/t.py\nx = 1"]
    assert "```yaml\n# f.yaml\na: 1\n\n```" in [cell.source for cell in notebook.cells]
    assert notebook.cells[2].metadata.harness == {"id": "a-vs-b#0", "page_line": 7}


def test_notebook_fence_is_longer_than_those_inside(tmp_path: Path) -> None:
    text = "````\nx\n````\n"
    one = Page(INFO, (sample(0, text, Part("a.txt", Language.TEXT, text), language=Language.TEXT),))
    (path,) = write_notebooks([one], tmp_path)
    assert read(path).cells[-1].source == f"`````text\n{text}`````"


def test_folder_that_cannot_be_written_is_our_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ReportError, match="cannot write"):
        write_files([page()], tmp_path / "file")
