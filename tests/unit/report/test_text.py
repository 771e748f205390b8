"""Foreign text: nothing in it steers the terminal, and marks stand under what they mark."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from harness.report.text import UNSAFE, excerpt, foreign, inert, plain

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode 表示", "plain ünïcode 表示"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\x9bJ\x7f", "a\\x9bJ\\x7f"),
        ("a\u202eb\u2066c\u200bd\ufeff", "a\\u202eb\\u2066c\\u200bd\\ufeff"),
        ("\udcff\U000e0041", "\\udcff\\U000e0041"),
        ("a\tb\nc\rd", "a    b⏎c\\rd"),
        ("\\x1b stays", "\\x1b stays"),
    ],
)
def test_what_steers_a_terminal_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert plain(text) == shown.replace("\\rd", "\\x0dd")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("  ::add-mask::b", r"  \x3a:add-mask::b"),
        ("see ##[error]x", r"see #\x23[error]x"),
        ("##vso[task.complete]", r"#\x23vso[task.complete]"),
        ("std::move(x) ## and #[test]", "std::move(x) ## and #[test]"),
    ],
)
def test_no_runner_finds_a_command_in_a_line(line: str, shown: str) -> None:
    assert inert(line) == shown


def test_text_of_several_lines_keeps_its_lines() -> None:
    assert foreign("a\n::b\x1b\n\nc") == "a\n\\x3a:b\\x1b\n\nc"


def test_what_the_terminal_cannot_encode_is_shown_as_an_escape() -> None:
    assert plain("é表", "latin-1") == "é\\u8868"
    assert plain("é表", "ascii") == "\\xe9\\u8868"


@given(ANY_TEXT)
def test_no_text_reaches_the_terminal_unsafe(text: str) -> None:
    shown = plain(text)
    assert not {unicodedata.category(char) for char in shown} & UNSAFE
    assert shown.encode("utf-8").decode() == shown


@given(ANY_TEXT, st.integers(0, 70), st.integers(0, 70), st.integers(20, 60), st.sampled_from(["utf-8", "ascii"]))
def test_an_excerpt_fits_and_its_marks_lie_below_it(line: str, start: int, end: int, width: int, encoding: str) -> None:
    code, marks = excerpt(line, start, end, width, encoding)
    assert cell_len(code) <= width
    assert set(marks) <= {" ", "^"}
    assert marks.lstrip(" ").count("^") >= 1
    assert len(marks) <= width + 1


@pytest.mark.parametrize("before", ["", "x", "\t", "表示", "\x1b", "e\u0301", "a" * 500, "表" * 500])
@pytest.mark.parametrize("after", ["", "b" * 500])
def test_the_marks_stand_under_the_marked_text_whatever_is_before_it(before: str, after: str) -> None:
    code, marks = excerpt(f"{before}HERE{after}", len(before) + 1, len(before) + 5, 60)
    where = cell_len(code[: code.index("HERE")])
    assert marks == " " * where + "^^^^"


def test_without_an_end_the_code_of_the_line_is_marked() -> None:
    assert excerpt("    run()  ", 1, 0, 40) == ("    run()  ", "    ^^^^^")


def test_a_minified_line_takes_no_time() -> None:
    code, _ = excerpt("é" * 3_000_000, 1_500_000, 2_900_000, 60)
    assert cell_len(code) <= 60
