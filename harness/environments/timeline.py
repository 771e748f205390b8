"""Since which release a library no longer has what a sample uses: the timeline witness's answers.

A question is answered from the interfaces of published releases, which are read
from their files without installing or executing them. What was read is kept in
the store, so that the next question costs less and none offline.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from harness.environments.api_library import Library
from harness.environments.api_moved import moved_from, moved_to
from harness.environments.api_presence import Sighting, sight
from harness.environments.api_search import Outcome, search
from harness.environments.api_space import ReleaseSpace
from harness.environments.api_web import WebError
from harness.environments.locks import Freshness
from harness.model.history import Answer, Question, Sense
from harness.model.verdict import History

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.environments.api_listing import Release
    from harness.environments.api_web import Traffic
    from harness.environments.index import IndexSettings

logger = logging.getLogger(__name__)

SECONDS: Final = 120.0
"""Time for one question; after it, releases are no longer looked into."""
_NO_TIME: Final = "there was no time left to look"


class Timeline:
    """Answers questions about published releases; safe to share by threads."""

    def __init__(
        self, store: Path, index: IndexSettings, *, freshness: Freshness | None = None, seconds: float = SECONDS
    ) -> None:
        """Say where releases come from and where what is learnt is kept.

        Args:
            store: The host's folder of the store.
            index: What the host has configured.
            freshness: How old a list of releases may be, and whether the network may be used.
            seconds: Time for one question.
        """
        self._library = Library(store, index, freshness or Freshness())
        self._seconds = seconds
        self._lock = threading.Lock()
        self._busy: dict[str, threading.Lock] = {}

    @property
    def traffic(self) -> Traffic:
        """What was asked of the index so far."""
        return self._library.web.traffic

    def ask(self, question: Question) -> Answer:
        """Return what the published releases say; never raises for a question that has no answer."""
        first = self._ask(replace(question, also=(), alternatives=()))
        answers = [first]
        if first.never_existed or not (first.history or first.present):
            others = (
                replace(question, distribution=name, tested=version, also=(), alternatives=())
                for name, version in question.also
            )
            answers += [self._ask(other) for other in others]
        telling = next((one for one in answers if one.history and one.history.last_good), None)
        never = next((one for one in answers if one.never_existed), None)
        kin = (self._alternative(question, name) for name in question.alternatives if never and not telling)
        return telling or next((one for one in kin if one), never or first)

    def _alternative(self, question: Question, name: str) -> Answer | None:
        """Return what another distribution of the same package had, None where it never had it either."""
        newest = self._newest(name)
        if newest is None:
            return None
        asked = replace(question, distribution=name, tested=newest.version, also=(), alternatives=())
        answer = self._ask(asked)
        if answer.present:
            # its own last word: readers of today install the other one
            answer = replace(
                answer, present=False, history=History(name, newest.version, None, None, 1, (newest.version,))
            )
        return replace(answer, question=question) if answer.history and answer.history.last_good else None

    def _newest(self, name: str) -> Release | None:
        """Return the newest final release of a distribution, None where nobody knows."""
        try:
            known = self._library.releases(canonicalize_name(name))
        except (WebError, OSError) as error:
            logger.info("%s: its releases are not known: %s", name, error)
            return None
        return next(
            (one for one in reversed(known) if one.files and not (one.yanked or one.parsed.is_prerelease)), None
        )

    def released(self, distribution: str, version: str) -> str:
        """Return the ISO date on which a version came out, or an empty string where that cannot be told."""
        try:
            found = self._library.releases(distribution)
            return next((one.date for one in found if one.parsed == Version(version)), "")
        except (WebError, InvalidVersion, OSError) as error:
            logger.info("%s %s: its date is not known: %s", distribution, version, error)
            return ""

    def published(self, distribution: str, version: str) -> tuple[Release, ...]:
        """Return the final releases that can be installed up to a version, oldest first, none where nobody knows."""
        try:
            until = Version(version)
            known = [one for one in self._library.releases(distribution) if one.files and one.parsed <= until]
        except (WebError, InvalidVersion, OSError) as error:
            logger.info("%s: its releases are not known: %s", distribution, error)
            return ()
        final = [one for one in known if one.parsed == until or not (one.yanked or one.parsed.is_prerelease)]
        wheels = any(file.is_wheel for one in final for file in one.files)
        return tuple(one for one in final if not wheels or any(file.is_wheel for file in one.files))

    def _ask(self, question: Question) -> Answer:
        """Return what the releases of one distribution say."""
        with self._turn(question.distribution):
            try:
                answer, elsewhere = self._answer(question)
            except (WebError, InvalidVersion, OSError) as error:
                return Answer(question, reason=str(error))
            finally:
                self._library.keep()
        # what a class inherits is dated by the distribution that holds the base class
        inherited = self._ask(elsewhere) if elsewhere else None
        return inherited if inherited and inherited.history and inherited.history.last_good else answer

    def _turn(self, distribution: str) -> threading.Lock:
        """Return what lets one question about a distribution in at a time: they share what they read."""
        with self._lock:
            return self._busy.setdefault(distribution, threading.Lock())

    def _answer(self, question: Question) -> tuple[Answer, Question | None]:
        name = canonicalize_name(question.distribution)
        releases = self._library.releases(name)
        if not releases:
            return Answer(question, reason=f"no index knows {name}"), None
        end = time.monotonic() + self._seconds
        spaces: dict[str, ReleaseSpace] = {}

        def look(release: Release) -> Sighting:
            if time.monotonic() > end:
                return Sighting(None, _NO_TIME)
            spaces[release.version] = ReleaseSpace(self._library, self._library.shelf(name, release))
            return sight(question, spaces[release.version])

        outcome = search(releases, question.tested, look)
        before = moved_from(question, outcome, spaces) if outcome.last_good is None else ()
        if before:

            def look_again(release: Release) -> Sighting:
                found = outcome.seen.get(release.version) or look(release)
                if (found.held and found.good is not None) or time.monotonic() > end:
                    return found
                sightings = [sight(one, spaces[release.version]) for one in before]
                return next((one for one in sightings if one.good), found if found.held else sightings[0])

            again = search(releases, question.tested, look_again)
            outcome = again if again.last_good else outcome
        answer = _said(question, outcome, spaces)
        now = spaces.get(str(Version(question.tested)))
        if answer.history and now:
            answer = replace(answer, moved_to=moved_to(question, now, answer.lived_in))
        return answer, _elsewhere(question, outcome, spaces) if answer.history else None


def _said(question: Question, outcome: Outcome, spaces: dict[str, ReleaseSpace]) -> Answer:
    """Turn what a search found into an answer."""
    tested = outcome.tested
    if tested is not None and tested.good:
        return Answer(question, present=True, reason="the tested version has it", parameters_now=tested.parameters)
    now = tested.parameters if tested else ()
    told = sorted((version for version, sighting in outcome.seen.items() if sighting.good is not None), key=Version)
    distribution = canonicalize_name(question.distribution)
    if outcome.last_good is None:
        # keywords that a release does not name may have been taken all the same
        named = question.sense not in {Sense.PARAMETER, Sense.REQUIRED}
        untold = any(one.good is None for one in outcome.seen.values())
        hurried = any(one.why == _NO_TIME for one in outcome.seen.values())
        if not outcome.clear or hurried or (untold and not named):
            why = next((one.why for one in outcome.seen.values() if one.why), "no earlier release is published")
            return Answer(question, reason=why, parameters_now=now)
        never = History(str(distribution), None, None, None, len(told), tuple(told))
        version = outcome.prerelease.version if outcome.prerelease else ""
        return Answer(question, never, never_existed=True, parameters_now=now, prerelease=version)
    sighting = outcome.seen[outcome.last_good.version]
    bad = outcome.first_bad
    history = History(
        str(distribution),
        outcome.last_good.version,
        bad.version if bad else None,
        bad.date[:10] or None if bad else None,
        len(told),
        tuple(told),
    )
    return Answer(
        question,
        history,
        lived_in=_file(sighting, spaces[outcome.last_good.version]),
        hint=_hint(sighting.notes),
        parameters_then=sighting.parameters,
        parameters_now=now,
    )


def _file(sighting: Sighting, space: ReleaseSpace) -> str:
    owner = space.owner(sighting.found.module) if sighting.found else None
    return owner.file(sighting.found.module) if owner and sighting.found else ""


def _hint(notes: tuple[str, ...]) -> str:
    """Return the note that says most of what to do: one that names a replacement goes first."""
    telling: Callable[[str], bool] = lambda note: "instead" in note or "use " in note.lower()  # noqa: E731 -- a key
    return next((note for note in notes if telling(note)), next(iter(notes), ""))


def _elsewhere(question: Question, outcome: Outcome, spaces: dict[str, ReleaseSpace]) -> Question | None:
    """Return the question to put to another distribution, where that one held what was found."""
    sighting = outcome.seen[outcome.last_good.version] if outcome.last_good else None
    if outcome.last_good is None or sighting is None or sighting.found is None or question.sense is Sense.MODULE:
        return None
    tested = str(Version(question.tested))
    holder = spaces[outcome.last_good.version].owner(sighting.found.module)
    now = spaces[tested].owner(sighting.found.module) if tested in spaces else None
    if holder is None or now is None or now.distribution == canonicalize_name(question.distribution):
        return None
    path = sighting.found.path
    if question.sense is Sense.PROTOCOL:
        path = path.removesuffix(f".{question.member}")
    return Question(now.distribution, now.release.version, question.sense, path, question.member)
