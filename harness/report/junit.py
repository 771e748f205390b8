"""JUnit XML: a suite for each page, a test case for each sample.

Written to what the xunit plugin of Jenkins reads (its schema is the strictest
in use). A sample that is outdated, incomplete or not as expected is a failure,
one that the harness failed on an error, one that was not judged is skipped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from harness.model.verdict import Verdict
from harness.report.entries import Entry, entries, told_again
from harness.report.words import details

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.report.wire import Report, Sample

_OUTSIDE_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even as an entity."""
_FAILS = frozenset({Verdict.OUTDATED, Verdict.INCOMPLETE})
_ELEMENTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def render(report: Report) -> bytes:
    """Return a report as JUnit XML.

    Args:
        report: The report.
    """
    samples: dict[str, list[Sample]] = defaultdict(list)
    found: dict[str, list[Entry]] = defaultdict(list)
    for sample in report.samples:
        samples[sample.page].append(sample)
    for entry in entries(report):
        found[entry.page].append(entry)
    root = ET.Element("testsuites", name=_text(report.tool.name))
    for page in dict.fromkeys([*(one.path for one in report.pages), *samples, *found]):
        if samples[page] or found[page]:
            _suite(root, page, samples[page], found[page], report.started)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in root):.3f}")
    ET.indent(root, " ")
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(root: ET.Element, page: str, samples: list[Sample], found: list[Entry], started: str) -> None:
    suite = ET.SubElement(root, "testsuite", name=_text(page), timestamp=_text(started), file=_text(page))
    for sample in samples:
        mine = [one for one in found if one.sample is not None and one.sample.id == sample.id]
        seconds = sum(run.seconds for run in sample.runs)
        case = ET.SubElement(suite, "testcase", name=_text(sample.id), classname=_text(page), time=f"{seconds:.3f}")
        _outcome(case, sample, mine)
        _output(case, sample)
    faults = [one for one in found if one.sample is None]
    if faults:
        case = ET.SubElement(suite, "testcase", name="page", classname=_text(page), time="0.000")
        counting = [one for one in faults if not one.excused]
        name = "error" if any(one.ours for one in counting) else "failure"
        if counting:
            _say(case, name, counting[0].code, counting[0].message, _told(faults))
    suite.set("tests", str(len(suite)))
    for name, element in _ELEMENTS.items():
        suite.set(name, str(len(suite.findall(f"testcase/{element}"))))
    suite.set("time", f"{sum(run.seconds for sample in samples for run in sample.runs):.3f}")


def _outcome(case: ET.Element, sample: Sample, found: list[Entry]) -> None:
    """Say how a sample fails; one that works, or whose findings are all known, says nothing."""
    first = next((one for one in found if not one.excused), None)
    title = first.message if first else sample.reason or str(sample.verdict)
    kind = first.code if first else str(sample.verdict)
    if sample.surprise and sample.expected:
        _say(case, "failure", "expect", sample.surprise, _told(found))
    elif told_again(sample):
        return
    elif sample.verdict is Verdict.ERROR:
        _say(case, "error", kind, title, _told(found))
    elif sample.verdict in _FAILS:
        if first:
            _say(case, "failure", kind, title, _told(found))
    elif sample.verdict is not Verdict.OK:
        _say(
            case,
            "skipped",
            str(sample.verdict),
            " ".join(filter(None, [sample.reason, sample.surprise])) or title,
            _told(found),
        )


def _say(case: ET.Element, name: str, kind: str, message: str, text: str) -> None:
    ET.SubElement(case, name, type=_text(kind), message=_text(message)).text = _text(text)


def _output(case: ET.Element, sample: Sample) -> None:
    """Add what the sample printed, and what was found and counts for nothing."""
    for name, printed in (
        ("system-out", "".join(run.stdout for run in sample.runs)),
        ("system-err", "".join(run.stderr for run in sample.runs)),
    ):
        if printed:
            ET.SubElement(case, name).text = _text(printed)


def _told(found: Iterable[Entry]) -> str:
    lines = []
    for one in found:
        lines.append(f"{one.place} {one.code} {one.message}" + (f" ({one.excused})" if one.excused else ""))
        lines += [f"  {line}" for detail in details(one) for line in detail.splitlines()]
    return "\n".join(lines)


def _text(value: str) -> str:
    """Return text that XML can hold, the rest as escapes."""
    return _OUTSIDE_XML.sub(lambda match: f"\\x{ord(match[0]):02x}", value)
