"""Parsing among threads and finalisers, on interpreters that count nesting for all of them at once."""

from __future__ import annotations

import ast
import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from harness import syntax_tree
from harness.environments.api_visit import visit

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEP = "x = " + "[" * 60 + "]" * 60 + "\n"
MANY = "x = [" + "f(1, a=[2, (3, {4: 5})]), " * 400 + "]\n"
"""Enough for the garbage collector to run while its tree is made."""


@contextmanager
def parsing_finalisers() -> Iterator[list[int]]:
    """Have something parsed whenever garbage is collected, as a warning's traceback is; say how often."""
    times: list[int] = []

    def finalise(phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            times.append(len(ast.parse("x = 1").body))

    gc.callbacks.append(finalise)
    try:
        yield times
    finally:
        gc.callbacks.remove(finalise)


def test_many_threads_parse_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(syntax_tree.parse, [DEEP * 20] * 64))
    assert {len(tree.body) for tree in trees} == {20}


def test_nothing_is_collected_in_the_middle() -> None:
    with parsing_finalisers() as times:
        tree = syntax_tree.parse(MANY)
        seen = visit("some.module", "some/module.py", MANY.encode())
        before = len(times)
        gc.collect()
    assert len(times) > before, "nothing is collected any more"
    assert len(tree.body) == 1
    assert set(seen.things) == {"x"}


def test_a_fault_is_told_and_collecting_goes_on() -> None:
    with pytest.raises(SyntaxError):
        syntax_tree.parse("def")
    assert gc.isenabled()
    gc.disable()
    try:
        syntax_tree.parse("x = 1")
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize(("text", "told"), [("x = 1", True), ("x =", False), ("\0", False), ("(" * 5000, False)])
def test_what_parses_is_python(text: str, told: bool) -> None:
    assert syntax_tree.parses(text) is told


def test_a_long_text_is_judged_by_its_beginning() -> None:
    assert syntax_tree.parses("#" * syntax_tree.LONGEST + "\nx =")
