"""Parses Python where other threads and finalisers parse too.

While CPython before 3.12 turns a syntax tree into objects, it counts nesting
once for the whole interpreter (python/cpython#106905). The garbage collector
may run in the middle of that, and with it whatever Python code a finaliser or
another thread has waiting; if that code parses as well, the count is off and a
SystemError speaks of a "recursion depth mismatch". Trying again does not help
where the same garbage waits again, so nothing is collected while we parse.
"""

from __future__ import annotations

import ast
import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 200_000
"""How many characters are read to say whether a text is Python: longer ones are data."""
_parsing = threading.RLock()


def parse(text: str) -> ast.Module:
    """Return the syntax tree of a module.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: As `ast.parse` does.
    """
    with undisturbed():
        return ast.parse(text)


def parses(text: str) -> bool:
    """Return whether a text, or its beginning where it is longer than `LONGEST`, is Python."""
    try:
        parse(text[:LONGEST])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let a block parse, by means of its own, with no Python code in between: one thread at a time."""
    with _parsing:
        collects = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collects:
                gc.enable()
