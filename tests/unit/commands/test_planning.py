"""``harness plan --format matrix``: the sessions, and which Pythons they can have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness import cli
from harness.commands import planning
from harness.errors import ConfigError
from harness.sandbox.fake import FakeSandbox


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text("```python\nimport prefect\n```\n", encoding="utf-8")

    @contextmanager
    def opened(*_: object) -> Iterator[FakeSandbox]:
        yield FakeSandbox(pythons=("3.13", "3.11"))

    monkeypatch.setattr(planning, "opened", opened)


def matrix(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, dict[str, Any]]:
    capsys.readouterr()
    assert cli.run(["plan", "a.md", "--format", "matrix", *arguments]) == 0
    return {one["name"]: one for one in json.loads(capsys.readouterr().out)["sessions"]}


def test_where_no_python_is_asked_for_the_matrix_has_the_newest_and_leaves_the_choice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = matrix(capsys)
    assert list(made) == ["verify-3.13(prefect, current)", "verify-3.13(no library, current)"]
    first = made["verify-3.13(prefect, current)"]
    assert first["arguments"] == ["--libraries", "prefect", "--lanes", "current"]
    assert (first["samples"], first["missing"]) == (["a#0"], "")


def test_a_python_that_cannot_be_had_is_told_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    made = matrix(capsys, "--pythons", "3.11,3.12")
    assert made["verify-3.11(prefect, current)"]["missing"] == ""
    assert made["verify-3.11(prefect, current)"]["arguments"][-2:] == ["--pythons", "3.11"]
    assert made["verify-3.12(prefect, current)"]["missing"] == (
        "the fake sandbox has no such Python; on offer: 3.13, 3.11"
    )


def test_where_there_is_no_sandbox_the_matrix_is_there_and_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def none(*_: object) -> Iterator[FakeSandbox]:
        raise ConfigError("no sandbox can be used here", cause="no engine")
        yield

    monkeypatch.setattr(planning, "opened", none)
    (one, _) = matrix(capsys).values()
    assert one["missing"] == "no sandbox can be used here: no engine"
