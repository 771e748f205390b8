"""Which change between two runs did it: the page's, a release's, the interpreter's or our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from harness.model.difference import Cause, Move, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model.ledger import RecordedFinding, RecordedJob, RecordedSample
    from harness.model.verdict import History


def cause(pair: tuple[RecordedSample, RecordedSample], finding: RecordedFinding, versions: tuple[str, str]) -> Cause:
    """Say what a finding is put down to that only one of two runs has.

    Args:
        pair: The sample in the earlier and in the later run.
        finding: The finding.
        versions: Those of the harness.
    """
    old, new = pair
    if old.code != new.code:
        return Cause(Reason.PAGE)
    jobs = _jobs(old, new)
    moves = {move.name: move for one, other in jobs for move in _moves(one.locked, other.locked)}
    history = finding.history
    if history and history.distribution in moves:
        return _by_release(history, moves[history.distribution])
    if moves:
        return Cause(
            Reason.PACKAGES,
            _likeliest_first(moves, finding, {name for pair in jobs for one in pair for name in one.packages}),
        )
    pythons = [Move("python", one.python, other.python) for one, other in jobs if one.python != other.python]
    if pythons:
        return Cause(Reason.PYTHON, tuple(pythons[:1]))
    if versions[0] != versions[1]:
        return Cause(Reason.HARNESS, (Move("harness", *versions),))
    return Cause(Reason.UNKNOWN)


def _jobs(old: RecordedSample, new: RecordedSample) -> list[tuple[RecordedJob, RecordedJob]]:
    """Pair the jobs of two runs by their lane, and by their Python where a lane has several."""
    exact = {(job.lane, job.python): job for job in old.jobs}
    lanes = {job.lane: job for job in reversed(old.jobs)}
    partners = ((exact.get((job.lane, job.python)) or lanes.get(job.lane), job) for job in new.jobs)
    return [(partner, job) for partner, job in partners if partner]


def _moves(old: Mapping[str, str], new: Mapping[str, str]) -> list[Move]:
    names = sorted({*old, *new})
    return [Move(one, old.get(one, ""), new.get(one, "")) for one in names if old.get(one) != new.get(one)]


def _by_release(history: History, move: Move) -> Cause:
    """Blame the library that a finding is about, and the release where it lies between the two versions."""
    between = history.first_bad and _between(move, history.first_bad)
    release, date = (history.first_bad or "", history.first_bad_date or "") if between else ("", "")
    return Cause(Reason.RELEASE, (move,), release, date)


def _between(move: Move, release: str) -> bool:
    """Tell whether a step from one version to another, up or down, crosses a release."""
    try:
        low, high = sorted((Version(move.before), Version(move.after)))
        return low < Version(release) <= high
    except InvalidVersion:
        return False


def _likeliest_first(moves: Mapping[str, Move], finding: RecordedFinding, asked: set[str]) -> tuple[Move, ...]:
    """Order what moved: what the finding names, what the sample asks for, the rest."""
    root = finding.symbol.partition(".")[0].lower().replace("_", "-")
    return tuple(sorted(moves.values(), key=lambda move: (move.name != root, move.name not in asked, move.name)))
