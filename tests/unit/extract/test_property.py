"""Pages built from known code in every form give back exactly that code, at its place."""

from __future__ import annotations

import html
import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.extract import Profile, extract
from harness.model.source import Fate
from tests.unit.extract.helpers import TODAY, check_map, origins

LINE = st.text(st.sampled_from("abx1 _=()<>&\"'#.:,\\é😀[]{}/*-+!%@|~`$;"), max_size=30).map(str.rstrip)
CODE = (
    st.lists(LINE, min_size=1, max_size=7)
    .map(lambda lines: "\n".join(lines).strip("\n"))
    .filter(lambda text: text.strip() != "" and text[0] != " " and "```" not in text and "~~~" not in text)
    .map(lambda text: text + "\n")
)


def margin(text: str, by: str) -> str:
    return "".join(by + line if line.strip() else line for line in text.splitlines(keepends=True))


def quoted(text: str) -> str:
    return "".join("> " + line for line in text.splitlines(keepends=True))


def spans(code: str) -> str:
    return "".join(
        f'<span class="k">{html.escape(char)}</span>' if char.isalnum() else html.escape(char) for char in code
    )


WRITERS: dict[str, Callable[[str], str]] = {
    "fence": lambda code: f"```\n{code}```\n",
    "tagged": lambda code: f'```python title="x"\n{code}```\n',
    "tilde": lambda code: f"~~~~\n{code}~~~~\n",
    "list": lambda code: f"1. x\n\n{margin('```' + chr(10) + code + '```' + chr(10), '   ')}",
    "bullet": lambda code: "- " + margin(f"```\n{code}```\n", "  ")[2:],
    "quote": lambda code: quoted(f"```\n{code}```\n"),
    "quoted list": lambda code: quoted("- " + margin(f"```\n{code}```\n", "  ")[2:]),
    "glued": lambda code: f"<table></table>\n```\n{code}```\n",
    "pre": lambda code: f"<pre><code>{html.escape(code)}</code></pre>\n",
    "pre in div": lambda code: f"<div><pre>\n{html.escape(code)}</pre></div>\n",
    "spans": lambda code: f'<pre class="hl"><code class="hljs">{spans(code)}</code></pre>\n',
    "numeric": lambda code: "<pre>" + "".join(f"&#{ord(c)};" if not c.isspace() else c for c in code) + "</pre>\n",
    "br": lambda code: "<pre>" + html.escape(code).replace("\n", "<br>") + "</pre>\n",
}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    blocks=st.lists(st.tuples(st.sampled_from(sorted(WRITERS)), CODE), min_size=1, max_size=4),
    crlf=st.booleans(),
    bom=st.booleans(),
)
def test_every_form_gives_back_its_code_and_its_place(blocks: list[tuple[str, str]], crlf: bool, bom: bool) -> None:
    text = "é\n\n" + "\n<!-- -->\n\ntext\n\n".join(WRITERS[form](code) for form, code in blocks)
    data = (("\ufeff" if bom else "") + (text.replace("\n", "\r\n") if crlf else text)).encode()
    found = extract("docs/page.md", data, today=TODAY)
    assert [sample.text for sample in found.samples] == [code for _, code in blocks]
    for sample, (form, _) in zip(found.samples, blocks, strict=True):
        check_map(sample, data)
        for char, origin in zip(sample.text, origins(sample, data), strict=True):
            if char.isspace():
                assert origin in {char, "\r\n", "", "<br>"}
            else:
                assert html.unescape(origin) == char
                assert origin == char or form in {"pre", "pre in div", "spans", "numeric", "br"}


@settings(max_examples=150, deadline=None)
@given(CODE)
def test_fence_and_html_form_of_the_same_code_are_equal(code: str) -> None:
    fence = extract("p.md", f"```\n{code}```\n".encode(), today=TODAY)
    for written in (WRITERS["pre"](code), WRITERS["spans"](code), f"<div>\n{WRITERS['pre'](code)}</div>\n"):
        for path in ("p.md", "p.html"):
            twin = extract(path, written.encode(), today=TODAY)
            assert [s.text for s in twin.samples] == [s.text for s in fence.samples]


def in_double_quotes(code: str) -> str:
    return "code: " + json.dumps(code, ensure_ascii=False) + "\n"


def in_single_quotes(code: str) -> str:
    folded = code.replace("'", "''").replace("\n", "\n\n  ")
    return f"code: '{folded}'\n"


SCALARS: dict[str, Callable[[str], str]] = {
    "double": in_double_quotes,
    "ascii": lambda code: "code: " + json.dumps(code) + "\n",
    "single": in_single_quotes,
    "literal": lambda code: "code: |\n" + margin(code, "    "),
    "literal, indentation given": lambda code: "code: |2-\n" + margin(code, "  "),
    "html": lambda code: (
        "code: " + json.dumps(f"<pre><code>{html.escape(code)}</code></pre>", ensure_ascii=False) + "\n"
    ),
}


@pytest.mark.parametrize("style", SCALARS)
@settings(max_examples=60, deadline=None)
@given(code=CODE)
def test_front_matter_gives_back_its_code_and_its_place(style: str, code: str) -> None:
    if style == "ascii":
        code = "".join(char for char in code if ord(char) < 0x10000)
    code = code.rstrip() + "\n"
    if style == "single":
        code = "\n".join(line.strip() for line in code.strip().splitlines() if line.strip()) + "\n"
    if "literal" in style and code.startswith(("#",)):
        code = "x" + code
    profiles = (Profile(name="p", fields=("code",)),)
    data = f"---\ntitle: x\n{SCALARS[style](code)}---\nbody\n".encode()
    found = extract("docs/page.md", data, profiles, today=TODAY)
    assert [sample.text for sample in found.samples] == [code], found.findings
    check_map(found.samples[0], data)
    for char, origin in zip(found.samples[0].text, origins(found.samples[0], data), strict=True):
        if not char.isspace():
            assert origin == char or origin.startswith(("\\", "&", "''"))


@settings(max_examples=60, deadline=None)
@given(st.lists(CODE, min_size=1, max_size=4), st.booleans(), st.booleans())
def test_notebooks_give_back_their_cells(codes: list[str], as_lines: bool, old: bool) -> None:
    def cell(code: str) -> dict[str, object]:
        source: object = code.splitlines(keepends=True) if as_lines else code
        return {
            "cell_type": "code",
            "metadata": {"harness": "group=" + str(codes.index(code))},
            "input" if old else "source": source,
        }

    cells = [cell(code) for code in dict.fromkeys(codes)]
    book = (
        {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}
        if old
        else {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )
    data = json.dumps(book, indent=1, ensure_ascii=as_lines).encode()
    found = extract("n.ipynb", data, today=TODAY)
    assert sum(item.fate is not Fate.MALFORMED for item in found.inventory) == len(cells)
    assert "".join(sample.text for sample in found.samples if sample.text) == "".join(dict.fromkeys(codes))
    for sample in found.samples:
        check_map(sample, data)
