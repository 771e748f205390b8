"""What samples and libraries say does no harm in any report, whoever reads it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pyromark
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from harness.judge.explain import EXPLANATIONS
from harness.model.execution import Outcome
from harness.model.verdict import PageFault, RunRecord, SampleReport
from harness.report import badge, console, csv_rows, github, gitlab, html, junit, lines, markdown, notebook, sarif, wire
from tests.unit.report.helpers import NOTHING, finding, sample, told

NASTY = [
    "::error file=x::owned",
    "a\n::add-mask::b",
    "a\r::set-output name=x::y",
    "a%0A::stop-commands::x",
    "x,line=9::warning::y",
    "##[add-mask]x",
    "##vso[task.setvariable variable=x]y",
    "a\u2028::error::b",
    "]]></failure><script>alert(1)</script>",
    "</text><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!-- harness -->",
    "[link](http://e.example)",
    "http://e.example www.e.example",
    "![i](http://e.example/i.png)",
    "@channel please",
    "`code` ``` ```` <details>",
    "# heading\n\n***\n| a | b |\n|---|---|",
    "=cmd|' /C calc'!A0",
    "  +1+1",
    "@SUM(1)",
    "-2+3",
    "\t=1",
    "\x00\x1b[2J\x9b31m\x07\u202e",
    "\udcff",
]
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=60))
COMMAND = re.compile(r"::(error|warning|notice) ([^\r\n]*?)::([^\r\n]*)")


def hostile(text: str) -> wire.Report:
    run = RunRecord("current", "3.13", text, Outcome.FAILED, stdout=text, stderr=text, notes=(text,))
    made: SampleReport = sample(
        finding(text, symbol=text, verified=True), path=text or "p", runs=(run,), reason=text, remark=text, code=text
    )
    return told(made, faults=(PageFault(text or "p", 3, text, "P401"),))


FORMATS: dict[str, Callable[[wire.Report], bytes]] = {
    "junit": junit.render,
    "sarif": lambda report: sarif.render(report, EXPLANATIONS),
    "github": github.render,
    "summary": github.summary,
    "gitlab": gitlab.render,
    "markdown": markdown.render,
    "csv": csv_rows.render,
    "lines": lines.render,
    "badge": badge.svg,
    "notebook": lambda report: b"".join(notebook.render(report).values()),
    "html": lambda report: b"".join(data for _, data in html.render(report)),
}


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None)  # the first one of a format reads its templates
@given(text=TEXTS)
def test_any_text_can_be_told(name: str, text: str) -> None:
    FORMATS[name](hostile(text)).decode()


@given(text=TEXTS)
def test_no_text_becomes_a_command_of_github(text: str) -> None:
    out = github.render(hostile(text)).decode()
    # a runner takes each of these for the end of a line
    lines = re.split(r"\r\n|\n|\r", out.removesuffix("\n"))
    assert len(lines) == 3, "one finding, one fault, one line of totals"
    for line in lines[:2]:
        found = COMMAND.fullmatch(line)
        assert found
        names = [pair.partition("=")[0] for pair in found[2].split(",")]
        assert names == [name for name in ("file", "line", "col", "endColumn", "title") if name in names]
        assert "::" not in found[2]
    assert lines[2] == "harness: 1 sample: 1 outdated"


@given(text=TEXTS)
def test_no_text_begins_a_line_of_its_own(text: str) -> None:
    out = lines.render(hostile(text)).decode()
    assert out.count("\n") == len(out.splitlines()) == 2, "one finding and one fault"


@given(text=st.one_of(TEXTS, TEXTS.map("words before them ::error::{0}\n{0}".format)), width=st.integers(20, 100))
def test_no_line_for_a_person_is_a_command_of_a_runner(text: str, width: int) -> None:
    run = RunRecord("current", "3.13", text, Outcome.FAILED, notes=(text,))
    told_of = sample(finding(text, symbol=text), path=text or "p", runs=(run,), reason=text, remark=text, code=text)
    whole = replace(NOTHING, samples=(told_of,), faults=(PageFault(text or "p", 3, text, "P401"),))
    shown = io.StringIO()
    console.render(whole, Console(file=shown, width=width))
    shown.write(lines.render(hostile(text)).decode())
    assert not re.search(r"^\s*::|##(?:vso)?\[", shown.getvalue(), re.MULTILINE)


@given(text=TEXTS)
def test_no_cell_is_a_formula(text: str) -> None:
    data = csv_rows.render(hostile(text)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(data, newline="")))
    assert {len(row) for row in rows} == {len(csv_rows.COLUMNS)}
    for row in rows:
        for cell in row:
            assert not re.match(r"[ ]*[=+\-@\t\r\n]", cell)


@given(text=TEXTS)
def test_no_text_leaves_its_element_of_xml(text: str) -> None:
    root = ET.fromstring(junit.render(hostile(text)))
    tags = {one.tag for one in root.iter()}
    assert tags <= {"testsuites", "testsuite", "testcase", "failure", "system-out", "system-err"}
    assert ET.fromstring(badge.svg(hostile(text))).find(".//{*}script") is None


@given(text=TEXTS)
def test_markdown_makes_no_link_no_image_no_tag_and_calls_nobody(text: str) -> None:
    out = markdown.render(hostile(text)).decode()
    html = pyromark.html(out, options=pyromark.Options.ENABLE_GFM | pyromark.Options.ENABLE_TABLES)
    tags = set(re.findall(r"</?([a-zA-Z0-9-]+)", html))
    assert tags <= {"h2", "p", "ul", "li", "code", "strong", "details", "summary", "pre"}
    prose = re.sub(r"<code>.*?</code>|<pre>.*?</pre>", "", html, flags=re.DOTALL)
    assert not re.search(r"@\w", prose)
    # GitHub makes links of bare addresses, by how they are written: outside of code none may be whole
    written = re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", out.partition("<details>")[0])
    assert "://" not in written
    assert "www." not in written


@given(text=TEXTS)
def test_json_of_every_kind_can_be_read(text: str) -> None:
    for name in ("sarif", "gitlab", "notebook"):
        json.loads(FORMATS[name](hostile(text)))


@given(text=TEXTS)
def test_no_page_names_a_file_outside_the_folder_of_notebooks(text: str) -> None:
    made = told(sample(finding(), path="../../etc/passwd"), sample(finding(), path="/x"))
    for name in [*notebook.render(made), *notebook.render(hostile(text))]:
        assert re.fullmatch(r"[\w.-]+\.ipynb", name)
        assert not name.startswith(".")
