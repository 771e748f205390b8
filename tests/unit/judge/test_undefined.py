"""Undefined names: every way of binding a name is known, and what no scope binds is told once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.judge.undefined import undefined

BOUND = {
    "import": "import a.b, c as d\na, d",
    "from": "from a import b as c, d\nc, d",
    "tuple": "(a, *b), [c] = 1\na, b, c",
    "later": "def f():\n    return g()\ndef g():\n    return f",
    "one branch": "if input():\n    x = 1\nprint(x)",
    "loop": "for i, j in ():\n    pass\nprint(i, j)",
    "with": "with open('x') as f, f as (g, h):\n    g, h",
    "except": "try:\n    pass\nexcept OSError as error:\n    print(error)",
    "group": "try:\n    pass\nexcept* OSError as error:\n    print(error)",
    "walrus": "if (n := 3) > [last := y for y in ()][0]:\n    print(n, last)",
    "walrus in a function": "def f():\n    return [z for z in () if (w := z)] and w",
    "comprehension": "[x + y for x in () for y in x]\n{k: v for k, v in ()}",
    "lambda": "f = lambda a, *b, c=1, **d: (a, b, c, d)",
    "match": "match 1:\n    case [a, *b]:\n        a, b\n    case {'k': c, **d}:\n        c, d\n    case int() as e:\n        e",
    "global": "def f():\n    global g\n    g = 1\nf(); print(g)",
    "nonlocal": "def f():\n    x = 1\n    def h():\n        nonlocal x\n        x = 2\n    return h, x",
    "class body": "class A:\n    x = 1\n    y = x\n    def m(self):\n        return __class__, super()",
    "class keyword": "class M(type): pass\nclass A(metaclass=M): pass",
    "deleted": "x = 1\ndel x\nprint(x)",
    "augmented": "x = 0\nx += 1",
    "annotated": "x: int\nprint(x)",
    "local annotation is not evaluated": "def f():\n    x: Nowhere = 1\n    return x",
    "postponed annotations": "from __future__ import annotations\ndef f(x: Nowhere) -> Elsewhere: ...",
    "text annotation": "def f(x: 'Nowhere') -> 'Elsewhere': ...",
    "the module's own": "print(__file__, __name__, __doc__)",
    "a notebook's own": "display(get_ipython())",
    "out of sight": "globals()['x'] = 1\nprint(x)",
    "expected to be missing": "try:\n    unicode\nexcept NameError:\n    unicode = str",
    "unparsable": "def f(:\n    x",
    "unknown star": "from a import *\nprint(x)",
}
MISSING = {
    "module level": ("print(x)", [("x", 1, 7)]),
    "once, at its first use": ("a(x)\nb = x\nx", [("a", 1, 1), ("x", 1, 3)]),
    "in a body": ("def f():\n    return pd.read()", [("pd", 2, 12)]),
    "decorator, default, annotation": (
        "@d\ndef f(x: A = b) -> C: ...",
        [("d", 1, 2), ("A", 2, 10), ("b", 2, 14), ("C", 2, 20)],
    ),
    "a method does not see the class": ("class A:\n    x = 1\n    def f(self): return x", [("x", 3, 25)]),
    "a comprehension keeps its names": ("[i for i in ()]\nprint(i)", [("i", 2, 7)]),
    "a function keeps its names": ("def f():\n    x = 1\nprint(x)", [("x", 3, 7)]),
    "columns count characters": ("print('äöü', x)", [("x", 1, 14)]),
    "f-string": ("print(f'{x!r:>{w}}')", ["x", "w"]),
    "base class": ("class A(B): ...", [("B", 1, 9)]),
    "class annotation": ("class A:\n    x: T", [("T", 2, 8)]),
    "first iterable of a comprehension in a class": ("class A:\n    y = [x for x in z]", [("z", 2, 21)]),
}


@pytest.mark.parametrize("text", BOUND.values(), ids=BOUND.keys())
def test_what_is_bound_is_not_told(text: str) -> None:
    assert undefined(text) == ()


@pytest.mark.parametrize(("text", "expected"), MISSING.values(), ids=MISSING.keys())
def test_what_nothing_binds_is_told(text: str, expected: list[tuple[str, int, int]] | list[str]) -> None:
    found = undefined(text)
    if isinstance(expected[0], str):  # where a name within an f-string stands depends on the Python
        assert [use.name for use in found] == expected
    else:
        assert [tuple(use) for use in found] == expected


def test_a_known_star_import_binds_its_names_and_no_others() -> None:
    assert [use.name for use in undefined("from a import *\nprint(x, y)", {"a": ("x",)})] == ["y"]


def test_a_prelude_binds_names() -> None:
    assert [use.name for use in undefined("print(x, y)", extra="import x")] == ["y"]


def test_the_labelled_names_are_told_exactly(shared: Path) -> None:
    """On real pages: the names that experiments found missing, no more and no fewer."""
    from harness.extract import extract_paths
    from harness.model.source import Language

    labels = [json.loads(path.read_text()) for path in sorted((shared / "labels").glob("*.json"))]
    wanted = {(one["page"], one["block"]): sorted(one["needs"]["names"]) for one in labels}
    pages = sorted(str(path) for path in (shared / "pages").glob("*.md"))
    samples = [sample for one in extract_paths(pages) for sample in one.samples]
    seen = 0
    for sample in samples:
        key = (sample.page.slug, sample.index)
        if key not in wanted or "import *" in sample.text:
            continue  # what a star import gives is for the look at the real module to tell
        found = {use.name for part in sample.parts if part.language is Language.PYTHON for use in undefined(part.text)}
        assert sorted(found) == wanted[key], sample.id
        seen += 1
    assert seen >= len(labels) - 2
