"""The report of the last check."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import ReportError
from harness.ledger import last


def test_the_last_report_is_read_back_until_the_next_one(tmp_path: Path) -> None:
    last.keep(tmp_path, b"one")
    last.keep(tmp_path, b"two")
    assert last.read(tmp_path) == b"two"
    (tmp_path / "mine.json").write_bytes(b"three")
    assert last.read(tmp_path, tmp_path / "mine.json") == b"three"


def test_a_report_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"no check has left a report yet(.|\n)*harness check"):
        last.read(tmp_path)
    with pytest.raises(ReportError, match=r"mine\.json: there is no such report"):
        last.read(tmp_path, tmp_path / "mine.json")


def test_a_store_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    (tmp_path / "reports").write_bytes(b"in the way")
    with pytest.raises(ReportError, match=r"last\.json: cannot keep the report"):
        last.keep(tmp_path, b"one")
