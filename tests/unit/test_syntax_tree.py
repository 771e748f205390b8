"""Parsing from several threads, on interpreters that count nesting for all of them at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import syntax_tree

DEEP = "x = " + "[" * 60 + "]" * 60 + "\n"


def test_many_threads_parse_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(syntax_tree.parse, [DEEP * 20] * 64))
    assert {len(tree.body) for tree in trees} == {20}


def test_an_accident_is_tried_again_and_a_fault_is_not() -> None:
    tries = []

    def unlucky() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise SystemError("AST constructor recursion depth mismatch")
        return "parsed"

    assert syntax_tree.alone(unlucky) == "parsed"
    with pytest.raises(SyntaxError):
        syntax_tree.parse("def")
