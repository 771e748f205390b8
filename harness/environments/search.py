"""The search for one lock: which questions are put to uv, and what is made of the answers."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from harness.environments import uv
from harness.environments.choice import Attempt, below, best, telling
from harness.environments.workshop import RESOLVING
from harness.errors import ResolutionError
from harness.model.environment import HeldBack, Lock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packaging.requirements import Requirement

    from harness.environments.uv import Said
    from harness.environments.workshop import Workshop
    from harness.model.environment import Interpreter, Request

logger = logging.getLogger(__name__)

FROM_SOURCE = "some packages may be built from source: no set of wheels satisfies the requirements"
BUILDING = 120.0
"""Seconds for a resolution from source: it builds each release that it looks at, which can be hundreds."""
_OURS = {uv.Fault.FULL, uv.Fault.NETWORK, uv.Fault.OTHER}
"""Answers that say nothing about the requirements."""
WHEELS_ONLY = "wheels alone were used: a newer release does not build from source"


class Search:
    """Looks for the lock of one request."""

    def __init__(self, workshop: Workshop, request: Request, wanted: Sequence[Requirement], *, build: bool) -> None:
        """Say what is looked for.

        Args:
            workshop: Runs builders.
            request: What is asked.
            wanted: Its requirements, parsed.
            build: Whether source distributions may be used where wheels do not suffice.
        """
        self._workshop = workshop
        self._build = build
        self._request = request
        self._names = [str(canonicalize_name(one.name)) for one in wanted]
        # where an address is given, the index has no say in what is newest
        listed = [one for one in wanted if one.url is None]
        self._listed = [str(canonicalize_name(one.name)) for one in listed]
        self._bounded = {str(canonicalize_name(one.name)): f"{one.specifier}" for one in listed if one.specifier}
        self._bare = [f"{one.name} ; {one.marker}" if one.marker else one.name for one in listed]
        self._reachable = [str(one) for one in listed]

    def run(self, offered: Sequence[Interpreter]) -> Lock | str:
        """Return the lock, or why no set of versions satisfies the request.

        Args:
            offered: The interpreters that may be chosen, newest first.

        Raises:
            ResolutionError: If we could not find out.
        """
        first, newest, goals = self._begin(offered[0])
        first, reasons = self._pressed(first, goals)
        attempts = [first, *self._others(first, offered, goals, reasons)]
        chosen = best(attempts, self._names)
        if chosen is None:
            return telling(attempts).reason
        if chosen is not first:
            chosen, reasons = self._pressed(chosen, goals)
        return self._lock(chosen, newest, {**reasons, **self._trades(chosen, goals, reasons)})

    def _begin(self, interpreter: Interpreter) -> tuple[Attempt, dict[str, str], dict[str, str]]:
        """Make the first attempt; return it, the newest releases, and the newest that the requirements allow."""
        questions = [
            (uv.compile_args(self._request, build=False), self._request.requirements),
            (uv.newest_args(self._request), self._bare),
        ]
        if self._bounded:
            questions.append((uv.newest_args(self._request), self._reachable))
        answer, *lists = self._ask(questions, interpreter)
        newest = [uv.highest(uv.pins(said.out)) for said in lists]
        return Attempt(interpreter, False, answer), newest[0], newest[-1]

    def _others(
        self, first: Attempt, offered: Sequence[Interpreter], goals: Mapping[str, str], reasons: Mapping[str, str]
    ) -> list[Attempt]:
        """Try other Pythons, then source distributions, as long as that may help."""
        hopes = [*reasons.values(), *([] if first.solved else [first.reason])]
        if not any(uv.OTHER_PYTHON.search(reason) for reason in hopes):
            return []
        plan = [(interpreter, False) for interpreter in offered[1:]]
        if self._build and any(uv.NO_WHEELS.search(reason) for reason in hopes):
            plan += [(interpreter, True) for interpreter in offered]
        tried: list[Attempt] = []
        for interpreter, build in plan:
            if build and any(attempt.build and attempt.solved for attempt in tried):
                break
            attempt = self._attempt(interpreter, build=build)
            tried.append(attempt)
            if attempt.solved and not below(attempt, goals):
                break
        return tried

    def _attempt(self, interpreter: Interpreter, *, build: bool) -> Attempt:
        """Resolve the request for one Python."""
        question = (uv.compile_args(self._request, build=build), self._request.requirements)
        return Attempt(interpreter, build, self._ask([question], interpreter, seconds=BUILDING if build else None)[0])

    def _pressed(self, attempt: Attempt, goals: Mapping[str, str]) -> tuple[Attempt, dict[str, str]]:
        """Ask for exactly the newest release of each distribution that is below it.

        uv decides in the order in which names stand, and gives up a distribution that was asked for to spare one
        that nobody named. So where an answer has more of what was asked for at its newest, that is taken instead.

        Returns:
            The best attempt, and why each distribution does not reach its goal; empty where it could by itself.
        """
        reasons: dict[str, str] = {}
        for _ in self._names:
            short = below(attempt, goals) if attempt.solved else []
            exact = {name: [f"{name}=={goals[name]}"] for name in short}
            answers = self._exactly(attempt, exact)
            reasons = {name: uv.explanation(said.err) if said.code else "" for name, said in answers.items()}
            nearer = [Attempt(attempt.interpreter, attempt.build, said) for said in answers.values()]
            better = best([attempt, *nearer], self._names) or attempt
            if better is attempt:
                break
            attempt = better
        return attempt, reasons

    def _trades(self, attempt: Attempt, goals: Mapping[str, str], reasons: Mapping[str, str]) -> dict[str, str]:
        """Return why a distribution that could be newer by itself cannot beside what else was asked for."""
        found = dict(attempt.packages)
        beside = {
            name: [
                f"{name}=={goals[name]}",
                *(f"{other}=={found[other]}" for other in self._listed if other != name and other in found),
            ]
            for name in below(attempt, goals)
            if not reasons.get(name)
        }
        answers = self._exactly(attempt, beside)
        return {name: uv.explanation(said.err) for name, said in answers.items() if said.code}

    def _exactly(self, attempt: Attempt, wanted: Mapping[str, Sequence[str]]) -> dict[str, Said]:
        """Ask for the request with further requirements, once for each name."""
        args = uv.compile_args(self._request, build=attempt.build)
        questions = [(args, [*self._request.requirements, *more]) for more in wanted.values()]
        answers = self._ask(questions, attempt.interpreter) if questions else []
        return dict(zip(wanted, answers, strict=True))

    def _lock(self, chosen: Attempt, newest: Mapping[str, str], reasons: Mapping[str, str]) -> Lock:
        """Make the lock from the chosen attempt."""
        found = dict(chosen.packages)
        held = [
            HeldBack(name, found[name], newest[name], reasons.get(name) or self._own_bound(name))
            for name in self._listed
            if name in found and name in newest and uv.older(found[name], newest[name])
        ]
        return Lock(
            python=chosen.interpreter.version,
            platform=chosen.interpreter.platform,
            packages=chosen.packages,
            text=chosen.said.out,
            held_back=tuple(held),
            resolved=datetime.now(UTC).isoformat(timespec="seconds"),
            notes=(FROM_SOURCE,) if chosen.build else () if self._build else (WHEELS_ONLY,),
        )

    def _own_bound(self, name: str) -> str:
        """Return the requirement's own bound as a reason, or nothing."""
        return f"{name}{self._bounded[name]} is required" if name in self._bounded else ""

    def _ask(
        self,
        questions: Sequence[tuple[Sequence[str], Sequence[str]]],
        at: Interpreter,
        *,
        seconds: float | None = None,
    ) -> list[Said]:
        """Put questions to uv in one builder; again, a bounded number of times, where the network failed."""
        asked = [{"args": args, "requirements": "\n".join(lines)} for args, lines in questions]
        spec = {"questions": asked, "seconds": seconds}
        label = f"resolve {', '.join(self._request.requirements)} on Python {at.version}"
        answers: list[Said] = []
        for pause in self._workshop.pauses():
            answers = self._workshop.ask("resolve", spec, list[uv.Said], at=at, limits=RESOLVING, label=label)
            faults = {said.fault for said in answers}
            if not faults & _OURS:
                return answers
            if uv.Fault.FULL in faults:
                break
            self._workshop.sleep(pause)
        broken = next(said for said in answers if said.fault in _OURS)
        raise ResolutionError(
            "the package index does not answer" if broken.fault is uv.Fault.NETWORK else "the resolver failed",
            where=label,
            cause=uv.explanation(broken.err),
            next_step=uv.MAKE_ROOM
            if broken.fault is uv.Fault.FULL
            else "check the network and the index with: harness doctor; or run with --offline",
        )
