"""The services of a run, in words."""

from __future__ import annotations

from harness.model.execution import Call, Outcome
from harness.model.verdict import PlacedCall, RunRecord
from harness.report import calls

ANSWERED = Call("s3.amazonaws.com", 443, "PUT", "/b", 200, "aws", "s3.CreateBucket", 4, "sample.py")
REFUSED = Call("api.x.dev", 443, "GET", "/v1", 501, "", "", 7, "sample.py")
RAW = Call("127.77.0.1", 443, aside=True)


def run(*placed: PlacedCall) -> RunRecord:
    services = ("s3.amazonaws.com:443", "api.x.dev:443", "db.x.dev:5432")
    return RunRecord("current", "3.13", "docker", Outcome.PASSED, services=services, calls=placed)


def test_services_are_told_with_who_answered_and_the_lines_that_asked() -> None:
    told = calls.services(run(PlacedCall(ANSWERED, 14), PlacedCall(ANSWERED, 12), PlacedCall(REFUSED, 17)))
    assert told == (
        "s3.amazonaws.com:443 (aws) lines 12, 14; api.x.dev:443 (nothing stands in for it) line 17;"
        " db.x.dev:5432 (nothing stands in for it)"
    )


def test_every_call_is_listed_in_its_order() -> None:
    assert list(calls.listed(run(PlacedCall(ANSWERED, 12), PlacedCall(REFUSED, 17), PlacedCall(RAW, 0)))) == [
        "line 12: PUT s3.amazonaws.com:443/b -> 200, aws s3.CreateBucket",
        "line 17: GET api.x.dev:443/v1 -> 501, nothing stands in for it",
        "no line: connects to 127.77.0.1:443 -> closed, nothing stands in for it, by a library for itself",
    ]
