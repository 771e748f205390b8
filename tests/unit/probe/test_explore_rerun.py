"""A program that a library makes of the sample gets its run command, in processes of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.probe.test_explore import explore, missed, told

if TYPE_CHECKING:
    from pathlib import Path

CLICK = """
class Command:
    def __init__(self, flow): self.flow = flow
    def list_commands(self, ctx): return ["show", "run"]
    def main(self, args):
        if not args:
            raise SystemExit(0)
        getattr(self, args[0])(*args[1:])
"""
FLOWS = """
import os, pickle, subprocess, sys
from flows.vendored.click import Command

class Program(Command):
    def run(self):
        for name in self.flow.steps:
            subprocess.run([sys.executable, "-u", sys.argv[0], "step", name], check=True)
    def step(self, name):
        if os.path.exists("state"):
            with open("state", "rb") as file:
                self.flow.__dict__.update(pickle.load(file))
        getattr(self.flow, name)()
        with open("state", "wb") as file:
            pickle.dump(self.flow.__dict__, file)

class Flow:
    def __init__(self):
        Program(self).main(sys.argv[1:])
"""
FILES = {"flows/__init__.py": FLOWS, "flows/vendored/__init__.py": "", "flows/vendored/click.py": CLICK}
SAMPLE = """
import json
import flows

class Train(flows.Flow):
    steps = ["start", "fit", "end"]

    def start(self):
        self.rows = [3, 1, 2]
        self.model = make_model()
        self.path = json.nothing

    def fit(self):
        self.rows.sorted()
        self.model.anything()
        self.path.anything()
        print("rows", len(self.rows))

    def end(self):
        print(open("report.txt").read().strip())
        raise SystemExit(5)

if __name__ == "__main__":
    Train()
"""


def test_the_run_command_of_a_library_is_typed_and_its_processes_are_watched(tmp_path: Path) -> None:
    seen = explore(tmp_path, SAMPLE, files=FILES)
    by_command = {(one["line"], one["type"]) for one in seen["raised"] if one["driven"] == "sample.py run"}
    # what one process leaves for the next is what it was: rows are real, the model is made up
    assert by_command == {(10, "NameError"), (11, "AttributeError"), (14, "AttributeError")}
    assert {(10, "NameError"), (11, "AttributeError"), (14, "AttributeError")} <= told(seen)
    assert (20, "report.txt") in {(one["line"], one["target"]) for one in seen["files"]}
    assert seen["stdout"].startswith("rows 3\nSome text.")
    assert missed(seen) == set()


def test_a_program_without_such_a_command_is_left_alone(tmp_path: Path) -> None:
    files = {**FILES, "flows/vendored/click.py": CLICK.replace('"run"', '"list"')}
    seen = explore(tmp_path, SAMPLE, files=files)
    assert not any(one["driven"] == "sample.py run" for one in seen["raised"])
    assert missed(seen) == set()


def test_a_plain_program_started_by_a_sample_is_the_interpreters(tmp_path: Path) -> None:
    files = {**FILES, "flows/__init__.py": FLOWS.replace('"-u", sys.argv[0], "step", name', '"-c", "print(7 * 6)"')}
    assert explore(tmp_path, SAMPLE, files=files)["stdout"].startswith("42\n42\n42\n")
