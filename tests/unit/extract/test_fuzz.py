"""No input makes extraction raise or hang."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.extract import extract
from tests.unit.extract.helpers import TODAY, check_map
from tests.unit.extract.test_inventory import adds_up

PIECES = st.sampled_from(
    [
        "```", "~~~", "````", "```py", "\n", "\n\n", "\r\n", "    ", "\t", "> ", ">", "- ", "1. ", "  ", "<pre>", "</pre>",
        "<code>", "</code>", "<pre", "<br>", "<div>", "</div>", "<!--", "-->", "{/*", "*/}", "<script>", "</script>", "&lt;",
        "&amp;", "&#", "&", "---", "---\n", "a: ", "code: |\n", '"', "'", "\\", "[", "]", "{", "}", ":", "#", "harness: skip",
        "x = 1", "é", "😀", "\ufeff", "<p>x</p>", "`", "``", "# a.py\n", "\x00", "\x85", "\u2028", "import x", "<![CDATA[",
        "<?", "$ ls", ">>> x", "%", "!",
    ]
)  # fmt: skip
PATHS = st.sampled_from(["a.md", "a.mdx", "a.html", "compare/a.md", "a.ipynb", "a"])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), PATHS)
def test_no_text_makes_it_raise(text: str, path: str) -> None:
    data = text.encode()
    found = extract(path, data, today=TODAY)
    adds_up(found)
    for sample in found.samples:
        check_map(sample, data)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join))
def test_no_front_matter_makes_it_raise(text: str) -> None:
    adds_up(extract("a.md", f"---\n{text}\n---\n```py\na\n```\n".encode(), today=TODAY))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), PATHS)
def test_no_bytes_make_it_raise(data: bytes, path: str) -> None:
    adds_up(extract(path, data, today=TODAY))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "source", "cell_type", "metadata", "nbformat", "worksheets", "tags", "harness", "code"]
            ),
            inner | st.sampled_from(["code", "markdown"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_no_notebook_makes_it_raise(content: object) -> None:
    for wrapped in (content, {"nbformat": 4, "metadata": {}, "cells": [content]}, {"nbformat": 4, "cells": content}):
        adds_up(extract("a.ipynb", json.dumps(wrapped).encode(), today=TODAY))


TRAPS = {
    name: unit
    for unit in (
        "<pre", "<pre>", '<pre x="', "<code>", "<code><pre>", "`", "```\n", "``` `", "```a\n", "&amp;", "&#1;", "<", ">", "> ", "- ",
        "- ```\n", "> ```\n", "<!--", "<!-- a -->", "<script>", '<span "', "~~~", "\n", "\r", "\t", " ", "    a\n\n", "  - a\n", "[",
        "`<pre>` ", "   ```\nx\n", "a ``` b\n", "<!-- harness: skip -->\n", "# a.py\n", "```\r\na\r\n```\r\n", "*a **a ", "<br>", "\\",
    )
    for name in [repr(unit)]
}  # fmt: skip
SIZE = 300_000
SECONDS = 15.0
"""Far above what a linear pass takes, far below what a quadratic one would."""


@pytest.mark.parametrize("unit", TRAPS.values(), ids=TRAPS)
@pytest.mark.parametrize(
    "shape", ["a.md|{}", "a.html|{}", "compare/a.md|{}", "a.md|<pre>{}</pre>", "a.md|```py\n{}\n```\n"]
)
def test_a_trap_repeated_ends(unit: str, shape: str) -> None:
    path, _, text = shape.partition("|")
    data = text.format(unit * (SIZE // len(unit))).encode()
    began = time.process_time()
    extract(path, data, today=TODAY)
    assert time.process_time() - began < SECONDS
