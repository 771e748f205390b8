"""The timeline witness: what is asked of published releases about a finding, and what their answer makes of it.

Pure: who answers is given. The finding says what is wrong today; the answer
says whether it was ever right, until when, and what the last good release said
of its future.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

from harness.model.history import Question, Sense
from harness.model.verdict import Code, Confidence, Kind, Suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from harness.model.environment import Lock
    from harness.model.history import Answer
    from harness.model.verdict import Finding, History

ASKED: Final = frozenset({Code.MODULE, Code.NAME, Code.SIGNATURE, Code.PROTOCOL, Code.DEPRECATED})
"""The findings that releases can say something about."""
MOST_OTHERS: Final = 4
"""Further distributions asked about one package."""
_CALL: Final = re.compile(r"^(?P<path>[\w.()\[\]]+?)\((?P<keywords>[^()]*)\)$")
_ADVISES: Final = re.compile(
    r"instead|favou?r of|replaced by|renamed to|moved to|\b(?:use|migrate to|switch to) ", re.IGNORECASE
)
_QUOTED: Final = re.compile(r"['\"`](\w+)['\"`]")
_REQUIRES: Final = re.compile(r"also requires ([\w, ]+)")
_TELLS: Final = re.compile(r"(?:set|pass|specify|provide|missing|add|use) [`'\"]?(\w+_\w+)[`'\"]?")
_METHODS: Final = (
    (re.compile(r"asynchronous context manager|__aenter__"), "__aenter__"),
    (re.compile(r"context manager|__enter__"), "__enter__"),
    (re.compile(r"not callable"), "__call__"),
    (re.compile(r"no len\(\)"), "__len__"),
    (re.compile(r"item assignment"), "__setitem__"),
    (re.compile(r"subscript"), "__getitem__"),
    (re.compile(r"__aiter__|async iter"), "__aiter__"),
    (re.compile(r"not an iterator"), "__next__"),
    (re.compile(r"iterable|iterated"), "__iter__"),
    (re.compile(r"await"), "__await__"),
)
"""What a message says an object cannot do, and the method that would do it."""
_OPERATOR: Final = re.compile(r"unsupported operand type\(?s?\)? for (\S+?):")
_OPERATORS: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    ">>": "rshift", "<<": "lshift", "&": "and", "|": "or", "^": "xor",
}  # fmt: skip


def questions(
    finding: Finding,
    lock: Lock,
    modules: Iterable[tuple[str, str]],
    requested: Iterable[str] = (),
    alternatives: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> tuple[Question, ...]:
    """Return what to ask about a finding, the most telling question first; nothing where releases cannot tell.

    Args:
        finding: The finding.
        lock: The versions in which it was seen.
        modules: (module, distribution that provides it), as installed (`Evidence.modules`).
        requested: Normalised names of the distributions that the sample itself asks for.
        alternatives: Top-level module to the names of what else is known to provide it.
    """
    if finding.code not in ASKED:
        return ()
    found = holders(finding.symbol, lock, modules, frozenset(requested))
    if not found:
        return ()
    (name, version), *others = found
    asked = _asked(finding)
    kin = tuple(one for one in alternatives.get(_top(finding.symbol), ()) if one not in dict(lock.packages))
    also = tuple(others[:MOST_OTHERS])
    return tuple(Question(name, version, *one, also=also, alternatives=kin) for one in dict.fromkeys(asked))


def dated(finding: Finding, answer: Answer) -> Finding:
    """Return a finding with what the releases say of it; unchanged where they say nothing."""
    history = answer.history
    if history is None or answer.present:
        return finding
    named = finding.code in (Code.MODULE, Code.NAME)
    kind = (Kind.NEVER_EXISTED if answer.never_existed else Kind.REMOVED) if named else finding.kind
    told = _told(finding, answer, history)
    if history.distribution in answer.question.alternatives:
        told += f" in {history.distribution}, another distribution of {_top(finding.symbol)}"
    # a run saw it fail, and releases show that it was there: nothing is left to conclude
    proved_gone = named and not answer.never_existed and not finding.guessed and "execution" in finding.witnesses
    return replace(
        finding,
        kind=kind,
        confidence=Confidence.CONFIRMED if proved_gone else finding.confidence,
        message=f"{finding.message}: {told}",
        witnesses=tuple(sorted({*finding.witnesses, "timeline"})),
        # what a call never took has no history: the number of releases stands in the message
        history=history if named or not answer.never_existed else None,
        suggestion=_suggestion(answer, finding.suggestion),
    )


def _told(finding: Finding, answer: Answer, history: History) -> str:
    """Return what the releases say, for a message."""
    if answer.never_existed:
        return _never(answer, history)
    if finding.code is not Code.DEPRECATED:
        return summary(history)
    if not history.first_bad:
        return f"not yet so in {history.last_good}"
    date = f" ({history.first_bad_date})" if history.first_bad_date else ""
    return f"so since {history.first_bad}{date}"


def with_history(
    findings: Iterable[Finding],
    lock: Lock,
    modules: Iterable[tuple[str, str]],
    requested: Iterable[str],
    ask: Callable[[Question], Answer],
    *,
    alternatives: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Return findings with their history: of each, the questions are asked in turn until one is answered.

    Args:
        findings: What was found.
        lock: The versions in which it was found.
        modules: (module, distribution that provides it), as installed.
        requested: Normalised names of the distributions that the sample itself asks for.
        ask: Answers a question (`Timeline.ask`).
        alternatives: Top-level module to the names of what else is known to provide it.
    """
    pairs, names = tuple(modules), tuple(requested)
    told = (_with_history(finding, questions(finding, lock, pairs, names, alternatives), ask) for finding in findings)
    return proved(told)


