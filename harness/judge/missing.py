"""What a library reported as missing when a run failed; pure.

A package that a sample needs but does not import shows when the library
says so. Only what a library raised or logged counts: a sample that raises or
prints ``pip install x`` itself must not get x installed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from harness.judge.asks import Asked, Trust, asks, merged
from harness.model.execution import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from harness.model.execution import Evidence, Raised

_SAMPLE = "sample"
_STDLIB = "stdlib"
_DEEPEST_CHAIN = 20
_LIBRARY_FILE = re.compile(r"\s*File \"[^\"]*[/\\](?:site|dist)-packages[/\\](?P<owner>\w+)")
_ANY_FILE = re.compile(r"\s*File \"")
_ABSENT_LINE = re.compile(r"(?:\w+\.)*(?:ModuleNotFoundError|ImportError): (?P<message>.*)")


def missing(evidence: Evidence, text: str, extras: Mapping[str, Collection[str]] | None = None) -> tuple[Asked, ...]:
    """Return what libraries reported as missing in a failed run, the most exact first.

    The names are candidates: the caller asks whether they are known, and drops
    what is installed already.

    Args:
        evidence: What the probe wrote down.
        text: The sample's text: what it says itself, no library says.
        extras: The extras that installed distributions offer, by normalised name.
    """
    if evidence.outcome is not Outcome.FAILED:
        return ()
    fatal = [one for one in evidence.raised if one.fatal] or list(evidence.raised[-1:])
    found = [ask for one in fatal for link in _chain(one) for ask in _of_exception(link, evidence, extras or {})]
    # The log counts where no exception tells: what it advises may have nothing to do with the failure.
    return merged(found) or merged(_of_log(evidence.stderr, text))


def missing_later(evidence: Evidence) -> tuple[Asked, ...]:
    """Return what libraries reported as missing in a run that does not stop, where we had no hand in it.

    Only failed imports count: behind a first failure, a message has more
    reasons than a package that is not there.
    """
    own = [one for one in evidence.raised if not one.taint and not one.driven]
    links = [link for one in own for link in _chain(one) if {"ImportError"} & {link.type, *link.bases}]
    return merged(ask for link in links for ask in _of_exception(link, evidence, {}))


def _chain(raised: Raised) -> Iterator[Raised]:
    """Yield an exception and what it came from."""
    link: Raised | None = raised
    for _ in range(_DEEPEST_CHAIN):
        if link is None:
            return
        yield link
        link = link.cause


def _of_exception(raised: Raised, evidence: Evidence, extras: Mapping[str, Collection[str]]) -> Iterator[Asked]:
    """Yield what one exception asks for."""
    owner = _raiser(raised)
    if owner == _SAMPLE:
        yield from _of_own_import(raised, evidence, extras)
    elif owner:
        absent = _absent_module(raised)
        if absent:
            yield Asked("", absent, _line(raised), owner)
        # The message of a plain "cannot import name" speaks of clashing versions, not of absence.
        if "cannot import name" not in raised.message:
            about_import = bool({"ImportError", "ModuleNotFoundError"} & {raised.type, *raised.bases})
            yield from asks(raised.message, owner, Trust.LOOSE if about_import else Trust.SENTENCES)


def _of_own_import(raised: Raised, evidence: Evidence, extras: Mapping[str, Collection[str]]) -> Iterator[Asked]:
    """Yield the extra that brings a submodule which the sample's own line did not find."""
    top, _, rest = _absent_module(raised).partition(".")
    distribution = canonicalize_name(dict(evidence.modules).get(top, top))
    offered = {canonicalize_name(extra): extra for extra in extras.get(distribution, ())}
    for part in rest.split("."):
        if extra := offered.get(canonicalize_name(part)):
            yield Asked(f"{distribution}[{extra}]", "", _line(raised), distribution)


def _raiser(raised: Raised) -> str:
    """Return who raised: ``sample``, the top-level module of a library, or nothing where nobody can tell."""
    owners = (frame.owner for frame in reversed(raised.frames) if frame.owner != _STDLIB)
    return next(owners, "")


def _absent_module(raised: Raised) -> str:
    """Return the module that an import did not find, or an empty string."""
    if "ModuleNotFoundError" not in {raised.type, *raised.bases}:
        return ""
    name = dict(raised.attributes).get("name", "")
    match = re.match(r"No module named ['\"]([\w.]+)['\"]", raised.message)
    return name or (match[1] if match else "")


def _of_log(log: str, text: str) -> Iterator[Asked]:
    """Yield what libraries wrote to standard error, tracebacks of their processes included."""
    owner: str | None = None
    for line in log.splitlines():
        if _ANY_FILE.match(line):
            match = _LIBRARY_FILE.match(line)
            owner = match["owner"] if match else None
        elif match := _ABSENT_LINE.match(line):
            yield from asks(match["message"], owner) if owner else ()
            owner = None
        else:
            # Sentences in a log are advice more often than reasons, so only commands and extras count.
            yield from (ask for ask in asks(line, trust=Trust.COMMANDS) if not _is_own(ask, text))


def _is_own(ask: Asked, text: str) -> bool:
    """Say whether the sample's own text tells to install the same: then the sample may have printed it."""
    name = re.escape(ask.requirement.partition("[")[0])
    return re.search(rf"\b(?:install|add)\b[^\n]*(?<![\w-]){name}(?![\w-])", text, re.IGNORECASE) is not None


def _line(raised: Raised) -> str:
    """Return an exception on one line."""
    return " ".join(f"{raised.type}: {raised.message}".split())[:200]
