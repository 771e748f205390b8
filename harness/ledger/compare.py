"""What differs between two runs: samples are paired, then what was found in each pair.

Pure. A sample is known again by its code, wherever it went on its page, else by
its id. A finding is known again by its fingerprint, and on code that did not
change by its line: a library that moves on may have the same fault told otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.ledger.blame import cause
from harness.model.difference import ChangedFinding, ChangedSample, Difference
from harness.model.verdict import Code, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model.ledger import RecordedFinding, RecordedRun, RecordedSample

_UNKNOWN = frozenset({Verdict.SKIPPED, Verdict.ERROR})
"""Verdicts that say nothing of a sample."""
_GONE = frozenset({Code.MODULE, Code.NAME, Code.SIGNATURE, Code.PROTOCOL})
"""Codes of which one line may have one today and another tomorrow."""

Pair = tuple["RecordedSample", "RecordedSample"]
"""The same sample in the earlier and in the later run."""


def compare(before: RecordedRun, after: RecordedRun) -> Difference:
    """Say what differs between two runs.

    Args:
        before: The earlier run.
        after: The later one.
    """
    pairs = _pairs(before.samples, after.samples)
    paired = {id(sample) for pair in pairs for sample in pair}
    sides = [_sides(pair, before, after) for pair in pairs if not _unknown(pair)]
    sides += _page_sides(before, after)
    return Difference(
        before=before.summary,
        after=after.summary,
        broken=tuple(side.broken for side in sides if side.is_broken),
        fixed=tuple(side.fixed for side in sides if side.is_fixed),
        still=tuple(side.still for side in sides if side.still.findings),
        added=tuple(one.id for one in after.samples if id(one) not in paired),
        removed=tuple(one.id for one in before.samples if id(one) not in paired),
        unknown=tuple(pair[1].id for pair in pairs if _unknown(pair)),
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """What became of one sample."""

    broken: ChangedSample
    fixed: ChangedSample
    still: ChangedSample

    @property
    def is_broken(self) -> bool:
        return bool(self.broken.findings) or (self.broken.before is Verdict.OK and self.broken.after is not Verdict.OK)

    @property
    def is_fixed(self) -> bool:
        return bool(self.fixed.findings) or (self.fixed.before is not Verdict.OK and self.fixed.after is Verdict.OK)


def _unknown(pair: Pair) -> bool:
    return any(sample.verdict in _UNKNOWN for sample in pair)


def _slug(sample: RecordedSample) -> str:
    return sample.id.rpartition("#")[0]


def _pairs(before: Sequence[RecordedSample], after: Sequence[RecordedSample]) -> list[Pair]:
    """Pair the samples of two runs, in the order of the later one."""
    same_code = defaultdict(list)
    for sample in before:
        same_code[_slug(sample), sample.code].append(sample)
    found: dict[int, RecordedSample] = {}
    for sample in after:
        known = same_code[_slug(sample), sample.code]
        # of equal samples on one page, the one that kept its number
        stayed = next((one for one in known if one.id == sample.id), known[0] if known else None)
        if stayed:
            known.remove(stayed)
            found[id(sample)] = stayed
    taken = {id(sample) for sample in found.values()}
    edited = {sample.id: sample for sample in before if id(sample) not in taken}
    partners = ((found.get(id(sample)) or edited.get(sample.id), sample) for sample in after)
    return [(partner, sample) for partner, sample in partners if partner]


def _sides(pair: Pair, before: RecordedRun, after: RecordedRun) -> _Sides:
    old, new = pair
    came, went, stayed = _split(_counting(old), _counting(new), same_code=old.code == new.code)
    empty = ChangedSample(new.id, new.page, old.verdict, new.verdict, ())
    versions = (before.summary.version, after.summary.version)
    return _Sides(
        broken=replace(empty, findings=tuple(ChangedFinding(one, cause(pair, one, versions)) for one in came)),
        fixed=replace(empty, findings=tuple(ChangedFinding(one, cause(pair, one, versions)) for one in went)),
        still=replace(empty, findings=tuple(ChangedFinding(one) for one in stayed)),
    )


def _page_sides(before: RecordedRun, after: RecordedRun) -> list[_Sides]:
    """Compare what is wrong with pages as such; only an edit changes that."""
    known = {page.slug or page.path: page for page in before.pages}
    found = []
    for page in after.pages:
        old = known.get(page.slug or page.path)
        if old is None:
            continue
        came, went, stayed = _split(old.findings, page.findings, same_code=False)
        empty = ChangedSample("", page.path, None, None, ())
        sides = ((ChangedFinding(one) for one in group) for group in (came, went, stayed))
        found.append(_Sides(*(replace(empty, findings=tuple(side)) for side in sides)))
    return found


def _counting(sample: RecordedSample) -> list[RecordedFinding]:
    return [one for one in sample.findings if one.counts]


def _split(
    before: Sequence[RecordedFinding], after: Sequence[RecordedFinding], *, same_code: bool
) -> tuple[list[RecordedFinding], list[RecordedFinding], list[RecordedFinding]]:
    """Return what only the later has, what only the earlier has, and what both have.

    What was deprecated and is gone by now is what its library did, and nothing that was mended.
    """
    old = {one.fingerprint for one in before} | ({_spot(one) for one in before} if same_code else set())
    new = {one.fingerprint for one in after} | ({_spot(one) for one in after} if same_code else set())
    came = [one for one in after if one.fingerprint not in old and _spot(one) not in old]
    went = [one for one in before if one.fingerprint not in new and _spot(one) not in new]
    grew = {word for one in came if one.code in _GONE for word in (one.symbol, one.line if same_code else "")} - {""}
    went = [one for one in went if one.code != Code.DEPRECATED or grew.isdisjoint((one.symbol, one.line))]
    return came, went, [one for one in after if one not in came]


def _spot(finding: RecordedFinding) -> str:
    """Return the place and the weight of a finding: a line that was deprecated and is now gone is newly broken."""
    return f"{finding.line} {'gone' if finding.code in _GONE else finding.code}"
