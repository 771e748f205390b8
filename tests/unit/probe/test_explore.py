"""An exploratory run reaches the end of a sample, and tells what failed on the way and what only seems to."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.probe.running import VERSIONS, probe

if TYPE_CHECKING:
    from pathlib import Path


def explore(folder: Path, text: str, version: str = "3.13", **changes: Any) -> dict[str, Any]:
    """Run a sample without stopping."""
    return probe(folder, dedent(text), version, mode="explore", **changes)


def told(seen: dict[str, Any]) -> set[tuple[int, str]]:
    """Return (line, type of the exception) of what failed and no made-up value is behind."""
    return {(one["line"], one["type"]) for one in seen["raised"] if not one["taint"]}


def missed(seen: dict[str, Any]) -> set[int]:
    """Return the lines that could run and did not."""
    return set(seen["executable"]["sample.py"]) - set(seen["executed"]["sample.py"])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_failure_does_not_keep_what_follows_from_running(tmp_path: Path, version: str) -> None:
    seen = explore(
        tmp_path,
        """
        import json
        a = json.nothing
        b = json.loadz("1")
        def f():
            int("x")
            return json.dumpz
        for i in json.many:
            print("in the loop")
        if json.some:
            print("in the branch")
        with json.open():
            print("in the block")
        f()
        print("end")
        """,
        version,
    )
    assert seen["stdout"] == "in the loop\nin the branch\nin the block\nend\n"
    assert told(seen) == {
        (3, "AttributeError"), (4, "AttributeError"), (6, "ValueError"), (7, "AttributeError"),
        (8, "AttributeError"), (10, "AttributeError"), (12, "AttributeError"),
    }  # fmt: skip
    assert missed(seen) == set()


LIBRARY = """
class Flow:
    tags = ()
    def __init__(self, fn, *, name=None):
        if not callable(fn):
            raise TypeError("'fn' must be callable")
        self.fn = fn
    def serve(self, name, *, port=80):
        return Server()
    def __call__(self):
        return self.fn()

class Server:
    def stop(self): ...

def flow(fn=None, *, name=None):
    if fn is None:
        return lambda function: Flow(function, name=name)
    return Flow(fn, name=name)

def check(value):
    if value != 1:
        raise ValueError("refused")
    return value
"""


def test_what_failed_is_held_to_its_real_class(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        from lib import Flow
        with Flow("name") as flow:
            print("body")
        flow.run()
        flow.serve("x", host="y")
        flow.fn, flow.tags
        for step in flow:
            print("step")
        flow.serve("x").stop()
        """,
        files={"lib.py": LIBRARY},
    )
    messages = {(one["line"], one["message"]) for one in seen["raised"] if not one["taint"]}
    assert messages == {
        (3, "'fn' must be callable"),
        (3, "'Flow' object does not support the context manager protocol"),
        (5, "'Flow' object has no attribute 'run'"),
        (6, "Flow.serve() got an unexpected keyword argument 'host'"),
        (8, "'Flow' object is not iterable"),
    }
    assert seen["stdout"] == "body\nstep\n"


def test_what_follows_from_an_import_that_failed_is_not_told_again(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        from lib.gone import Thing, other as alias
        import lib.far.away
        thing = Thing(1)
        thing.run().save(alias)
        a, b = alias()
        @alias.task(retries=3)
        def f(x):
            return x.y
        f.submit(1)
        with lib.far.away.opened() as g:
            print(g + a, b[1], len(g), [one for one in g])
        class Mine(Thing):
            def go(self):
                return self.inherited(1)
        Mine(1, 2).go()
        """,
        files={"lib.py": LIBRARY},
    )
    assert told(seen) == {(2, "ModuleNotFoundError"), (3, "ModuleNotFoundError")}
    assert missed(seen) == set()


def test_names_of_one_import_are_told_one_by_one(tmp_path: Path) -> None:
    seen = explore(
        tmp_path, "from lib import (\n    one,\n    flow,\n    two,\n)\nflow(print)\n", files={"lib.py": LIBRARY}
    )
    assert told(seen) == {(2, "ImportError"), (4, "ImportError")}


def test_decorators_fail_one_by_one_and_the_function_stays(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import lib
        @lib.flow(orchestrator="x")
        @lib.missing
        def f():
            print("ran")
        f()
        """,
        files={"lib.py": LIBRARY},
    )
    assert told(seen) == {(3, "TypeError"), (4, "AttributeError")}
    assert seen["stdout"] == "ran\n"


