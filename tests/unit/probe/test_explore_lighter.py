"""A call that is refused for a keyword is made again without it: what follows is held to what the library really gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.probe.running import VERSIONS
from tests.unit.probe.test_explore import explore, missed

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = """
import asyncio
from functools import partial

class Engine:
    def __init__(self, url, *, size=1):
        self.url = url
        self.ready = size
    def connect(self):
        return self

class Special(Engine):
    pass

def create(url, **options) -> "Engine":
    known = {"size"}
    for name in options:
        if name not in known:
            raise AttributeError(f"unexpected option '{name}' to create, similar are {known}")
    return Engine(url, **options)

def read(path, *, flat=False):
    return [path] if flat else Engine(path)

def guess(url, *, size=1):
    return Special(url, size=size)

def late(url, *, size=1):
    if not isinstance(url, Engine):
        raise ValueError("'size' needs an engine")
    return url

def program(*, width=80):
    raise SystemExit(2)

async def fetch(url):
    return url
"""


def said(seen: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Return (line, word that the message quotes last, degree) of what failed."""
    return [(one["line"], one["message"].partition(",")[0].split("'")[-2], one["taint"]) for one in seen["raised"]]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_lighter_call_gives_proves_what_it_lacks(tmp_path: Path, version: str) -> None:
    seen = explore(
        tmp_path,
        """
        from lib import Engine, create
        engine = create("x", size=3, convert=True)
        print(engine.ready, engine.url)
        engine.execute("y")
        other = Engine("z", pool=1, width=2)
        print(other.ready)
        other.gone
        """,
        version,
        files={"lib.py": LIBRARY},
    )
    assert seen["stdout"] == "3 x\n1\n"
    assert said(seen) == [
        (3, "convert", ""), (5, "execute", "value"), (6, "pool", ""), (6, "width", ""), (8, "gone", "value"),
    ]  # fmt: skip
    assert missed(seen) == set()


def test_a_class_that_may_hang_on_the_keyword_is_a_guess(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        from lib import guess, read
        table = read("x", flat=True, squeeze=True)
        table.append("y")
        rest = table
        rest.gone
        engine = read("x", squeeze=True)
        engine.connect().gone
        guess("x", size=1, pool=2).gone
        """,
        files={"lib.py": LIBRARY},
    )
    # what is bound to no name cannot be told from what is sure later: it stays a stand-in, which lacks nothing
    assert said(seen) == [
        (3, "squeeze", ""), (6, "gone", "class"), (7, "squeeze", ""), (8, "gone", "class"), (9, "pool", ""),
    ]  # fmt: skip


def test_a_call_around_one_that_was_refused_is_made_too(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        from lib import Engine, late
        print(late(Engine("x", pool=1)).url)
        print(Engine("y", pool=1).connect().url)
        def broken():
            raise ValueError("no")
        late([broken(), Engine("x", pool=1)])
        """,
        files={"lib.py": LIBRARY},
    )
    assert seen["stdout"] == "x\ny\n"
    # not the last call of all: it would be passed what only stands in
    assert [(one["line"], one["type"]) for one in seen["raised"]] == [
        (3, "TypeError"), (4, "TypeError"), (6, "ValueError"), (7, "TypeError"),
    ]  # fmt: skip


def test_what_is_refused_for_another_reason_stays_refused(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import asyncio
        from lib import Engine, create, fetch, late, program
        one = late("x", size=1)
        two = Engine(size=1)
        async def main():
            return await fetch("x", retries=3)
        asyncio.run(main())
        program(height=3)
        print(type(one).__name__, "end")
        """,
        files={"lib.py": LIBRARY},
    )
    assert [(one["line"], one["type"]) for one in seen["raised"]] == [
        (4, "ValueError"),
        (5, "TypeError"),
        (7, "TypeError"),
        (9, "TypeError"),
    ]
    assert seen["stdout"] == "StandIn end\n"
    assert "never awaited" not in seen["stderr"]
