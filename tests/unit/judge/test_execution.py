"""Each code from real exceptions of real packages made for the purpose."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from harness.judge.verdict import verdict
from harness.model.matrix import Unknown
from harness.model.verdict import Code, Confidence, Verdict
from tests.unit.judge.cases import job, judge

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = {
    "lib/__init__.py": """
        import functools, warnings
        from .core import Client, Flow

        def task(fn=None, *, name=None):
            return functools.wraps(fn)(lambda *a, **k: fn(*a, **k)) if fn else task

        def swallow(fn):
            def run():
                try:
                    return fn()
                except Exception as e:
                    return None
            return run

        def rewrap(fn):
            try:
                return fn()
            except Exception:
                raise RuntimeError("step failed") from None

        def __getattr__(name):
            if name == "moved":
                raise AttributeError("module 'lib' has no attribute 'moved'")
            if name == "lazy_gone":
                raise ImportError("lazy_gone has been moved to other_lib")
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

        def needs_callable(fn):
            if not callable(fn):
                raise TypeError("fn must be callable")

        def calls(fn):
            return fn(1)

        def default():
            warnings.warn("the default of default will switch to 3.12", FutureWarning, stacklevel=2)

        def telemetry():
            import socket
            try:
                socket.create_connection(("telemetry.invalid", 443), 1)
            except OSError:
                pass
            raise RuntimeError("run failed")

        def draw(**kwargs):
            raise AttributeError("unexpected attribute 'plot_width' to draw, similar attributes are width or min_width")

        def waits(wait=0):
            return wait

        def strict(name, **kwargs):
            if kwargs:
                raise TypeError(f"Invalid arguments were passed to strict (name: {name}): {kwargs}")

        def refuses(value):
            raise ValueError(f"bad value {value}")

        def removed_at_run_time():
            raise NotImplementedError("removed_at_run_time was removed in 2.0, use other instead")

        def login():
            raise RuntimeError("No API key found: set one first")

        def connect():
            import socket
            socket.create_connection(("127.0.0.1", 9), 1)

        def reads(path):
            with open(path) as f:
                return f.read()

        def misses(folder="", name="settings.json"):
            raise RuntimeError(f"Can't find directory: {folder}" if folder else f"could not find {name} in . or above")

        class QueryError(Exception): pass

        def query(sql):
            raise RuntimeError(f'IO Error: No files found that match the pattern "trips.csv"\\n\\nLINE 1: {sql}')

        class Job:
            def __init__(self, code): self.code = code
            def submit(self): misses(f"/work/{self.code}")

        def old():
            warnings.warn("old is deprecated, use new", DeprecationWarning, stacklevel=2)

        def keyword(*, old_name=None, new_name=None):
            if old_name:
                warnings.warn("old_name is deprecated", FutureWarning)

        def own_noise():
            warnings.warn("numpyish scalar is deprecated", DeprecationWarning)

        def own_advice(*, project=None):
            warnings.warn("numpyish scalar is deprecated.\\n\\nSee your project for more", DeprecationWarning)

        class LibraryDeprecated(UserWarning): pass

        def special():
            warnings.warn("special", LibraryDeprecated, stacklevel=2)

        def notice():
            import logging
            logging.getLogger("lib").warning("notice() is deprecated")

        async def later(): return 1
        def inner_bug(x): return x.nope
        """,
    "lib/core.py": """
        import warnings
        class Flow:
            def __init__(self, name, *, retries=0): self.name = name
            def like(self): return self
            def serve(self, **kwargs): return self._serve(**kwargs)
            def _serve(self, *, port=1): return port
        class Client:
            def get(self, key): return key
            async def aget(self): return 1
        class Model:
            def dict(self): return warnings.warn("The `dict` method is deprecated", DeprecationWarning, stacklevel=2)
        """,
    "lib/warns.py": "import warnings\nwarnings.warn('lib.warns is deprecated, import lib instead', DeprecationWarning, stacklevel=2)\nX = 1\n",
    "lib/shell.py": """
        import warnings
        warnings.warn("`lib.shell` was removed in 3", DeprecationWarning, stacklevel=2)
        raise ModuleNotFoundError("`lib.shell` was removed in lib 3. Use `lib.core`.")
        """,
    "noisy/__init__.py": "import warnings\nwarnings.warn('pyrrow will be needed by noisy', DeprecationWarning, stacklevel=2)\ndef f(): pass\n",
    "clash/__init__.py": "from lib import not_there_either\n",
    "clash_attr/__init__.py": "import lib\nlib.core.Absent\n",
    "clash_call/__init__.py": "import lib\ndef start(): return lib.Flow('x', proxies=1)\n",
    "wants/__init__.py": "import absent_dependency\n",
}

CASES: list[tuple[str, str, list[tuple[str, int, str]]]] = [
    ("works", "import lib\nprint(lib.Flow('x').name)\n", []),
    ("A001-module", "import lib\nimport lib.gone\n", [("A001", 2, "lib.gone")]),
    ("A001-from", "from lib.tasks.ml import x\n", [("A001", 1, "lib.tasks")]),
    ("A001-python", "import imp\n", [("A001", 1, "imp")]),
    ("A002-import", "from lib import Client, Nope\n", [("A002", 1, "lib.Nope")]),
    ("A002-import-lazy", "from lib import (\n    Client,\n    lazy_gone,\n)\n", [("A002", 1, "lib.lazy_gone")]),
    ("A002-module", "import lib as l\n\nl.gone(1)\n", [("A002", 3, "lib.gone")]),
    ("A002-submodule", "import lib.core\nlib.core.gone\n", [("A002", 2, "lib.core.gone")]),
    ("A002-instance", "from lib import Flow\nflow = Flow('x')\nflow.run()\n", [("A002", 3, "lib.Flow.run")]),
    ("A002-class", "from lib import Flow\nFlow.from_old(1)\n", [("A002", 2, "lib.Flow.from_old")]),
    ("A002-chain", "import lib\nlib.Client().get_all().x\n", [("A002", 2, "lib.Client.get_all")]),
    (
        "A002-in-a-function-by-parameter",
        "import lib\ndef f(c):\n    return c.gone\nf(lib.Client())\n",
        [("A002", 3, "lib.Client.gone")],
    ),
    ("A002-says-so", "import lib\nlib.removed_at_run_time()\n", [("A002", 2, "lib.removed_at_run_time")]),
    ("A003-keyword", "from lib import Flow\nFlow('x', cluster=1)\n", [("A003", 2, "lib.Flow(cluster=)")]),
    ("A003-proposed", "import lib\nlib.waits(wait=1, wait_on=2)\n", [("A003", 2, "lib.waits(wait_on=)")]),
    ("A003-spoken-of", "import lib\nlib.strict(name='a', old=2)\n", [("A003", 2, "lib.strict(old=)")]),
    ("A003-attribute", "import lib\nlib.draw(width=1, plot_width=2)\n", [("A003", 2, "lib.draw(plot_width=)")]),
    ("A003-missing", "import lib\nlib.Flow()\n", [("A003", 2, "lib.Flow()")]),
    ("A003-many", "import lib\nlib.Client().get(1, 2, 3)\n", [("A003", 2, "lib.Client.get()")]),
    ("A003-inner", "import lib\nlib.Flow('x').serve(host=1)\n", [("A003", 2, "lib.Flow.serve(host=)")]),
    ("A003-type", "import lib\nlib.needs_callable(5)\n", [("A003", 2, "lib.needs_callable()")]),
    (
        "A003-after-calls-that-give-the-like",
        "import lib\nflow = lib.Flow('x')\nflow = flow.like()\nflow.serve(host=1)\n",
        [("A003", 4, "lib.Flow.serve(host=)")],
    ),
    (
        "A004-after-calls-that-give-the-like",
        "import lib\nflow = lib.Flow('x')\nflow = flow.like()\nflow['x']\n",
        [("A004", 4, "lib.Flow")],
    ),
    (
        "A003-several-lines",
        "import lib\n\nlib.Flow(\n    'x',\n    cluster=1,\n)\n",
        [("A003", 3, "lib.Flow(cluster=)")],
    ),
    ("A004-with", "from lib import Flow\nwith Flow('x') as flow:\n    pass\n", [("A004", 2, "lib.Flow")]),
    ("A004-call", "import lib\nc = lib.Client()\nc('x')\n", [("A004", 3, "lib.Client")]),
    ("A004-module-call", "import lib\nlib.core()\n", [("A004", 2, "lib.core")]),
    ("A004-iterate", "import lib\nfor x in lib.Client():\n    pass\n", [("A004", 2, "lib.Client")]),
    ("A004-length", "import lib\nc = lib.Client()\nlen(c)\n", [("A004", 3, "lib.Client")]),
    ("A004-subscript", "import lib\nc = lib.Client()\nc['x']\n", [("A004", 3, "lib.Client")]),
    (
        "A004-await",
        "import asyncio, lib\nasync def main():\n    await lib.Client()\nasyncio.run(main())\n",
        [("A004", 3, "lib.Client")],
    ),
    ("A004-decorator", "import lib\n@lib.Client()\ndef f():\n    pass\n", [("A004", 2, "lib.Client")]),
    ("A005-call", "import lib\nlib.old()\n", [("A005", 2, "lib.old")]),
    ("A005-keyword", "import lib\nlib.keyword(\n    old_name=1)\n", [("A005", 2, "lib.keyword(old_name=)")]),
    ("A005-special", "from lib import special\nspecial()\n", [("A005", 2, "lib.special")]),
    ("A005-logged", "import lib\nlib.notice()\n", [("A005", 2, "lib.notice")]),
    (
        "A005-inherited",
        "from lib.core import Model\nclass Mine(Model):\n    pass\nclass Own(Mine): pass\no = Own()\nprint(o.dict())\n",
        [("A005", 6, "lib.core.Model.dict")],
    ),
    ("A005-import", "import lib.warns\n", [("A005", 1, "lib.warns")]),
    ("A005-not-the-librarys-own", "import lib\nlib.own_noise()\nimport noisy\nnoisy.f()\n", []),
    ("A005-not-the-librarys-own-advice", "import lib\nlib.own_advice(project=1)\nimport noisy\nnoisy.f()\n", []),
    (
        "A005-not-the-samples-own",
        "import logging, warnings\ndef old():\n    warnings.warn('old is deprecated', DeprecationWarning, stacklevel=2)\nold()\nwarnings.warn('deprecated', DeprecationWarning)\nlogging.warning('this is deprecated')\n",
        [],
    ),
    ("S101", "x = 1\ny = = 1\n", [("S101", 2, "")]),
    ("S102", "import lib\ndef f():\n    return df\nf()\n", [("S102", 3, "df")]),
    ("S102-unbound", "def f():\n    print(x)\n    x = 1\nf()\n", [("S102", 2, "x")]),
    ("S102-placeholder", "data = ...\ndata.head()\n", [("S102", 2, "...")]),
    ("S102-placeholder-deep", "import lib\ndata = ...\nlib.inner_bug(data)\n", [("S102", 3, "...")]),
    ("S103", "open('data/x.csv')\n", [("S103", 1, "data/x.csv")]),
    ("S103-by-itself", "import lib\nlib.misses()\n", [("S103", 2, "settings.json")]),
    ("S103-earlier", "import lib\njob = lib.Job('./src')\njob.submit()\n", [("S103", 3, "./src")]),
    ("S103-query", "import lib\nlib.query(\"SELECT a / b FROM read_csv('trips.csv')\")\n", [("S103", 2, "trips.csv")]),
    (
        "S103-query-without-a-frame-of-the-library",
        "import lib\n(x for x in \"FROM 'trips.csv'\").throw(lib.QueryError('No files found: trips.csv'))\n",
        [("S103", 2, "trips.csv")],
    ),
    (
        "S103-query-of-two",
        "import lib\nlib.query(\"SELECT a / b FROM 'x.csv', 'trips.csv'\")\n",
        [("S103", 2, "trips.csv")],
    ),
    ("S104-no-path", "import lib\njob = lib.Job('src')\njob.submit()\n", [("S104", 3, "RuntimeError")]),
    ("S103-library", "import lib\nlib.reads('./a/b.yml')\n", [("S103", 2, "./a/b.yml")]),
    ("S103-project-file", "import lib\nlib.reads('settings.' + 'yaml')\n", [("S103", 2, "settings.yaml")]),
    ("S104-own-logic", "x = [1]\nprint(x[5])\n", [("S104", 2, "IndexError")]),
    ("S104-own-function", "def f(a):\n    return a\nf(b=1)\n", [("S104", 3, "TypeError")]),
    ("S104-own-class", "class A:\n    pass\nA().x\n", [("S104", 3, "AttributeError")]),
    ("S104-none", "x = None\nx.foo\n", [("S104", 2, "AttributeError")]),
    ("S104-refused", "import lib\nlib.refuses(5)\n", [("S104", 2, "ValueError")]),
    ("usage", "import argparse\np = argparse.ArgumentParser()\np.add_argument('x')\np.parse_args()\n", []),
    ("S104-status", "import sys\nsys.exit(2)\n", [("S104", 2, "SystemExit")]),
    ("S104-input", "x = input()\n", [("S104", 1, "EOFError")]),
    ("S106-memory", "x = 1\nraise MemoryError\n", [("S106", 2, "memory")]),
    ("N301-credential", "import lib\nlib.login()\n", [("N301", 2, "credentials")]),
    ("N301-refused", "import lib\nlib.connect()\n", [("N301", 2, "127.0.0.1:9")]),
    (
        "N301-variable",
        "import os\nkey = os.environ['SOME_API_KEY']\n",
        [("N301", 2, "environment variable SOME_API_KEY")],
    ),
    ("A001-shell", "from lib.shell import Thing\n", [("A001", 1, "lib.shell")]),
    ("A005-not-a-new-default", "import lib\nlib.default()\n", []),
    ("S104-beside-telemetry", "import lib\nlib.telemetry()\n", [("S104", 2, "RuntimeError")]),
    ("E203-import", "import clash\n", [("E203", 1, "clash")]),
    ("E203-attribute", "import clash_attr\n", [("E203", 1, "clash_attr")]),
    ("E203-call", "import clash_call\nclash_call.start()\n", [("E203", 2, "clash_call")]),
    ("S104-callback", "import lib\ndef fn():\n    pass\nlib.calls(fn)\n", [("S104", 4, "TypeError")]),
    ("E203-dependency", "import wants\n", [("E203", 1, "wants")]),
    (
        "handled-on-purpose",
        "try:\n    from lib import new\nexcept ImportError:\n    new = None\ntry:\n    import lib\n    lib.gone\nexcept AttributeError:\n    pass\n",
        [],
    ),
    (
        "taken-on-purpose",
        "import contextlib, lib\nwith contextlib.suppress(AttributeError):\n    lib.gone()\nwith contextlib.suppress(OSError), open('/'):\n    pass\n",
        [],
    ),
    (
        "no-refuge-in-what-takes-something-else",
        "import contextlib, lib\nwith contextlib.suppress(OSError):\n    lib.gone()\n",
        [("A002", 3, "lib.gone")],
    ),
    (
        "raised-in-a-pool",
        "import multiprocessing, lib\ndef work(n):\n    return lib.gone(n)\nwith multiprocessing.Pool(1) as pool:\n    pool.map(work, [1])\n",
        [("A002", 3, "lib.gone")],
    ),
    (
        "swallowed-by-the-sample-whatever-it-is",
        "import lib\ntry:\n    lib.gone()\nexcept Exception as e:\n    print('failed', e)\n",
        [("A002", 3, "lib.gone")],
    ),
    (
        "swallowed-by-a-framework",
        "import lib\n@lib.swallow\ndef step():\n    return lib.gone\nstep()\n",
        [("A002", 4, "lib.gone")],
    ),
    (
        "rewrapped-by-a-framework",
        "import lib\ndef step():\n    return lib.gone\nlib.rewrap(step)\n",
        [("A002", 3, "lib.gone")],
    ),
    ("own-error-swallowed", "import lib\n@lib.swallow\ndef step():\n    raise ValueError('x')\nstep()\n", []),
]


@pytest.mark.parametrize(("name", "text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_a_run_shows(tmp_path: Path, name: str, text: str, expected: list[tuple[str, int, str]]) -> None:
    packages = {path: dedent(content) for path, content in LIBRARY.items()}
    found = judge(tmp_path, text, packages)
    assert [(str(finding.code), finding.line, finding.symbol) for finding in found] == expected


OLDER = [
    case for case in CASES if case[0].partition("-")[0] in {"A001", "A002", "A003", "A004", "A005", "S102", "S103"}
]
# These Pythons tell neither the object of an AttributeError nor columns, and put a decorator on the line of its def.
NOT_OLD = {"A001-python", "A002-in-a-function-by-parameter", "A004-decorator"}


@pytest.mark.parametrize(("name", "text", "expected"), OLDER, ids=[case[0] for case in OLDER])
def test_what_a_run_on_an_old_python_shows(
    tmp_path: Path, name: str, text: str, expected: list[tuple[str, int, str]]
) -> None:
    if name in NOT_OLD:
        pytest.skip("this Python does not tell what the test asks for")
    packages = {path: dedent(content) for path, content in LIBRARY.items()}
    found = judge(tmp_path, text, packages, "3.9")
    assert [(str(finding.code), finding.line, finding.symbol) for finding in found] == expected


def test_columns_mark_the_failing_expression(tmp_path: Path) -> None:
    (found,) = judge(tmp_path, "import lib\nx = [lib.gone]\n", {"lib/__init__.py": ""})
    assert (found.line, found.column, found.end_column) == (2, 6, 14)
    assert found.evidence == "AttributeError: module 'lib' has no attribute 'gone'"


def test_a_missing_name_is_likely_until_the_timeline_says_more(tmp_path: Path) -> None:
    (found,) = judge(tmp_path, "import lib.gone\n", {"lib/__init__.py": ""})
    assert (found.kind, found.confidence) == ("removed", Confidence.LIKELY)


def test_an_unknown_distribution_accounts_for_its_import(tmp_path: Path) -> None:
    given = job("import nobody_knows.sub\n", unknown=(Unknown("nobody_knows.sub", 1, "unknown distribution"),))
    (found,) = judge(tmp_path, "", {"lib/__init__.py": ""}, given=given)
    assert (found.code, found.line, found.symbol) == (Code.PLATFORM, 1, "nobody_knows.sub")
    assert verdict([found]) is Verdict.UNRUNNABLE


def test_what_is_accounted_for_silences_nothing_that_comes_later(tmp_path: Path) -> None:
    text = "try:\n    import nobody_knows\nexcept Exception:\n    pass\nimport lib\nlib.gone()\n"
    given = job(text, unknown=(Unknown("nobody_knows", 2, "unknown distribution"),))
    found = judge(tmp_path, "", {"lib/__init__.py": ""}, given=given)
    assert [(one.code, one.line) for one in found] == [(Code.PLATFORM, 2), (Code.NAME, 6)]


def test_an_endless_sample_is_a_timeout(tmp_path: Path) -> None:
    from harness.model.matrix import Context

    given = job("x = 1\nwhile True:\n    pass\n", context=Context(timeout=1.0))
    (found,) = judge(tmp_path, "", {"lib/__init__.py": ""}, given=given)
    assert found.code is Code.TIMEOUT
    assert found.line in {2, 3}
