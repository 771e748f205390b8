"""Every form in which a page carries code: found, exact, and at its place."""

from __future__ import annotations

import pytest

from tests.unit.extract.helpers import check_map, fates, faults, origins, page, texts

CODE = "import json\n\nif 1 < 2 and 3 > 2:\n    print('a & b')\n"
ESCAPED = "import json\n\nif 1 &lt; 2 and 3 &gt; 2:\n    print('a &amp; b')\n"


def indented(text: str, margin: str) -> str:
    return "".join(margin + line if line.strip() else line for line in text.splitlines(keepends=True))


GRID = {
    "python": f"```python\n{CODE}```\n",
    "py": f"```py\n{CODE}```\n",
    "space before the language": f"``` python\n{CODE}```\n",
    "attribute": f'```python title="a.py"\n{CODE}```\n',
    "no tag": f"```\n{CODE}```\n",
    "tilde": f"~~~python\n{CODE}~~~\n",
    "four backticks": f"````python\n{CODE}````\n",
    "list item": f"1. Do this:\n\n{indented(f'```python{chr(10)}{CODE}```{chr(10)}', '   ')}",
    "bullet line": "- ```python\n" + indented(f"{CODE}```\n", "  "),
    "quote": f"> ```python\n{CODE}```\n".replace("\n\n", "\n\0\n").replace("\n", "\n> ").replace("\0", "")[:-2],
    "glued to HTML": f"<table><tr><td>x</td></tr></table>\n```python\n{CODE}```\n",
    "pre code": f"<pre><code>{ESCAPED}</code></pre>\n",
    "front-matter string": f"---\nintro: |\n{indented(f'```python{chr(10)}{CODE}```{chr(10)}', '  ')}---\n",
    "HTML comment": f"<!--\n```python\n{CODE}```\n-->\n",
    "unclosed": f"```python\n{CODE}",
}


@pytest.mark.parametrize("text", GRID.values(), ids=GRID)
def test_the_grid_that_no_peer_passes_is_all_found(text: str) -> None:
    found = page(text)
    assert texts(found) == [CODE]
    check_map(found.samples[0], text.encode())
    assert found.inventory[0].sample == "page#0"


FENCES = {
    "crlf": ("```py\r\na = 1\r\nb = 2\r\n```\r\n", "a = 1\nb = 2\n"),
    "byte order mark": ("\ufeff```py\na = 1\n```\n", "a = 1\n"),
    "no final newline": ("```py\na = 1\n```", "a = 1\n"),
    "unclosed without newline": ("```py\na = 1", "a = 1\n"),
    "lone carriage returns": ("```py\ra = 1\r```\r", "a = 1\n"),
    "non-ASCII": ("é😀\n\n```py\né = '😀'\n```\n", "é = '😀'\n"),
    "fence in fence": ("````md\n```py\na\n```\n````\n", "```py\na\n```\n"),
    "tildes in backticks": ("```py\n~~~\na\n```\n", "~~~\na\n"),
    "longer closing line": ("```py\na = 1\n`````\n", "a = 1\n"),
    "indented by three": ("   ```py\n   a = 1\n     b\n   ```\n", "a = 1\n  b\n"),
    "tab in the margin": ("- ```py\n\ta = 1\n  ```\n", "  a = 1\n"),
    "leading blank line": ("```py\n\na = 1\n```\n", "\na = 1\n"),
    "trailing blank lines": ("```py\na = 1\n\n\n```\n", "a = 1\n"),
    "nested quotes": ("> > ```py\n> > a = 1\n> >\n> > b\n> > ```\n", "a = 1\n\nb\n"),
    "quote in a list": ("- > ```py\n  > a = 1\n  > ```\n", "a = 1\n"),
    "list in a quote": ("> - ```py\n>   a = 1\n>   ```\n", "a = 1\n"),
    "quote ends an unclosed fence": ("> ```py\n> a = 1\n\ntext\n", "a = 1\n"),
    "nested list": ("- x\n  - y\n\n    ```py\n    if a:\n        b\n    ```\n", "if a:\n    b\n"),
    "list ends an unclosed fence": ("- ```py\n  a = 1\n\ntext\n", "a = 1\n"),
    "indented code": ("text\n\n    a = 1\n\n        b\n\ntext\n", "a = 1\n\n    b\n"),
    "indented by a tab": ("text\n\n\ta = 1\n\n\t\tb\n", "a = 1\n\n\tb\n"),
    "indented code behind non-ASCII": ("é😀 — é\n\n    a = '😀'\n\ntext\n", "a = '😀'\n"),
    "fence shown in indented code": ("text\n\n    ```py\n    a\n    ```\n", "```py\na\n```\n"),
    "pre in backticks": ("Use `<pre>` here.\n\n```py\na = 1\n```\n", "a = 1\n"),
    "pre in a fence": ("```html\n<pre>\n```\n", "<pre>\n"),
    "fence in pre": ("<pre>\n```py\na\n```\n</pre>\n", "```py\na\n```\n"),
}


