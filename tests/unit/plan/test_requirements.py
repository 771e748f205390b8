"""From imports to distributions: what is installed, and above all what is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from harness.model.matrix import Context
from harness.model.source import Directive, Language, Part
from harness.plan import names
from harness.plan.requirements import grant, known, needs, requires_python

if TYPE_CHECKING:
    from tests.unit.plan.conftest import MakeSample

TABLE = (Path(__file__).parent / "popular_imports.txt").read_text().splitlines()
POPULAR = [line.split(" -> ") for line in TABLE if " -> " in line and not line.startswith("#")]
SCRIPT = """# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = [
#   "requests<3",
#   "no-such-thing-anywhere",
# ]
# ///
import requests
"""


def test_popular_table_is_broad() -> None:
    assert len(POPULAR) >= 200


@pytest.mark.parametrize(("line", "expected"), POPULAR, ids=[line for line, _ in POPULAR])
def test_popular_imports(make: MakeSample, line: str, expected: str) -> None:
    needed, unknown = needs(make(line + "\n"), Context())
    assert [need.requirement for need in needed] == ([] if expected == "-" else expected.split())
    assert unknown == ()


def test_reason_names_import_and_line(make: MakeSample) -> None:
    needed, _ = needs(make("\n\nfrom google.cloud import storage\nimport yaml\nimport yaml.nodes\n"), Context())
    assert [need.reason for need in needed] == ["import google.cloud.storage (line 3)", "import yaml (line 4)"]


@pytest.mark.parametrize(
    ("line", "module", "word"),
    [
        ("import nosuchthinganywhere", "nosuchthinganywhere", "no known distribution"),
        ("from google.cloud import nosuchservice", "google.cloud", "shared"),
        ("from google.cloud import storage, nosuchservice", "google.cloud.nosuchservice", "shared"),
        ("import google", "google", "shared"),
        ("import azure", "azure", "shared"),
        ("from google.colab import drive", "google.colab", "Google Colab"),
        ("import dbutils", "dbutils", "Databricks"),
    ],
)
def test_unknown_is_never_installed(make: MakeSample, line: str, module: str, word: str) -> None:
    needed, unknown = needs(make(f"x = 1\n{line}\n"), Context())
    assert module not in {need.requirement for need in needed}
    assert [(one.module, one.line, one.own) for one in unknown] == [(module, 2, False)]
    assert word in unknown[0].reason


@pytest.mark.parametrize(
    "line", ["from steps.train import train", "import utils", "import my_module", "import train_pipeline"]
)
def test_names_of_authors_own_modules_are_files(make: MakeSample, line: str) -> None:
    needed, unknown = needs(make(line + "\n"), Context())
    assert needed == ()
    assert [one.own for one in unknown] == [True]


def test_optional_import_is_installed_if_known_and_nothing_if_not(make: MakeSample) -> None:
    text = "try:\n    import torch\n    import nosuchthinganywhere\nexcept ImportError:\n    torch = None\n"
    needed, unknown = needs(make(text), Context())
    assert [need.requirement for need in needed] == ["torch"]
    assert unknown == ()


def test_parts_and_context_files_provide_their_modules(make: MakeSample) -> None:
    parts = [
        Part("conf.yaml", Language.YAML, "import nothing\n"),
        Part("train.py", Language.PYTHON, "import pandas\nimport helpers\n", first_line=5),
        Part("run.py", Language.PYTHON, "from train import main\nimport utils.io\nimport nosuchthing\n", first_line=9),
    ]
    context = Context(files=(("helpers.py", ""), ("utils/io.py", "")))
    needed, unknown = needs(make("", parts=parts, language=Language.YAML), context)
    assert [need.reason for need in needed] == ["import pandas (line 5)"]
    assert [(one.module, one.line) for one in unknown] == [("nosuchthing", 11)]


def test_other_languages_need_nothing(make: MakeSample) -> None:
    assert needs(make("import os: yes\n", language=Language.YAML), Context()) == ((), ())


def test_script_block_states_requirements(make: MakeSample) -> None:
    sample = make(SCRIPT)
    needed, unknown = needs(sample, Context())
    assert [(need.requirement, need.reason) for need in needed] == [("requests<3", "PEP 723 block")]
    assert [one.module for one in unknown] == ["no-such-thing-anywhere"]
    assert "not known" in unknown[0].reason
    assert requires_python(sample) == ">=3.11,<3.13"
    assert requires_python(make("import requests\n")) == ""


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("# dependencies = [", "not TOML"),
        ("# dependencies = 'requests'", "list"),
        ("# requires-python = '3 or so'", "3 or so"),
        ("# dependencies = ['not a requirement']", "not a requirement"),
        ("# dependencies = ['requests @ https://host/x.whl']", "address"),
    ],
)
def test_script_block_faults_are_said(make: MakeSample, body: str, word: str) -> None:
    needed, unknown = needs(make(f"# /// script\n{body}\n# ///\nimport numpy\n"), Context())
    assert [need.requirement for need in needed] == ["numpy"]
    assert len(unknown) == 1
    assert word in unknown[0].reason


def test_directive_must_be_known_and_context_is_trusted(make: MakeSample) -> None:
    directive = Directive(requires=("zenml[local]", "no-such-thing"))
    needed, unknown = needs(make("import zenml\n", directive=directive), Context(requires=("acme-internal>=2",)))
    assert [(need.requirement, need.reason) for need in needed] == [
        ("acme-internal>=2", "context"),
        ("zenml[local]", "directive"),
    ]
    assert [one.module for one in unknown] == ["no-such-thing"]


def test_allow_lets_unknown_names_in(make: MakeSample) -> None:
    sample = make("import acme_sdk\nfrom steps import x\nimport acme.cloud\n")
    needed, unknown = needs(sample, Context(), allow=["Acme_SDK", "acme=acme-toolkit"])
    assert [need.requirement for need in needed] == ["acme-sdk", "acme-toolkit"]
    assert [one.module for one in unknown] == ["steps"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("!pip install 'zenml[server]==0.20.0' --quiet", ["zenml[server]"]),
        ("%pip install -q torch --index-url https://host/simple nosuchthinganywhere", ["torch"]),
        ("pass  # !pip install 'zenml[server]' --quiet", ["zenml[server]"]),
        ("# pip install 'pandas[excel]' && zenml init", ["pandas[excel]"]),
        ("# uv add openpyxl  # for Excel", ["openpyxl"]),
        ("# python -m pip install -r requirements.txt", []),
        ("# pip install nosuchthinganywhere", []),
        ("# first you should pip install torch, it's big", []),
        ("print('pip install torch')", []),
    ],
)
def test_pip_lines_are_hints(make: MakeSample, line: str, expected: list[str]) -> None:
    needed, unknown = needs(make(f"{line}\nimport zenml\n"), Context())
    plain = [] if any(text.startswith("zenml") for text in expected) else ["zenml"]
    assert [need.requirement for need in needed] == expected + plain
    assert unknown == ()


def test_hint_picks_the_alternative(make: MakeSample) -> None:
    needed, _ = needs(make("!pip install opencv-python\nimport cv2\n"), Context())
    assert [need.requirement for need in needed] == ["opencv-python"]


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("zenml[local]", True),
        ("Scikit_Learn>=1", True),
        ("no-such-thing-anywhere", False),
        ("requests @ https://host/x.whl", False),
        ("not a requirement", False),
        ("", False),
    ],
)
def test_known(requirement: str, expected: bool) -> None:
    assert known(requirement) is expected


def test_grant_gives_what_is_known_and_new() -> None:
    assert grant("zenml[local]", installed={"zenml"}) == "zenml[local]"
    assert grant(module="PIL") == "pillow"
    assert grant(module="google.cloud.storage", installed={"google-cloud-core"}) == "google-cloud-storage"
    assert grant(module="langchain.schema", installed={"langchain"}) is None
    assert grant("sklearn-no-such", module="") is None
    assert grant(module="utils") is None
    assert grant() is None


def test_names_are_many_sorted_and_normalised() -> None:
    lines = (Path(names.__file__).parent / "data" / "distributions.txt").read_text().splitlines()
    assert len(lines) >= 10_000
    assert lines == sorted(set(lines))
    assert [name for name in lines if canonicalize_name(name) != name] == []


def test_rules_lead_to_listed_names_only() -> None:
    data = Path(names.__file__).parent / "data"
    assert sorted(names.targets(data) - names.listed()) == []
    imports = [line for line in (data / "imports.toml").read_text().splitlines() if not line.startswith("#")]
    assert len(imports) >= 500
    assert imports == sorted(imports, key=lambda line: line.partition(" ")[0])


def test_loading_is_fast() -> None:
    code = (
        "import time, harness.plan.requirements as r; t = time.process_time(); "
        "r.known('zenml'); r.grant(module='yaml'); print(time.process_time() - t)"
    )
    seconds = min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(3))
    assert seconds < 0.05


def test_real_pages_lead_to_no_surprise(shared: Path, make: MakeSample) -> None:
    """Whatever stands on the real pages: nothing unknown is installed, and nearly all of it is known."""
    needed, unknown = 0, []
    for path in sorted((shared / "pages").glob("*.md")):
        for block in path.read_text(encoding="utf-8").split("```")[1::2]:
            found, missing = needs(make(block.partition("\n")[2], slug=path.stem), Context())
            assert all(known(need.requirement) for need in found)
            needed += len(found)
            unknown += [one for one in missing if not one.own]
    assert needed >= 60
    assert [one.module for one in unknown] == []


def test_a_need_knows_what_else_provides_its_module(make: MakeSample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_imports", lambda: 'a = "b"\ntool = ["new-tool", "old-tool"]\n')
    (need,), _ = needs(make("import tool.nodes\n"), Context())
    assert (need.requirement, need.alternatives) == ("new-tool", ("old-tool",))
