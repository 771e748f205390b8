"""What every witness keeps: it is pure, it survives having nothing, and what it says stands in the sample."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.judge.base import Case, Witness
from harness.judge.execution import ExecutionWitness
from harness.judge.exploration import ExplorationWitness
from harness.judge.static import StaticWitness
from harness.model.execution import Evidence, Outcome, Raised
from harness.model.matrix import Job, Lane, Target
from harness.model.source import Language, PageInfo, Part, Sample, SourceMap
from harness.model.static import Diagnostic, Looked, Sighting, Starred, StaticEvidence
from harness.model.verdict import Code

WITNESSES: tuple[Witness, ...] = (ExecutionWitness(), ExplorationWitness(), StaticWitness())
NAMES = {"execution", "static", "timeline", "parser", "plan"}
TEXT = "import lib\nwith lib.Flow(data, x=1) as f:\n    f.run()\nlib.loud(...)\n"
EMPTY = {"": "", "only a comment": "# nothing\n", "unparsable": "def f(:\n", "no newline": "x", "odd": "\x00\ud800"}


def _job(text: str) -> Job:
    page = PageInfo("page.md", "page")
    part = Part("sample.py", Language.PYTHON, text)
    sample = Sample("page#0", page, 0, "sample", Language.PYTHON, text, SourceMap(()), (part,))
    return Job(sample, Target(Lane.CURRENT))


def _full() -> Case:
    """Return a case in which every witness has something to say."""
    raised = Raised("AttributeError", "module 'lib' has no attribute 'Flow'", 2, file="sample.py", column=6)
    later = Raised("TypeError", "'Flow' object is not callable", 3, file="sample.py", column=5)
    return Case(
        _job(TEXT),
        evidence=Evidence(Outcome.FAILED, exit_code=1, raised=(raised,), executed=(1, 2), executable=(1, 2, 3, 4)),
        explored=Evidence(Outcome.FAILED, exit_code=1, raised=(raised, later), executed=(1, 2, 3, 4)),
        static=StaticEvidence(
            sightings=(
                Sighting(Code.NAME, 3, 7, "lib.Flow.run", "lib.Flow has no attribute run", "sample.py", 10),
                Sighting(Code.SIGNATURE, 2, 6, "lib.Flow(x=)", "it does not take x=", "sample.py", moved=("lib.new",)),
            ),
            diagnostics=(
                Diagnostic("missing-attribute", 4, 1, "Module `lib` has no member `loud`", "sample.py", 4, 9),
                Diagnostic("missing-attribute", 2, 6, "Module `lib` has no member `Flow`", "sample.py", 2, 14),
                Diagnostic("a-rule-of-tomorrow", 1, 1, "`x`", "sample.py", 1, 2),
                Diagnostic("missing-attribute", 900, 1, "Module `lib` has no member `y`", "nowhere.py", 900, 2),
            ),
            looked=(Looked(2, 6, 2, 14, "sample.py"),),
            starred=(Starred("lib", ("a",)),),
        ),
    )


@pytest.fixture(params=WITNESSES, ids=lambda witness: type(witness).__name__)
def witness(request: pytest.FixtureRequest) -> Witness:
    """Each witness in turn."""
    found: Witness = request.param
    return found


def test_it_says_who_it_is(witness: Witness) -> None:
    assert witness.name in NAMES
    found = witness.findings(_full())
    assert found
    assert {name for finding in found for name in finding.witnesses} <= NAMES


@pytest.mark.parametrize("text", EMPTY.values(), ids=EMPTY.keys())
def test_it_survives_having_nothing(witness: Witness, text: str) -> None:
    for case in (
        Case(_job(text)),
        Case(_job(text), evidence=Evidence(Outcome.PASSED), explored=Evidence(Outcome.PASSED), static=StaticEvidence()),
    ):
        assert all(finding.code is Code.UNDEFINED for finding in witness.findings(case))


def test_it_is_pure_and_deterministic(witness: Witness) -> None:
    case, equal = _full(), _full()
    assert witness.findings(case) == witness.findings(case) == witness.findings(equal)
    assert case == equal


def test_what_it_says_stands_in_the_sample(witness: Witness) -> None:
    lines = TEXT.splitlines()
    for finding in witness.findings(_full()):
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1])


def test_symbols_are_dotted_paths_or_bare_names(witness: Witness) -> None:
    symbols = [one.symbol for one in witness.findings(_full())]
    assert all(re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*(\(.*\))?", symbol) for symbol in symbols), symbols


def test_messages_are_single_sentences_without_a_full_stop(witness: Witness) -> None:
    for finding in witness.findings(_full()):
        assert finding.message
        assert "\n" not in finding.message
        assert not finding.message.endswith(".")


@pytest.mark.parametrize("kind", ["AttributeError", "TypeError", "ImportError", "ValueError", "nobody.Knows"])
def test_what_a_guess_led_to_proves_nothing(kind: str, witness: Witness) -> None:
    seen = Raised(kind, "module 'lib' has no attribute 'Flow'", 2, file="sample.py", column=6, taint="type")
    case = Case(_job(TEXT), explored=Evidence(Outcome.FAILED, exit_code=1, raised=(seen,)))
    assert not [one for one in witness.findings(case) if one.code.startswith("A")]


ODD = st.builds(
    Raised,
    type=st.sampled_from(["AttributeError", "TypeError", "ImportError", "NameError", "FileNotFoundError", "odd.Error"]),
    message=st.text(max_size=40),
    line=st.integers(0, 900),
    column=st.integers(0, 900),
    file=st.sampled_from(["sample.py", "nowhere.py", ""]),
)


@given(seen=ODD)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_odd_records_raise_nothing(witness: Witness, seen: Raised) -> None:
    run = Evidence(Outcome.FAILED, exit_code=1, raised=(seen,))
    for finding in witness.findings(Case(_job(TEXT), evidence=run, explored=run)):
        assert finding.message
        assert finding.line >= 1
        assert finding.column >= 1
