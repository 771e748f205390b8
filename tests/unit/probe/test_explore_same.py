"""A program without a failure behaves the same when every statement of it is guarded."""

from __future__ import annotations

import ast
import builtins
import contextlib
import inspect
import io
import linecache
import os
import sys
from textwrap import dedent, indent
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from harness.probe.channel import Channel
from harness.probe.explore import rewrite
from harness.probe.explore.helper import Explorer
from harness.probe.explore.recorder import Exploring
from harness.probe.frames import Files
from tests.unit.probe.running import probe
from tests.unit.probe.test_faithful import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FAILING = {"atexit", "uncaught", "chained", "context", "excepthook", "input", "exit-number", "exit-text", "raise-exit"}
"""Programs that are meant to fail, or that ask for what an exploratory run supplies."""
ANOTHER = {"syntax", "indent", "thread-late", "abort-quietly", "names", "arguments", "recursion", "exit-zero"}
"""Programs about how a run ends, or about what stands in the namespace of `__main__`."""
ATOMS = (
    "x = x + 1", "print(x, y)", "y = [x, *y][:3]", "x, z = x * 2, y", "del z", "z = (q := x + 2)", "x += 1", "pass",
    "assert True, 'never'", "print(sorted({i: i for i in range(3)}))", "print(f'{x=}', sum(i for i in range(x % 5)))",
    "print(double(x))", "print(list(counting(2)))", "print(Thing(x).name, Thing.limit)", "print(safe(x))",
    "print(inner_of(3)())", "print(*map(lambda v: v + 1, y))", "import json as j; print(j.dumps(x))",
    "print(finished(lambda: gathered(2)))", "print(list(delegating(2)))", "print(echoing())", "print(shaped({'k': [1, x]}))",
    "print(cached(x), cached(x), cached.cache_info().hits)", "print(Point(1).moved(by=2), Point(1) == Point(1))",
    "print(early(x), Colour.RED.label, Stack(2)[0], len(Stack(2)))", "print(spread(1, *y[:1], k=2, **{'m': 3}))",
    "print([f() for f in [lambda i=i: i * x for i in range(2)]], {a: b for a, b in zip('ab', y)})",
    "print(grouped())", "print(inspect.getsource(early).count('return'))", "x, *z = [x, 1, 2]", "z = y[0:1] or 'none'",
    "print(counted(), counted.__name__, counted.__doc__)", "print(type('Made', (Base,), {'a': x})(1).a)",
)  # fmt: skip
BLOCKS = (
    "if x % 2:\n{}\nelse:\n{}", "for i in range(2):\n{}\nelse:\n{}", "n = 2\nwhile n:\n    n -= 1\n{}\nelse:\n{}",
    "try:\n{}\n    int('no')\nexcept ValueError as error:\n    print(error)\n{}", "try:\n{}\nfinally:\n{}",
    "with contextlib.suppress(KeyError):\n{}\n    raise KeyError(x)\n{}\nprint('after')",
    "for i in range(4):\n    if i == 1:\n        continue\n    if i == 3:\n        break\n    print(i)\n{}\nelse:\n{}",
    "try:\n    fails(x)\nexcept (KeyError, RuntimeError) as error:\n    print(type(error))\n{}\nelse:\n{}",
    "match x % 3:\n    case 0:\n{}\n    case _:\n{}",
    "with opened(x) as y2, opened(y2) as y3:\n    print(y3)\n{}\nif True:\n{}",
    "async def run():\n    global x, y, z, q\n    async with held(1) as h:\n        print(h)\n{}\n    async for i in ticking(2):\n        print(i)\n{}\nfinished(run)",
    "try:\n{}\n    raise ExceptionGroup('g', [KeyError(1), ValueError(2)])\nexcept* KeyError as g:\n    print(g.exceptions)\nexcept* ValueError:\n{}",
    "def run():\n    global x, y, z, q\n    try:\n{}\n        return x\n    finally:\n        print('last')\nprint(run())\nif True:\n{}",
    "class Local:\n{}\n    def __call__(self):\n        return __class__.__name__\nprint(Local()())\nif True:\n{}",
)  # fmt: skip
HEAD = '''
"""Text that stays first."""
from __future__ import annotations
import asyncio, contextlib, dataclasses, enum, functools, inspect
x, y, z, q = 1, [], None, None

def double(v: int, *, by: int = 2) -> int:
    """Double."""
    return v * by

def counting(n):
    try:
        for i in range(n):
            got = yield i
    finally:
        print("closed")

def fails(v):
    if v % 2:
        raise KeyError(v)
    raise RuntimeError(v)

def safe(v):
    try:
        return {}[v]
    except KeyError:
        return "none"
    finally:
        print("finally")

def inner_of(n):
    def inner():
        nonlocal n
        n += 1
        return n
    return inner

class Base:
    limit: int = 3

    def __init__(self, v):
        self.v = v

class Thing(Base):
    def __init__(self, v):
        super().__init__(v)
        self.made = __class__.__name__

    @property
    def name(self):
        return f"{self.made}{self.v}"

@contextlib.contextmanager
def opened(v):
    print("open", v)
    yield v
    print("close", v)

@contextlib.asynccontextmanager
async def held(v):
    print("held")
    try:
        yield v
    finally:
        print("let go")

async def ticking(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i

async def gathered(n):
    return [i async for i in ticking(n)] + await asyncio.gather(*(later(i) for i in range(n)))

def finished(starts):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(starts())
    return "a loop runs already"

async def later(v):
    try:
        async with asyncio.timeout(5):
            return v
    finally:
        print("later", v)

def delegating(n):
    got = yield from counting(n)
    yield ("returned", got)

def echoing():
    def echo():
        try:
            while True:
                got = yield
                print("got", got)
        except ValueError as error:
            yield f"caught {error}"
    one = echo()
    next(one)
    one.send(1)
    return one.throw(ValueError("v"))

def shaped(v):
    match v:
        case {"k": [1, int() as n]} if n > 2:
            return "big", n
        case {"k": [first, *rest], **more}:
            return first, rest, more
        case _:
            return None

@functools.lru_cache(maxsize=None)
def cached(v):
    print("computed")
    return v * 2

def counts(function):
    @functools.wraps(function)
    def counted(*args, **kwargs):
        counted.calls += 1
        return function(*args, **kwargs), counted.calls
    counted.calls = 0
    return counted

@counts
def counted():
    """Counted."""
    return 1

@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = dataclasses.field(default=0, repr=False)

    def moved(self, *, by: int) -> Point:
        return dataclasses.replace(self, x=self.x + by)

class Colour(enum.Enum):
    RED = 1
    GREEN = 2

    @property
    def label(self):
        return self.name.lower()

class Stack:
    __slots__ = ("items",)

    def __init__(self, n): self.items = [*range(n)]
    def __getitem__(self, i): return self.items[i]
    def __len__(self): return len(self.items)

def early(v):
    for i in range(3):
        if i == v % 3:
            return i
    else:
        return "never"

def spread(a, /, b=0, *args, k, **more):
    return a, b, args, k, more

def grouped():
    try:
        raise ExceptionGroup("outer", [KeyError("a"), ExceptionGroup("inner", [ValueError("b")])])
    except* ValueError as group:
        names = [type(one).__name__ for one in group.exceptions]
    except* KeyError:
        print("keys")
    return names
'''.lstrip()
DEFINED = (
    "double", "counting", "fails", "safe", "inner_of", "Base", "Thing", "opened", "held", "ticking", "gathered", "finished", "later",
    "delegating", "echoing", "shaped", "cached", "counts", "counted", "Point", "Colour", "Stack", "early", "spread",
    "grouped",
)  # fmt: skip
CLASSES = {"Base", "Thing", "Point", "Colour", "Stack"}
TRANSIENT = {"run", "Local"}
"""What a block defines, which shows itself with an address."""


