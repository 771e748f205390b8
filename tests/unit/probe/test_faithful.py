"""A sample under the probe behaves as under plain ``python sample.py``."""

from __future__ import annotations

import os
import re
import subprocess
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests.unit.probe.running import VERSIONS, interpreter, probe

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = {
    "prints": "print('one')\nimport sys\nprint('two', file=sys.stderr)\n",
    "names": "print(sorted(globals()), __name__, __file__, __doc__, __spec__, type(__loader__).__name__)\n",
    "arguments": "import sys\nprint(sys.argv, sys.path[0], sys.flags.interactive)\n",
    "no-final-newline": "print('x')",
    "uncaught": "def f():\n    return 1 / 0\n\nprint('before')\nf()\n",
    "chained": "try:\n    {}['k']\nexcept KeyError as e:\n    raise RuntimeError('later') from e\n",
    "context": "try:\n    {}['k']\nexcept KeyError:\n    int('x')\n",
    "syntax": "print('never')\nx = = 1\n",
    "indent": "def f():\nreturn 1\n",
    "exit-zero": "import sys\nsys.exit()\n",
    "exit-number": "import sys\nsys.exit(3)\n",
    "exit-text": "import sys\nsys.exit('bye')\n",
    "raise-exit": "raise SystemExit(4)\n",
    "atexit": "import atexit\natexit.register(print, 'last')\nraise ValueError('x')\n",
    "thread": "import threading\nt = threading.Thread(target=lambda: print('in thread'))\nt.start()\nt.join()\n",
    "thread-late": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.1), print('late'))).start()\nprint('main')\n",
    "asyncio": "import asyncio\nasync def main():\n    await asyncio.sleep(0)\n    print('async')\nasyncio.run(main())\n",
    "input": "name = input('who? ')\n",
    "source": "import inspect\ndef f(a, *, b=2):\n    'Doc.'\n    return a\nclass C:\n    x = 1\nprint(inspect.getsource(f), inspect.getsource(C), inspect.getsourcefile(f))\n",
    "generator": "def g():\n    try:\n        yield 1\n        yield 2\n    finally:\n        print('closed')\nfor x in g():\n    print(x)\n    break\n",
    "warning-shown": "import warnings\nwarnings.warn('seen')\nwarnings.warn('in main', DeprecationWarning)\nwarnings.warn('pending', PendingDeprecationWarning)\n",
    "warning-level": "import warnings\ndef f():\n    warnings.warn('caller', stacklevel=2)\nf()\nf()\nwarnings.warn('too deep', stacklevel=9)\n",
    "warning-error": "import warnings\nwarnings.simplefilter('error')\ntry:\n    warnings.warn('x', DeprecationWarning)\nexcept DeprecationWarning as e:\n    print('caught', e)\n",
    "warning-caught": "import warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always')\n    warnings.warn('x', FutureWarning)\nprint([(str(i.message), i.lineno) for i in w])\n",
    "excepthook": "import sys\nsys.excepthook = lambda t, v, tb: print('hook', t.__name__, tb.tb_lineno)\n1 / 0\n",
    "pickle": "import pickle\nclass P:\n    pass\nprint(type(pickle.loads(pickle.dumps(P()))) is P)\n",
    "main-module": "import __main__, sys\nx = 5\nprint(__main__.x, sys.modules['__main__'] is __main__)\n",
    "logging": "import logging\nlogging.warning('this is deprecated')\nlogging.getLogger('a').info('quiet')\n",
    "recursion": "def f(n):\n    return f(n + 1)\ntry:\n    f(0)\nexcept RecursionError:\n    print('deep')\n",
    "encoding": "# -*- coding: utf-8 -*-\nprint('grüße', ascii('é'))\n",
    "future": "from __future__ import annotations\ndef f(x: Unknown) -> None: ...\nprint(f.__annotations__)\n",
    "abort-quietly": "import os\nprint('x', flush=True)\nos._exit(7)\n",
    "suppressed": "import contextlib\nwith contextlib.suppress(ZeroDivisionError):\n    1 / 0\n    print('never')\nprint('after')\n",
    "asserted": "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        with self.assertRaises(AttributeError) as seen:\n            unittest.gone\n        print(seen.exception)\nT('test').debug()\n",
    "out-of-sight": "exec('made = 1')\nprint(made)\nglobals()['other'] = 2\nprint(other)\n",
    "bound-around": "print([(last := i) for i in range(3)], last)\n",
    "called-top": "def top():\n    result = 5\n    print(result)\ntop()\n",
    "stopiteration": "print(next(iter([]), 'none'), list(x for x in [1]))\n",
    "exception-group-free": "import traceback\ntry:\n    int('x')\nexcept ValueError:\n    traceback.print_exc()\n",
}
SPAWN = """
import multiprocessing as mp
import sys

def work(x):
    return x * 2

if __name__ == "__main__":
    ctx = mp.get_context(sys.argv[1] if len(sys.argv) > 1 else "{how}")
    with ctx.Pool(1) as pool:
        print(pool.map(work, [1, 2]))
"""


