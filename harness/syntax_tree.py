"""Parses Python from several threads.

While CPython turns a syntax tree into objects, it counts nesting once for all
threads (python/cpython#106905): a switch of threads at that moment ends in a
SystemError about a "recursion depth mismatch". So one thread parses at a time,
and what is hit all the same, by a library's own parsing, is tried again.
"""

from __future__ import annotations

import ast
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
TRIES = 5
"""How often to try; the odds of the accident are small each time."""
_parsing = threading.RLock()


def parse(text: str) -> ast.Module:
    """Return the syntax tree of a module.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: As `ast.parse` does.
    """
    return alone(lambda: ast.parse(text))


def alone(work: Callable[[], T]) -> T:
    """Return what work that parses gives, done by one thread at a time."""
    for _ in range(TRIES - 1):
        try:
            with _parsing:
                return work()
        except SystemError:
            continue
    with _parsing:
        return work()
