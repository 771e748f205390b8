"""Front matter: read fast where it is plain, by a YAML parser else, and searched for code."""

from __future__ import annotations

import json

import pytest
from ruamel.yaml import YAML

from harness.extract import Profile
from harness.extract.lexers import front_matter
from harness.extract.weave import Woven
from tests.unit.extract.helpers import check_map, fates, faults, origins, page, texts


def test_the_page_says_who_it_is() -> None:
    head = "slug: \"a-vs-b\"\ntitle: 'It''s'\ntoolName: B\ncategory: x y\nwebflow:\n  lastUpdated: \"2024-08-21T14:42:12.496Z\"\n  lastPublished: 2024-08-22\n"
    found = page(f"---\n{head}---\n").page
    assert (found.slug, found.title, found.tool, found.category) == ("a-vs-b", "It's", "B", "x y")
    assert (found.updated, found.published) == ("2024-08-21", "2024-08-22")


@pytest.mark.parametrize(
    ("path", "slug"),
    [("docs/my page.md", "my-page"), ("docs/guide/index.md", "guide"), ("index.md", "index"), ("é.md", "é")],
)
def test_a_page_without_slug_has_its_file_name(path: str, slug: str) -> None:
    assert page("text", path).page.slug == slug


PLAIN = {
    "settings": 'a: "x: y # z"\nb: plain text, with (marks) - and more\nc:\nd: \'it\'\'s\'\n\ne: "q\\"\\n"\n',
    "nested": 'a:\n  b: "x"\n  c: http://x.y/z?a=1\nd:\n  - "one"\n  - two\n',
    "numbers": "a: 1\nb: 2024-01-01T10:00:00Z\nc: true\n",
}


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN)
def test_plain_front_matter_reads_as_the_parser_reads_it(text: str) -> None:
    source = Woven.literal(f"---\n{text}---\n", 0)
    assert front_matter._SIMPLE.fullmatch(text)
    fast = front_matter.read(source, 0).fields
    slow = [field for field in front_matter._parsed(source, 4, 4 + len(text), 2) if field.text.text]
    assert [(f.path, f.text, f.line) for f in fast] == [(f.path, f.text, f.line) for f in slow]


@pytest.mark.parametrize(
    "text",
    ["a: b: c\n", "a: 1\n   b: 2\n", "a: [1\n", "a: *x\n", "a: &x 1\nb: *x\n", "a: |\n  x\n", "a: x # y\n", "? a\n: b\n", "a: 'x\n", "- a\n", "a: @x\n", "a: x\n---\nb: y\n", "%x\n", 'a: "\\q"\n', "a: - b\n", "\ta: 1\n", "a: 1\na: 2\n", "a:\n  - b: 1\n", "a: ---\n"],
)  # fmt: skip
def test_all_else_goes_to_the_parser(text: str) -> None:
    plain = front_matter._SIMPLE.fullmatch(text)
    if plain:
        source = Woven.literal(text, 0)
        assert front_matter._simple(source, 0, len(text), 1) is None


BROKEN = {
    "open list": ("---\na: [1\nb: 2\n---\n", 3),
    "indentation": ("---\na: 1\n   b: 2\n---\n", 3),
    "twice": ("---\ntitle: x\ntitle: y\n---\n", 2),
    "tab": ("---\na:\n\tb: 1\n---\n", 3),
    "no mapping": ("---\n- a\n---\n", 2),
}


@pytest.mark.parametrize(("text", "line"), BROKEN.values(), ids=BROKEN)
def test_broken_front_matter_is_named_with_its_line(text: str, line: int) -> None:
    found = page(text + "```py\na = 1\n```\n")
    assert found.samples == ()
    [(at, message)] = faults(found, "P403")
    assert "front matter" in message
    assert abs(at - line) <= 1


CODE = "import json\n\nif 1 < 2:\n    print('\"a\" & b')\n"
HTML = "<pre><code>import json\n\nif 1 &lt; 2:\n    print('\"a\" &amp; b')\n</code></pre>"


def block(text: str) -> str:
    return "".join(f"    {line}" if line.strip() else line for line in text.splitlines(keepends=True))


