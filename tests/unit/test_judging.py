"""What is said of a sample beside its findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.judging import other_lane, remark
from harness.model.matrix import Lane
from harness.model.verdict import Code, Finding, History, Kind


def removed(first_bad_date: str | None) -> Finding:
    history = History("prefect", "1.4.1", "2.0.0", first_bad_date, 57)
    return Finding(Code.NAME, Kind.REMOVED, 1, "prefect.Flow.run", "gone", history=history)


NEVER = Finding(Code.MODULE, Kind.NEVER_EXISTED, 2, "prefect.tasks.ml", "never was")
DEPRECATED = Finding(Code.DEPRECATED, Kind.DEPRECATED, 4, "prefect.task", "is deprecated")
MARKED = replace(DEPRECATED, history=History("prefect", "3.1", "3.2", "2025-02-01", 9))
UNDEFINED = Finding(Code.UNDEFINED, Kind.UNDEFINED_NAME, 3, "data", "is not defined")


@pytest.mark.parametrize(
    ("findings", "updated", "said"),
    [
        ([removed("2022-07-27")], "2024-08-21", "was already outdated when the page was last updated (2024-08-21)"),
        (
            [removed("2025-01-01")],
            "2024-08-21",
            "was right when the page was last updated (2024-08-21); broke on 2025-01-01",
        ),
        ([removed("2025-01-01"), removed("2022-07-27")], "2024-08-21", "was already outdated"),
        ([NEVER], "2024-08-21", "was already outdated"),
        ([removed("2025-01-01")], "", ""),
        ([removed(None)], "2024-08-21", ""),
        ([UNDEFINED], "2024-08-21", ""),
        ([removed("2025-01-01"), removed(None)], "2024-08-21", "broke on 2025-01-01 at the latest"),
        ([removed("2025-01-01"), DEPRECATED], "2024-08-21", "was right when the page was last updated"),
        ([MARKED], "2024-08-21", "was right when the page was last updated (2024-08-21); deprecated since 2025-02-01"),
    ],
    ids=[
        "before",
        "after",
        "the-first-counts",
        "never",
        "no-date-on-the-page",
        "no-date-of-the-release",
        "no-api",
        "one-without-a-date",
        "one-that-still-works",
        "all-that-still-works",
    ],
)
def test_a_page_is_told_whether_it_was_right_when_written(findings: list[Finding], updated: str, said: str) -> None:
    assert remark(findings, updated).startswith(said)
    assert bool(remark(findings, updated)) is bool(said)


@pytest.mark.parametrize(
    ("lane", "then", "today", "said"),
    [
        (Lane.PUBLISHED, [], [NEVER], "was right when written"),
        (Lane.PUBLISHED, [NEVER, DEPRECATED], [NEVER], "was already wrong when written: prefect.tasks.ml"),
        (Lane.PUBLISHED, [DEPRECATED], [NEVER], "was right when written, and deprecated already: prefect.task"),
        (Lane.NEXT, [NEVER, UNDEFINED], [NEVER], "nothing more breaks with what is coming"),
        (Lane.NEXT, [NEVER, DEPRECATED], [], "will break with what is coming: prefect.tasks.ml"),
        (Lane.NEXT, [DEPRECATED], [], "nothing more breaks with what is coming; will be deprecated: prefect.task"),
    ],
)
def test_another_lane_is_held_against_today(lane: Lane, then: list[Finding], today: list[Finding], said: str) -> None:
    assert other_lane(lane, then, today) == said
