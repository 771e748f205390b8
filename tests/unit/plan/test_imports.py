"""What a sample imports, whether it parses or not."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.plan.imports import Import, imports, provided


def _modules(text: str) -> list[str]:
    return [one.module for one in imports(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a, b.c as d\n", [Import("a", 1), Import("b.c", 1)]),
        ("\nfrom a.b import c, d as e\n", [Import("a.b", 2, ("c", "d"))]),
        ("from a import (\n  b,\n  c,\n)\n", [Import("a", 1, ("b", "c"))]),
        ("def f():\n    if x:\n        import a\n", [Import("a", 3)]),
        ("async def f():\n    import a\n", [Import("a", 2)]),
        (
            "try:\n    import a\nexcept ImportError:\n    import b\n",
            [Import("a", 2, (), optional=True), Import("b", 4)],
        ),
        (
            "try:\n    import a\nexcept (KeyError, ModuleNotFoundError):\n    a = None\n",
            [Import("a", 2, (), optional=True)],
        ),
        ("try:\n    import a\nexcept:\n    pass\n", [Import("a", 2, (), optional=True)]),
        ("try:\n    import a\nexcept KeyError:\n    pass\nelse:\n    import b\n", [Import("a", 2), Import("b", 6)]),
        ("import importlib\nm = importlib.import_module('a.b')\n", [Import("a.b", 2)]),
        ("m = __import__('a')\n", [Import("a", 1)]),
        ("m = importlib.import_module(name)\nm = import_module('.a')\n", []),
        ("from . import a\nfrom .b import c\nfrom .. import d\n", []),
        ("import os, sys\nimport distutils.core, imp, tomllib, telnetlib\nimport __main__\n", []),
        ("x = 'import a'\n# import b\n'''\nimport c\n'''\n", []),
        ("", []),
    ],
)
def test_code_that_parses(text: str, expected: list[Import]) -> None:
    assert list(imports(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a\nprint 'python 2'\n", ["a"]),
        ("from a import (\n    b,\n    c,\n)\nwith open( as f:\n", ["a"]),
        ("from a import b, \\\n    c\nx = = 1\n", ["a"]),
        ("import a; x = = 1\n", ["a"]),
        ("    import a\n  import b\nx = = 1\n", ["a", "b"]),
        (">>> import a\n>>> from b import c\n", ["a", "b"]),
        ("x = = 1\n'''\nimport a\n'''\nimport b\n", ["b"]),
        ("x = = 1\nimport this is prose\nfrom here on\n", []),
        ("from a import (b,\n", ["a"]),
        ("x = = 1\nimport os\n", []),
        ("!pip install a\n%matplotlib inline\nimport b\nb.c?\n", ["b"]),
        ("import a\nx = (10\n% a)\n", ["a"]),
        ("import a\x00\n", ["a"]),
    ],
)
def test_code_that_does_not_parse(text: str, expected: list[str]) -> None:
    assert _modules(text) == expected


def test_lines_are_the_samples() -> None:
    assert [one.line for one in imports("import a\n\nimport b\n", first_line=35)] == [35, 37]
    assert [one.line for one in imports("import a\nprint 1 2\nimport b\n", first_line=35)] == [35, 37]


def test_deep_nesting_costs_only_itself() -> None:
    assert _modules("x = " + "+".join(["1"] * 5000) + "\nimport a\n") == ["a"]


def test_files_of_the_sample_provide_their_modules() -> None:
    names = ["train.py", "steps/load.py", "./utils.py", "valohai.yaml", "a/b/c.py"]
    assert provided(names) == {"train", "steps", "utils", "a"}


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    assert all(one.line >= 1 for one in imports(text))


@given(st.lists(st.from_regex(r"(import|from) [a-z.]{0,8}( import)? [(a-z,\\*]{0,6}", fullmatch=True), max_size=8))
def test_no_statement_raises(lines: list[str]) -> None:
    text = "\n".join(lines)
    for one in imports(text):
        assert all(part.isidentifier() for part in one.module.split("."))
        assert one.module in text.replace(" ", "")


def test_line_wise_agrees_with_the_tree() -> None:
    text = "import aa.b\nfrom cc import dd, ee\n\ndef f():\n    from gg.h import (\n        ii,\n        jj,\n    )\n"
    ast.parse(text)
    assert imports(text + "x = = 1\n") == imports(text)
