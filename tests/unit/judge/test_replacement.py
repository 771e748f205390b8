from __future__ import annotations

import pytest

from harness.judge.edited import Text, edited, line_after, line_before
from harness.judge.replacement import Change, changes, rewritten
from harness.model.edit import Edit, applied
from harness.model.source import Language, PageInfo, Part, Sample, SourceMap
from harness.model.verdict import Code, Finding, Kind, Suggestion


def sample(text: str, *parts: Part) -> Sample:
    python = Language.PYTHON
    return Sample(
        "page#0",
        PageInfo("page.md", "page"),
        0,
        "sample",
        python,
        text,
        SourceMap(()),
        parts or (Part("sample.py", python, text),),
    )


def after(text: str, *wanted: Change) -> str | None:
    made = sample(text)
    edits = rewritten(made, wanted)
    return None if edits is None else edited(made, edits).text


@pytest.mark.parametrize(
    ("text", "symbol", "successor", "expected"),
    [
        pytest.param("from a.b import N\nN()\n", "a.b.N", "c.N", "from c import N\nN()\n", id="module"),
        pytest.param("from a.b import N  # why\n", "a.b.N", "c.d.N", "from c.d import N  # why\n", id="comment"),
        pytest.param("from a.b import N as M\n", "a.b.N", "c.N", "from c import N as M\n", id="as"),
        pytest.param("from a import x, y\n", "a.y", "b.y", "from b import y\nfrom a import x\n", id="last of two"),
        pytest.param("from a import x, y\n", "a.x", "b.x", "from b import x\nfrom a import y\n", id="first of two"),
        pytest.param(
            "if 1:\n    from a import x, y as z\n",
            "a.y",
            "b.y",
            "if 1:\n    from b import y as z\n    from a import x\n",
            id="indented",
        ),
        pytest.param(
            "from a import (\n    x,  # one\n    y,  # two\n)\n",
            "a.y",
            "b.y",
            "from b import y\nfrom a import (\n    x,  # one\n)\n",
            id="a line of its own",
        ),
        pytest.param(
            "from a import (\n    x,\n    y,\n)\n",
            "a.x",
            "b.x",
            "from b import x\nfrom a import (\n    y,\n)\n",
            id="first of several lines",
        ),
        pytest.param("from a import (x, y)\n", "a.y", "b.y", "from b import y\nfrom a import (x)\n", id="brackets"),
        pytest.param("from a import x, y, z\n", "a.y", "b.y", "from b import y\nfrom a import x, z\n", id="middle"),
        pytest.param("from a import x; x()\n", "a.x", "b.x", "from b import x; x()\n", id="semicolon, one name"),
        pytest.param("import os; from a import x, y\n", "a.x", "b.x", None, id="no room for a statement"),
        pytest.param("from a.b import N, M\n", "a.b", "c.d", "from c.d import N, M\n", id="whole module"),
        pytest.param("from a.b.c import N\n", "a.b", "x", "from x.c import N\n", id="module above"),
        pytest.param("from a.b import N\n", "a.b", "c.N", "from c import N\n", id="name of a module that is gone"),
        pytest.param("import a.b\na.b.f(a.c)\n", "a.b", "c.b", "import c.b\nc.b.f(a.c)\n", id="import dotted"),
        pytest.param("import a.b as q\nq.f()\n", "a.b", "c", "import c as q\nq.f()\n", id="import as"),
        pytest.param("from a import Old\nOld()\n", "a.Old", "b.New", "from b import New\nNew()\n", id="name and place"),
        pytest.param("from a import Old\nOld()\n", "a.Old", "New", "from a import New\nNew()\n", id="name"),
        pytest.param(
            "from a import Old\nOld()\nNew = 1\n",
            "a.Old",
            "a.New",
            "from a import New as Old\nOld()\nNew = 1\n",
            id="the new name is taken",
        ),
        pytest.param("from .a import x\n", "a.x", "b.x", None, id="relative"),
        pytest.param("from a.b.c import N\n", "a.b", "d.e.N", "from d.e import N\n", id="name of one far below"),
        pytest.param("from a.j import E\n", "a.j.E", "A.json", None, id="within a class"),
        pytest.param("import a.j\n", "a.j", "A.json", None, id="within a class, as a module"),
    ],
)
def test_imports(text: str, symbol: str, successor: str, expected: str | None) -> None:
    line = next(number for number, one in enumerate(text.split("\n"), 1) if "import" in one)
    assert after(text, Change(line, symbol, successor)) == expected


