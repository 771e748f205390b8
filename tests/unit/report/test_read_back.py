"""A report that is read back into the model says what it said."""

from __future__ import annotations

from dataclasses import replace

from harness.model.execution import Call
from harness.model.verdict import Account, PlacedCall
from harness.report.encode import to_wire
from harness.report.read_back import to_model
from tests.golden.made_up import report


def test_a_report_read_back_writes_the_same() -> None:
    made = report()
    first, *rest = made.samples
    (run, *_) = first.runs
    called = replace(
        run, calls=(PlacedCall(Call("a.example", 443, "GET", "/x", 200, "aws", "List", 2, aside=True), 74),)
    )
    told = replace(made.samples[1].findings[0].finding, accounts=(Account("static", "no such module"),))
    second = replace(made.samples[1], findings=(replace(made.samples[1].findings[0], finding=told),))
    wire = to_wire(replace(made, samples=(replace(first, runs=(called,)), second, *rest[1:])))
    assert wire.samples[0].runs[0].calls
    assert wire.samples[1].findings[0].accounts
    assert to_wire(to_model(wire)) == wire


def test_what_became_of_every_piece_of_code_is_read_back() -> None:
    made = report()
    assert to_model(to_wire(made)).inventory == made.inventory