def test_names_nobody_binds_are_told_once_and_supplied(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        def f():
            return later + unknown
        later = 1
        print(len(client.list(unknown, x=[y for y in unknown])) > 0)
        """,
    )
    names = [(one["line"], dict(one["attributes"])["name"]) for one in seen["raised"] if one["type"] == "NameError"]
    assert sorted(names) == [(3, "unknown"), (5, "client")]
    assert seen["stdout"] == "True\n"


def test_missing_files_are_made_by_what_the_sample_does_with_them(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import csv, json, os
        with open("data/in.csv") as f:
            print(sum(float(row["price"]) for row in csv.DictReader(f)) > 0)
        print(json.load(open("conf.json"))["key"])
        for name in os.listdir("docs"):
            print(name)
        with open("out/new/x.txt", "w") as f:
            f.write("x")
        print(open("out/new/x.txt").read())
        """,
    )
    assert [(one["line"], one["target"]) for one in seen["files"]] == [
        (3, "data/in.csv"),
        (5, "conf.json"),
        (6, "docs"),
    ]
    assert seen["stdout"] == "True\nkey\ndocument.txt\nx\n"
    assert seen["raised"] == []


def test_a_path_that_cannot_be_made_is_read_elsewhere(tmp_path: Path) -> None:
    seen = explore(tmp_path, "with open('/proc/none/in.txt') as f:\n    print(len(f.read()) > 0)\n")
    assert seen["files"] == [{"target": "/proc/none/in.txt", "line": 1, "file": "sample.py"}]
    assert seen["stdout"] == "True\n"


def test_a_file_that_a_failed_statement_would_have_written_is_not_missing(tmp_path: Path) -> None:
    seen = explore(tmp_path, "import lib\nlib.write('x.json')\nopen('x.json').read()\n", files={"lib.py": ""})
    assert seen["files"] == []


def test_what_a_sample_only_defines_is_driven(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import json
        def plain(a: int, b: str, *, c, d=4):
            return json.gone(a)
        class Service:
            def __init__(self, url: str):
                self.url = url
            def call(self, n: int):
                return self.url + json.lost
        async def main():
            return json.later
        def items(n: int):
            yield n
            yield json.never
        if __name__ == "__main__":
            print("main")
        """,
    )
    assert seen["driven"] == ["plain", "Service.call", "main", "items"]
    assert told(seen) == {(4, "AttributeError"), (9, "AttributeError"), (11, "AttributeError"), (14, "AttributeError")}
    assert missed(seen) == set()


def test_faults_that_come_of_made_up_values_are_tainted(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import lib
        def f(value, number: int):
            lib.check(value)
            lib.check(number)
            doubled = number * 2
            lib.check(doubled)
            lib.check([value])
            return number.gone
        lib.check(unknown)
        x = ...
        lib.check(x)
        lib.check(2)
        """,
        files={"lib.py": LIBRARY},
    )
    assert {line for line, kind in told(seen) if kind == "ValueError"} == {13}
    assert {one["line"] for one in seen["raised"] if one["type"] == "ValueError"} == {4, 5, 7, 8, 10, 12, 13}
    assert (9, "AttributeError") not in told(seen)


def test_what_the_sample_handles_itself_is_left_to_it(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import json
        def lookup(key):
            if key not in {}:
                raise KeyError(key)
        try:
            lookup("a")
        except KeyError:
            print("handled")
        try:
            import nothing_of_this_name
        except ImportError:
            print("optional")
        try:
            json.gone()
        except Exception:
            print("broad")
        """,
    )
    assert seen["stdout"] == "handled\noptional\nbroad\n"
    assert told(seen) == {(15, "AttributeError")}


def test_loops_and_waits_end(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import itertools, time
        time.sleep(3600)
        n = 0
        while True:
            n += 1
        for i in itertools.count():
            n += 1
        def main():
            raise SystemExit(2)
        main()
        exit(1)
        print("end")
        """,
    )
    assert seen["stdout"] == "end\n"
    assert (seen["ending"], seen["exit_code"]) == ("exited", 0)
    assert seen["seconds"] < 20


