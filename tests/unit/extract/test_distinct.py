"""Pages that are called alike keep their samples apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import pipeline
from harness.extract import DEFAULT_PROFILES, distinct, extract, write_back
from harness.model.edit import Edit
from harness.options import Options

CODE = b"```py\na = 1\n```\n"


def slugs(*paths: str, data: bytes = CODE) -> list[str]:
    return [one.page.slug for one in distinct([extract(path, data) for path in paths])]


@pytest.mark.parametrize(
    ("paths", "named"),
    [
        (("a/one.md", "b/two.md"), ["one", "two"]),
        (("a/intro.md", "b/intro.md", "b/other.md"), ["a-intro", "b-intro", "other"]),
        (("b/intro.md", "a/intro.md"), ["b-intro", "a-intro"]),
        (("README.md", "stubs/README.md"), ["README", "stubs-README"]),
        (("x/a/intro.md", "y/a/intro.md"), ["x-a-intro", "y-a-intro"]),
        (("en/guide/index.md", "fr/guide/index.md"), ["en-guide", "fr-guide"]),
        (("../a b/intro.md", "./intro.md"), ["a-b-intro", "intro"]),
        (("intro.md", "intro.html"), ["intro-1", "intro-2"]),
        (("a/intro.md", "b/intro.md", "a-intro.md"), ["intro-1", "intro-2", "a-intro"]),
        ((), []),
    ],
    ids=" ".join,
)
def test_slugs_become_different(paths: tuple[str, ...], named: list[str]) -> None:
    assert slugs(*paths) == named


def test_a_slug_that_two_front_matters_state_is_no_exception() -> None:
    assert slugs("en/a.md", "fr/a.md", data=b"---\nslug: same\n---\n" + CODE) == ["en-same", "fr-same"]


def test_everything_that_names_a_sample_follows() -> None:
    data = b"<div>\n```\nimport os\n```\n</div>\n"
    one, _ = distinct([extract("a/intro.md", data), extract("b/intro.md", data)])
    assert {sample.id for sample in one.samples} == {"a-intro#0"}
    assert {sample.page.slug for sample in one.samples} == {"a-intro"}
    assert {item.sample for item in one.inventory} == {"a-intro#0"}
    assert one.findings
    assert {fault.sample for fault in one.findings} == {"a-intro#0"}


def test_two_readmes_are_two_jobs_and_neither_takes_the_other_one_s_reason(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "README.md").write_text("```console\n$ ls\n```\n", encoding="utf-8")
    (tmp_path / "sub" / "README.md").write_text("```python\nimport six\n```\n", encoding="utf-8")
    options = Options(pages=(str(tmp_path),))
    planned = pipeline.plan(pipeline.extract(options), options)
    assert [(job.sample.page.path, job.sample.language) for job in planned.jobs] == [
        (str(tmp_path / "sub" / "README.md"), "python")
    ]


def test_a_replacement_is_written_into_a_page_that_was_named_among_others() -> None:
    done = write_back("a/intro.md", CODE, {"a-intro#0": [Edit(0, 1, "b")]}, DEFAULT_PROFILES)
    assert (done.data, done.samples) == (b"```py\nb = 1\n```\n", ("a-intro#0",))
