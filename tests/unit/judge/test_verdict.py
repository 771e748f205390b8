"""The truth table, every combination of codes included."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations

import pytest

from harness.errors import ConfigError
from harness.judge.explain import EXPLANATIONS, explain
from harness.judge.marks import KINDS
from harness.judge.verdict import PRECEDENCE, WEIGHT, merge, surprise, verdict
from harness.model.verdict import Code, Confidence, Finding, History, Kind, Suggestion, Verdict

ALONE = {
    "X901": "error",
    "A001": "outdated",
    "A002": "outdated",
    "A003": "outdated",
    "A004": "outdated",
    "A005": "outdated",
    "E201": "unrunnable",
    "E202": "unrunnable",
    "E203": "unrunnable",
    "S101": "incomplete",
    "S102": "incomplete",
    "S103": "incomplete",
    "S104": "incomplete",
    "S105": "incomplete",
    "S106": "incomplete",
    "N301": "ok",
    "P401": "ok",
    "P402": "ok",
    "P403": "ok",
    "P404": "ok",
}
# One code of each row of the table: what holds for these holds for all, since a row is decided by WEIGHT alone.
ROWS = (Code.INTERNAL, Code.NAME, Code.PLATFORM, Code.UNDEFINED, Code.SERVICE, Code.RENDERING)
ORDER = ("error", "outdated", "unrunnable", "incomplete", "ok")


def found(code: Code, line: int = 1, symbol: str = "x", **changes: object) -> Finding:
    """Return a finding with this code."""
    return replace(Finding(code, KINDS[code], line, symbol, "m"), **changes)  # type: ignore[arg-type]


def test_the_table_is_complete() -> None:
    assert {str(code): str(weight) for code, weight in WEIGHT.items()} == ALONE
    assert set(WEIGHT) == set(KINDS) == set(EXPLANATIONS) == set(Code)
    assert set(PRECEDENCE) == set(Verdict) - {Verdict.SKIPPED}


@pytest.mark.parametrize(("code", "expected"), ALONE.items())
def test_a_code_alone(code: str, expected: str) -> None:
    assert verdict([found(Code(code))]) == expected


@pytest.mark.parametrize(
    "codes",
    list(chain.from_iterable(combinations(ROWS, n) for n in range(len(ROWS) + 1))),
    ids=lambda codes: "+".join(codes) or "none",
)
def test_the_strongest_finding_decides_in_any_order(codes: tuple[Code, ...]) -> None:
    expected = min((ALONE[code] for code in codes), key=ORDER.index, default="ok")
    findings = [found(code) for code in codes]
    assert verdict(findings) == verdict(reversed(findings)) == expected


def test_no_finding_skips() -> None:
    assert all(verdict([found(code)]) is not Verdict.SKIPPED for code in Code)


def test_one_place_is_reported_once_with_all_that_is_known() -> None:
    history = History("lib", "1.0", "2.0", "2024-01-01", 7)
    merged = merge(
        [
            found(Code.NAME, 3, "lib.x", confidence=Confidence.LIKELY, witnesses=("static",), message="static says"),
            found(Code.NAME, 3, "lib.x", witnesses=("execution",), message="a run says", evidence="AttributeError"),
            found(Code.NAME, 3, "lib.x", confidence=Confidence.LIKELY, witnesses=("timeline",), history=history),
            found(Code.NAME, 3, "lib.y", suggestion=Suggestion("use z")),
            found(Code.MODULE, 1, "lib.x"),
        ]
    )
    assert [(one.line, one.symbol) for one in merged] == [(1, "lib.x"), (3, "lib.x"), (3, "lib.y")]
    assert merged[1].witnesses == ("execution", "static", "timeline")
    assert (merged[1].message, merged[1].confidence, merged[1].history) == ("a run says", "confirmed", history)
    assert merged[2].suggestion == Suggestion("use z")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ([(Code.SIGNATURE, "lib.f()"), (Code.SIGNATURE, "lib.f(a=)")], ["lib.f(a=)"]),
        ([(Code.SIGNATURE, "lib.f(a=)"), (Code.SIGNATURE, "lib.f(a=, b=)")], ["lib.f(a=, b=)"]),
        ([(Code.SIGNATURE, "lib.f(a=)"), (Code.SIGNATURE, "lib.f(b=)")], ["lib.f(a=)", "lib.f(b=)"]),
        ([(Code.SIGNATURE, "lib.f(a=)"), (Code.SIGNATURE, "lib.g(a=)")], ["lib.f(a=)", "lib.g(a=)"]),
        ([(Code.NAME, "lib.make.go"), (Code.NAME, "lib.Thing.go")], ["lib.Thing.go"]),
        ([(Code.NAME, "lib.One.go"), (Code.NAME, "lib.Two.go")], ["lib.One.go", "lib.Two.go"]),
        ([(Code.NAME, "lib.make"), (Code.NAME, "lib.make.go")], ["lib.make", "lib.make.go"]),
        ([(Code.DEPRECATED, "lib.old"), (Code.DEPRECATED, "lib.old.f")], ["lib.old.f"]),
        ([(Code.MODULE, "lib.old"), (Code.NAME, "lib.old.f")], ["lib.old", "lib.old.f"]),
    ],
)
def test_of_one_line_what_names_it_most_exactly_stands(told: list[tuple[Code, str]], kept: list[str]) -> None:
    findings = [found(code, 3, symbol, evidence=symbol) for code, symbol in told]
    for order in (findings, findings[::-1]):
        assert sorted(one.symbol for one in merge(order)) == kept
    elsewhere = [found(code, 3 + at, symbol) for at, (code, symbol) in enumerate(told)]
    assert len(merge(elsewhere)) == len(told)


def test_a_name_that_ends_at_one_place_is_one_name() -> None:
    ran = found(Code.NAME, 3, "lib.Draw.size", column=8, end_column=20, witnesses=("execution",))
    looked = found(Code.NAME, 3, "lib.Drawing.size", column=16, end_column=20, witnesses=("static",))
    for order in ([ran, looked], [looked, ran]):
        assert [one.symbol for one in merge(order)] == ["lib.Drawing.size"]
    for other in (
        replace(looked, end_column=40),
        replace(looked, end_column=0),
        replace(looked, symbol="other.X.size"),
    ):
        assert len(merge([ran, other])) == 2


@pytest.mark.parametrize(
    ("expect", "codes", "said"),
    [
        (None, [Code.NAME], ""),
        ("ok", [], ""),
        ("outdated", [Code.NAME], ""),
        ("ok", [Code.NAME], "expected ok, found outdated"),
        ("A002", [Code.NAME, Code.BUG], ""),
        ("A002", [Code.BUG], "expected A002, which was not found"),
        ("A002", [Code.NAME, Code.PROTOCOL], "expected A002 and nothing else, found A004 too"),
        ("S102", [Code.UNDEFINED, Code.SERVICE, Code.LANGUAGE], ""),
        ("S102", [Code.UNDEFINED, Code.NAME, Code.FILE], "expected S102 and nothing else, found A002, S103 too"),
        ("N301", [Code.SERVICE, Code.RENDERING], ""),
    ],
)
def test_expectations(expect: str | None, codes: list[Code], said: str) -> None:
    assert surprise(expect, [found(code) for code in codes]) == said


def test_an_unknown_expectation_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match="unknown expectation 'broken'") as caught:
        surprise("broken", [], where="page.md:4")
    assert caught.value.where == "page.md:4"


@pytest.mark.parametrize("code", list(Code))
def test_every_code_is_explained(code: Code) -> None:
    text = explain(code)
    assert text.startswith(f"{code}: ")
    assert "What to do" in text
    assert str(WEIGHT[code]) in text or WEIGHT[code] is Verdict.OK


def test_an_undefined_name_is_one_fault_wherever_it_was_met() -> None:
    seen = Finding(Code.UNDEFINED, Kind.UNDEFINED_NAME, 9, "data", "seen")
    likely = Finding(Code.UNDEFINED, Kind.UNDEFINED_NAME, 4, "data", "read", confidence=Confidence.LIKELY)
    merged = merge([likely, seen])
    assert [(one.line, one.message) for one in merged] == [(9, "seen")]


def test_what_the_harness_found_a_way_around_does_not_count() -> None:
    clash = Finding(Code.ENVIRONMENT, Kind.ENVIRONMENT, 1, "lib", "clashes", settled=True)
    assert verdict([clash]) is Verdict.OK
    assert verdict([replace(clash, settled=False)]) is Verdict.UNRUNNABLE
