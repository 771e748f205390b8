from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.extract.parts import split
from harness.model.source import Language

if TYPE_CHECKING:
    from pathlib import Path

PY, YML, SH, JS = Language.PYTHON, Language.YAML, Language.SHELL, Language.JSON


def layout(text: str, language: Language = PY, info: str = "") -> list[tuple[str, Language, int]]:
    return [(part.name, part.language, part.first_line) for part in split(text, language, info)]


MIXED = """\
# flow.yaml
---
- step:
    image: python:3.12

# src/train.py
import os

print(os.sep)

# run.sh
pip install lib

# To run it all:
# bash run.sh
"""


def test_each_file_has_its_name_language_and_place() -> None:
    parts = split(MIXED, PY)
    assert layout(MIXED) == [("flow.yaml", YML, 1), ("src/train.py", PY, 6), ("run.sh", SH, 11)]
    assert "".join(part.text for part in parts) == MIXED
    assert parts[2].text.endswith("# bash run.sh\n")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("# train.py", "train.py"),
        ("## file: train.py", "train.py"),
        ("# File: ./src/train.py:", "src/train.py"),
        ("# `train.py`", "train.py"),
        ("# train.py (excerpt)", "train.py"),
        ("# --- train.py ---", "train.py"),
        ("# ==== train.py ====", "train.py"),
        ("#train.py", "train.py"),
    ],
)
def test_single_header_names_the_only_part(header: str, name: str) -> None:
    text = f"{header}\nimport os\n\nos.getcwd()\n"
    assert [(part.name, part.text, part.first_line) for part in split(text, PY)] == [(name, text, 1)]


@pytest.mark.parametrize(
    ("header", "name", "language", "body"),
    [
        ("// package.json", "package.json", JS, '{\n  "a": 1\n}\n'),
        ("# settings.json", "settings.json", JS, '{\n  "a": 1\n}\n'),
        ("--- app.py ---", "app.py", PY, "import os\n"),
        ("<!-- index.html -->", "index.html", Language.OTHER, "<p>hello</p>\n"),
        ("/* main.js */", "main.js", Language.JAVASCRIPT, "const x = 1;\n"),
        ("# Dockerfile", "Dockerfile", Language.DOCKERFILE, "FROM python:3.12\n"),
    ],
)
def test_header_that_is_no_comment_of_its_language_is_left_out(
    header: str, name: str, language: Language, body: str
) -> None:
    parts = split(f"{header}\n{body}", Language.TEXT)
    commented = language is Language.DOCKERFILE
    expected = f"{header}\n{body}" if commented else body
    assert [(part.name, part.language, part.text, part.first_line) for part in parts] == [
        (name, language, expected, 1 if commented else 2)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# see config.yaml for more\nimport os\n",
        "import os\n\n# config.yaml\ncfg = os.open('config.yaml')\n",
        "import os\n\n# utils.py\nos.getcwd()\n",
        "import os\n# config.yaml\na: 1\n",
        "import os\n\n# Writes:\n\n# a.csv\n\n# b.csv\n",
        "# Node.js\nimport os\n",
        "# ../../etc/passwd.py\nimport os\n",
        'text = """\n\n# config.yaml\na: 1\nb: 2\n"""\n',
        "import os\n    \n    # config.yaml\n    a: 1\n",
        "# train.py\n",
        "",
    ],
)
def test_comment_that_mentions_a_file_does_not_split(text: str) -> None:
    assert [(part.name, part.text, part.first_line) for part in split(text, PY)] == [("sample.py", text, 1)]


def test_change_of_language_makes_a_header_in_the_middle() -> None:
    text = "import yaml\nyaml.safe_load(open('config.yaml'))\n\n# config.yaml\na: 1\nb:\n  - 2\n"
    assert layout(text) == [("sample.py", PY, 1), ("config.yaml", YML, 4)]


def test_names_are_unique_as_files_and_folders() -> None:
    text = "# a.py\nx = 1\n\n# a.py\nx = 2\n\n# a.py/b.py\nx = 3\n"
    assert [name for name, _, _ in layout(text)] == ["a.py", "a_2.py", "a.py_b_2.py"]


@pytest.mark.parametrize(
    ("info", "language", "name"),
    [
        ("", PY, "sample.py"),
        ('python title="src/train.py"', PY, "src/train.py"),
        ("py:main.py", PY, "main.py"),
        ('python title="../../x.py"', PY, "sample.py"),
        ('python title="notes.txt"', PY, "sample.py"),
        ("jsonc", JS, "sample.jsonc"),
        ("json", JS, "sample.json"),
        ("", Language.DOCKERFILE, "Dockerfile"),
        ("", Language.CONSOLE, "sample.txt"),
    ],
)
def test_name_of_an_only_part(info: str, language: Language, name: str) -> None:
    assert layout("x\n", language, info) == [(name, language, 1)]


HEADER = st.sampled_from(["# a.py", "# b.yaml", "--- c.json ---", "// d.js", "# see e.py"])
LINE = st.one_of(HEADER, st.sampled_from(["", "x = 1", "k: v", "- i", '"""', "import os"]), st.text(max_size=12))


@given(st.lists(LINE, max_size=30).map("\n".join))
def test_parts_are_stretches_of_the_text_in_order(text: str) -> None:
    parts = split(text, PY)
    lines = text.splitlines(keepends=True)
    assert parts
    assert len({part.name for part in parts}) == len(parts)
    for part in parts:
        height = len(part.text.splitlines())
        assert "".join(lines[part.first_line - 1 : part.first_line - 1 + height]) == part.text


@pytest.mark.parametrize(
    "unit", ["# a.py\nx=1\n\n", "-", "# a/", "'''\n\n# a.py\nx\n", "\n", "# " + "a-" * 70 + "\n\n"]
)
def test_a_megabyte_of_anything_takes_no_time(unit: str) -> None:
    start = time.process_time()
    split(unit * (1_000_000 // len(unit)), PY)
    assert time.process_time() - start < 5


def test_real_page_with_one_fence_of_four_files(shared: Path) -> None:
    page = (shared / "pages" / "zenml-vs-valohai.md").read_text(encoding="utf-8")
    code = re.findall(r"```\n(.*?)```", page, re.DOTALL)[1]
    assert layout(code, YML) == layout(code, PY)
    names = [(name, language) for name, language, _ in layout(code)]
    assert [language for _, language in names] == [YML, PY, PY, PY]
    assert all(code.splitlines()[line - 1] == f"# {name}" for name, _, line in layout(code))
