"""The static witness on small libraries: what is gone is seen on the real object, what is there is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from ty import find_ty_bin

from harness.judge.base import Case
from harness.judge.static import StaticWitness
from harness.model.execution import Completed, Ending
from harness.model.matrix import Context, Unknown
from harness.model.source import Language, Part
from harness.model.verdict import Confidence
from tests.unit.judge.cases import job, sample
from tests.unit.judge.looking import brief, judge, look

LIB = """
import functools, inspect, warnings
from typing import Callable

class Flow:
    label: str
    def __init__(self, fn: Callable, *, name=None):
        self.fn, self.name = fn, name
    def __call__(self, *args): return 1
    def state(self) -> "State": return State()
    async def later(self) -> "State": return State()
    @property
    def home(self) -> "State": return State()

class State:
    __slots__ = ("code",)
    def __enter__(self): return self
    def __exit__(self, *args): pass

class Loose:
    def __init__(self, **kwargs):
        for key, value in kwargs.items():
            setattr(self, key, value)

class Lazy:
    def __getattr__(self, name): return 1

class Removed(Exception): pass
class Past:
    def __getattr__(self, name): raise Removed("You tried lib.chat, but this is no longer supported")
chat = Past()

class Odd:
    model_fields = property(lambda self: 1 / 0)
    __fields__ = 3

class Table:
    def __init__(self, data=None): self._data = data or {}
    def __getattr__(self, name):
        if name in self._data:
            return self._data[name]
        raise AttributeError(f"'Table' object has no attribute '{name}'")

class Proxy:
    def __init__(self, target): self._target = target
    def __getattr__(self, name): return getattr(self._target, name)

class Base: pass
class Derived(Base):
    def more(self): pass
    def __enter__(self): return self
    def __exit__(self, *args): pass
def base() -> Base: return Derived()

class Other:
    def __new__(cls, *args): return object()

class Plain: pass

def passed_on(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs)
    return wrapper

