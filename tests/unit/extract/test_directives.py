"""What authors tell the harness: read, applied to the next region, and reported where it cannot be read."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from harness.extract import extract
from harness.extract.directives import parse
from harness.model.source import Directive
from tests.unit.extract.helpers import TODAY, fates, faults, page, texts

READ = {
    "skip": ('harness: skip reason="no GPU"', Directive(skip="no GPU")),
    "skip with its reason": ('harness: skip="no GPU"', Directive(skip="no GPU")),
    "expiry": ("harness: skip reason='x' until=2026-12-01", Directive(skip="x", skip_until="2026-12-01")),
    "timeout": ("harness: timeout=2.5", Directive(timeout=2.5)),
    "timeout with its unit": ("harness: timeout=30s", Directive(timeout=30)),
    "requires": ('harness: requires="zenml[local]>=0.6, boto3"', Directive(requires=("zenml[local]>=0.6", "boto3"))),
    "version range": ('harness: requires="a>=1,<2 b"', Directive(requires=("a<2,>=1", "b"))),
    "requires twice": ("harness: requires=a requires=b", Directive(requires=("a", "b"))),
    "verdict": ("harness: expect=outdated", Directive(expect="outdated")),
    "code": ("harness:expect=A001", Directive(expect="A001")),
    "group": ("harness: group=setup-1 timeout=5", Directive(group="setup-1", timeout=5)),
    "several lines": ("\n harness:\n  timeout=5\n  group=a\n", Directive(timeout=5, group="a")),
}


@pytest.mark.parametrize(("comment", "directive"), READ.values(), ids=READ)
def test_directives_are_read(comment: str, directive: Directive) -> None:
    read = parse(comment)
    assert read is not None
    assert (read.directive, read.faults) == (directive, ())


WRONG = {
    "unknown key": ("harness: skpi", "unknown key 'skpi'"),
    "skip without reason": ("harness: skip", "a skip needs a reason"),
    "empty reason": ('harness: skip reason=" "', "a skip needs a reason"),
    "reason alone": ("harness: reason=x", "reason goes with skip only"),
    "until alone": ("harness: until=2026-01-01", "until goes with skip only"),
    "no date": ("harness: skip=x until=soon", "until=soon is no date"),
    "no number": ("harness: timeout=long", "timeout=long is no number"),
    "zero": ("harness: timeout=0", "timeout=0 is no number"),
    "no requirement": ("harness: requires=-x", "requires=-x is no requirement"),
    "no verdict": ("harness: expect=fine", "expect=fine is neither"),
    "no name": ("harness: group=a/b", "group=a/b is no name"),
    "no value": ("harness: timeout", "timeout needs a value"),
    "twice": ("harness: timeout=1 timeout=2", "timeout is given twice"),
    "open quote": ('harness: skip reason="x', "cannot read"),
    "nothing": ("harness:", "says nothing"),
}


@pytest.mark.parametrize(("comment", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_is_reported_with_its_line(comment: str, message: str) -> None:
    found = page(f"text\n\n<!-- {comment} -->\n\n```py\na = 1\n```\n")
    assert [line for line, said in faults(found, "P404") if message in said] == [3]
    assert fates(found) == [("fence", "skipped" if "until=soon" in comment else "sample")]


@pytest.mark.parametrize("comment", ["harness is good", "TODO harness", "", "harnesses: x"])
def test_other_comments_are_left_alone(comment: str) -> None:
    assert parse(comment) is None


def test_a_directive_holds_for_the_next_region_only() -> None:
    found = page("<!-- harness: timeout=5 -->\n<!-- harness: requires=a -->\n\n```py\na\n```\n\n```py\nb\n```\n")
    assert [s.directive for s in found.samples] == [Directive(timeout=5, requires=("a",)), Directive()]


def test_a_directive_before_nothing_is_reported() -> None:
    assert faults(page("```py\na = 1\n```\n\n<!-- harness: timeout=5 -->\n"), "P404")[0][0] == 5


def test_mdx_comments_count_in_mdx() -> None:
    text = '{/* harness: skip reason="x" */}\n\n```py\na = 1\n```\n'
    assert fates(page(text, "p.mdx")) == [("fence", "skipped")]
    assert fates(page(text, "p.md")) == [("fence", "sample")]


def test_a_directive_in_code_is_code() -> None:
    assert page("```html\n<!-- harness: skpi -->\n```\n").findings == ()
    assert page("Write `<!-- harness: skpi -->` here.\n").findings == ()


def test_a_skip_ends_on_its_date() -> None:
    data = b"<!-- harness: skip=x until=2026-12-01 -->\n```py\na = 1\n```\n"
    fate = {day: extract("p.md", data, today=dt.date(2026, *day)).inventory[0] for day in ((11, 30), (12, 1))}
    assert (fate[11, 30].fate, fate[11, 30].reason) == ("skipped", "x (until 2026-12-01)")
    assert fate[12, 1].fate == "sample"


def test_front_matter_speaks_for_the_page_and_a_comment_for_its_region() -> None:
    head = "---\nharness:\n  timeout: 9\n  requires:\n    - a\n    - b\n---\n"
    found = page(f"{head}```py\na\n```\n<!-- harness: timeout=5 requires=c -->\n```py\nb\n```\n")
    assert [s.directive for s in found.samples] == [
        Directive(timeout=9, requires=("a", "b")),
        Directive(timeout=5, requires=("a", "b", "c")),
    ]


def test_front_matter_may_write_a_directive_as_text() -> None:
    assert fates(page("---\nharness: 'skip reason=\"old\"'\n---\n```py\na = 1\n```\n")) == [("fence", "skipped")]
    assert faults(page("---\nx: y\nharness:\n  skpi: 1\n---\n"), "P404")[0][0] == 4


def test_a_group_runs_together_under_the_id_of_its_first() -> None:
    text = "".join(f"<!-- harness: group=g -->\n```py\n{line}\n```\n\n```py\nx\n```\n\n" for line in ("a = 1", "b = a"))
    found = page(text)
    assert [(s.id, s.index, s.text) for s in found.samples] == [
        ("page#0", 0, "a = 1\nb = a\n"),
        ("page#1", 1, "x\n"),
        ("page#3", 3, "x\n"),
    ]
    assert [item.sample for item in found.inventory] == ["page#0", "page#1", "page#0", "page#3"]
    assert [at.line for at in found.samples[0].lines] == [3, 12]
    assert [part.text for part in found.samples[0].parts] == ["a = 1\nb = a\n"]


def notebook(*cells: dict[str, object]) -> bytes:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None} | cell for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.mark.parametrize(
    "cell",
    [
        {"source": "# harness: skip reason='x'\na = 1"},
        {"source": "a = 1", "metadata": {"harness": "skip reason=x"}},
        {"source": "a = 1", "metadata": {"harness": {"skip": "x"}}},
        {"source": "a = 1", "metadata": {"tags": ["harness: skip=x"]}},
    ],
    ids=["first line", "metadata text", "metadata table", "tag"],
)
def test_notebook_cells_have_directives(cell: dict[str, object]) -> None:
    found = extract("n.ipynb", notebook({"source": "b = 1"}, cell, {"source": "c = 1"}), today=TODAY)
    assert [(item.fate, item.reason) for item in found.inventory] == [("sample", ""), ("skipped", "x"), ("sample", "")]
    assert texts(found)[0] == "b = 1\nc = 1\n"