@pytest.mark.parametrize(("text", "code"), FENCES.values(), ids=FENCES)
def test_corners_of_markdown(text: str, code: str) -> None:
    found = page(text)
    assert texts(found) == [code]
    check_map(found.samples[0], text.encode())


HTML = {
    "bare pre": ("<pre>a = 1\nb</pre>", "a = 1\nb\n"),
    "first newline is no content": ("<pre><code>\na = 1</code></pre>", "a = 1\n"),
    "upper case and attributes": ("<PRE Class='x'><CODE lang=python data-x=\"a>b\">a = 1</CODE></PRE>", "a = 1\n"),
    "named entities": ("<pre>&lt;a&gt; &amp;&quot;&apos;&eacute;</pre>", "<a> &\"'é\n"),
    "numbered entities": ("<pre>&#60;&#x3c;&#X3C;&#39;&#128512;</pre>", "<<<'😀\n"),
    "entity of an entity": ("<pre>x = '&amp;lt;'</pre>", "x = '&lt;'\n"),
    "escaped twice": ("<pre>if a &amp;lt; b:\n    c()</pre>", "if a < b:\n    c()\n"),
    "ampersand that is none": ("<pre>a &and; b & c &zzz;</pre>", "a ∧ b & c &zzz;\n"),
    "no-break space": ("<pre>if a:\n&nbsp;&nbsp;b</pre>", "if a:\n  b\n"),
    "highlight spans": (
        '<pre><span class="k">def</span> <span class="n">f</span>(): <b>pass</b></pre>',
        "def f(): pass\n",
    ),
    "br": ("<pre>a<br>b<br/>c<BR />d</pre>", "a\nb\nc\nd\n"),
    "line elements": ("<pre><code><div>a</div><div>  b</div></code></pre>", "a\n  b\n"),
    "comment inside": ("<pre>a<!-- no --> = 1</pre>", "a = 1\n"),
    "less-than that is none": ("<pre>a < b and c <= d</pre>", "a < b and c <= d\n"),
    "blank lines": ("<pre>a\n\n\nb</pre>", "a\n\n\nb\n"),
    "crlf": ("<pre>a\r\nb\r\n</pre>", "a\nb\n"),
    "code that spans lines": ("<p><code>a = 1\nb = 2</code></p>", "a = 1\nb = 2\n"),
    "pre without end, code with end": ("<pre>a = 1</pre><p><pre>", "a = 1\n"),
}


@pytest.mark.parametrize("path", ["p.html", "p.md", "p.mdx"])
@pytest.mark.parametrize(("text", "code"), HTML.values(), ids=HTML)
def test_corners_of_html(text: str, code: str, path: str) -> None:
    found = page(text, path)
    assert texts(found) == [code]
    check_map(found.samples[0], text.encode())


