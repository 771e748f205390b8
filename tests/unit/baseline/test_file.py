"""The baseline file: read strictly, and what people wrote in it stays."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.baseline import Accepted, Baseline, load
from harness.errors import ConfigError, ReportError

DAY = dt.date(2027, 1, 31)
TEXT = """\
# Agreed with the docs team, 2026.

# the migration is planned: DOCS-12
[accepted.aa]
page = "alpha"
code = "A002"
reason = "mended with the next review"  # ask Kim
until = 2027-01-31

# --- second half ---

[accepted.'bb']
page = "beta"
code = "A001"
reason = "waits for beta 4"
until = 2027-02-28
"""


def written(tmp_path: Path, text: str) -> Baseline:
    path = tmp_path / "b.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def accepted(name: str, **more: str) -> Accepted:
    return Accepted(fingerprint=name, until=DAY, **{"page": "p", "code": "A002", "reason": "known"} | more)


def test_what_is_written_is_read_and_writing_it_changes_nothing(tmp_path: Path) -> None:
    known = written(tmp_path, TEXT)
    assert known.entries["aa"].reason == "mended with the next review"
    assert known.entries["bb"].until == dt.date(2027, 2, 28)
    assert known.text == TEXT


def test_entries_come_and_go_and_comments_stay(tmp_path: Path) -> None:
    known = written(tmp_path, TEXT)
    more = known.added([accepted("cc", page="alpha", symbol="x.y")])
    assert more.text.index("[accepted.aa]") < more.text.index("[accepted.cc]") < more.text.index("[accepted.'bb']")
    assert more.without(["cc"]).text == TEXT
    rest = known.without(["bb"])
    assert rest.text == TEXT[: TEXT.index("\n# --- second half")]
    assert "ask Kim" in rest.text


def test_a_renewed_entry_keeps_the_comments_above_it(tmp_path: Path) -> None:
    renewed = written(tmp_path, TEXT).added([accepted("aa", page="alpha", reason="still waiting")])
    assert "# the migration is planned: DOCS-12\n[accepted.aa]\npage" in renewed.text
    assert "still waiting" in renewed.text
    assert "next review" not in renewed.text
    assert tomllib.loads(renewed.text)["accepted"].keys() == {"aa", "bb"}


@given(
    st.dictionaries(
        st.text("0123456789abcdef", min_size=1, max_size=32),
        st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)] * 3),
        max_size=5,
    )
)
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, found: dict[str, tuple[str, str, str]]) -> None:
    path = tmp_path_factory.mktemp("b") / "b.toml"
    entries = [accepted(name, page=page, reason=why, line=line) for name, (page, why, line) in found.items()]
    made = Baseline(path, {}, {}).added(entries)
    made.write()
    read = load(path)
    assert read.entries == {one.fingerprint: one for one in entries}
    assert read.text == made.text


def test_the_order_of_entries_does_not_depend_on_the_order_in_which_they_came(tmp_path: Path) -> None:
    entries = [accepted(name, page=page) for name, page in (("1", "b"), ("2", "a"), ("0", "b"))]
    empty = Baseline(tmp_path / "b.toml", {}, {})
    assert empty.added(entries).text == empty.added(entries[::-1]).text


def test_one_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml").entries == {}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("until = 2027-01-31", "utnil = 2027-01-31", "did you mean 'until'"),
        ("until = 2027-01-31", 'until = "2027-01-31"', "a day without quotes"),
        ("until = 2027-01-31", "until = 2027-01-31T10:00:00", "a day without quotes"),
        ("until = 2027-01-31\n", "", "until must be given"),
        ('reason = "waits for beta 4"', 'reason = ""', "reason must be given"),
        ('page = "alpha"', "page = 3", "page must be a text"),
        ("[accepted.aa]", "[acepted.aa]", "only [accepted.FINGERPRINT]"),
        ("[accepted.'bb']", "[accepted.aa]", "b.toml:12"),
        ("[accepted.'bb']", "<<<<<<< HEAD\n[accepted.bb]", "b.toml:12"),
        ("[accepted.'bb']", "[accepted]\nbb = 3\n[accepted.cc]", "accepted.bb must be a table"),
        ("[accepted.'bb']\n", "[accepted.bb.cc]\n", "unknown key 'cc'"),
        ("[accepted.'bb']\n", "[ accepted.bb ]\n", "a line of its own"),
    ],
)
def test_what_is_not_understood_is_refused(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert old in TEXT
    with pytest.raises(ConfigError) as caught:
        written(tmp_path, TEXT.replace(old, new, 1))
    assert says in str(caught.value)


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes("# caf\xe9".encode("latin-1"))
    with pytest.raises(ConfigError, match="cannot read the baseline"):
        load(tmp_path / "latin.toml")
    with pytest.raises(ConfigError, match="cannot read the baseline"):
        load(tmp_path)
    with pytest.raises(ReportError, match="cannot write the baseline"):
        Baseline(tmp_path, {}, {}).write()
