"""The report for a person; what it looks like as a whole is in tests/golden."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from harness.model.verdict import Report, Verdict
from harness.report.console import render
from tests.golden.made_up import COMPARE, RUN, report, sample


class Ascii(io.StringIO):
    """A stream that says it takes ASCII alone."""

    encoding = "ascii"


def printed(
    made: Report, *, width: int = 80, quiet: bool = False, out: io.StringIO | None = None, **options: object
) -> str:
    out = out or io.StringIO()
    render(made, Console(file=out, width=width, **options), quiet=quiet)  # type: ignore[arg-type]
    return out.getvalue()


def test_samples_cannot_steer_the_terminal() -> None:
    text = printed(report())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\ud800-\udfff]", text)
    assert "[bold]harm[/bold]#0" in text
    assert ":boom:" in text


def test_colour_adds_only_our_own_escape_codes() -> None:
    coloured = printed(report(), force_terminal=True, color_system="standard")
    codes = set(re.findall(r"\x1b.[\d;]*.", coloured))
    assert codes
    assert all(re.fullmatch(r"\x1b\[[\d;]*m", code) for code in codes)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == printed(report())


def test_a_terminal_without_unicode_gets_a_report_all_the_same() -> None:
    text = printed(report(), out=Ascii())
    assert text.isascii()
    assert "x alpha-vs-beta#1 outdated" in text
    assert "74 | from beta.ml import train" in text


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_a_place_is_never_broken_over_lines(width: int) -> None:
    path = "a very/long path/" + "x" * 100 + ".md"
    made = replace(
        report(), samples=(sample(0, Verdict.OUTDATED, report().samples[1].findings, replace(COMPARE, path=path)),)
    )
    lines = printed(made, width=width).splitlines()
    assert sum(line.lstrip().startswith(f"{path}:74:6 A001 never-existed") for line in lines) == 1


def test_the_command_to_see_it_again_survives_a_shell_and_a_glob() -> None:
    import fnmatch
    import shlex

    hostile = replace(COMPARE, path="it's $(here).md", slug="[a]'*")
    made = replace(report(), samples=(sample(0, Verdict.OUTDATED, (), hostile),))
    [line] = [line for line in printed(made).splitlines() if "again:" in line]
    command = shlex.split(line.split("again: ")[1])
    assert command[:4] == ["harness", "check", "it's $(here).md", "--select"]
    assert fnmatch.fnmatchcase("[a]'*#0", command[4])


def test_a_word_wider_than_the_terminal_leaves_no_empty_line() -> None:
    made = replace(report(), samples=(sample(4, Verdict.SKIPPED, runs=(), reason="w" * 200 + " because"),), faults=())
    lines = printed(made).splitlines()
    assert lines[2:4] == ["    " + "w" * 200, "    because"]


def test_long_evidence_is_cut_and_says_so() -> None:
    from harness.model.verdict import Code, Finding, Kind, PlacedFinding

    finding = Finding(Code.BUG, Kind.SAMPLE_BUG, 1, "", "fails", evidence="x" * 10**6 + "\nline" * 1000)
    made = replace(report(), samples=(sample(0, Verdict.INCOMPLETE, (PlacedFinding(finding, 1, 1, "y" * 10**6),)),))
    text = printed(made)
    assert len(text) < 4000
    assert "and 993 more lines, which the JSON report has" in text


def test_the_process_sandbox_is_said_loudly_even_when_quiet() -> None:
    weak = replace(report(), sandbox="process", strength="nothing but limits", samples=report().samples[:1])
    for quiet in (False, True):
        assert "WEAK ISOLATION: process sandbox: nothing but limits" in printed(weak, quiet=quiet)


def test_an_interrupted_run_says_so() -> None:
    assert "INTERRUPTED" in printed(replace(report(), interrupted=True), quiet=True)


def test_quiet_leaves_out_what_works() -> None:
    text = printed(replace(report(), samples=report().samples[:1], faults=()), quiet=True)
    assert text == "1 sample: 1 ok\n"


def test_an_empty_report_has_totals_all_the_same() -> None:
    text = printed(replace(report(), samples=(), faults=(), inventory=(), sandbox=""))
    assert text.splitlines() == ["0 samples", "0 runs, 0 of them reused, in 12.5 s"]


def test_each_page_comes_once_in_the_order_given() -> None:
    first, other = report().samples[0], sample(0, Verdict.OK, page=replace(COMPARE, path="b.md"), runs=(RUN,))
    text = printed(replace(report(), samples=(first, other, first), faults=()))
    heads = [line for line in text.splitlines() if line.endswith(".md")]
    assert heads == [COMPARE.path, "b.md"]
