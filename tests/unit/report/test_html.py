"""The accuracy report: what is on which page, and that nothing foreign becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.execution import Outcome
from harness.model.source import PageInfo
from harness.model.verdict import Code, Finding, History, Kind, PlacedFinding, RunRecord, Suggestion, Verdict
from harness.report import html, wire
from harness.report.encode import to_wire
from harness.report.entries import entries
from harness.report.html.code import listing
from harness.report.html.words import difference, month, story
from harness.report.text import plain
from tests.golden import made_up
from tests.unit.report.helpers import finding, sample, told

TAGS = {
    "a", "article", "b", "body", "button", "code", "dd", "details", "div", "dl", "dt", "footer", "form", "h1", "h2", "head",
    "header", "html", "input", "label", "li", "link", "main", "mark", "meta", "nav", "option", "output", "p", "pre", "rect",
    "script", "section", "select", "span", "style", "summary", "svg", "table", "tbody", "td", "th", "thead", "title", "tr",
    "ul", "circle", "polyline", "polygon", "line", "text", "g", "caption", "path",
}  # fmt: skip
"""The elements that the templates have."""
VOID = {"meta", "link", "input"}


class Read(HTMLParser):
    """What a page consists of, read strictly enough to see anything that text has added to it."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["script"], ["style"]):
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def site(report: wire.Report) -> dict[str, Read]:
    return {name: Read(data) for name, data in html.render(report)}


@pytest.fixture(scope="module")
def whole() -> dict[str, Read]:
    return site(to_wire(made_up.report()))


def test_every_page_and_library_has_a_file(whole: dict[str, Read]) -> None:
    assert sorted(whole) == [
        "findings.html",
        "index.html",
        "libraries/alpha.html",
        "libraries/beta.html",
        "pages/alpha-vs-beta.html",
        "pages/bold_harm_bold.html",
        "pages/site_broken.md.html",
    ]


def test_every_link_leads_somewhere(whole: dict[str, Read]) -> None:
    places = {
        (name, attributes.get("id")) for name, page in whole.items() for _, attributes in page.elements
    } | {(name, "") for name in whole}  # fmt: skip
    for name, page in whole.items():
        folder = name.rpartition("/")[0]
        for tag, attributes in page.elements:
            if tag == "a":
                target, _, anchor = (attributes["href"] or "").partition("#")
                path = target.removeprefix("../") if target.startswith("../") or not folder else f"{folder}/{target}"
                assert (path if target else name, anchor) in places, attributes


def test_nothing_is_fetched_from_anywhere(whole: dict[str, Read]) -> None:
    for page in whole.values():
        for _, attributes in page.elements:
            assert not attributes.keys() & {"src", "srcset", "action", "style", "onclick"}
            assert not (attributes.get("href") or "").startswith(("http:", "https:", "//", "javascript:"))
        policy = next(given["content"] for _, given in page.elements if given.get("http-equiv"))
        assert str(policy).startswith("default-src 'none'")
        assert "unsafe" not in str(policy)


def test_overview_says_how_many_work(whole: dict[str, Read]) -> None:
    text = whole["index.html"].text
    assert "40% 2 of 5 samples work" in text
    assert "2 pages show an API that is outdated, the oldest of them last updated May 2024" in text


def test_page_that_was_outdated_for_longest_comes_first() -> None:
    found = [
        replace(sample(finding(), path=f"{name}.md", id=f"{name}#0"), page=PageInfo(f"{name}.md", name, updated=day))
        for name, day in (("new", "2025-01-01"), ("old", "2022-01-01"), ("undated", ""), ("mid", "2023-05-05"))
    ]
    fine = sample(
        path="fine.md", id="fine#0", verdict=Verdict.OK, page=PageInfo("fine.md", "fine", updated="2020-01-01")
    )
    index = site(told(fine, *found))["index.html"]
    order = [given["href"] for tag, given in index.elements if tag == "a" and "pages/" in str(given["href"])]
    assert order == [f"pages/{name}.html" for name in ("old", "mid", "new", "undated", "fine")]