@pytest.mark.parametrize(
    ("text", "line", "symbol", "successor", "expected"),
    [
        pytest.param(
            "from a import f\nf(1, old=2)  # old=\n", 2, "a.f(old=)", "new", "from a import f\nf(1, new=2)  # old=\n",
            id="keyword",
        ),
        pytest.param(
            "from a import f\nf(\n    'ä', old = 2,\n)\n", 2, "a.f(old=)", "new", "from a import f\nf(\n    'ä', new = 2,\n)\n",
            id="keyword on a line of its own, beyond ASCII",
        ),
        pytest.param("from a import f\nf(old=2, new=1)\n", 2, "a.f(old=)", "new", None, id="both"),
        pytest.param("from a import f, g\ng(f(old=1), old=2)\n", 2, "a.f(old=)", "new",
            "from a import f, g\ng(f(new=1), old=2)\n", id="which call"),
        pytest.param("import a as b\nb.old(1)\n", 2, "a.old", "new", "import a as b\nb.new(1)\n", id="bare"),
        pytest.param("import a as b\nb.old(1)\n", 2, "a.old", "a.x.new", "import a as b\nb.x.new(1)\n", id="path"),
        pytest.param("import a\nm = a.M()\nm.old()\n", 3, "a.M.old", "new", "import a\nm = a.M()\nm.new()\n", id="method"),
        pytest.param(
            "import a\nclass M(a.B): pass\nM().old()\n", 3, "a.B.old", "a.B.new",
            "import a\nclass M(a.B): pass\nM().new()\n", id="inherited method",
        ),
        pytest.param(
            "import a  # why\n\na.old(1)\n", 3, "a.old", "o.new",
            "import a  # why\nfrom o import new\n\nnew(1)\n", id="out of reach",
        ),
        pytest.param("import a\nnew = 1\na.old()\n", 3, "a.old", "o.new", None, id="out of reach, and taken"),
        pytest.param("import a\nm = a.M()\nm.old()\n", 3, "a.M.old", "o.new", None, id="no method is imported"),
        pytest.param("import a\na.old()\n", 2, "a.old", "O.new", None, id="out of reach within a class"),
        pytest.param("from a import old\nold()\n", 2, "a.old", "b.new", "from b import new\nnew()\n", id="met where used"),
    ],
)  # fmt: skip
def test_lines(text: str, line: int, symbol: str, successor: str, expected: str | None) -> None:
    assert after(text, Change(line, symbol, successor)) == expected


def test_changes_of_one_import_are_made_at_once() -> None:
    both = [Change(1, "a.x", "b.x"), Change(1, "a.y", "b.y"), Change(2, "a.x(o=)", "n")]
    assert after("from a import x, y\nx(o=1)\n", *both) == "from b import x, y\nx(n=1)\n"
    apart = [Change(1, "a.x", "b.x"), Change(1, "a.y", "c.y")]
    assert after("from a import x, y\n", *apart) == "from b import x\nfrom c import y\n"


def test_a_line_of_notebook_magic_is_left_alone() -> None:
    text = "!pip install a\nfrom a import x\n"
    parts = (Part("sample.py", Language.PYTHON, "pass\nfrom a import x\n"),)
    edits = rewritten(sample(text, *parts), [Change(2, "a.x", "b.x")])
    assert edits is not None
    assert edited(sample(text, *parts), edits).parts[0].text == "pass\nfrom b import x\n"
    other = (Part("sample.py", Language.PYTHON, "pass\nfrom  a import x\n"),)
    assert rewritten(sample(text, *other), [Change(2, "a.x", "b.x")]) is None


