"""A report that nobody ran: every code and verdict once, and text that means harm."""

from __future__ import annotations

from dataclasses import replace

from harness.model.environment import HeldBack
from harness.model.execution import Outcome
from harness.model.source import Fate, Form, InventoryItem, PageInfo, Position
from harness.model.verdict import (
    Change,
    Code,
    Confidence,
    Finding,
    History,
    Kind,
    Overdue,
    PageFault,
    PlacedFinding,
    Report,
    RunRecord,
    SampleReport,
    Suggestion,
    Verdict,
)
from harness.report.fingerprint import fingerprinted

COMPARE = PageInfo(path="site/compare/alpha-vs-beta.md", slug="alpha-vs-beta", tool="Beta", updated="2024-05-01")
HARM = PageInfo(path="site/it's [red]harm[/red] \x1b[31m.md", slug="[bold]harm[/bold]")
CODE = "import beta\nfrom beta.ml import train\nfrom beta import Client\n\nprint('```', \"::error::\", '<b>&')\n"
PRINTED = "hello ]]> <b>\x1b[31m & ```\n::error file=x::boo\n##[error]boo\n"
TRACE = """careful
Traceback (most recent call last):
  File "/work/sample.py", line 2, in <module>
    from beta.ml import train
ModuleNotFoundError: No module named 'beta.ml'
"""
LONG = "from beta.integrations.of.a.very.long.name import " + ", ".join(f"name_{n}" for n in range(40))

RUN = RunRecord(
    lane="current",
    python="3.13",
    sandbox="docker",
    outcome=Outcome.FAILED,
    packages=(("beta", "3.8.8"),),
    lock="sha256:" + "0" * 64,
    locked=(("beta", "3.8.8"), ("gamma", "1.0")),
    seconds=2.1234,
    stdout=PRINTED,
    stderr=TRACE,
)


def placed(finding: Finding, page_line: int, source: str, indent: int = 0) -> PlacedFinding:
    return PlacedFinding(finding, page_line, finding.column + indent, source)


API = (
    placed(
        Finding(
            Code.MODULE, Kind.NEVER_EXISTED, 2, "beta.ml", "the library has no module `beta.ml`", column=6, end_column=13,
            evidence="ModuleNotFoundError: No module named 'beta.ml'", witnesses=("execution", "timeline"),
            history=History("beta", None, None, None, 57),
        ), 74, "from beta.ml import train"),
    placed(
        Finding(
            Code.NAME, Kind.REMOVED, 3, "beta.Client", "`beta` has no name `Client`", column=18, end_column=24,
            history=History("beta", "1.4.1", "2.0.0", "2022-07-27", 57), confidence=Confidence.LIKELY,
            suggestion=Suggestion("the name moved to `beta.client`", "from beta.client import Client", verified=True),
        ), 75, "from beta import Client"),
    placed(
        Finding(
            Code.SIGNATURE, Kind.SIGNATURE, 9, "beta.run(retries=)", "`beta.run()` takes no argument `retries`",
            column=8, end_column=17, evidence="Traceback (most recent call last):\n" + "".join(f"  frame {n}\n" for n in range(12)),
            history=History("beta", "3.0.0", None, None, 1), suggestion=Suggestion("leave it out", "beta.run()"),
        ), 81, "\tbeta.run(retries=3)", 2),
    placed(
        Finding(
            Code.PROTOCOL, Kind.PROTOCOL, 12, "beta.Flow",
            "an instance of `beta.Flow` is no context manager any longer, so `with` cannot enter it: it lacks `__enter__`",
            column=6, end_column=20, history=History("beta", "1.4.1", "2.0.0", None, 57), suggestion=Suggestion("use the decorator"),
        ), 84, 'with Flow("表示 名前") as flow:  # 全角'),
    placed(
        Finding(Code.DEPRECATED, Kind.DEPRECATED, 20, "beta.old", "`beta.old` is deprecated", evidence="FutureWarning: use new"),
        92, "beta.old()"),
)  # fmt: skip

INCOMPLETE = (
    placed(
        Finding(Code.SYNTAX, Kind.SYNTAX, 1, "", "invalid syntax", column=7, end_column=8, witnesses=("parser",)),
        11,
        "x = 1 +",
    ),
    placed(
        Finding(Code.UNDEFINED, Kind.UNDEFINED_NAME, 2, "frame", "`frame` is not defined", column=1, end_column=6),
        12,
        "frame.head()",
    ),
    placed(
        Finding(
            Code.FILE,
            Kind.MISSING_FILE,
            3,
            "data/in.csv",
            "a reader does not have data/in.csv",
            column=240,
            end_column=260,
        ),
        13,
        LONG,
    ),
    replace(
        placed(Finding(Code.BUG, Kind.SAMPLE_BUG, 4, "", "division by zero", column=1, end_column=6), 14, "1 / 0"),
        accepted="=known since 2024 (until 2027-01-31)",
    ),
    placed(Finding(Code.TIMEOUT, Kind.TIMEOUT, 5, "", "took more than 60 s"), 15, "while True:"),
    placed(Finding(Code.LIMIT, Kind.LIMIT, 6, "", "took more than 2 GiB of memory"), 16, "    x = ['x'] * 2 ** 40"),
)