def test_one_wrong_sample_of_many_is_never_rounded_to_all_right() -> None:
    right = [sample(verdict=Verdict.OK, id=f"p#{number}", index=number) for number in range(999)]
    assert "99% 999 of 1000 samples work" in site(told(sample(finding(), id="p#999"), *right))["index.html"].text


def test_finding_has_its_story_evidence_and_change(whole: dict[str, Read]) -> None:
    text = whole["pages/alpha-vs-beta.html"].text
    assert "Worked until beta 1.4.1, gone in 2.0.0, July 2022; the page was last updated May 2024." in text
    assert "No release of beta ever had it (57 releases checked)" in text
    assert "- from beta import Client + from beta.client import Client Tried" in text
    assert "ModuleNotFoundError: No module named 'beta.ml'" in text
    assert "Counts for nothing: accepted: =known since 2024 (until 2027-01-31)" in text


def test_library_says_who_uses_it_and_what_its_next_release_breaks() -> None:
    ahead = RunRecord("next", "3.13", "docker", Outcome.FAILED, (("beta", "4.0rc1"),), notes=("will break: beta.soon",))
    pages = site(told(sample(finding(), runs=(made_up.RUN, ahead))))
    text = pages["libraries/beta.html"].text
    assert "current: 3.8.8" in text
    assert "next: 4.0rc1" in text
    assert re.search(r"p#0 ?✗ outdated ?4.0rc1 failed ?will break: beta.soon", text)
    assert "Not looked at" in site(told(sample(finding(), runs=(made_up.RUN,))))["libraries/beta.html"].text


def test_report_of_nothing_is_a_site() -> None:
    assert "none judged" in site(told())["index.html"].text


def test_report_that_knows_no_pages_has_them_all_the_same() -> None:
    report = to_wire(made_up.report())
    bare = wire.Report(**{name: getattr(report, name) for name in report.__struct_fields__} | {"pages": ()})
    assert "pages/alpha-vs-beta.html" in site(bare)


@settings(deadline=None, max_examples=50)
@pytest.mark.parametrize("language", ["python", "bash", "yaml", "no-such-language", "", "json", "html"])
@given(code=st.text(st.characters(), max_size=200))
def test_code_comes_out_as_it_went_in(language: str, code: str) -> None:
    report = told(sample(code=code, language=language))
    (shown,) = report.samples
    lines = [line for segment in listing(shown, ()).segments for line in segment.lines]
    texts = [unescape(re.sub(r"<[^>]*>", "", line.markup)) for line in lines]
    assert texts == ([plain(line) for line in shown.code.removesuffix("\n").split("\n")] if shown.code else [])


def test_finding_stands_beside_its_line_with_a_mark_under_it() -> None:
    code = "import beta\n\nbeta.x(1) < 2\nprint()\n"
    placed = PlacedFinding(
        Finding(Code.NAME, Kind.REMOVED, 3, "beta.x", "gone", column=1, end_column=7), 12, 1, "beta.x(1) < 2"
    )
    report = told(sample(placed, code=code))
    made = listing(report.samples[0], entries(report))
    assert [(len(one.lines), len(one.entries)) for one in made.segments] == [(2, 0), (2, 1)]
    assert [line.number for one in made.segments for line in one.lines] == [10, 11, 12, 13]
    line = made.segments[1].lines[0]
    assert line.level == "error"
    assert "".join(re.findall(r"<mark>(.*?)</mark>", line.markup)) == "beta.x"
    assert line.markup.striptags() == "beta.x(1) < 2"


def test_lines_that_are_no_lines_of_the_page_are_numbered_as_in_the_sample() -> None:
    apart = PlacedFinding(Finding(Code.NAME, Kind.REMOVED, 2, "beta.x", "gone"), 99, 1, "b")
    report = told(sample(apart, code="a\nb\n"))
    made = listing(report.samples[0], entries(report))
    assert not made.of_page
    assert [line.number for one in made.segments for line in one.lines] == [1, 2]


