"""What is said of a sample beside its findings."""

from __future__ import annotations

import pytest

from harness.judging import remark
from harness.model.verdict import Code, Finding, History, Kind


def removed(first_bad_date: str | None) -> Finding:
    history = History("prefect", "1.4.1", "2.0.0", first_bad_date, 57)
    return Finding(Code.NAME, Kind.REMOVED, 1, "prefect.Flow.run", "gone", history=history)


NEVER = Finding(Code.MODULE, Kind.NEVER_EXISTED, 2, "prefect.tasks.ml", "never was")
DEPRECATED = Finding(Code.DEPRECATED, Kind.DEPRECATED, 4, "prefect.task", "is deprecated")
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
    ],
)
def test_a_page_is_told_whether_it_was_right_when_written(findings: list[Finding], updated: str, said: str) -> None:
    assert remark(findings, updated).startswith(said)
    assert bool(remark(findings, updated)) is bool(said)
