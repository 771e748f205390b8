from __future__ import annotations

import json

import pytest

from harness.extract import extract
from harness.extract.writeback import write_back
from harness.model.edit import Edit, applied

CODE = 'from a import x, y\nif x < 1 & y:\n    print("it\'s")\n'
WANTED = 'from b import y\nfrom a import x\nif x < 1 & y:\n    print("it\'s", z=x < 2)\n'
AT = CODE.index(")")
EDITS = (Edit(0, 0, "from b import y\n"), Edit(15, 18, ""), Edit(AT, AT, ", z=x < 2"))
HTML = CODE.replace("&", "&amp;").replace("<", "&lt;")
YAML = CODE.replace('"', '\\"').replace("\n", "\\n")


def fence(prefix: str = "", newline: str = "\n", first: str | None = None) -> str:
    lines = ["```python", *CODE.splitlines(), "```"]
    head = [(prefix if first is None or number else first) + line for number, line in enumerate(lines)]
    return newline.join(head) + newline


def notebook(source: str | list[str]) -> str:
    cells = [
        {"cell_type": "code", "id": "1", "metadata": {}, "outputs": [], "execution_count": None, "source": source},
        {"cell_type": "markdown", "id": "2", "metadata": {}, "source": "end"},
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


PAGES = {
    "fence": ("a.md", fence()),
    "fence in a list": ("a.md", "text\n\n" + fence("  ", first="- ")),
    "fence in a quote": ("a.md", fence("> ")),
    "fence in a quoted list": ("a.md", fence(">   ", first="> - ")),
    "tabs and blanks behind": ("a.md", fence() + "\nmore \t\n"),
    "crlf": ("a.md", fence(newline="\r\n")),
    "lone cr": ("a.md", fence(newline="\r")),
    "bom": ("a.md", "\ufeff---\nslug: q\n---\n\n" + fence()),
    "no newline at the end": ("a.md", fence().rstrip("\n")),
    "indented": ("a.md", "text\n\n" + "".join(f"    {line}\n" for line in CODE.splitlines())),
    "pre": ("a.html", f'<pre><code class="language-python">{HTML}</code></pre>\n'),
    "pre, quotes escaped": (
        "a.html",
        '<pre><code class="language-python">' + HTML.replace('"', "&quot;").replace("'", "&#39;") + "</code></pre>\n",
    ),
    "pre on a page": ("a.md", f'text\n\n<pre><code class="language-python">{HTML}</code></pre>\n'),
    "double-quoted": ("a.md", f'---\nexampleCode: "{YAML}"\nexampleLanguage: python\n---\n\ntext\n'),
    "html, double-quoted": (
        "a.md",
        '---\nexampleCode: "<pre><code class=\\"language-python\\">'
        + HTML.replace('"', '\\"').replace("\n", "\\n")
        + '</code></pre>"\n---\n\ntext\n',
    ),
    "html, single-quoted": (
        "a.md",
        '---\nexampleCode: \'<pre><code class="language-python">'
        + HTML.replace("'", "''").replace("\n", "<br>")
        + "</code></pre>'\n---\n\ntext\n",
    ),
    "block scalar": (
        "a.md",
        "---\nexampleCode: |\n"
        + "".join(f"  {line}\n" for line in CODE.splitlines())
        + "exampleLanguage: python\n---\n\nx\n",
    ),
    "html, block scalar": (
        "a.md",
        "---\nexampleCode: |\n  <pre><code class='language-python'>"
        + HTML.replace("\n", "\n  ").rstrip()
        + "</code></pre>\n---\n\nx\n",
    ),
    "escaped twice": (
        "a.html",
        f'<pre><code class="language-python">{HTML.replace("&", "&amp;")}</code></pre>\n',
    ),
    "cell of lines": ("a.ipynb", notebook(CODE.splitlines(keepends=True))),
    "cell of one string": ("a.ipynb", notebook(CODE)),
}


@pytest.mark.parametrize(("path", "page"), PAGES.values(), ids=PAGES)
def test_a_sample_is_edited_where_it_stands(path: str, page: str) -> None:
    data = page.encode()
    (sample,) = extract(path, data).samples
    assert sample.text == CODE
    result = write_back(path, data, {sample.id: EDITS})
    assert result.samples == (sample.id,)
    assert not result.refused
    (after,) = extract(path, result.data).samples
    assert after.text == applied(CODE, EDITS) == WANTED
    assert len(result.data) < len(data) + 80


def test_nothing_else_of_the_page_changes() -> None:
    page = "\ufefftitle\r\n\r\n> ```python\r\n> import a\r\n> a()\r\n> ```\r\n\r\n```python\r\nb()\r\n```\r\n"
    first, second = extract("a.md", page.encode()).samples
    result = write_back("a.md", page.encode(), {first.id: [Edit(0, 0, "import c\n")], second.id: [Edit(0, 1, "c")]})
    assert result.data.decode() == page.replace("> import a", "> import c\r\n> import a").replace("\nb()", "\nc()")


def test_a_character_that_the_page_does_not_hold_is_spelled_as_it_must_be() -> None:
    page = '---\nexampleCode: "a(1)\\nb(2)"\nexampleLanguage: python\n---\n\ntext\n'
    (sample,) = extract("a.md", page.encode()).samples
    result = write_back("a.md", page.encode(), {sample.id: [Edit(2, 3, '"\\n"')]})
    assert result.data.decode() == page.replace("a(1)", 'a(\\"\\\\n\\")')


def test_html_gets_entities_though_it_holds_none_yet() -> None:
    page = "<pre><code class='language-python'>import a\na.b(1)\n</code></pre>\n"
    (sample,) = extract("a.html", page.encode()).samples
    result = write_back("a.html", page.encode(), {sample.id: [Edit(13, 14, "1 < 2")]})
    assert result.data.decode() == page.replace("(1)", "(1 &lt; 2)")


def test_an_edit_that_breaks_the_page_is_refused() -> None:
    page = "```python\na(1)\n```\n\n```python\nb()\n```\n"
    first, _ = extract("a.md", page.encode()).samples
    result = write_back("a.md", page.encode(), {first.id: [Edit(0, 0, "```\n")], "a#7": []})
    assert result.data.decode() == page
    assert [one.sample for one in result.refused] == ["a#0", "a#7"]
    assert all(one.reason for one in result.refused)
    assert result.samples == ()