def plain(folder: Path, text: str, version: str) -> tuple[str, str, int]:
    """Run a program without the probe."""
    (folder / "sample.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [interpreter(version), "sample.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=dict(os.environ),
        check=False,
        timeout=60,
    )
    return done.stdout, done.stderr, done.returncode


@pytest.mark.parametrize("version", ["3.9", "3.11", "3.13"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_sample_behaves_as_without_the_probe(tmp_path: Path, name: str, version: str) -> None:
    expected = plain(tmp_path, PROGRAMS[name], version)
    found = probe(tmp_path, PROGRAMS[name], version)
    assert (found["stdout"], found["stderr"], found["exit_code"]) == expected
    assert found["fault"] == ""


@pytest.mark.parametrize("version", ["3.9", "3.13"])
@pytest.mark.parametrize("how", ["spawn", "fork"])
def test_processes_of_a_sample_find_its_functions(tmp_path: Path, how: str, version: str) -> None:
    text = SPAWN.replace("{how}", how)
    found = probe(tmp_path, text, version)
    assert (found["stdout"], found["exit_code"]) == ("[2, 4]\n", 0)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_straight_program_reaches_every_line(tmp_path: Path, version: str) -> None:
    text = dedent('''
        """Doc."""
        import os

        X: int = 1


        def decorator(f):
            """Doc."""
            return f


        @decorator
        def f(a,
              b=2):
            """Doc."""
            total = 0
            for i in range(3):
                if i:
                    total += i
            with open(os.devnull) as file:
                file.read()
            try:
                raise KeyError(a)
            except KeyError:
                pass
            finally:
                total += 1
            return [x
                    for x in range(b)]


        class A:
            """Doc."""

            y = 1

            def method(self):
                global X
                X = lambda: 1
                return X()


        async def co():
            return 1

        f(
            1,
            b=3,
        )
        A().method()
        import asyncio
        asyncio.run(co())
    ''')
    found = probe(tmp_path, text, version)
    assert found["exit_code"] == 0
    missed = set(found["executable"]["sample.py"]) - set(found["executed"]["sample.py"])
    assert missed == set()


def test_lines_that_did_not_run_are_not_executed(tmp_path: Path) -> None:
    found = probe(tmp_path, "def f():\n    return 1\n\nif False or len('x') > 2:\n    print(1)\nprint(2)\n")
    assert found["executed"]["sample.py"] == [1, 4, 6]
    assert found["executable"]["sample.py"] == [1, 2, 4, 5, 6]


def test_lines_run_before_a_sudden_end_are_known(tmp_path: Path) -> None:
    found = probe(tmp_path, "import os\nx = 1\nos._exit(0)\nprint(1)\n")
    assert found["executed"]["sample.py"] == [1, 2, 3]


def test_a_local_module_of_the_sample_is_the_samples_own(tmp_path: Path) -> None:
    files = {"helpers.py": "def broken():\n    return missing\n"}
    found = probe(tmp_path, "from helpers import broken\nbroken()\n", files=files)
    (seen,) = [record for record in found["raised"] if record["fatal"]]
    assert (seen["file"], seen["line"], seen["type"]) == ("helpers.py", 2, "NameError")
    assert found["executed"]["helpers.py"] == [1, 2]


def test_several_entries_run_one_after_the_other_in_one_folder(tmp_path: Path) -> None:
    files = {"a.py": "open('made', 'w').write('x')\nprint('a')\n", "b.py": "print(open('made').read())\n"}
    entries = [{"file": name, "language": "python"} for name in files]
    found = probe(tmp_path, "", files=files, entries=entries)
    assert (found["stdout"], found["exit_code"]) == ("a\nx\n", 0)
    assert re.fullmatch(r"\d+\.\d+", str(found["seconds"]))


def test_the_prelude_runs_in_the_samples_namespace_and_leaves_its_lines_alone(tmp_path: Path) -> None:
    found = probe(tmp_path, "print(given)\n", prelude="given = 5\n")
    assert found["stdout"] == "5\n"
    assert found["executable"]["sample.py"] == [1]
