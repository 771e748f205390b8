"""What libraries report as missing, and what must not be taken for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.judge.asks import asks
from harness.judge.missing import missing
from harness.model.execution import Evidence, Frame, Outcome, Raised

SAMPLE = Frame("/work/sample.py", 3, "<module>", "__main__", "sample")
LIBRARY = Frame("/store/envs/x/lib/python3.13/site-packages/zenml/a.py", 9, "load", "zenml.a", "zenml")
IMPORTLIB = Frame("/usr/lib/python3.13/importlib/__init__.py", 88, "import_module", "importlib", "stdlib")

# (message, what it asks for): requirements as they are, names that may be modules' with "import ".
MESSAGES = [
    ("No module named 'mlflow'", ["import mlflow"]),
    ("No module named 'google.cloud.storage'", ["import google.cloud.storage"]),
    (
        "You are using a local ZenML but installed the `zenml` package without the `local` extra",
        ["zenml[local]"],
    ),
    ('You need to install the required packages: `pip install "zenml[local]"`', ["zenml[local]"]),
    ("Running locally needs more: run pip install 'zenml[local]' and try again.", ["zenml[local]"]),
    (
        "Unable to import langchain_anthropic. Please install with `pip install -U langchain-anthropic`",
        ["langchain-anthropic"],
    ),
    (
        (
            "Initializing ChatAnthropic requires the langchain-anthropic package. "
            "Please install it with `pip install langchain-anthropic`"
        ),
        ["langchain-anthropic"],
    ),
    (
        (
            "AutoModel requires the PyTorch library but it was not found in your environment. "
            "Check out the instructions on the installation page and follow the ones that match."
        ),
        ["import torch"],
    ),
    (
        (
            "\nAlbertTokenizer requires the SentencePiece library but it was not found in your environment. See\n"
            "the installation page of its repo and follow the ones that match your environment."
        ),
        ["import SentencePiece"],
    ),
    (
        "Using `low_cpu_mem_usage=True` or a `device_map` requires Accelerate: `pip install 'accelerate>=0.26.0'`",
        ["accelerate>=0.26.0"],
    ),
    (
        (
            "Using the `Trainer` with `PyTorch` requires `accelerate>=1.1.0`: Please run `pip install transformers[torch]` "
            "or `pip install 'accelerate>=1.1.0'`"
        ),
        ["transformers[torch]"],
    ),
    ("Missing optional dependency 'openpyxl'.  Use pip or conda to install openpyxl.", ["import openpyxl"]),
    ("`Import openpyxl` failed.  Use pip or conda to install the openpyxl package.", ["import openpyxl"]),
    (
        (
            "Unable to find a usable engine; tried using: 'pyarrow', 'fastparquet'.\nA suitable version of pyarrow or "
            "fastparquet is required for parquet support.\nMissing optional dependency 'pyarrow'. pyarrow is required "
            "for parquet support. Use pip or conda to install pyarrow."
        ),
        ["import pyarrow"],
    ),
    ("matplotlib is required for plotting when the default backend is selected.", ["import matplotlib"]),
    ("lxml not found, please install it", []),
    ("Install s3fs to access S3", ["import s3fs"]),
    ("Please install gcsfs to access Google Storage", ["import gcsfs"]),
    (
        "Could not import openai python package. Please install it with `pip install openai`.",
        ["openai"],
    ),
    (
        (
            "Could not import faiss python package. Please install it with `pip install faiss-gpu` (for CUDA supported GPU) "
            "or `pip install faiss-cpu` (depending on Python version)."
        ),
        ["faiss-cpu", "import faiss"],
    ),
    (
        "Could not import chromadb python package. Please install it with `pip install chromadb`.",
        ["chromadb"],
    ),
    ("Could not import tiktoken python package. Please install it with `pip install tiktoken`.", ["tiktoken"]),
    (
        "`llama-index-embeddings-openai` package not found, please run `pip install llama-index-embeddings-openai`",
        ["llama-index-embeddings-openai"],
    ),
    (
        "`llama-index-llms-openai` package not found, please run `pip install llama-index-llms-openai`",
        ["llama-index-llms-openai"],
    ),
    ("python-multipart must be installed to use forms", ["python-multipart"]),
    (
        (
            'Form data requires "python-multipart" to be installed. \nYou can install "python-multipart" with: \n\n'
            "pip install python-multipart\n"
        ),
        ["python-multipart"],
    ),
    ("email-validator is not installed, run `pip install 'pydantic[email]'`", ["pydantic[email]", "email-validator"]),
    (
        (
            "httpx is not installed. The starlette.testclient module requires the httpx package to be installed.\n"
            "You can install this with:\n    $ pip install httpx\n"
        ),
        ["httpx"],
    ),
    (
        (
            "Dask dataframe requirements are not installed.\n\nPlease either conda or pip install as follows:\n\n"
            "  conda install dask                     # either conda install\n"
            '  python -m pip install "dask[dataframe]" --upgrade  # or python -m pip install'
        ),
        ["dask[dataframe]"],
    ),
    (
        (
            "Dask's distributed scheduler is not installed.\n\nPlease either conda or pip install dask distributed:\n\n"
            "  conda install dask distributed          # either conda install\n"
            '  python -m pip install "dask[distributed]" --upgrade  # or python -m pip install\n'
        ),
        ["dask[distributed]", "distributed"],
    ),
    ("To use the kubernetes flavour, install prefect with the 'kubernetes' extra", ["prefect[kubernetes]"]),
    ('Ray Tune is not installed: run pip install "ray[tune]" to use it.', ["ray[tune]"]),
    (
        "Can't import ray.serve: some dependencies are missing. You may need to run `pip install ray[serve]`.",
        ["ray[serve]"],
    ),
    ("plotly is required: pip install optuna[plotly]?", ["optuna[plotly]"]),
    (
        (
            "Tried to import 'plotly' but failed. Please make sure that the package is installed correctly to use this "
            "feature. Actual error: No module named 'plotly'."
        ),
        ["import plotly"],
    ),
    (
        (
            'Image export using the "kaleido" engine requires the Kaleido package,\n'
            "which can be installed using pip:\n\n    $ pip install --upgrade kaleido\n"
        ),
        ["kaleido"],
    ),
    ("Mime type rendering requires nbformat>=4.2.0 but it is not installed", []),
    ("The tensorboard package is missing: pip install tensorboard, then run again", ["tensorboard"]),
    (
        "The `mlflow` package is not installed. Please install it with `uv add mlflow` or `pip install mlflow`.",
        ["mlflow"],
    ),
    ("apache-airflow-providers-amazon is not installed", ["apache-airflow-providers-amazon"]),
    (
        "This feature requires the `psycopg2` library. Run: python -m pip install psycopg2-binary",
        ["psycopg2-binary", "import psycopg2"],
    ),
    ("Package 'xgboost' is required; install it first", ["import xgboost"]),
    (
        "the `datasets` package is missing. Install it using pip install --upgrade datasets.",
        ["datasets"],
    ),
    ("`enable_model_cpu_offload` requires `accelerate`.", ["import accelerate"]),
    ("Unable to convert output to PyTorch tensors format, PyTorch is not installed.", ["import torch"]),
    ("Install optuna to use `mlflow.optuna` module", ["import optuna"]),
    (
        "`llama-index-llms-openai` package cannot be found. Please install it by using `pip install `llama-index-llms-openai`",
        ["llama-index-llms-openai"],
    ),
    ("Please run: pip install -r requirements.txt", []),
    ("Please run: pip install -e .[dev]", []),
    ("pip install git+ssh://host/x.git", []),
    ("pip install <package>", []),
    ("WARNING: you should upgrade via `pip install --upgrade pip`", []),
    ("You need to install Java 17 or later", []),
    ("expected list[int] but got dict[str, int]", []),
    ("cannot import name 'Flow' from 'prefect' (/x/prefect/__init__.py)", []),
    ("'Flow' object has no attribute 'run'", []),
    ("argument 'name' is required", []),
    ("field required [type=missing, input_value={}, input_type=dict]", []),
    ("Authentication requires a token: set OPENAI_API_KEY", []),
    ("The api_key client option must be set either by passing api_key to the client", []),
]


def _texts(found: object) -> list[str]:
    assert isinstance(found, tuple)
    return [one.requirement or f"import {one.module}" for one in found]


@pytest.mark.parametrize(("message", "expected"), MESSAGES, ids=[text[:60] for text, _ in MESSAGES])
def test_messages(message: str, expected: list[str]) -> None:
    assert _texts(asks(message)) == expected


def _failed(*raised: Raised, stderr: str = "", **more: object) -> Evidence:
    return replace(Evidence(Outcome.FAILED, raised=raised, stderr=stderr), **more)  # type: ignore[arg-type]


def _absent(name: str, *frames: Frame, cause: Raised | None = None) -> Raised:
    return Raised(
        "ModuleNotFoundError", f"No module named '{name}'", 3, frames=frames, attributes=(("name", name),), cause=cause
    )


def test_what_a_library_cannot_import_is_missing() -> None:
    found = missing(_failed(_absent("mlflow", SAMPLE, LIBRARY)), "from zenml.integrations import mlflow")
    assert _texts(found) == ["import mlflow"]
    assert found[0].by == "zenml"
    assert "mlflow" in found[0].says


def test_imports_by_importlib_are_their_callers() -> None:
    assert _texts(missing(_failed(_absent("torch", SAMPLE, LIBRARY, IMPORTLIB)), "")) == ["import torch"]
    assert missing(_failed(_absent("torch", SAMPLE, IMPORTLIB)), "") == ()


def test_own_import_is_not_a_librarys() -> None:
    assert missing(_failed(_absent("prefect.tasks.ml", SAMPLE)), "") == ()


def test_own_raise_is_not_a_librarys_but_its_cause_may_be() -> None:
    own = Raised("RuntimeError", "pip install evil", 3, frames=(SAMPLE,))
    assert missing(_failed(own), "raise RuntimeError('pip install evil')") == ()
    assert _texts(missing(_failed(replace(own, cause=_absent("torch", SAMPLE, LIBRARY))), "")) == ["import torch"]


def test_things_required_are_packages_only_where_an_import_failed() -> None:
    said = Raised("ValueError", "expression is required for scheduled pipelines", 3, frames=(SAMPLE, LIBRARY))
    assert missing(_failed(said), "") == ()
    assert _texts(missing(_failed(replace(said, type="acme.Absent", bases=("ImportError",))), "")) == [
        "import expression"
    ]
    for message, name in (
        ("The coiled package is not installed.", "import coiled"),
        ("coiled is required for tool.sub. You must install coiled and restart", "import coiled"),
        ("scikit-learn is required here: install scikit-learn.", "scikit-learn"),
    ):
        said = Raised("RuntimeError", message, 3, frames=(SAMPLE, LIBRARY))
        assert _texts(missing(_failed(said), "")) == [name]
    said = Raised("RuntimeError", "token is required. Then install tool", 3, frames=(SAMPLE, LIBRARY))
    assert missing(_failed(said), "") == ()


def test_unknown_raiser_is_not_a_librarys() -> None:
    assert missing(_failed(Raised("ImportError", "pip install x", 0)), "") == ()


def test_command_wins_over_the_bare_name_of_its_cause() -> None:
    cause = _absent("langchain_anthropic", SAMPLE, LIBRARY)
    error = Raised(
        "ImportError", "Install it with `pip install langchain-anthropic`", 3, frames=(SAMPLE, LIBRARY), cause=cause
    )
    assert _texts(missing(_failed(error), "")) == ["langchain-anthropic"]


def test_handled_exceptions_do_not_count_beside_a_fatal_one() -> None:
    handled = replace(_absent("optional_speedup", SAMPLE, LIBRARY), fatal=False)
    fatal = Raised("ValueError", "no", 3, frames=(SAMPLE, LIBRARY))
    assert missing(_failed(handled, fatal), "") == ()


def test_endless_chain_ends() -> None:
    link = _absent("a0", LIBRARY)
    for number in range(1, 100):
        link = _absent(f"a{number}", LIBRARY, cause=link)
    assert 0 < len(missing(_failed(link), "")) < 100


def test_passed_run_misses_nothing() -> None:
    assert missing(replace(_failed(stderr="pip install torch"), outcome=Outcome.PASSED), "") == ()


def test_log_of_a_library_counts_and_the_samples_own_does_not() -> None:
    log = "ERROR zenml: please run `pip install zenml[server]`\n"
    assert _texts(missing(_failed(stderr=log), "from zenml import step")) == ["zenml[server]"]
    assert missing(_failed(stderr=log), "print('please run `pip install zenml[server]`', file=sys.stderr)") == ()


def test_standard_output_never_counts() -> None:
    assert missing(_failed(stdout="ERROR: pip install torch"), "") == ()


def test_traceback_of_a_child_process_counts_by_its_last_file() -> None:
    library = '  File "/store/envs/x/lib/python3.13/site-packages/kfp/a.py", line 3, in f\n    import docker\n'
    sample = '  File "/work/sample.py", line 3, in f\n    import docker\n'
    end = "ModuleNotFoundError: No module named 'docker'\n"
    assert _texts(missing(_failed(stderr=sample + library + end), "")) == ["import docker"]
    assert missing(_failed(stderr=library + sample + end), "") == ()


def test_own_submodule_that_an_extra_brings() -> None:
    evidence = _failed(_absent("acme.cloud.s3", SAMPLE), modules=(("acme", "Acme_Kit"),))
    assert _texts(missing(evidence, "", {"acme-kit": ["s3", "gcs"]})) == ["acme-kit[s3]"]
    assert missing(evidence, "", {"acme-kit": ["gcs"]}) == ()
    assert missing(evidence, "") == ()
