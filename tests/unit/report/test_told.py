"""What a report says about one line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.errors import ConfigError
from harness.model.verdict import Account, Report
from harness.report.encode import encode
from harness.report.told import place
from harness.report.told import tell as tell_of
from harness.report.wire import Report as Wire
from harness.report.wire import decode
from tests.golden.made_up import report


def tell(made: Wire, text: str) -> str:
    return tell_of(made, *place(text))


def wired(made: Report | None = None) -> Wire:
    return decode(encode(made or report()))


def telling() -> Report:
    """Return the made-up report, with what two witnesses say of its first API finding."""
    made = report()
    sample = next(one for one in made.samples if one.id == "alpha-vs-beta#1")
    first = next(one for one in sample.findings if one.finding.symbol == "beta.Client")
    accounts = (Account("execution", "ImportError: no\n\x1b[31mframe"), Account("static", "beta has no Client"))
    assert first.finding.history
    history = replace(first.finding.history, releases=("1.4.1", "2.0.0"))
    told = replace(first, finding=replace(first.finding, accounts=accounts, history=history))
    findings = tuple(told if one is first else one for one in sample.findings)
    samples = tuple(replace(one, findings=findings) if one is sample else one for one in made.samples)
    return replace(made, samples=samples)


def test_a_line_of_a_sample_and_of_its_page_tell_the_same() -> None:
    made = wired(telling())
    text = tell(made, "alpha-vs-beta#1:3")
    assert text == tell(made, "site/compare/alpha-vs-beta.md:75") == tell(made, "./site/compare/alpha-vs-beta.md:75:18")
    assert "A002 removed, likely: beta.Client" in text
    assert "execution: ImportError: no" in text
    assert "static: beta has no Client" in text
    assert "last worked in 1.4.1, broke with 2.0.0 (2022-07-27); 57 releases of beta looked at: 1.4.1, 2.0.0" in text
    assert "from beta.client import Client\n  (a copy of the sample with it ran: it works)" in text
    assert "beta 3.8.8, Python 3.13, docker" in text
    assert "lock sha256:0000" in text


def test_it_says_how_to_see_it_again() -> None:
    text = tell(wired(), "alpha-vs-beta#1:3")
    check = "harness check site/compare/alpha-vs-beta.md --select 'alpha-vs-beta#1' --sandbox docker --no-cache"
    assert check in text
    alone = """harness env run 000000000000 --sandbox docker -c 'import pkgutil; pkgutil.resolve_name("beta.Client")'"""
    assert alone in text


def test_nothing_foreign_steers_the_terminal() -> None:
    made = wired(telling())
    for sample in made.samples:
        for finding in sample.findings:
            assert "\x1b" not in tell(made, f"{sample.id}:{finding.line}")


def test_what_is_wrong_with_a_page_is_told_by_its_line() -> None:
    made = wired()
    fault = next(fault for fault in made.faults if fault.line)
    assert f"{fault.code}: " in tell(made, f"{fault.page}:{fault.line}")


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("A999", "neither a code nor a place"),
        ("alpha-vs-beta#1:0", "neither a code nor a place"),
        ("alpha-vs-beta#1:300", r"has no finding there(.|\n)*alpha-vs-beta#1:2, alpha-vs-beta#1:3"),
        ("nowhere.md:3", "no such sample or page"),
    ],
)
def test_a_place_that_nothing_is_known_of_is_an_error_that_names_others(place: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        tell(wired(), place)