def test_both_ways_are_gone_where_a_stand_in_was_asked(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        if unknown.ready > 3:
            print("one")
        elif unknown.other:
            print("two")
        else:
            print("three")
        if len("x") == 1:
            print("plain")
        else:
            print("never")
        """,
    )
    assert seen["stdout"] == "one\ntwo\nthree\nplain\n"


def test_a_module_without_a_file_is_missing_although_its_package_fails_by_itself(tmp_path: Path) -> None:
    files = {"pack/__init__.py": "raise ImportError('a clash')\n", "pack/here.py": ""}
    seen = explore(tmp_path, "from pack.here import a\nfrom pack.gone.far import b\n", files=files)
    assert [(one["line"], one["message"]) for one in seen["raised"]] == [
        (1, "a clash"),
        (2, "a clash"),
        (2, "No module named 'pack.gone'"),
    ]


def test_names_that_a_star_import_brings_are_known(tmp_path: Path) -> None:
    text = "from pack import *\nfrom broken import *\nprint(here, there, nowhere)\n"
    files = {"pack.py": "here = 1\n", "broken.py": "from pack import *\nthere = 2\nraise ImportError('a clash')\n"}
    seen = explore(tmp_path, text, files=files)
    names = [dict(one["attributes"])["name"] for one in seen["raised"] if one["type"] == "NameError"]
    assert names == ["nowhere"]


def test_an_item_of_made_up_contents_has_a_made_up_type(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import csv
        def first(path):
            with open("in.csv") as f:
                return list(csv.DictReader(f))[0]["when"].date()
        rows = list(csv.DictReader(open("other.csv")))
        rows[0]["when"].strptime()
        """,
    )
    assert told(seen) == set()


def test_a_class_whose_decorator_failed_still_has_its_methods(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import json
        class Strict(type):
            def __new__(cls, name, bases, space):
                for key, value in space.items():
                    if not (key.startswith("__") or callable(value) and hasattr(value, "__code__")):
                        raise TypeError(f"{key} is no function")
                return super().__new__(cls, name, bases, space)
        class Model(metaclass=Strict):
            @json.nothing("before")
            def check(self):
                return json.gone
        Model().check()
        """,
    )
    assert told(seen) == {(10, "AttributeError"), (12, "AttributeError")}


def test_a_stand_in_for_an_object_warns_as_its_class_does(tmp_path: Path) -> None:
    library = """
class Model:
    def __init__(self, *, needed): ...
    def dump(self): ...
    def dict(self): ...
Model.dict.__deprecated__ = "dict is deprecated; use dump"
"""
    seen = explore(
        tmp_path,
        """
        import lib
        model = lib.Model()
        model.dump()
        model.dict()
        """,
        files={"lib.py": library},
    )
    assert [(one["line"], one["message"], one["direct"]) for one in seen["warned"]] == [
        (5, "dict is deprecated; use dump", True)
    ]


def test_calls_that_hang_leave_the_others_their_turn(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import json, threading
        def first():
            threading.Event().wait()
        def second():
            threading.Event().wait()
            return json.nowhere
        def third():
            return json.nothing
        """,
    )
    assert seen["ending"] == "exited"
    assert told(seen) == {(7, "AttributeError"), (9, "AttributeError")}
    assert seen["seconds"] < 2 * 15.0  # the second wait is given less than the first


DOTS = """
def {name}(default{default}, **extra):
    if extra:
        raise TypeError("regex was removed, use pattern")
    {body}
"""


@pytest.mark.parametrize(
    ("default", "body", "taint"),
    [
        ("=...", "return default", ""),
        ("", "return None if default is ... else default", ""),
        ("", "return isinstance(default, type(Ellipsis))", ""),
        ("", "...", "type"),
    ],
)
def test_dots_that_a_library_knows_are_the_samples_own_value(
    tmp_path: Path, default: str, body: str, taint: str
) -> None:
    (tmp_path / "lib.py").write_text(DOTS.format(name="field", default=default, body=body))
    seen = explore(tmp_path, "import lib\nlib.field(..., regex='x')\n")
    assert [(one["line"], one["type"], one["taint"]) for one in seen["raised"]] == [(2, "TypeError", taint)]


def test_dots_beside_something_made_up_are_still_a_guess(tmp_path: Path) -> None:
    (tmp_path / "lib.py").write_text(DOTS.format(name="field", default="=...", body="..."))
    seen = explore(tmp_path, "import lib\nlib.field(..., regex=nobody)\n")
    assert [(one["type"], one["taint"]) for one in seen["raised"]] == [("NameError", ""), ("TypeError", "type")]


FRAME = """
class Frame:
    def size(self): return 1
    def write(self, path, *, end=""): ...
class Reply:
    pass
"""


def test_what_a_missing_method_of_the_same_name_would_give_is_its_like_by_a_guess(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        from lib import Frame, Reply
        df = Frame()
        df = df.append(1)
        df.gone()
        df.write("x", terminator="")
        print(df.size())
        reply = Reply()
        rows = reply.fetch()
        rows.anything()
        """,
        files={"lib.py": FRAME},
    )
    assert [(one["line"], one["message"].partition("'")[2], one["taint"]) for one in seen["raised"]] == [
        (4, "Frame' object has no attribute 'append'", ""),
        (5, "Frame' object has no attribute 'gone'", "class"),
        (6, "terminator'", "class"),
        (9, "Reply' object has no attribute 'fetch'", ""),
    ]
    assert seen["stdout"] == "1\n"