@pytest.mark.parametrize(
    ("kind", "history", "expected"),
    [
        (Kind.REMOVED, ("1.4", "2.0", "2022-07-27", 9), "worked until beta 1.4, gone in 2.0, July 2022"),
        (Kind.SIGNATURE, ("1.4", "2.0", None, 9), "worked until beta 1.4, broke in 2.0"),
        (Kind.DEPRECATED, ("1.4", "2.0", "not a date", 9), "worked until beta 1.4, deprecated in 2.0, not a date"),
        (Kind.REMOVED, ("1.4", None, None, 1), "last seen in beta 1.4"),
        (Kind.NEVER_EXISTED, (None, None, None, 1), "no release of beta ever had it (1 release checked)"),
    ],
)
def test_story(kind: Kind, history: tuple[str | None, str | None, str | None, int], expected: str) -> None:
    placed = PlacedFinding(Finding(Code.NAME, kind, 1, "beta.x", "m", history=History("beta", *history)), 1, 1, "")
    report = told(sample(placed, page=PageInfo("p.md", "p", updated="2024-08-21T00:00:00Z")))
    page, shown = report.pages[0], report.samples[0].findings[0]
    assert story(shown, page) == f"{expected}; the page was last updated August 2024"


def test_month_of_no_date_is_the_text() -> None:
    assert [month(one) for one in ("2022-07-27T10:00", "yesterday", "")] == ["July 2022", "yesterday", ""]


def test_change_of_several_lines_is_shown_from_the_lines_as_they_are() -> None:
    better = Suggestion("write new", "from b import new\nnew()", verified=True, replaced="from b import x\nx()")
    wrong = replace(finding(), finding=replace(finding().finding, suggestion=better))
    page = site(told(sample(wrong)))["pages/p.html"]
    assert "- from b import x - x() + from b import new + new()" in page.text


def test_difference_shows_what_goes_and_what_comes() -> None:
    assert list(difference("a\nb", "a\nc\nd")) == [(" ", "a"), ("-", "b"), ("+", "c"), ("+", "d")]


NASTY = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "../../../etc/passwd",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- -->",
    "]]></svg>",
    "`<b>`",
    "\x00\x1b[2J\u202e\u2066\ufeff",
    "\udcff",
    "&lt;script&gt;",
    "CON",
    "a" * 5_000,
]


def hostile(text: str) -> wire.Report:
    run = RunRecord(text, text, text, Outcome.FAILED, packages=((text, text),), services=(text,), stdout=text,
                    stderr=text, notes=(text,), lock=text, repairs=(text,))  # fmt: skip
    info = PageInfo(text or "p", text, title=text, tool=text, category=text, updated=text, published=text)
    placed = PlacedFinding(
        Finding(Code.NAME, Kind.REMOVED, 1, text, text, column=1, end_column=5, evidence=text,
                history=History(text, text, text, text, 3), witnesses=(text,)), 1, 1, text or "x", accepted=text)  # fmt: skip
    made = sample(placed, finding(text, symbol=text, verified=True), page=info, runs=(run,), reason=text, remark=text,
                  code=text, expected=text, language=text, role=text, id=text, page_line=1)  # fmt: skip
    return told(made)


@pytest.mark.parametrize("text", NASTY)
def test_no_text_becomes_markup(text: str) -> None:
    for name, page in site(hostile(text)).items():
        assert re.fullmatch(r"(pages/|libraries/)?[\w.-]+\.html", name)
        assert ".." not in name
        assert not page.open
        for tag, attributes in page.elements:
            assert tag in TAGS
            assert not [one for one in attributes if one.startswith("on") or one in {"src", "style"}]
            assert not str(attributes.get("href", "")).startswith("javascript:")
        assert sum(tag == "script" for tag, _ in page.elements) == 1


def test_what_steers_a_terminal_or_turns_text_around_is_seen() -> None:
    page = b"".join(data for _, data in html.render(hostile("a\x1b[2J\u202eb"))).decode()
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "a\\x1b[2J\\u202eb" in page