CARRIERS = {
    "literal": f"toolCode: |\n{block(CODE)}",
    "literal, kept": f"toolCode: |+\n{block(CODE)}",
    "literal, stripped": f"toolCode: |-\n{block(CODE)}",
    "double": f"toolCode: {json.dumps(CODE)}\n",
    "html in double": f"codeExampleHtml: {json.dumps(HTML)}\n",
    "html in literal": f"codeExampleHtml: |\n{block(HTML)}\n",
    "fence in literal": f"anything: |\n{block(f'```python{chr(10)}{CODE}```{chr(10)}')}",
}


@pytest.mark.parametrize("name", CARRIERS)
@pytest.mark.parametrize("crlf", [False, True], ids=["lf", "crlf"])
def test_fields_carry_code_through_two_decodings(name: str, crlf: bool) -> None:
    data = f"---\ntitle: x\n{CARRIERS[name]}---\nbody\n"
    data = data.replace("\n", "\r\n") if crlf else data
    found = page(data)
    assert texts(found) == [CODE]
    check_map(found.samples[0], data.encode())
    for char, origin in zip(CODE, origins(found.samples[0], data.encode()), strict=True):
        if not char.isspace():
            assert origin == char or origin in {"&lt;", "&amp;", '\\"'}


@pytest.mark.parametrize("head", ["a: >\n  x = 1\n  y\n\n  z\n", "a: >-\n  x\n    y\n  z\n", "a: x\n  y\n\n  z\n", "a: 'x ''y''\n  z\n\n  é'\n", 'a: "x \\\n  y\n  z\\t\\u00e9\n\n  b"\n', "a: |2\n   x\n  y\n", "a: |+\n  x\n\n\nb: 1\n"])  # fmt: skip
def test_folded_scalars_read_as_yaml_reads_them_and_their_words_keep_their_places(head: str) -> None:
    text = f"---\n{head}---\n"
    [field, *_] = front_matter.read(Woven.literal(text, 0), 0).fields
    assert field.text.text == YAML(typ="safe", pure=True).load(head)["a"]
    field.text.map.check()
    for at, char in enumerate(field.text.text):
        if not char.isspace():
            span = field.text.map.span(at)
            assert text[span.start : span.end] in {char, "''", f"\\u{ord(char):04x}"}


def test_a_twin_field_says_the_language() -> None:
    found = page(
        "---\ncodeComparison:\n  zenmlCode: 'a: 1'\n  zenmlLanguage: yaml\n  toolCode: b = 1\n  toolLanguage: python\n---\n"
    )
    assert [(s.language, s.inferred, s.text) for s in found.samples] == [
        ("yaml", False, "a: 1\n"),
        ("python", False, "b = 1\n"),
    ]


def test_a_published_field_leaves_the_body_an_unpublished_copy() -> None:
    text = '---\ncodeExampleHtml: "<pre><code>a = 1</code></pre>"\n---\n```py\na = 2\n```\n'
    found = page(text, "content/integrations/x.md")
    assert fates(found) == [("pre", "sample"), ("fence", "skipped")]
    assert found.inventory[1].reason.startswith("unpublished copy")
    assert [(s.id, s.text) for s in found.samples] == [("x#0", "a = 1\n"), ("x#1", "a = 2\n")]


def test_a_profile_may_publish_both() -> None:
    both = (Profile(name="both", fields=("intro",), replaces_body=False),)
    text = "---\nintro: a = 1\n---\n```py\na = 2\n```\n"
    assert fates(page(text, profiles=both)) == [("field", "sample"), ("fence", "sample")]


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        ("setupCode: import json", True),
        ("codeSnippet: 'print(1)'", True),
        ("code: |\n  a = 1\n  b = 2", True),
        ("couponCode: SAVE20", False),
        ("zipCode: 12345", False),
        ("lowCode: 'no code needed here'", False),
        ("codeowners: import json", False),
        ("title: import json", False),
        ("codeLanguage: python", False),
    ],
)
def test_a_field_is_code_by_its_name_and_its_looks(setting: str, found: bool) -> None:
    assert bool(page(f"---\n{setting}\n---\n").inventory) is found
