"""``pytest --samples`` as a user meets it, over stand-ins: what is collected, what fails, and how it is told."""

from __future__ import annotations

import itertools
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import harness.pytest_plugin as plugin
from harness import cli
from harness.commands import baseline, check
from harness.errors import ConfigError, SandboxError
from harness.executing import local
from harness.model.execution import Completed, Task
from harness.options import SandboxChoice
from harness.pytest_plugin import checking, collecting
from tests.fakes import answer, equipping, module_gone, raised

PAGE = """\
---
slug: a
---

```python
import six
```

```python
import requests
import prefect
import prefect.gone
```

<!-- harness: skip reason="needs a GPU" -->
```python
import six
```

```hcl
resource "x" "y" {}
```
"""
IDS = ["a.md::a#0[current]", "a.md::a#1[current]", "a.md::a#2[current]", "a.md::a#3"]
LOADED = (baseline, check, collecting)
"""Imported here, for what an inner run is the first to import is taken away when it ends."""
Run = Callable[..., pytest.RunResult]


def gone(task: Task) -> Completed:
    """Find nothing wrong but a module that is gone from what ``a#1`` imports."""
    if not task.label.startswith("a#1"):
        return answer()
    return module_gone(line=3, stdout="printed by the sample\n")


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a pytest that runs here on a page of four samples, the second of which is outdated."""
    monkeypatch.setenv("HARNESS_STORE", str(pytester.path / "store"))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others' plugins take their time
    pytester.path.joinpath("a.md").write_text(PAGE, encoding="utf-8")
    runs = itertools.count()

    def pytest_run(*arguments: str, script: Callable[[Task], Completed] = gone) -> pytest.RunResult:
        # no run knows the results of another
        monkeypatch.setattr(checking, "equipped", equipping(pytester.path / f"jobs-{next(runs)}", script))
        # it is imported here already, which pytest would say
        strict = ("-W", "error", "-W", "ignore::pytest.PytestAssertRewriteWarning")
        return pytester.runpytest_inprocess("-p", "harness.pytest_plugin", *strict, *arguments)

    return pytest_run


def collected(result: pytest.RunResult) -> list[str]:
    assert result.ret == 0, result.stdout.str()
    return [line for line in result.outlines if "::" in line]


def test_every_sample_is_an_item_at_its_line(run: Run, pytester: pytest.Pytester) -> None:
    result = run("--samples", "a.md", "--junitxml", "out.xml", "-o", "junit_family=xunit1")
    result.assert_outcomes(passed=1, failed=1, skipped=2)
    cases = list(ET.parse(pytester.path / "out.xml").iter("testcase"))
    # pytest counts these lines from 0
    found = [(case.get("name"), case.get("file"), case.get("line")) for case in cases]
    assert found == [(f"a#{n}{at}", "a.md", line) for n, at, line in
                     [(0, "[current]", "5"), (1, "[current]", "9"), (2, "[current]", "16"), (3, "", "20")]]  # fmt: skip
    said = {one.get("name"): one.get("value") for one in cases[1].iter("property")}
    assert said == {
        "page": "a.md:10", "verdict": "outdated", "codes": "A001", "lane": "current", "python": "3.13", "sandbox": "fake"
    }  # fmt: skip


def test_a_failure_shows_the_page_and_no_traceback(run: Run) -> None:
    result = run("--samples", "a.md")
    result.stdout.fnmatch_lines(
        [
            "*_ a#1[[]current] _*",
            "*a.md:12:8 A001 *",
            "*12 │ import prefect.gone",
            "*seen: *No module named 'prefect.gone'*",
            "*Captured stdout call*",
            "printed by the sample",
            "1 ok, 1 outdated, 2 skipped",
            "FAILED a.md::a#1[[]current] - A001 *",
        ]
    )
    assert ".py:" not in result.stdout.str()
    assert "Traceback" not in result.stdout.str()
    result = run("--samples", "a.md", "--tb=line")
    result.stdout.fnmatch_lines(["a.md:12: A001 *"])
    assert "import prefect.gone" not in result.stdout.str()


def test_skips_point_at_the_page_and_say_why(run: Run) -> None:
    result = run("--samples", "a.md", "-rs")
    result.stdout.fnmatch_lines(
        ["SKIPPED [[]1] a.md:17: needs a GPU; it passes today: take the skip away", "SKIPPED [[]1] a.md:21: hcl *"]
    )


@pytest.mark.parametrize(
    ("expect", "gone_is", "outcomes"),
    [
        ("outdated", 1, {"xfailed": 1}),
        ("A001", 1, {"xfailed": 1}),
        ("A002", 1, {"failed": 1}),
        ("outdated", 0, {"failed": 1}),
        ("ok", 0, {"passed": 1}),
        ("ok", 1, {"failed": 1}),
    ],
)
def test_what_an_author_expects_is_an_expected_failure_and_anything_else_fails(
    expect: str, gone_is: int, outcomes: dict[str, int], run: Run, pytester: pytest.Pytester
) -> None:
    page = PAGE.replace("```python\nimport requests", f"<!-- harness: expect={expect} -->\n```python\nimport requests")
    pytester.path.joinpath("a.md").write_text(page, encoding="utf-8")
    script = gone if gone_is else lambda _task: answer()
    result = run("--samples", "a.md", "-k", "1", "-rx", script=script)
    result.assert_outcomes(deselected=3, **outcomes)
    if "xfailed" in outcomes:
        result.stdout.fnmatch_lines([f"XFAIL a.md::a#1[[]current] - expect={expect}"])
    if "failed" in outcomes:
        result.stdout.fnmatch_lines(["*not as expected: expected *"])


def test_a_fault_of_ours_is_an_error_with_its_next_step_and_the_others_go_on(run: Run) -> None:
    def breaks_once(task: Task) -> Completed:
        if task.label.startswith("a#1"):
            raise SandboxError("the engine went away", next_step="docker info")
        return answer()

    result = run("--samples", "a.md", script=breaks_once)
    result.assert_outcomes(passed=1, errors=1, skipped=2)
    result.stdout.fnmatch_lines(
        ["*ERROR at setup of a#1[[]current]*", "*docker info*", "ERROR a.md::a#1[[]current] - X901 *"]
    )


def test_an_expected_failure_hides_no_fault_of_ours(run: Run, pytester: pytest.Pytester) -> None:
    def breaks(_task: Task) -> Completed:
        raise SandboxError("the engine went away")

    page = "<!-- harness: expect=outdated -->\n```python\nimport six\n```\n"
    pytester.path.joinpath("b.md").write_text(page, encoding="utf-8")
    run("--samples", "b.md", script=breaks).assert_outcomes(errors=1)


def test_without_a_sandbox_every_item_is_an_error_and_it_is_asked_for_once(
    run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def unequipped(*_: Any) -> None:
        asked.append(1)
        raise ConfigError("no Docker engine answers", next_step="harness doctor")

    run("--collect-only")  # so that the plugin is there
    monkeypatch.setattr(checking, "equipped", unequipped)
    result = pytester.runpytest_inprocess("-p", "harness.pytest_plugin", "--samples", "a.md")
    result.assert_outcomes(errors=3, skipped=1)
    result.stdout.fnmatch_lines(["*next step: harness doctor*"])
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("arguments", "items"),
    [
        (["-m", "sample"], IDS),
        (["-m", "library(name='six')"], [IDS[0], IDS[2]]),
        (["-m", "library(name='prefect') and not library(name='six')"], [IDS[1]]),
        (["-k", "1"], [IDS[1]]),
        (["a.md::a#1[current]"], [IDS[1]]),
        (["a.md::a#1"], [IDS[1]]),
        (["test_own.py"], ["test_own.py::test_own", *IDS]),
        (["test_own.py::test_own"], ["test_own.py::test_own"]),
        ([], IDS),
    ],
)
def test_items_are_selected_as_tests_are(
    arguments: list[str], items: list[str], run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(test_own="def test_own(): pass")
    assert collected(run("--samples", "a.md", "--collect-only", "-q", "--strict-markers", *arguments)) == items


@pytest.mark.parametrize(
    ("arguments", "items"),
    [
        ([], ["test_own.py::test_own", "docs/build/a.md::a#0[current]"]),
        (["test_own.py"], ["test_own.py::test_own"]),
        (["docs/build"], ["docs/build/a.md::a#0[current]"]),
        (["-o", "samples=docs/*", "docs/build"], ["docs/build/a.md::a#0[current]"]),
        (["docs/build/a.md::a#0[current]"], ["docs/build/a.md::a#0[current]"]),
        (["--samples", "a.md"], IDS),
    ],
)
def test_pages_of_the_configuration_belong_to_a_run_that_names_no_path(
    arguments: list[str], items: list[str], run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(test_own="def test_own(): pass")
    pytester.makeini("[pytest]\nsamples = docs\n")
    page = pytester.mkdir("docs") / "build" / "a.md"
    page.parent.mkdir()
    page.write_text("---\nslug: a\n---\n\n```python\nimport six\n```\n", encoding="utf-8")
    assert collected(run("--collect-only", "-q", *arguments)) == items


def test_pages_of_the_configuration_that_cannot_be_used_are_said_where_a_page_is_named(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(test_own="def test_own(): pass")
    pytester.makeini("[pytest]\nsamples = a.md nowhere.md\n")
    pytester.mkdir("own").joinpath("other.md").touch()
    run("test_own.py", "own").assert_outcomes(passed=1)
    result = run("a.md")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["nowhere.md: no such file or folder"])
    assert "collecting.py" not in result.stdout.str()


def test_pages_are_found_from_another_folder(
    run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeini("[pytest]\nsamples = a.md\n")
    monkeypatch.chdir(pytester.mkdir("below"))
    result = run("--tb=line")
    result.assert_outcomes(passed=1, failed=1, skipped=2)
    result.stdout.fnmatch_lines(["../a.md:12: A001 *"])


def test_what_failed_last_runs_again_and_nothing_else(run: Run) -> None:
    run("--samples", "a.md").assert_outcomes(passed=1, failed=1, skipped=2)
    run("--samples", "a.md", "--lf").assert_outcomes(failed=1)
    run("--samples", "a.md", "--lf", script=lambda _task: answer()).assert_outcomes(passed=1)


def test_a_page_that_cannot_be_read_fails_and_the_others_are_tested(run: Run, pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("bad.md").write_bytes(b"\xff\xfe\x00broken")
    result = run("--samples", "bad.md", "--samples", "a.md")
    result.assert_outcomes(passed=1, failed=2, skipped=2)
    result.stdout.fnmatch_lines(["FAILED bad.md::page - P403 *"])


@pytest.mark.parametrize(("gate", "outcomes"), [("any", {"failed": 1}), ("outdated", {"passed": 1})])
def test_what_is_wrong_with_a_page_is_held_against_the_gate(
    gate: str, outcomes: dict[str, int], run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_FAIL_ON", gate)
    pytester.path.joinpath("b.md").write_text(
        "A text.\n\n<!-- harness: skip reason=x -->\n\nNo code.\n", encoding="utf-8"
    )
    result = run("--samples", "b.md", "-rP")
    result.assert_outcomes(**outcomes)
    result.stdout.fnmatch_lines(["*b.md:3:* P404*"])


def test_what_is_below_the_gate_passes_and_is_told_where_it_is_asked_for(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_FAIL_ON", "never")
    result = run("--samples", "a.md", "-rP")
    result.assert_outcomes(passed=2, skipped=2)
    result.stdout.fnmatch_lines(["*Captured sample call*", "*a.md:12:8 A001 *"])


def test_what_the_baseline_accepts_passes(run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "equipped", equipping(pytester.path / "jobs", gone))
    monkeypatch.setenv("HARNESS_FAIL_ON", "any")
    stray = "\nA directive before no code.\n\n<!-- harness: timeout=3 -->\n"
    pytester.path.joinpath("a.md").write_text(PAGE + stray, encoding="utf-8")
    run("--samples", "a.md").assert_outcomes(passed=1, failed=2, skipped=2)
    assert cli.run(["check", "a.md"]) == 1
    assert cli.run(["baseline", "write", "--reason", "known"]) == 0
    run("--samples", "a.md").assert_outcomes(passed=3, skipped=2)


def test_what_has_no_environment_is_skipped_with_its_finding(run: Run, pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("b.md").write_text("```python\nimport nobody_knows_this_xyz\n```\n", encoding="utf-8")

    def missing(_task: Task) -> Completed:
        record = raised(
            "ModuleNotFoundError", "No module named 'nobody_knows_this_xyz'", bases=["ImportError", "Exception"],
            attributes=[["name", "nobody_knows_this_xyz"]],
        )  # fmt: skip
        return answer(exit_code=1, raised=[record])

    result = run("--samples", "b.md", "-rs", script=missing)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED [[]1] b.md:2: E201 *nobody_knows_this_xyz*"])


def test_what_a_target_cannot_have_is_skipped_and_not_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_LANES", "current,published")
    result = run("--samples", "a.md", "-rs", "-v")
    result.assert_outcomes(passed=1, failed=1, skipped=5)
    result.stdout.fnmatch_lines(["a.md::a#0[[]published] SKIPPED *", "*the page says no date*"])


@pytest.mark.parametrize(
    ("arguments", "env", "says"),
    [
        (["--samples", "nowhere.md"], {}, "nowhere.md: no such file or folder"),
        (["--samples", "a.md"], {"HARNESS_SELECT": "b*"}, "no job matches 'b*'"),
        (["--samples", "a.md"], {"HARNESS_TIMEOUT": "soon"}, "timeout must be a duration"),
        (["--samples", "a.md"], {"HARNESS_FAIL_ON": "new"}, "there is no baseline"),
        (["--samples", "a.md", "--samples-sandbox", "jail"], {}, "invalid choice: 'jail'"),
        (["--samples", "a.md", "a.md::a#9"], {}, "not found"),
    ],
)
def test_bad_usage_says_what_is_wrong(
    arguments: list[str], env: dict[str, str], says: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    result = run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert says in result.stderr.str()
    assert "Traceback" not in result.stderr.str()


def test_sandboxes_are_named_as_everywhere() -> None:
    parser = pytest.Parser(_ispytest=True)
    plugin.pytest_addoption(parser)
    with pytest.raises((SystemExit, pytest.UsageError)):
        parser.parse(["--samples-sandbox", "jail"])
    for choice in SandboxChoice:
        assert parser.parse(["--samples-sandbox", str(choice)]).samples_sandbox == choice


def test_an_older_pytest_is_told_which_one_is_needed(
    monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester
) -> None:
    monkeypatch.setattr(pytest, "version_tuple", (8, 2, 2))
    config = pytester.parseconfig("-p", "harness.pytest_plugin", "--samples", "a.md")
    with pytest.raises(pytest.UsageError, match=r"need pytest 8\.3"):
        plugin.pytest_configure(config)


def test_nothing_is_imported_where_no_pages_are_named(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        "import sys\ndef test_own():\n    mine = [name for name in sys.modules if name.split('.')[0] == 'harness']\n"
        "    assert sorted(mine) == ['harness', 'harness.pytest_plugin']\n"
    )
    result = pytester.runpytest_subprocess("-p", "harness.pytest_plugin")
    result.assert_outcomes(passed=1)


def test_what_is_installed_names_the_plugin() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {plugin.__name__: plugin.__name__}
    assert plugin.__name__ in sys.modules
    assert project["optional-dependencies"]["pytest"] == [f"pytest>={'.'.join(map(str, plugin.OLDEST))}"]
