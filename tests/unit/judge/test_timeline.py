"""What is asked of releases about a finding, and what their answer makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.judge.timeline import dated, questions, renamed, summary, with_history
from harness.model.environment import Lock
from harness.model.history import Answer, Question, Sense
from harness.model.verdict import Code, Confidence, Finding, History, Kind, Suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCK = Lock("3.13", "test", (("other", "1.0"), ("tool", "3.1"), ("tool-core", "3.2")), "")
MODULES = (("tool", "tool"), ("other", "other"))
GONE = History("tool", "1.4.1", "2.0.0", "2022-07-27", 13)
NEVER = History("tool", None, None, None, 57)


def finding(code: Code, symbol: str, message: str = "it fails", evidence: str = "") -> Finding:
    return Finding(code, Kind.REMOVED, 3, symbol, message, evidence=evidence, witnesses=("execution",))


def asked(one: Finding) -> list[tuple[Sense, str, str]]:
    return [(each.sense, each.path, each.member) for each in questions(one, LOCK, MODULES)]


CASES: Mapping[str, tuple[Finding, list[tuple[Sense, str, str]]]] = {
    "module": (finding(Code.MODULE, "tool.tasks.ml"), [(Sense.MODULE, "tool.tasks.ml", "")]),
    "name": (finding(Code.NAME, "tool.Flow.run"), [(Sense.ATTRIBUTE, "tool.Flow.run", "")]),
    "member of a result": (finding(Code.NAME, "tool.Flow().run"), [(Sense.ATTRIBUTE, "tool.Flow.run", "")]),
    "keyword": (finding(Code.SIGNATURE, "tool.DAG(interval=)"), [(Sense.PARAMETER, "tool.DAG", "interval")]),
    "keywords": (
        finding(Code.SIGNATURE, "tool.DAG(a=, b=)"),
        [(Sense.PARAMETER, "tool.DAG", "a"), (Sense.PARAMETER, "tool.DAG", "b")],
    ),
    "missing": (
        finding(Code.SIGNATURE, "tool.judge()", evidence="TypeError: judge() missing 1 required argument: 'column'"),
        [(Sense.REQUIRED, "tool.judge", "column")],
    ),
    "also requires": (
        finding(Code.SIGNATURE, "tool.judge()", "tool.judge also requires column, kind"),
        [(Sense.REQUIRED, "tool.judge", "column"), (Sense.REQUIRED, "tool.judge", "kind")],
    ),
    "other type": (
        finding(Code.SIGNATURE, "tool.Flow()", evidence="TypeError: 'fn' must be callable"),
        [(Sense.REQUIRED, "tool.Flow", "fn")],
    ),
    "with": (
        finding(Code.PROTOCOL, "tool.Flow", "it is no context manager"),
        [(Sense.PROTOCOL, "tool.Flow", "__enter__")],
    ),
    "async with": (
        finding(Code.PROTOCOL, "tool.Flow", "no support for the asynchronous context manager protocol"),
        [(Sense.PROTOCOL, "tool.Flow", "__aenter__")],
    ),
    "called": (
        finding(Code.PROTOCOL, "tool.LLM", "'LLM' object is not callable"),
        [(Sense.PROTOCOL, "tool.LLM", "__call__")],
    ),
    "subscript": (
        finding(Code.PROTOCOL, "tool.A", "it takes no subscript"),
        [(Sense.PROTOCOL, "tool.A", "__getitem__")],
    ),
    "operator": (
        finding(Code.PROTOCOL, "tool.A", "unsupported operand type(s) for >>: 'A' and 'A'"),
        [(Sense.PROTOCOL, "tool.A", "__rshift__")],
    ),
    "unknown protocol": (finding(Code.PROTOCOL, "tool.A", "it cannot be used this way"), []),
    "deprecated": (finding(Code.DEPRECATED, "tool.old"), [(Sense.PLAIN, "tool.old", "")]),
    "not for releases": (finding(Code.UNDEFINED, "tool"), []),
    "not installed": (finding(Code.NAME, "json.loadz"), []),
}


@pytest.mark.parametrize(("one", "expected"), CASES.values(), ids=CASES)
def test_questions(one: Finding, expected: list[tuple[Sense, str, str]]) -> None:
    assert asked(one) == expected


HOLDERS: Mapping[str, tuple[tuple[tuple[str, str], ...], tuple[str, ...], tuple[str, ...]]] = {
    "the only one": ((("tool", "tool"),), (), ("tool",)),
    "what was asked for goes first": ((("tool", "tool"), ("tool", "tool-core")), ("tool-core",), ("tool-core", "tool")),
    "the one of that name": ((("tool", "tool-core"), ("tool", "tool")), (), ("tool", "tool-core")),
    "the one that holds that part": ((("tool", "tool"), ("tool.core", "tool-core")), (), ("tool-core", "tool")),
    "none that is known": ((), (), ("tool",)),
    "one that is not in the lock": ((("tool", "absent"), ("tool", "tool_core")), (), ("tool-core", "tool")),
}


@pytest.mark.parametrize(("modules", "requested", "expected"), HOLDERS.values(), ids=HOLDERS)
def test_which_distribution(
    modules: tuple[tuple[str, str], ...], requested: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    (question,) = questions(finding(Code.NAME, "tool.core.run"), LOCK, modules, requested)
    assert (question.distribution, *(name for name, _ in question.also)) == expected
    assert question.tested == dict(LOCK.packages)[question.distribution]


QUESTION = Question("tool", "3.1", Sense.PARAMETER, "tool.DAG", "interval")


def test_removed() -> None:
    after = dated(finding(Code.NAME, "tool.run", "tool has no run"), Answer(QUESTION, GONE))
    assert (after.kind, after.history) == (Kind.REMOVED, GONE)
    assert after.message == "tool has no run: worked until 1.4.1, gone in 2.0.0 (2022-07-27)"
    assert after.witnesses == ("execution", "timeline")


def test_what_a_run_saw_and_a_release_had_is_confirmed() -> None:
    seen = replace(finding(Code.NAME, "tool.run"), confidence=Confidence.LIKELY)
    never = Answer(QUESTION, NEVER, never_existed=True)
    assert dated(seen, Answer(QUESTION, GONE)).confidence is Confidence.CONFIRMED
    assert dated(seen, never).confidence is Confidence.LIKELY, "it may be the name of a column"
    assert dated(replace(seen, guessed=True), Answer(QUESTION, GONE)).confidence is Confidence.LIKELY
    assert dated(replace(seen, witnesses=("static",)), Answer(QUESTION, GONE)).confidence is Confidence.LIKELY


def test_never_existed() -> None:
    after = dated(finding(Code.MODULE, "tool.ml"), Answer(QUESTION, NEVER, never_existed=True, prerelease="2.0rc1"))
    assert (after.kind, after.history) == (Kind.NEVER_EXISTED, NEVER)
    assert "none of the 57 releases that were looked at has it, but the pre-release 2.0rc1 had it" in after.message


def test_argument_that_never_was_keeps_its_kind_and_has_no_history() -> None:
    one = Finding(Code.SIGNATURE, Kind.SIGNATURE, 3, "tool.DAG(interval=)", "it fails")
    after = dated(one, Answer(QUESTION, NEVER, never_existed=True))
    assert (after.kind, after.history) == (Kind.SIGNATURE, None)
    assert "none of the 57 releases" in after.message


def test_protocol_keeps_its_kind() -> None:
    one = Finding(Code.PROTOCOL, Kind.PROTOCOL, 3, "tool.Flow", "it fails")
    assert dated(one, Answer(QUESTION, GONE)).kind is Kind.PROTOCOL


@pytest.mark.parametrize("answer", [Answer(QUESTION, reason="offline"), Answer(QUESTION, present=True)])
def test_no_answer_changes_nothing(answer: Answer) -> None:
    one = finding(Code.NAME, "tool.run")
    assert dated(one, answer) is one


def test_suggestion_of_the_library() -> None:
    hint = Answer(QUESTION, GONE, hint="`interval` is deprecated. Please use `schedule` instead.")
    known = Answer(QUESTION, GONE, hint=hint.hint, parameters_now=("name", "schedule"))
    one = finding(Code.SIGNATURE, "tool.DAG(interval=)")
    assert dated(one, hint).suggestion == Suggestion(f"tool 1.4.1 says: {hint.hint}")
    assert dated(one, known).suggestion == Suggestion("write schedule= instead of interval=", successors=("schedule=",))
    assert renamed(known) == ("interval", "schedule")
    assert renamed(hint) is None


def test_what_the_library_says_goes_before_what_was_found() -> None:
    one = Finding(Code.NAME, Kind.REMOVED, 3, "tool.run", "gone", suggestion=Suggestion("first"))
    after = dated(one, Answer(QUESTION, GONE, hint="use go instead"))
    assert after.suggestion == Suggestion("tool 1.4.1 says: use go instead; first")


def test_page_is_held_against_the_date() -> None:
    assert summary(GONE, "2024-01-01").endswith("the page was already wrong when it was last updated on 2024-01-01")
    assert summary(GONE, "2021-01-01").endswith("the page was right when it was last updated on 2021-01-01")


def test_another_distribution_of_the_package_is_asked_and_named() -> None:
    one = finding(Code.MODULE, "tool.nodes", "tool has no module tool.nodes")
    alternatives = {"tool": ("old-tool", "other"), "other": ("unrelated",)}
    (question,) = questions(one, LOCK, MODULES, (), alternatives)
    assert question.alternatives == ("old-tool",)  # what is installed is asked as such
    told = dated(one, Answer(question, History("old-tool", "1.26", None, None, 1)))
    assert told.kind is Kind.REMOVED
    assert told.message == "tool has no module tool.nodes: last seen in 1.26 in old-tool, another distribution of tool"


def test_first_question_that_has_a_history_counts() -> None:
    one = Finding(Code.SIGNATURE, Kind.SIGNATURE, 3, "tool.DAG(a=, b=, c=)", "it fails")
    answers = {
        "a": Answer(QUESTION, NEVER, never_existed=True),
        "b": Answer(QUESTION, GONE),
    }
    (after,) = with_history([one], LOCK, MODULES, (), lambda question: answers[question.member])
    assert after.history == GONE


def test_what_rests_on_a_guess_counts_only_if_a_release_had_it() -> None:
    sure = finding(Code.NAME, "tool.DAG.run")
    guesses = [
        Finding(Code.NAME, Kind.REMOVED, line, f"tool.DAG.{name}", "gone", guessed=True)
        for line, name in enumerate(("had", "never", "untold"), 4)
    ]
    answers = {"had": Answer(QUESTION, GONE), "never": Answer(QUESTION, NEVER, never_existed=True)}
    told = with_history(
        [sure, *guesses],
        LOCK,
        MODULES,
        (),
        lambda question: answers.get(question.path.rpartition(".")[2], Answer(QUESTION, reason="nobody knows")),
    )
    assert [one.symbol for one in told] == ["tool.DAG.run", "tool.DAG.had"]
