from __future__ import annotations

import time

import pytest

from harness.extract.language import declared, infer
from harness.model.source import Language

PY, SH, YML, CON = Language.PYTHON, Language.SHELL, Language.YAML, Language.CONSOLE


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("python", PY),
        (" py ", PY),
        ("Python3", PY),
        ('python title="a.yaml"', PY),
        ("python{1,3-5}", PY),
        ("py:main.py", PY),
        ("python,ignore", PY),
        ("{.python .numberLines}", PY),
        ("{python}", PY),
        ("language-python", PY),
        ("hljs language-yaml", YML),
        ("highlight highlight-source-shell", SH),
        ("brush: bash;", SH),
        ("yml", YML),
        ("zsh", SH),
        ("shell-session", CON),
        ("pycon", CON),
        ("ts", Language.JAVASCRIPT),
        ("tf", Language.HCL),
        ("docker", Language.DOCKERFILE),
        ("jsonc", Language.JSON),
        ("toml", Language.TOML),
        ("c++", Language.OTHER),
        ("plaintext", Language.TEXT),
        ("", None),
        ('title="python"', None),
        ("some-class", None),
    ],
)
def test_declared_names(info: str, expected: Language | None) -> None:
    assert declared(info) is expected


SHAPES = {
    "import": ("from lib import a\n\na.run()\n", PY),
    "call only": ("client.run(\n    a=1,\n)\n", PY),
    "assignment": ("x = 1\n", PY),
    "annotated": ("a: int = 1\nb: str = 'x'\n", PY),
    "magic": ("%pip install x\nimport y\n", PY),
    "broken python": ("def train(x) -> int\n    return fit(x\n", PY),
    "python 2": ("print 'hello'\n", PY),
    "mapping": ("name: x\njobs:\n  build:\n    steps:\n      - run: echo hi\n", YML),
    "templated": ("kind: Pod\nmetadata:\n  name: {{ .Values.name }}\n", YML),
    "list": ("- a\n- b\n", YML),
    "object": ('{\n  "a": [1, 2],\n  "b": null\n}\n', Language.JSON),
    "array": ('[\n  {"a": 1}\n]\n', Language.JSON),
    "table": ('[project]\nname = "x"\nversion = "1"\n', Language.TOML),
    "array of tables": ('[[tool.x.overrides]]\nmodule = ["a"]\n', Language.TOML),
    "ini": ("[section]\nkey = value\n", Language.OTHER),
    "install": ("# first\npip install 'lib[extra]'\n", SH),
    "flags": ("tool stack register foo -o bar --flavor x\ntool stack set foo\n", SH),
    "shebang": ("#!/usr/bin/env bash\nset -e\nfoo\n", SH),
    "loop": ("for f in *.py; do\n  python $f\ndone\n", SH),
    "image": ('FROM python:3.11-slim\nCOPY . .\nCMD ["python", "app.py"]\n', Language.DOCKERFILE),
    "resource": ('resource "aws_s3_bucket" "b" {\n  bucket = "x"\n}\n', Language.HCL),
    "script": ("const x = 1;\nconsole.log(x);\n", Language.JAVASCRIPT),
    "module": ("import { foo } from 'bar'\n\nexport default function App() {\n}\n", Language.JAVASCRIPT),
    "prompt": ("$ pip install x\nCollecting x\n", CON),
    "repl": (">>> 1 + 1\n2\n", CON),
    "traceback": ("Traceback (most recent call last):\n  File 'a.py', line 1\nNameError: x\n", CON),
    "log": ("2024-01-01 10:00:00 INFO started\n2024-01-01 10:00:01 INFO done\n", CON),
    "tree": ("project/\n├── a.py\n└── b.py\n", CON),
    "prose": ("Step train has started.\nStep train has finished in 2s.\n", Language.TEXT),
    "pins": ("lib==0.50\nother>=2\n", Language.TEXT),
    "sql": ("SELECT * FROM t WHERE a = 1;\n", Language.OTHER),
    "html": ("<div>\n<p>x</p></div>\n", Language.OTHER),
    "go": ('package main\n\nimport "fmt"\n\nfunc main() {\n}\n', Language.OTHER),
}


@pytest.mark.parametrize(("text", "expected"), SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("default", [None, PY])
def test_shape_decides_where_the_page_does_not_say(text: str, expected: Language, default: Language | None) -> None:
    assert infer("", text, default) == (expected, True)


def test_default_decides_where_the_lines_do_not() -> None:
    assert infer("", "# only a comment\n", PY) == (PY, True)
    assert infer("", "# only a comment\n") == (Language.TEXT, True)
    assert infer("", "") == (Language.TEXT, True)


@pytest.mark.parametrize(
    ("info", "text", "expected"),
    [
        ("python", ">>> 1 + 1\n2\n", (CON, False)),
        ("bash", ">>> 1 + 1\n2\n", (CON, False)),
        ("python", "Traceback (most recent call last):\nNameError: x\n", (CON, False)),
        ("python", "pip install lib\n", (SH, False)),
        ("python", "pip install lib \\\n    other\n", (SH, False)),
        ("python", "!pip install lib\n", (PY, False)),
        ("python", "%pip install lib\n", (PY, False)),
        ("", "%pip install lib\n", (PY, True)),
        ("python", "$ tool init\n", (CON, False)),
        ("python", "%pip install lib\nimport lib\n", (PY, False)),
        ("python", "name: x\nother:\n  - a\n", (PY, False)),
        ("python", "def f(:\n", (PY, False)),
        ("bash", "$ tool init\n$ tool up\n", (SH, False)),
        ("bash", "$ tool init\nready\n", (CON, False)),
        ("bash", "@step\ndef f(x):\n    return x\n", (PY, True)),
        ("bash", "with bar():\n    # do something\n", (PY, True)),
        ("bash", "for f in *; do\n  echo $f\ndone\n", (SH, False)),
        ("bash", "python - <<EOF\nimport os\ndef f():\n  pass\nEOF\n", (SH, False)),
        ("bash", "deploy() {\n  kubectl apply -f x.yaml\n}\ndeploy\n", (SH, False)),
        ("text", "import os\n", (Language.TEXT, False)),
        ("rust", "fn main() {}\n", (Language.OTHER, False)),
        ("nosuchlanguage", "blah ?? blah\n", (Language.OTHER, False)),
    ],
)
def test_tag_is_kept_but_for_the_common_mistakes(info: str, text: str, expected: tuple[Language, bool]) -> None:
    assert infer(info, text) == expected


@pytest.mark.parametrize(
    "unit", ["a ", "(", "$", "key: ", "- ", "# ", " ", "\t", "a.b=", '"', "{", "[", "<", "\\", "\n", "a\n"]
)
def test_a_megabyte_of_anything_takes_no_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    start = time.process_time()
    for info in ("", "python", "bash"):
        infer(info, text)
    infer(text, "x\n")
    assert time.process_time() - start < 2
