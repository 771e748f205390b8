"""Notebooks: cells run together, magics are IPython's, and what is broken is said."""

from __future__ import annotations

import json

import pytest

from harness.extract import extract
from harness.extract.notebooks import as_python
from harness.model.source import Language, Part
from tests.unit.extract.helpers import TODAY, fates, faults, texts

MAGICS = {
    "python stays": ("a = 1\n", "python", "a = 1\n"),
    "modulo stays": ("x = (7\n% 3)\n", "python", "x = (7\n% 3)\n"),
    "line magic": ("%matplotlib inline\na = 1\n", "python", "pass  # %matplotlib inline\na = 1\n"),
    "shell line": ("if a:\n    !ls -l\n", "python", "if a:\n    pass  # !ls -l\n"),
    "assigned": ("files = !ls\nt = %time f()\n", "python", "pass  # files = !ls\npass  # t = %time f()\n"),
    "help": ("a.b?\nb??\n", "python", "pass  # a.b?\npass  # b??\n"),
    "timed cell": ("%%time\na = 1\n", "python", "# %%time\na = 1\n"),
    "timed cell with a magic": ("%%capture out\n!ls\n", "python", "# %%capture out\npass  # !ls\n"),
    "shell cell": ("%%bash\nls\n", "shell", "# %%bash\nls\n"),
    "javascript": ("%%javascript\nalert(1)\n", "javascript", "%%javascript\nalert(1)\n"),
    "other": ("%%sql\nselect 1\n", "other", "%%sql\nselect 1\n"),
    "syntax error stays": ("def f(\n", "python", "def f(\n"),
}


@pytest.mark.parametrize(("text", "language", "runs"), MAGICS.values(), ids=MAGICS)
def test_magics_are_not_errors_of_the_author(text: str, language: str, runs: str) -> None:
    part = as_python(Part("sample.py", Language.PYTHON, text))
    assert (part.language, part.text) == (language, runs)
    assert runs.count("\n") == text.count("\n")


def book(*cells: tuple[str, str], **metadata: object) -> bytes:
    made = [{"cell_type": kind, "metadata": {}, "source": source} for kind, source in cells]
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def test_cells_run_together_and_positions_are_those_of_the_json() -> None:
    data = book(("code", 'a = 1\n"é"'), ("markdown", "```yaml\nk: v\n```"), ("code", "%%bash\nls"), ("code", "!pip\nb"))
    found = extract("n.ipynb", data, today=TODAY)
    assert [(s.index, s.language, s.text) for s in found.samples] == [
        (0, "python", 'a = 1\n"é"\n!pip\nb\n'),
        (1, "yaml", "k: v\n"),
        (2, "shell", "%%bash\nls\n"),
    ]
    text = data.decode()
    spans = [found.samples[0].map.span(at) for at in (0, 6, 10)]
    assert [text[span.start : span.end] for span in spans] == ["a", '\\"', "!"]
    assert [part.text for part in found.samples[0].parts] == ['a = 1\n"é"\npass  # !pip\nb\n']


def test_the_kernel_says_the_language() -> None:
    found = extract("n.ipynb", book(("code", "x <- 1"), kernelspec={"language": "R"}), today=TODAY)
    assert fates(found) == [("cell", "other-language")]


def test_an_empty_cell_is_in_the_inventory() -> None:
    found = extract("n.ipynb", book(("code", ""), ("code", "a = 1")), today=TODAY)
    assert fates(found) == [("cell", "skipped"), ("cell", "sample")]
    assert texts(found) == ["a = 1\n"]


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "it is not JSON"),
        (b'{"cells": [', "it is not JSON"),
        (b"[]", "no nbformat"),
        (b'{"nbformat": 4, "metadata": {}}', "cells are not a list"),
        (b'{"nbformat": 4, "metadata": {}, "cells": 3}', "cells are not a list"),
        (b'{"nbformat": 4, "metadata": {}, "cells": [3]}', "cells are not a list"),
        (b'{"nbformat": 4, "metadata": [], "cells": []}', "no nbformat"),
        (b"[" * 200_000, "it is not JSON"),
    ],
)
def test_what_is_no_notebook_is_said(data: bytes, cause: str) -> None:
    found = extract("n.ipynb", data, today=TODAY)
    assert found.samples == ()
    assert cause in faults(found, "P403")[0][1]


def test_magics_on_a_page_are_not_errors_of_the_author() -> None:
    page = "```python\n!pip install -q a\n%magic on\nimport a\n```\n\n```python\n!pip\ndef f(\n```\n"
    first, second = extract("p.md", page.encode(), today=TODAY).samples
    assert first.text == "!pip install -q a\n%magic on\nimport a\n"
    assert first.parts[0].text == "pass  # !pip install -q a\npass  # %magic on\nimport a\n"
    assert second.parts[0].text == "!pip\ndef f(\n"