BARRED = (
    placed(
        Finding(Code.PLATFORM, Kind.PLATFORM, 1, "gamma", "no known distribution provides `gamma`"), 3, "import gamma"
    ),
    placed(
        Finding(Code.RESOLUTION, Kind.RESOLUTION, 1, "", "no set of versions satisfies a<1 and b>2"), 3, "import a, b"
    ),
    placed(
        Finding(
            Code.ENVIRONMENT,
            Kind.ENVIRONMENT,
            1,
            "delta",
            "`delta` 2.0 fails by itself: it needs eps<1, eps 2 resolves",
            settled=True,
        ),
        3,
        "import delta",
    ),
    placed(Finding(Code.SERVICE, Kind.SERVICE, 2, "", "needs tracking.example:5000"), 4, "connect()"),
)

HARMFUL = (
    placed(
        Finding(
            Code.NAME, Kind.REMOVED, 1, "x", "[blink]\x1b]0;title\x07 \u202egnp.exe\u2028 :boom: [/]", column=5, end_column=16,
            evidence="\x1b[2J\x9b31m\r\udcff [link=http://e.example]here[/link]",
        ), 2, "x = '[bold]\x1b[31m\u202e'"),
    placed(Finding(Code.RENDERING, Kind.RENDERING, 1, "", "a blank line ends the block"), 2, ""),
    placed(Finding(Code.LANGUAGE, Kind.LANGUAGE, 1, "", "no language given (inferred: python)"), 2, " \t "),
)  # fmt: skip


def sample(
    index: int, verdict: Verdict, findings: tuple[PlacedFinding, ...] = (), page: PageInfo = COMPARE, **more: object
) -> SampleReport:
    given: dict[str, object] = {"code": CODE}
    given |= {"role": "tool", "language": "python", "page_line": 73, "runs": (RUN,), "reach": 0.97123} | more
    return SampleReport(id=f"{page.slug}#{index}", page=page, index=index, verdict=verdict, findings=findings, **given)  # type: ignore[arg-type]


def report() -> Report:
    """Return it; a new one each time, equal to the last."""
    held = HeldBack(
        "beta", "3.8.8", "3.9.1", "because beta==3.9.1 depends on certifi>=2026.6 and only certifi<=2026.5 is available"
    )
    repaired = RunRecord(
        lane="published", python="3.11", sandbox="docker", outcome=Outcome.PASSED, packages=(("beta", "1.4.1"), ("alpha", "0.9")),
        seconds=0.04, services=("tracking.example:5000",), repairs=("alpha[local]",), held_back=(held,), cached=True,
        notes=("old-package is built from source",), stdout="hello\n", stderr="",
    )  # fmt: skip
    broken = RunRecord(lane="current", python="", sandbox="docker", outcome=Outcome.ERRORED)
    internal = placed(Finding(Code.INTERNAL, Kind.INTERNAL, 1, "", "the engine went away twice"), 5, "import beta")
    made = Report(
        started="2026-03-01T10:00:00+00:00",
        finished="2026-03-01T10:00:12.500000+00:00",
        samples=(
            sample(0, Verdict.OK, role="zenml", runs=(repaired,)),
            sample(1, Verdict.OUTDATED, API, changes=(Change(75, 1, 75, 24, "from beta.client import Client"),)),
            sample(2, Verdict.INCOMPLETE, INCOMPLETE),
            sample(3, Verdict.UNRUNNABLE, BARRED, expected="unrunnable"),
            sample(4, Verdict.SKIPPED, runs=(), reason="directive: needs a GPU"),
            sample(6, Verdict.OK, role="zenml", expected="A002", surprise="A002 is expected and not found"),
            sample(5, Verdict.ERROR, (internal,), runs=(broken,), reason="the engine went away twice"),
            sample(0, Verdict.OUTDATED, HARMFUL, HARM),
        ),
        inventory=tuple(
            InventoryItem(page.path, Position(1, 1), Form.FENCE, fate, "" if fate is Fate.SAMPLE else "a reason")
            for page in (COMPARE, HARM)
            for fate in Fate
        ),
        faults=(
            PageFault(
                COMPARE.path, 70, "a blank line ends the HTML block, so the rest does not render as code", "P401", 3
            ),
            PageFault("site/broken.md", 0, "not UTF-8: byte 0xff at offset 3", "P403"),
            PageFault(COMPARE.path, 80, "unknown setting 'skp' in a directive", "P404", 5),
        ),
        overdue=(Overdue("0" * 32, COMPARE.path, "A002 `beta.Old` is not found any more: take the entry away"),),
        sandbox="docker",
        strength="a container: own kernel namespaces, no network, no capabilities, limits on everything",
    )
    return fingerprinted(made)