def renamed(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        kwargs["new"] = kwargs.pop("old", None)
        return fn(*args, **kwargs)
    return wrapper

def giving(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return fn("session", *args, **kwargs)
    return wrapper

def bound(fn):
    signature = inspect.signature(fn)
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        given = signature.bind(*args, **kwargs)
        return fn(*given.args, **given.kwargs)
    wrapper.parameters = 1
    return wrapper

@bound
def validated(a): return a
@passed_on
def strict(a, *, b=1): return a
@renamed
def lenient(*, new=None): return new
@giving
def given(session, a): return a

def make() -> Plain: return Plain()
def old(): return 1
old.__deprecated__ = "use strict"

def __getattr__(name):
    if name == "shim":
        warnings.warn("`lib.shim` is deprecated, use lib.inner.Deep instead", DeprecationWarning, stacklevel=2)
        return old
    if name == "told":
        raise ImportError("`told` has been removed from lib since 2.0")
    if name == "extra":
        raise ImportError("extra needs the package nowhere")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
"""
PACKAGES = {
    "lib/__init__.py": LIB,
    "lib/inner.py": "class Deep:\n    pass\n",
    "lib/past.py": 'import warnings\nwarnings.warn("lib.past is deprecated", DeprecationWarning, stacklevel=2)\n',
    "lib/noisy.py": 'import warnings\nwarnings.warn("lib needs more soon", DeprecationWarning, stacklevel=2)\n',
    "lib/broken.py": "import nowhere_to_be_found\nthere = 1\n",
    "lib/loud.py": "raise RuntimeError('not today')\nthere = print\n",
    "lib/ending.py": "import os\nos._exit(3)\n",
}
WRONG = {
    "module": ("from lib.gone import x\nx.y()", [("A001", 1, "lib.gone")]),
    "module, plainly": ("import lib.gone.deep\nlib.gone.deep.x()", [("A001", 1, "lib.gone")]),
    "names, each on its own line": (
        "from lib import (\n    Flow,\n    Gone,\n    Away as A,\n)\nA()",
        [("A002", 3, "lib.Gone"), ("A002", 4, "lib.Away")],
    ),
    "attribute": ("import lib as l\nl.gone(1)", [("A002", 2, "lib.gone")]),
    "class attribute": ("from lib import Flow\nFlow.gone", [("A002", 2, "lib.Flow.gone")]),
    "method": ("import lib\nf = lib.Flow(print)\nf.run()", [("A002", 3, "lib.Flow.run")]),
    "in a body": (
        "import lib\ndef go():\n    f = lib.Flow(print)\n    return [f.run() for _ in ()]",
        [("A002", 4, "lib.Flow.run")],
    ),
    "annotated parameter": ("import lib\ndef go(f: lib.Flow):\n    f.run()", [("A002", 3, "lib.Flow.run")]),
    "keyword": ("import lib\nlib.Flow(print, x=1, y=2)", [("A003", 2, "lib.Flow(x=, y=)")]),
    "new requirement": ("import lib\nlib.Flow()", [("A003", 2, "lib.Flow()")]),
    "too many": ("import lib\nlib.Flow(1, 2)", [("A003", 2, "lib.Flow()")]),
    "no arguments at all": ("import lib\nlib.Plain(x=1)", [("A003", 2, "lib.Plain(x=)")]),
    "method keyword": ("import lib\nlib.Flow(print).state(x=1)", [("A003", 2, "lib.Flow.state(x=)")]),
    "through a wrapper": ("import lib\nlib.strict(1, c=2)", [("A003", 2, "lib.strict(c=)")]),
    "decorator": ("import lib\n@lib.strict(c=2)\ndef f(): ...", [("A003", 2, "lib.strict(c=)")]),
    "decorator applied": ("import lib\n@lib.Plain\ndef f(): ...", [("A003", 2, "lib.Plain()")]),
    "with": (
        "import lib\nwith lib.Flow(print) as f:\n    f.run()",
        [("A004", 2, "lib.Flow"), ("A002", 3, "lib.Flow.run")],
    ),
    "call": ("import lib\np = lib.Plain()\np()", [("A004", 3, "lib.Plain")]),
    "called module": ("from lib import inner\ninner()", [("A004", 2, "lib.inner")]),
    "loop": ("import lib\nfor x in lib.Plain(): ...", [("A004", 2, "lib.Plain")]),
    "subscript": ("import lib\nlib.Plain()[0]", [("A004", 2, "lib.Plain")]),
    "annotated with a base": ("import lib\ndef go(b: lib.Base): b.less()", [("A002", 2, "lib.Base.less")]),
    "entered itself": ("import lib\nwith lib.State() as s:\n    s.gone", [("A002", 3, "lib.State.gone")]),
    "awaited": (
        "import lib\nasync def go():\n    s = await lib.Flow(print).later()\n    s.gone",
        [("A002", 4, "lib.State.gone")],
    ),
    "property": ("import lib\nlib.Flow(print).home.gone", [("A002", 2, "lib.State.gone")]),
    "annotated result": ("import lib\nlib.make().gone()", [("A002", 2, "lib.Plain.gone")]),
    "lazy shim": ("from lib import shim\nshim", [("A005", 1, "lib.shim")]),
    "marked": ("import lib\nlib.old()", [("A005", 2, "lib.old")]),
    "old module": ("import lib.past", [("A005", 1, "lib.past")]),
    "a stand-in that tells": ("import lib\nlib.chat.create(1)", [("A002", 2, "lib.chat")]),
    "a class that lists its fields oddly": ("import lib\nlib.Odd().gone", [("A002", 2, "lib.Odd.gone")]),
    "told to be gone": ("from lib import told", [("A002", 1, "lib.told")]),
    "through a wrapper that binds": ("import lib\nlib.validated(1, c=2)", [("A003", 2, "lib.validated(c=)")]),
    "not in a table": ("import lib\nlib.Table().append(1)", [("A002", 2, "lib.Table.append")]),
    "python's own, deprecated": (
        "import datetime as d\nd.datetime.utcnow()",
        [("A005", 2, "datetime.datetime.utcnow")],
    ),
    "undefined": ("import lib\nlib.Flow(data)", [("S102", 2, "data")]),
    "undefined beside a star": ("from lib.inner import *\nDeep, other", [("S102", 2, "other")]),
    "python's own": ("import imp\nimp.reload", [("A001", 1, "imp")]),
    "no refuge under what takes another failure": (
        "import contextlib as c, lib\nwith c.suppress(ValueError):\n    lib.gone()",
        [("A002", 3, "lib.gone")],
    ),
    "no refuge in an unrelated handler": (
        "import lib\ntry:\n    lib.gone()\nexcept ValueError: ...",
        [("A002", 3, "lib.gone")],
    ),
}
RIGHT = {
    "all there": "import lib\nf = lib.Flow(print, name='x')\nf.label, f.fn, f.name, f(1), f.state().code",
    "submodule not yet imported": "import lib\nlib.inner.Deep()",
    "submodule by from": "from lib import inner\ninner.Deep()",
    "set by hand": "import lib\nf = lib.Flow(print)\nf.note = 1\nprint(f.note)",
    "set by name": "import lib\nl = lib.Loose(a=1)\nl.a",
    "looked up": "import lib\nlib.Lazy().anything.at.all()",
    "what an annotation leaves open": "import lib\ndef go(b: lib.Base):\n    b.more()\n    with b: ...\nlib.base().more()",
    "a column": "import lib\nlib.Table({'append': print}).append(1)",
    "what a proxy stands for": "import lib\nlib.Proxy([]).append(1)",
    "needs a package": "from lib import extra",
    "made by another": "import lib\nlib.Other(1).anything()",
    "unknown arguments": "import lib\nlib.Flow(*[], **{})\nlib.strict(*[], **{})",
    "keyword of a wrapper": "import lib\nlib.lenient(old=1)",
    "argument of a wrapper": "import lib\nlib.given(1)",
    "import in a try": "try:\n    from lib import Gone\nexcept ImportError:\n    Gone = None",
    "imports in a bare try": "try:\n    import lib.gone\nexcept Exception:\n    pass",
    "asked before": "import lib\nif hasattr(lib, 'gone'):\n    lib.gone()\nlib.gone() if callable(lib) else 0",
    "asked in one breath": "import lib\nhasattr(lib, 'gone') and lib.gone()",
    "attribute in a try": "import lib\ntry:\n    lib.gone()\nexcept AttributeError:\n    pass",
    "attribute under what takes its failure": "import contextlib as c, lib\nwith c.suppress(AttributeError):\n    lib.gone()",
    "for a type checker": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lib import Gone",
    "two meanings": "import lib\nx = lib.Flow(print)\nif x():\n    x = lib.State()\nx.run()",
    "rebound before it is called": "import lib\nf = lib.Flow(print)\ndef go():\n    f.run()\nf = 3",
    "own class of the same name": "from lib import Flow\nclass Flow:\n    def run(self): ...\nFlow().run()",
    "parameter hides": "import lib\ndef go(lib):\n    lib.gone()",
    "warns of something else": "import lib.noisy",
    "fails by itself": "import lib.loud\nlib.loud.there()",
    "lacks what it needs": "from lib.broken import there\nthere.y()",
    "a whole library absent": "import nowhere_to_be_found\nnowhere_to_be_found.x()",
    "relative": "from . import x\nfrom .y import z\nx, z",
    "consequences": "from lib import Flow\nFlow(print)\n",
    "base class": "import lib\nclass My(lib.Flow):\n    def go(self): return self.anything\nMy(1, 2, 3).anything()",
    "deleted": "import lib\nx = lib.Plain()\ndel x",
    "nothing at all": "",
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_what_the_library_does_not_offer_is_found(
    text: str, expected: list[tuple[str, int, str]], tmp_path: Path
) -> None:
    assert brief(judge(tmp_path, text, PACKAGES)) == expected


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT.keys())
def test_what_may_work_is_left_alone(text: str, tmp_path: Path) -> None:
    assert brief(judge(tmp_path, text, PACKAGES)) == []


@pytest.mark.parametrize("version", ["3.9", "3.11", "3.13"])
def test_the_look_runs_on_old_and_new_pythons(version: str, tmp_path: Path) -> None:
    text = "import lib\nwith lib.Flow('x', y=1) as f:\n    f.run()"
    seen = look(tmp_path, text, PACKAGES, version=version)
    found = [(one.code.value, one.line, one.symbol) for one in seen.sightings]
    assert found == [("A003", 2, "lib.Flow(y=)"), ("A004", 2, "lib.Flow"), ("A002", 3, "lib.Flow.run")]


def test_a_finding_marks_the_samples_own_token_and_is_confirmed(tmp_path: Path) -> None:
    (found,) = judge(tmp_path, "import lib\nprint('äö', lib.gone)", PACKAGES)
    assert (found.line, found.column, found.end_column) == (2, 17, 21)
    assert found.confidence is Confidence.CONFIRMED
    assert found.witnesses == ("static",)


def test_what_an_annotation_said_is_likely_only(tmp_path: Path) -> None:
    (found,) = judge(tmp_path, "import lib\nlib.make().gone()", PACKAGES)
    assert found.confidence is Confidence.LIKELY


def test_of_a_module_that_fails_by_itself_the_type_checker_says_what_is_likely(tmp_path: Path) -> None:
    found = judge(tmp_path, "from lib.broken import gone", PACKAGES)
    assert brief(found) == [("A002", 1, "lib.broken.gone")]
    assert found[0].confidence is Confidence.LIKELY


def test_where_a_name_lives_now_is_suggested_once_it_was_imported_there(tmp_path: Path) -> None:
    packages = PACKAGES | {
        "lib/users.py": "from lib.inner import Deep\n",
        "lib/_private.py": "class Deep: ...\n",
        "lib/tests.py": "class Deep: ...\n",
        "lib/failing.py": "class Deep: ...\nraise OSError\n",
    }
    (found,) = judge(tmp_path, "from lib import Deep", packages)
    assert found.suggestion is not None
    assert found.suggestion.replacement == "from lib.inner import Deep"
    assert not found.suggestion.verified


def test_the_shortest_public_path_of_the_very_same_object_is_suggested(tmp_path: Path) -> None:
    packages = {
        "lib/__init__.py": "",
        "lib/compat.py": "class Window: ...\n",
        "lib/win/__init__.py": "from lib.win._win import *\n",
        "lib/win/_win.py": "class Window: ...\n",
        "lib/_hidden.py": "class Window: ...\n",
    }
    (found,) = judge(tmp_path, "from lib import Window", packages)
    assert found.suggestion is not None
    assert found.suggestion.successors == ("lib.win.Window", "lib.compat.Window")


def test_where_a_shim_points_is_suggested(tmp_path: Path) -> None:
    packages = {
        "lib/__init__.py": LIB.replace("lib.inner.Deep", "lib.inner.shim"),
        "lib/inner.py": "shim = 1\n",
    }
    (found,) = judge(tmp_path, "from lib import shim", packages)
    assert found.suggestion is not None
    assert found.suggestion.replacement == "from lib.inner import shim"


def test_what_was_seen_before_a_library_ended_the_look_counts(tmp_path: Path) -> None:
    text = "import lib\nlib.gone()\nimport lib.ending, lib.inner\nlib.inner.away()"
    seen = look(tmp_path, text, PACKAGES, checker=find_ty_bin())
    assert [(one.line, one.symbol) for one in seen.sightings] == [(2, "lib.gone")]
    assert any("ended with status 3" in note for note in seen.notes)
    found = StaticWitness().findings(Case(job(text), static=seen))
    assert [(one.line, one.symbol, one.confidence.value) for one in found] == [
        (2, "lib.gone", "confirmed"),
        (4, "lib.inner.away", "likely"),
    ]


def test_without_a_type_checker_the_look_goes_on_and_says_so(tmp_path: Path) -> None:
    seen = look(tmp_path, "import lib\nlib.gone()", PACKAGES)
    assert [one.symbol for one in seen.sightings] == ["lib.gone"]
    assert any("type checker does not start" in note for note in seen.notes)
    assert seen.diagnostics == ()


def test_what_libraries_print_stays_out_of_the_answer(tmp_path: Path) -> None:
    packages = {"lib/__init__.py": "import os\nprint('{')\nos.write(1, b'[]')\nos.write(2, b'x')\n"}
    assert [one.symbol for one in look(tmp_path, "import lib\nlib.x", packages).sightings] == ["lib.x"]


def test_each_file_of_a_sample_is_looked_at_and_files_may_import_each_other(tmp_path: Path) -> None:
    parts = (
        Part("one.py", Language.PYTHON, "import lib\nlib.gone()\n"),
        Part("two.py", Language.PYTHON, "import one, lib\none.anything()\nlib.away()\n", first_line=10),
    )
    asked = job("")
    asked = type(asked)(sample("x\n" * 20, parts), asked.target)
    seen = look(tmp_path, "", PACKAGES, given=asked)
    assert [(one.file, one.line, one.symbol) for one in seen.sightings] == [
        ("one.py", 2, "lib.gone"),
        ("two.py", 12, "lib.away"),
    ]


def test_modules_that_were_never_installed_are_for_the_plan_to_tell(tmp_path: Path) -> None:
    text = "import lib.plugins.extra\nlib.plugins.extra.x"
    seen = look(tmp_path, text, PACKAGES, checker=find_ty_bin())
    planned = job(text, unknown=(Unknown("lib.plugins", 1, "not known"),))
    assert seen.sightings
    assert StaticWitness().findings(Case(planned, static=seen)) == ()


def test_a_prelude_defines_names() -> None:
    given = job("print(x, y)", context=Context(prelude="x = 1"))
    assert [one.symbol for one in StaticWitness().findings(Case(given))] == ["y"]


def test_an_answer_that_is_none_is_no_evidence() -> None:
    from harness.judge.static_spec import evidence

    seen = evidence(Completed(Ending.TIMEOUT, None, b"half an ans", b"", 9.0), sample("x = 1"))
    assert (seen.sightings, seen.diagnostics) == ((), ())
    assert seen.notes == ("the static look ended by timeout",)
