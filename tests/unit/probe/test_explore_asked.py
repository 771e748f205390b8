"""What a sample asks of its surroundings is given to it: variables, files that may be there, arguments of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.probe.test_explore import explore, missed, told

if TYPE_CHECKING:
    from pathlib import Path


def files(seen: dict[str, list[dict[str, object]]]) -> set[tuple[object, object]]:
    """Return (line, path) of what was made for the sample."""
    return {(one["line"], one["target"]) for one in seen["files"]}


def test_a_variable_that_is_taken_for_granted_is_supplied_and_told(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import json, os
        URL = "http://" + os.environ["TRACKING_HOST"]
        def port(default=os.environ["SERVER_PORT"]):
            return int(default)
        print(port(), os.environ.get("NOTHING"), "MISSING" in os.environ)
        try:
            os.environ["OPTIONAL"]
        except KeyError:
            print("handled")
        json.nothing(URL)
        """,
    )
    assert seen["stdout"] == "1009 None False\nhandled\n"
    assert told(seen) == {(3, "KeyError"), (4, "KeyError"), (11, "AttributeError")}
    assert [one["frames"][-1]["module"] for one in seen["raised"][:2]] == ["os", "os"]
    assert missed(seen) == set()


DATABASE = """
import socket

def connect(host):
    try:
        socket.getaddrinfo(host, 5432, flags=socket.AI_NUMERICHOST)
    except OSError:
        raise ConnectionResetError("Connection reset by peer")

open_connection = connect

def native(host):
    raise RuntimeError(f'connection to server at "{host}" (127.77.0.1), port 5432 failed')
"""


def test_a_host_is_no_missing_file_although_its_name_looks_like_one(tmp_path: Path) -> None:
    text = """
        import database
        database.connect("db.example.io")
        database.native("db.example.com")
        database.open_connection("db.example.net")
    """
    seen = explore(tmp_path, text, files={"database.py": DATABASE})
    assert told(seen) == {(3, "ConnectionResetError"), (4, "RuntimeError"), (5, "ConnectionResetError")}
    assert files(seen) == set()


def test_a_file_that_is_asked_for_is_made_and_both_ways_are_gone(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import os
        from pathlib import Path
        CONFIG = Path("config.yaml")
        if os.path.exists("data/train.csv"):
            print(open("data/train.csv").readline().strip())
        else:
            print("no data")
        def load():
            if not CONFIG.exists():
                raise RuntimeError("no config")
            return CONFIG.read_text()
        print(load().strip())
        if not os.path.isdir("models"):
            print("no models")
        """,
    )
    out = "feature_1,feature_2,feature_3\nno data\nname: value\nno models\n"
    assert seen["stdout"] == out
    assert files(seen) == {(5, "data/train.csv"), (10, "config.yaml"), (14, "models")}
    assert told(seen) == set()
    assert missed(seen) == set()


def test_what_the_sample_makes_or_takes_away_itself_is_no_missing_file(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import os, shutil
        from pathlib import Path
        from urllib.request import urlretrieve
        OUT = Path("out")
        LOG = "run.log"
        if not OUT.exists():
            OUT.mkdir()
        if os.path.exists(LOG):
            os.remove(LOG)
        if not os.path.exists("data.zip"):
            urlretrieve("http://localhost:9/data.zip", "data.zip")
        if os.path.isdir("cache"):
            shutil.rmtree("cache")
        frame = open("input.csv").read()
        (OUT / "copy.csv").write_text(frame)
        """,
    )
    assert files(seen) == {(15, "input.csv")}


def test_a_program_gets_the_arguments_that_it_requires(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import argparse, json
        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--data", required=True)
            parser.add_argument("--mode", required=True, choices=["fast", "slow"])
            parser.add_argument("depth", type=int)
            args = parser.parse_args()
            print(args.mode, args.depth, open(args.data).readline().strip())
            json.nothing(args.depth)
        if __name__ == "__main__":
            main()
        """,
    )
    assert seen["stdout"] == "fast 3 feature_1,feature_2,feature_3\n"
    assert told(seen) == {(10, "AttributeError")}
    assert files(seen) == set()
    assert missed(seen) == set()


CLICK = """
class Parameter:
    nargs, required, prompt = 1, True, None
    def __init__(self, name, kind): self.name, self.type, self.opts = name, kind, [name]

class Whole:
    def convert(self, text, *_): return int(text)

class Command:
    name, callback = "program", None
    def __init__(self, function, params=()): self.function, self.params = function, list(params)
    def main(self, args, prog_name, standalone_mode, obj):
        return self.function(*[one.type.convert(text) for one, text in zip(self.params, args)])

class Group(Command):
    def __init__(self, **commands): self.commands, self.params = commands, []
    def main(self, args, **how): return self.commands[args[0]].main(args[1:], **how)
"""


def test_every_command_of_a_program_is_tried(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import click, json
        def train(epochs):
            print("train", epochs + 1)
            json.nothing(epochs)
        def export():
            print("export")
            json.nowhere
        cli = click.Group(train=click.Command(train, [click.Parameter("epochs", click.Whole())]), export=click.Command(export))
        """,
        files={"click.py": CLICK},
    )
    assert seen["stdout"] == "train 4\nexport\n"
    assert seen["driven"] == ["program train 3", "program export"]
    assert told(seen) == {(5, "AttributeError"), (8, "AttributeError")}


def test_methods_of_a_class_that_cannot_be_made_hand_on_what_they_keep(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import json
        class Flow:
            def __init__(self):
                raise SystemExit("usage: run")
            def start(self):
                self.data = [1, 2]
                self.table = nowhere()
            def train(self):
                self.data.push(3)
                self.table.anything()
                self.missing.thing()
        """,
    )
    assert told(seen) == {(8, "NameError"), (10, "AttributeError")}
    assert missed(seen) == set()


def test_a_file_that_is_named_to_what_reads_later_is_missing_all_the_same(tmp_path: Path) -> None:
    seen = explore(
        tmp_path,
        """
        import lib
        table = lib.scan_csv("zones.csv")
        lib.load_all("events-*.csv")
        lib.save_all("out.csv")
        lib.read_back("out.csv")
        def never():
            lib.scan_csv("other.csv")
        lib.nothing.read_csv("third.csv")
        lib.scan_csv({"a.html": "<b>", "train": "fourth.csv"})
        """,
        files={"lib.py": "def scan_csv(path): ...\nload_all = save_all = read_back = scan_csv\n"},
    )
    assert files(seen) == {
        (3, "zones.csv"),
        (4, "events-*.csv"),
        (8, "other.csv"),
        (9, "third.csv"),
        (10, "fourth.csv"),
    }
