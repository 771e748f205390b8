"""Findings → suggestions that were tried: each replacement is written into a copy of the sample, and the copy is run.

A replacement is verified where the copy no longer has the finding and has no
other that the sample did not have. What was verified stays in the copies that
follow, so the last of them shows that all replacements hold together.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

from harness import jobs, judging
from harness.judge.edited import Text, edited, line_before
from harness.judge.replacement import changes, rewritten
from harness.model.edit import Edit, applied
from harness.model.execution import Ending
from harness.model.matrix import Lane
from harness.model.verdict import Code, Suggestion
from harness.plan.names import provider

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.jobs import Equipment, Ran
    from harness.judge.replacement import Change
    from harness.judging import Weighed
    from harness.model.environment import Request
    from harness.model.verdict import Finding

logger = logging.getLogger(__name__)

MAX_TRIES: Final = 6
"""How many copies of one sample are run."""
MAX_SUCCESSORS: Final = 2
"""How many successors of one finding are tried: the first are the likeliest, and a run of a heavy library is dear."""
COUNTED: Final = frozenset("ASE")
"""First letters of the findings that a replacement must not bring."""
_NAMED: Final = frozenset({Code.UNDEFINED, Code.FILE})
_REFUSED: Final = frozenset({Code.SIGNATURE, Code.BUG})
"""A refusal is one fault, whether or not an older release showed that it is the library's doing."""
Key = tuple[Code, str | int]
"""What a finding is known again by in a copy."""


def suggested(weighed: Weighed, equipment: Equipment) -> Weighed:
    """Return what a run shows, with replacements that were tried.

    Args:
        weighed: A run and its findings.
        equipment: What jobs share; without an exploratory run nothing is tried, for one failure hides another.
    """
    ran = weighed.ran
    wanted = equipment.explore and ran.request is not None and not ran.job.sample.directive.skip
    if not wanted or ran.job.target.lane is not Lane.CURRENT:
        return weighed
    trial = _Trial(weighed, equipment)
    findings = tuple(trial.suggest(finding) for finding in weighed.findings)
    return replace(weighed, findings=findings, edits=trial.edits)


class _Trial:
    """What was tried of one sample, and what of it held."""

    def __init__(self, before: Weighed, equipment: Equipment) -> None:
        """Begin with the sample as it is."""
        self._ran = before.ran
        self._sample = before.ran.job.sample
        self._before = _tally(before.findings, self._sample.text, ())
        self._after = self._before
        self._equipment = equipment
        self._tries = 0
        self._mended: Counter[Key] = Counter()
        self._changes: list[Change] = []
        self.edits: tuple[Edit, ...] = ()

    def suggest(self, finding: Finding) -> Finding:
        """Return a finding with the first replacement that holds, else with the first that nothing speaks against."""
        possible: Suggestion | None = None
        failed: list[str] = []
        written = ((change, rewritten(self._sample, [*self._changes, change])) for change in changes(finding))
        for change, edits in [(change, edits) for change, edits in written if edits][:MAX_SUCCESSORS]:
            holds = self._done(finding, edits) or self._holds(finding, change, edits)
            alone = rewritten(self._sample, [change]) or edits
            old, new = _lines(self._sample.text, alone)
            suggestion = replace(_advice(finding, change), replacement=new, replaced=old, verified=holds is True)
            if holds:
                return replace(finding, suggestion=suggestion)
            if holds is None:
                possible = possible or suggestion
            else:
                failed.append(change.successor)
        if possible:
            return replace(finding, suggestion=possible)
        return replace(finding, suggestion=_refuted(finding, failed)) if failed else finding

    def _done(self, finding: Finding, edits: tuple[Edit, ...]) -> bool:
        """Return whether what holds already is all that this finding needs: two findings may have one cause."""
        return bool(self.edits) and edits == self.edits and self._gone(finding, self._after)

    def _gone(self, finding: Finding, after: Counter[Key]) -> bool:
        """Return whether a finding is gone, and those that were mended before stay gone."""
        mended = self._mended + Counter([_key(finding, finding.line)])
        return all(after[key] <= self._before[key] - count for key, count in mended.items())

    def _holds(self, finding: Finding, change: Change, edits: tuple[Edit, ...]) -> bool | None:
        """Run a copy with all that held so far and one more change; keep the change where it mends the finding.

        None says that nothing is known: the copy was not run, or not to its end.
        """
        if self._tries == MAX_TRIES:
            return None
        self._tries += 1
        after = self._weighed(change, edits)
        if after is None:
            return None
        if not self._gone(finding, after) or after - self._before:
            return False
        self._mended[_key(finding, finding.line)] += 1
        self._changes.append(change)
        self._after, self.edits = after, edits
        return True

    def _weighed(self, change: Change, edits: tuple[Edit, ...]) -> Counter[Key] | None:
        """Return what a copy shows, None where it did not run."""
        request = self._request(change)
        if request is None:
            return None
        job = replace(self._ran.job, sample=edited(self._sample, edits))
        logger.info("%s: trying %s in place of %s", job.id, change.successor, change.symbol)
        ran = jobs.run(job, self._equipment, request)
        if ran.fault is not None or not _saw_as_much(ran, self._ran):
            return None
        seen = judging.weigh(ran, None)
        after = _tally(seen.findings, self._sample.text, edits)
        # what an older release proved to be a fault of today's is still one where it is refused again
        still = _tally(seen.refused, self._sample.text, edits) & self._before
        return after | still

    def _request(self, change: Change) -> Request | None:
        """Return what the copy runs against: what the sample did, and what holds the successor."""
        request, lock = self._ran.request, self._ran.lock
        if request is None or lock is None:
            return None
        module = change.successor.rpartition(".")[0]
        holders = provider(module).distributions if module else ()
        if not holders or any(lock.version(str(canonicalize_name(name))) for name in holders):
            return request
        return replace(request, requirements=tuple(sorted({*request.requirements, holders[0]})))