def proved(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings without those that rest on a guess and that no release proves."""
    return tuple(one for one in findings if not one.guessed or (one.history is not None and one.history.last_good))


def _with_history(finding: Finding, asked: Iterable[Question], ask: Callable[[Question], Answer]) -> Finding:
    never: Answer | None = None
    for question in asked:
        answer = ask(question)
        if answer.history and not answer.never_existed:
            return dated(finding, answer)
        never = never or (answer if answer.never_existed else None)
    return dated(finding, never) if never else finding


def summary(history: History, updated: str = "") -> str:
    """Return a history in words.

    Args:
        history: The history, one with a last good release.
        updated: ISO date on which the page says it was last touched, or empty.
    """
    date = f" ({history.first_bad_date})" if history.first_bad_date else ""
    gone = f"worked until {history.last_good}, gone in {history.first_bad}{date}"
    told = gone if history.first_bad else f"last seen in {history.last_good}"
    if updated and history.first_bad_date:
        then = "was already wrong" if history.first_bad_date <= updated else "was right"
        told += f"; the page {then} when it was last updated on {updated}"
    return told


def renamed(answer: Answer) -> tuple[str, str] | None:
    """Return (parameter, its new name) where the library's own words or its parameters leave no doubt."""
    old = answer.question.member
    if answer.question.sense is not Sense.PARAMETER or old in answer.parameters_now:
        return None
    new = [name for name in answer.parameters_now if name != "**"]
    named = [name for name in new if re.search(rf"\b{re.escape(name)}\b", answer.hint)]
    if len(named) > 1:
        named = [name for name in named if re.search(rf"[`'\"]{re.escape(name)}[`'\"]", answer.hint)]
    return (old, named[0]) if len(named) == 1 else None


def _never(answer: Answer, history: History) -> str:
    """Say that no release had something, and in how many it was looked for."""
    but = f", but the pre-release {answer.prerelease} had it" if answer.prerelease else ""
    return f"none of the {history.releases_checked} releases that were looked at has it{but}"


def _suggestion(answer: Answer, known: Suggestion | None) -> Suggestion | None:
    """Return the library's own advice beside what is known, or nothing."""
    history, names = answer.history, renamed(answer)
    if names and known is None:
        return Suggestion(f"write {names[1]}= instead of {names[0]}=", successors=(f"{names[1]}=",))
    if answer.moved_to and known is None:
        known = Suggestion(f"{answer.question.path} is {answer.moved_to[0]} now", successors=answer.moved_to)
    if not answer.hint or history is None or (known is not None and not _ADVISES.search(answer.hint)):
        return known
    # what the library says goes first: that a name was found elsewhere does not make it the same thing
    said = f"{history.distribution} {history.last_good} says: {answer.hint}"
    return replace(known, text=f"{said}; {known.text}", replacement=None) if known else Suggestion(said)


def holders(
    symbol: str, lock: Lock, modules: Iterable[tuple[str, str]], requested: frozenset[str]
) -> list[tuple[str, str]]:
    """Return (distribution, version) of those that may hold a symbol's package, the likeliest first."""
    versions = dict(lock.packages)
    top = _top(symbol)
    package = str(canonicalize_name(top)) if top else ""
    pairs = [(module, str(canonicalize_name(name))) for module, name in modules]
    share = [(module, name) for module, name in pairs if module.partition(".")[0] == top and name in versions]

    def merit(pair: tuple[str, str]) -> tuple[bool, int, bool, bool, int]:
        module, name = pair
        fits = f"{symbol}.".startswith(f"{module}.")
        return not fits, -module.count("."), name not in requested, name != package, len(name)

    names = [name for _, name in sorted(share, key=merit)]
    names += [name for name in (package, *sorted(requested)) if name in versions and name.startswith(package)]
    return [(name, versions[name]) for name in dict.fromkeys(names) if name]


def _top(symbol: str) -> str:
    """Return the top-level module of a symbol."""
    return symbol.partition(".")[0].partition("(")[0]


def _asked(finding: Finding) -> list[tuple[Sense, str, str]]:
    """Return (sense, path, member) of what may be asked about a finding."""
    call = _CALL.match(finding.symbol)
    path = _plain(call["path"] if call else finding.symbol)
    said = f"{finding.message}\n{finding.evidence}"
    if finding.code is Code.MODULE:
        return [(Sense.MODULE, path, "")]
    if finding.code is Code.NAME:
        return [(Sense.ATTRIBUTE, path, "")]
    if finding.code is Code.DEPRECATED:
        return [(Sense.PLAIN, path, "")]
    if finding.code is Code.PROTOCOL:
        method = _method(said)
        return [(Sense.PROTOCOL, path, method)] if method else []
    keywords = [word.strip().rstrip("=") for word in (call["keywords"] if call else "").split(",") if word.strip()]
    if keywords:
        return [(Sense.PARAMETER, path, name) for name in keywords]
    return [(sense, path, name) for sense, name in _new(said)]


def _new(said: str) -> list[tuple[Sense, str]]:
    """Return the parameters that a message asks for; only one that cannot be left out is a reason to fail."""
    listed = [name.strip() for text in _REQUIRES.findall(said) for name in text.split(",")]
    named = (*listed, *_TELLS.findall(said), *_QUOTED.findall(said))
    return [(Sense.REQUIRED, name) for name in named if name.isidentifier()]


def _method(said: str) -> str:
    """Return the special method that a message says is missing."""
    operator = _OPERATOR.search(said)
    if operator:
        name = _OPERATORS.get(operator[1].rstrip("="), "")
        return f"__{name}__" if name else ""
    return next((method for pattern, method in _METHODS if pattern.search(said)), "")


def _plain(path: str) -> str:
    """Return a path without the calls and subscripts in it: a class's name stands for what it makes."""
    return re.sub(r"\(\)|\[[^\]]*\]", "", path)
