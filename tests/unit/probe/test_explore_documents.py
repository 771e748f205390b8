"""Files that describe a step are made so that the library takes them and the sample can go on."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from textwrap import dedent

import pytest

from harness.probe.explore import documents
from tests.unit.probe.test_explore import explore, missed, told

PIPELINE = dedent("""
    from steps import load
    prep = load(source="./parts/prep.yml")
    train = load("./parts/train.json")
    def pipeline(raw, ratio: float, label="x"):
        first = prep(data=raw, ratio=ratio, folds=3, name=label)
        second = train(train_data=first.outputs.train, test_data=first.outputs["test"])
        return second.outputs.model
    print("made", pipeline(raw=Path(type="uri_file"), ratio=0.5))
""")
LIBRARY = """
import json

class Outputs:
    def __init__(self, names):
        self.__dict__.update(names)
    def __getitem__(self, name):
        return getattr(self, name)

class Result:
    def __init__(self, names):
        self.outputs = Outputs(names)

def load(source):
    with open(source) as file:
        told = json.load(file)
    {check}
    def step(**given):
        if set(given) != names:
            raise ValueError(f"{{given}} is not {{names}}")
        return Result({{name: name for name in outputs}})
    return step
"""
MAPPING = 'names, outputs = set(told["inputs"]), list(told["outputs"]); told["command"]'
ITEMS = 'names = {one["name"] for one in told["inputs"]}; outputs = [one["name"] for one in told["outputs"]]; told["implementation"]["container"]'


@pytest.mark.parametrize("check", [MAPPING, ITEMS], ids=["inputs by name", "inputs in a list"])
def test_a_described_step_takes_what_the_sample_passes(tmp_path: Path, check: str) -> None:
    (tmp_path / "steps.py").write_text(LIBRARY.replace("{check}", check).replace("{{", "{").replace("}}", "}"))
    seen = explore(tmp_path, "class Path:\n    def __init__(self, type): pass\n" + PIPELINE)
    assert not missed(seen)
    assert "made model" in seen["stdout"]
    assert {one["target"] for one in seen["files"]} == {"./parts/prep.yml", "./parts/train.json"}
    assert not {line for line, _ in told(seen)} - {one["line"] for one in seen["files"]}


def test_what_the_text_tells_of_a_document() -> None:
    tree = ast.parse(PIPELINE)
    first = documents.interface(tree, "./parts/prep.yml")
    assert first.inputs == {"data": "uri_file", "ratio": "number", "folds": "integer", "name": "string"}
    assert first.outputs == ["train", "test"]
    assert documents.interface(tree, "./parts/train.json").outputs == ["model"]
    assert documents.interface(tree, "other.yml") == documents.Interface({}, [])


def test_a_compiled_pipeline_declares_what_is_passed_to_it_in_a_table() -> None:
    tree = ast.parse("""TABLE = {"rate": 0.1}
Job(template="a.json", values={"rows": 3, "path": "x"})
run("b.json", arguments=TABLE)""")
    assert documents.interface(tree, "a.json").inputs == {"rows": "integer", "path": "string"}
    compiled = json.loads(documents.documents(documents.interface(tree, "b.json"))[-1])
    assert compiled["root"]["inputDefinitions"]["parameters"] == {"rate": {"parameterType": "NUMBER_DOUBLE"}}