def _saw_as_much(ran: Ran, before: Ran) -> bool:
    """Return whether a run looked as far as the one before: what nobody saw is not gone."""
    ended = [
        new is not None and (new.ending is Ending.EXITED or new.ending is old.ending)
        for new, old in ((ran.evidence, before.evidence), (ran.explored, before.explored))
        if old is not None
    ]
    cut_short = ran.static is not None and before.static is not None and before.static.whole and not ran.static.whole
    return ran.evidence is not None and all(ended) and not cut_short


def _key(finding: Finding, line: int) -> Key:
    """Return what a finding is known again by: a rewritten line may give its fault another symbol."""
    code = Code.SIGNATURE if finding.code in _REFUSED else finding.code
    return (code, finding.symbol) if code in _NAMED else (code, line)


def _tally(findings: Iterable[Finding], text: str, edits: tuple[Edit, ...]) -> Counter[Key]:
    """Count the findings that weigh, by code and by the line that they stand on before edits."""
    counted = [one for one in findings if one.code[0] in COUNTED and not one.settled]
    return Counter(_key(one, line_before(text, edits, one.line)) for one in counted)


def _advice(finding: Finding, change: Change) -> Suggestion:
    """Return what to tell of a replacement."""
    old = finding.suggestion
    place = change.successor.rpartition(".")[0] or change.successor
    if old is None or (place not in old.text and change.successor not in old.text):
        return Suggestion(f"write {change.successor} in place of {change.symbol}")
    return old


def _refuted(finding: Finding, failed: list[str]) -> Suggestion:
    """Return what is known of a successor, with what was tried of it: a spelling that fails is none to offer."""
    tried = f"tried {' and '.join(failed)}: the copy fails with it"
    old = finding.suggestion
    return Suggestion(f"{old.text}; {tried}" if old else tried, successors=old.successors if old else ())


def _lines(text: str, edits: tuple[Edit, ...]) -> tuple[str, str]:
    """Return the lines that edits change, as they are and as they become."""
    places = Text(text)
    groups: dict[int, list[Edit]] = {}
    for edit in sorted(edits):
        line = places.line(edit.start)
        # an edit that begins where another one's lines go on belongs to the same stretch
        last = next((first for first, group in groups.items() if places.line(group[-1].end) >= line), line)
        groups.setdefault(last, []).append(edit)
    old, new = [], []
    for first, group in groups.items():
        start = places.start(first)
        last_line = places.line(max(group[-1].end - 1, start))
        end = places.start(last_line + 1) if last_line < len(places.lines) else len(text)
        moved = [Edit(one.start - start, one.end - start, one.text) for one in group]
        old.append(text[start:end].rstrip("\n"))
        new.append(applied(text[start:end], moved).rstrip("\n"))
    return "\n".join(old), "\n".join(new)