def test_files_below_an_edit_move() -> None:
    text = "from a import x, y\nx()\n# two.py\nfrom a import y\n"
    parts = (
        Part("one.py", Language.PYTHON, "from a import x, y\nx()\n"),
        Part("two.py", Language.PYTHON, "from a import y\n", first_line=4),
    )
    made = sample(text, *parts)
    edits = rewritten(made, [Change(1, "a.y", "b.y"), Change(4, "a.y", "b.y")])
    assert edits is not None
    copy = edited(made, edits)
    assert [(part.first_line, part.text) for part in copy.parts] == [
        (1, "from b import y\nfrom a import x\nx()\n"),
        (5, "from b import y\n"),
    ]
    assert copy.text == "from b import y\nfrom a import x\nx()\n# two.py\nfrom b import y\n"


def test_lines_are_followed_through_edits() -> None:
    text = "a\nb\nc\n"
    edits = (Edit(2, 2, "new\n"),)
    assert applied(text, edits) == "a\nnew\nb\nc\n"
    assert [line_before(text, edits, line) for line in (1, 2, 3, 4)] == [1, 2, 2, 3]
    assert line_after(Text(text), edits, 3) == 4


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        applied("abc", [Edit(0, 2, ""), Edit(1, 3, "")])


def said(symbol: str, evidence: str = "", code: Code = Code.DEPRECATED, *successors: str) -> Finding:
    advice = Suggestion("", successors=successors) if successors else None
    return Finding(code, Kind.DEPRECATED, 1, symbol, "it is deprecated", evidence=evidence, suggestion=advice)


@pytest.mark.parametrize(
    ("symbol", "words", "expected"),
    [
        ("a.old.P", "Please use `'a.new.P'`.", ["a.new.P"]),
        ("a.old.P", "deprecated, use a.new.P instead", ["a.new.P"]),
        ("a.P", "Please use `from b.c import P` instead.", ["b.c.P"]),
        ("a.M.dict", "The `dict` method is deprecated; use `model_dump` instead.", ["model_dump"]),
        ("a.f(old=)", "`old` is deprecated in favor of `new`", ["new"]),
        ("a.f(old=)", "Use the 'new' argument", ["new"]),
        ("a.f(old=)", "use b.f instead", []),
        ("a.D.old", "D.old has been deprecated. Use D.new instead.", ["new"]),
        ("a.D.old", "old is deprecated. Use .new instead.", ["new"]),
        ("a.D.old", "old is deprecated. Use `.new()` instead.", ["new"]),
        ("a.f", "a.f is gone", []),
        ("numpy.in1d", "`np.in1d` was removed. Use `np.isin` instead.", ["isin"]),
        ("a.v", "You should migrate to V2 style `@field_v` validators", ["field_v"]),
        ("a.M.copy", "The `copy` method is deprecated; use `M.copy` instead.", []),
        ("a.M", "Support for class-based `config` is deprecated, use ConfigDict instead.", []),
        ("a.M.old", "deprecated: fresh, version: 0.19.0", ["fresh"]),
        ("a.M.old", "Please use :meth:`~a.M.fresh`.", ["fresh"]),
        ("a.f", "module 'a' has no attribute 'f'. Did you mean: 'g'?", []),
    ],
)
def test_successors_are_what_the_library_says(symbol: str, words: str, expected: list[str]) -> None:
    assert [one.successor for one in changes(said(symbol, words))] == expected


def test_the_word_of_the_library_goes_before_what_was_found() -> None:
    found = changes(said("a.f", "use `h` or `c.f`", Code.NAME, "b.f"))
    assert [one.successor for one in found] == ["h", "b.f"]
    found = changes(said("a.f", "use `h`; it was moved to the `a-b` package", Code.NAME, "b.f"))
    assert [one.successor for one in found] == ["a_b.f", "h", "b.f"]
    assert changes(said("x", "use `a.h`", Code.UNDEFINED)) == ()
