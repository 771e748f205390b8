"""The bundled pages carry code in every form, and extraction says of them what is written down beside them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.extract import extract_paths
from harness.model.source import Fate, Form, Language
from harness.model.verdict import Verdict

if TYPE_CHECKING:
    from harness.extract import Extraction

PAGES = Path(__file__).resolve().parents[2] / "samples" / "pages"


@pytest.fixture(scope="module")
def bundled() -> tuple[Extraction, ...]:
    return tuple(extract_paths([str(PAGES)]))


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, str]]:
    return tomllib.loads((PAGES / "EXPECTED.toml").read_text(encoding="utf-8"))


def test_samples_and_their_languages_are_those_expected(
    bundled: tuple[Extraction, ...], expected: dict[str, dict[str, str]]
) -> None:
    found = {sample.id: sample.language.value for one in bundled for sample in one.samples}
    assert found == {name: entry["language"] for name, entry in expected.items()}


def test_what_is_expected_to_be_skipped_is_not_checked(
    bundled: tuple[Extraction, ...], expected: dict[str, dict[str, str]]
) -> None:
    skipped = {item.sample for one in bundled for item in one.inventory if item.fate is not Fate.SAMPLE}
    assert skipped == {name for name, entry in expected.items() if Verdict(entry["verdict"]) is Verdict.SKIPPED}
    assert all(item.reason for one in bundled for item in one.inventory if item.fate is not Fate.SAMPLE)


def test_forms_and_languages_are_covered(bundled: tuple[Extraction, ...]) -> None:
    assert len(bundled) >= 8
    assert {item.form for one in bundled for item in one.inventory} >= {
        Form.FENCE,
        Form.INDENTED,
        Form.PRE,
        Form.FIELD,
        Form.CELL,
    }
    languages = {part.language for one in bundled for sample in one.samples for part in sample.parts}
    assert languages >= {Language.PYTHON, Language.YAML, Language.JSON, Language.TOML, Language.SHELL, Language.CONSOLE}
    assert {fault.code for one in bundled for fault in one.findings} == {"P401", "P402"}


def test_files_in_one_fence_are_told_apart(bundled: tuple[Extraction, ...]) -> None:
    (names,) = [
        [part.name for part in sample.parts] for one in bundled for sample in one.samples if len(sample.parts) > 1
    ]
    assert names == ["cronjob.yaml", "books.py", "nightly.py", "deploy.sh"]


def test_every_page_is_explained() -> None:
    text = (PAGES.parent / "README.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))
    assert explained == {path.name for path in PAGES.iterdir() if path.suffix != ".toml"}