def test_an_entity_maps_to_the_whole_of_it() -> None:
    data = b"<pre>a &lt; b</pre>"
    assert origins(page(data.decode()).samples[0], data) == ["a", " ", "&lt;", " ", "b", ""]


def test_a_line_end_of_two_characters_maps_to_both() -> None:
    data = b"```\r\na\r\n```\r\n"
    assert origins(page(data.decode()).samples[0], data) == ["a", "\r\n"]


def test_positions_count_characters_as_a_person_does() -> None:
    sample = page("\ufeffé <pre>😀 = 1\nb</pre>\n", "p.html").samples[0]
    assert [(at.line, at.column) for at in sample.lines] == [(1, 8), (2, 1)]


def test_a_tag_that_vanishes_is_reported_where_it_stands() -> None:
    found = page("<pre>\nkey: <YOUR_KEY>\n</pre>\n")
    assert texts(found) == ["key: \n"]
    assert [line for line, _ in faults(found, "P401")] == [2]


def test_inline_code_is_no_candidate() -> None:
    assert page("a <code>b</code> `c` ```d``` and <code>\n</code>\n").inventory == ()


def test_an_element_that_never_ends_is_malformed_and_the_rest_is_found() -> None:
    found = page("<pre>a\n\n```py\nb = 1\n```\n")
    assert fates(found) == [("pre", "malformed"), ("fence", "sample")]
    assert texts(found) == ["b = 1\n"]


def test_scripts_hold_no_samples() -> None:
    assert page("<script>\nx = '<pre>a</pre>'\n</script>\n<style>\npre {}\n</style>\n", "p.html").inventory == ()


GLUED = {
    "table above": ("<table><tr><td>x</td></tr></table>\n```py\na = 1\n```\n", [1]),
    "table two lines above": ("<table>\n<tr></tr></table>\n```py\na = 1\n```\n", [2]),
    "blank line between": ("<table></table>\n\n```py\na = 1\n```\n", []),
    "paragraph above": ("text\n```py\na = 1\n```\n", []),
    "second follows a broken one": ("<p>x</p>\n```py\na = 1\n\nb\n```\n\n```py\nc = 1\n```\n", [1, 1]),
    "blank line in pre in a block": ("<div><pre>a = 1\n\nb</pre></div>\n", [2]),
    "blank line in pre of its own": ("<pre>a = 1\n\nb</pre>\n", []),
    "not indented in a list": ("1. x\n   ```py\na = 1\n   ```\n", [3]),
    "glued and in a list": ("- <p>x</p>\n  ```py\n  a = 1\n  ```\n", [1]),
}


@pytest.mark.parametrize(("text", "lines"), GLUED.values(), ids=GLUED)
def test_what_does_not_render_is_reported_with_the_line_that_breaks_it(text: str, lines: list[int]) -> None:
    found = page(text)
    assert [line for line, _ in faults(found, "P401")] == lines
    assert texts(found)[0].startswith("a = 1\n")


def test_what_breaks_is_named_behind_non_ascii_too() -> None:
    assert [line for line, _ in faults(page("é😀 — é\n\n<p>é</p>\n```py\na = 1\n```\n"), "P401")] == [3]
    assert faults(page("é😀 — é\n\n<p>é</p>\n\n```py\na = 1\n```\n"), "P401") == []


def test_indented_code_behind_a_block_that_does_not_render_is_found() -> None:
    found = page("<p>x</p>\n```py\na = 1\n\nb\n```\n\ntext\n\n    import json\n\ntext\n")
    assert texts(found) == ["a = 1\n\nb\n", "import json\n"]


def test_publishers_that_read_any_fence_see_one_behind_other_text() -> None:
    text = "<ul><li>x</li></ul>```python\na = 1\n```\n```\nb = 2```\n"
    assert texts(page(text, "content/compare/x-vs-y.md")) == ["a = 1\n", "b = 2\n"]
    assert "a = 1\n" not in texts(page(text, "docs/x.md"))
