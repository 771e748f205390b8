"""Where something lives under another path: in the tested version, or in releases before it was moved."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from packaging.version import Version

from harness.environments.api_presence import sight
from harness.environments.api_resolve import Names
from harness.environments.api_shape import FUNCTION
from harness.environments.api_web import WebError
from harness.model.history import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.environments.api_resolve import Found
    from harness.environments.api_search import Outcome
    from harness.environments.api_space import ReleaseSpace
    from harness.model.history import Question

logger = logging.getLogger(__name__)

MOST: Final = 5
"""Places that are named; more are no help."""
_PRIVATE: Final = re.compile(r"(?:^|\.)(?:_|tests?\b|testing\b|conftest|examples?(?:\b|_))")
_SIDE: Final = (
    re.compile(r"\.(?:compat\w*|contrib|deprecated|externals?|internals?|legacy|vendor(?:ed)?|v\d+)\b"),
    re.compile(r"\.(?:cli|commands?)\b"),
)
"""Modules that serve what is old or is not the library's own, and such as are no interface at all."""


def moved_to(question: Question, space: ReleaseSpace, lived_in: str = "") -> tuple[str, ...]:
    """Return full dotted paths under which a release has a module or a name, the nearest first, all of them public.

    Args:
        question: What was looked for, a module or a name.
        space: The tested version.
        lived_in: The file in which it was, within the last good release: a module that moved keeps its own shape.
    """
    parent, _, name = question.path.rpartition(".")
    top = question.path.partition(".")[0]
    try:
        if question.sense is Sense.MODULE:
            ending = question.path.removeprefix(top)
            found = [module for module in space.modules(top) if module.endswith(ending)]
        elif question.sense is Sense.ATTRIBUTE and (space.has(parent) or not space.has(parent.rpartition(".")[0])):
            found = [_shortest(question, f"{module}.{name}", space) for module in space.defined(top, name)]
        else:
            return ()
    except WebError as error:
        logger.info("where %s lives now is not known: %s", question.path, error)
        return ()
    public = dict.fromkeys(path for path in found if path != question.path and not _PRIVATE.search(path))
    own = f"/{lived_in.partition('/')[2]}"

    def merit(path: str) -> tuple[bool, ...]:
        owner = space.owner(path) if question.sense is Sense.MODULE else None
        reshaped = owner is not None and not owner.file(path).endswith(own)
        return reshaped, *(bool(one.search(path)) for one in _SIDE[::-1])

    return tuple(sorted(public, key=merit))[:MOST]


def _shortest(question: Question, path: str, space: ReleaseSpace) -> str:
    """Return the shortest path under which packages above a module give its name out, else the path itself."""
    *words, name = path.split(".")
    above = (".".join([*words[:length], name]) for length in range(1, len(words)))
    return next((one for one in above if one != question.path and sight(replace(question, path=one), space).good), path)


def moved_from(question: Question, outcome: Outcome, spaces: dict[str, ReleaseSpace]) -> tuple[Question, ...]:
    """Return the question under the paths that what holds it may have had before it was moved.

    The tested version knows the callable or class by a path that older releases
    do not know. The newest of those tells where one of the same name was. What a
    function gives is asked for by its class, where older releases do not say what it gives.
    """
    holder = outcome.tested.found if outcome.tested else None
    if question.sense is Sense.MODULE or holder is None or not holder.name:
        return ()
    return (
        *_of_class(question, holder, spaces[str(Version(question.tested))]),
        *_of_old(question, holder, outcome, spaces),
    )


def _of_class(question: Question, holder: Found, space: ReleaseSpace) -> Iterator[Question]:
    """Yield the question by the class that the tested version says a function gives."""
    last = f".{question.path.rpartition('.')[2]}" if question.sense is Sense.ATTRIBUTE else ""
    if (
        holder.thing is not None
        and holder.thing.kind == FUNCTION
        and question.sense in {Sense.ATTRIBUTE, Sense.PROTOCOL}
    ):
        for kind in Names(space).results(holder):
            yield replace(question, path=f"{kind.path}{last}")


def _of_old(
    question: Question, holder: Found, outcome: Outcome, spaces: dict[str, ReleaseSpace]
) -> tuple[Question, ...]:
    """Return the question by the paths under which an older release defines what the tested version knows."""
    without = [version for version, one in outcome.seen.items() if not one.held and version in spaces]
    if not without:
        return ()
    space = spaces[max(without, key=Version)]
    head, top = holder.name.partition(".")[0], holder.module.partition(".")[0]
    try:
        places = space.defined(top, head)
    except WebError as error:
        logger.info("where %s lived before is not known: %s", holder.path, error)
        return ()
    last = f".{question.path.rpartition('.')[2]}" if question.sense is Sense.ATTRIBUTE else ""
    return tuple(replace(question, path=f"{place}.{holder.name}{last}") for place in places[:MOST])