def bodies() -> st.SearchStrategy[str]:
    """Return programs that nest a few statements."""
    atoms = st.lists(st.sampled_from(ATOMS), min_size=1, max_size=3).map("\n".join)

    def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.builds(_fill, st.sampled_from(BLOCKS), inner, inner)

    pieces = st.recursive(atoms, nested, max_leaves=4)
    return st.lists(pieces, min_size=1, max_size=3).map("\n".join)


def _fill(block: str, *bodies: str) -> str:
    """Put bodies in the places of a block, each as deep as the line before it asks for."""
    lines: list[str] = []
    left = iter(bodies)
    for line in block.splitlines():
        if line != "{}":
            lines.append(line)
            continue
        before = lines[-1]
        depth = len(before) - len(before.lstrip()) + 4 * before.endswith(":")
        lines.append(indent(next(left), " " * depth))
    return "\n".join(lines)


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a function that runs a program with guards and gives what it printed, and its namespace."""
    path = tmp_path / "sample.py"
    receiver, sender = os.pipe()
    os.set_blocking(sender, False)

    def run(text: str, *, guards: bool) -> tuple[str, dict[str, Any]]:
        path.write_text(text)
        linecache.checkcache(str(path))
        module = ModuleType("sample")
        monkeypatch.setitem(sys.modules, "sample", module)  # classes are asked of their module
        space = vars(module)
        space["__file__"] = str(path)
        rewriter = rewrite.Rewriter()
        tree = ast.parse(text)
        code = compile(rewriter.module(tree) if guards else tree, str(path), "exec", dont_inherit=True)
        recorder = Exploring(Files(str(tmp_path), ["sample.py"]), Channel(sender))
        setattr(builtins, rewrite.NAME, Explorer(recorder, ast.parse(text), rewriter.nodes, str(path)))
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, space)
        return out.getvalue(), space

    yield run
    vars(builtins).pop(rewrite.NAME, None)
    os.close(receiver)
    os.close(sender)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(body=bodies())
def test_a_program_without_a_failure_does_the_same_under_guards(guarded: Any, body: str) -> None:
    text = HEAD + body + "\n"
    try:
        plain, before = guarded(text, guards=False)
    except (NameError, TypeError):
        assume(False)  # the pieces did not fit: a failure
    shown, after = guarded(text, guards=True)
    assert shown == plain
    assert after["__doc__"] == before["__doc__"] == "Text that stays first."
    names = [
        name
        for name in before
        if name not in {*DEFINED, *TRANSIENT, "__builtins__", "__annotations__", *vars(ModuleType("empty"))}
    ]
    assert {name: repr(after[name]) for name in names} == {name: repr(before[name]) for name in names}


def test_functions_look_as_they_are_written(guarded: Any) -> None:
    _, space = guarded(HEAD, guards=True)
    # classes are asked of their module: a whole run below sees to them
    for name in set(DEFINED) - CLASSES:
        source = inspect.getsource(inspect.unwrap(space[name]))
        assert source.rstrip() in HEAD
        assert source.startswith(("def ", "async def ", "@"))
    assert str(inspect.signature(space["double"])) == "(v: 'int', *, by: 'int' = 2) -> 'int'"
    assert space["double"].__doc__ == "Double."
    assert inspect.isgeneratorfunction(space["counting"])


def test_a_traceback_that_the_sample_prints_names_its_own_lines(guarded: Any) -> None:
    text = dedent(
        """
        import traceback
        def f():
            raise KeyError('a')
        try:
            f()
        except KeyError:
            print(traceback.format_exc())
        """
    )
    shown = guarded(text, guards=True)[0]
    assert "line 4, in f" in shown
    assert shown == guarded(text, guards=False)[0]


@pytest.mark.parametrize("name", sorted(PROGRAMS.keys() - FAILING - ANOTHER))
def test_a_whole_run_prints_the_same(name: str, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "guarded").mkdir()
    plain = probe(tmp_path / "plain", PROGRAMS[name])
    explored = probe(tmp_path / "guarded", PROGRAMS[name], mode="explore")
    assert explored["stdout"].replace("/guarded/", "/plain/") == plain["stdout"]
    assert explored["exit_code"] == plain["exit_code"]
    assert explored["raised"] == []
