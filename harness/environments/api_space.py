"""The modules of one release and of the distributions that it is split into.

A distribution may hold nothing itself and require others that hold its
package: the release's own metadata says which. A requirement is looked into
where its name says that it belongs there: it begins with the distribution's
name or the package's, or it is the package's. What it holds decides.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

from harness.environments.api_web import WebError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

    from harness.environments.api_library import Library, Shelf
    from harness.environments.api_listing import Release
    from harness.environments.api_shape import Module

logger = logging.getLogger(__name__)

TOGETHER: Final = timedelta(days=2)
"""Parts of one distribution are published within this time of each other."""
MOST_PARTNERS: Final = 8


class ReleaseSpace:
    """What a reader has who installs one release."""

    def __init__(self, library: Library, shelf: Shelf) -> None:
        """Say which release.

        Args:
            library: Where the others are found.
            shelf: The release.
        """
        self._library = library
        self._own = shelf
        self._partners: dict[str, tuple[Shelf, ...]] = {}

    def has(self, module: str) -> bool:
        """Return whether a module is there."""
        return self.owner(module) is not None

    def module(self, name: str) -> Module | None:
        """Return the interface of a module."""
        owner = self.owner(name)
        return owner.module(name) if owner else None

    def covers(self, module: str) -> bool:
        """Return whether the module's top-level package is in this space."""
        return self.has(module.partition(".")[0])

    def owner(self, module: str) -> Shelf | None:
        """Return the release that holds a module; one that has a file for it goes first."""
        if self._own.file(module):
            return self._own
        top = module.partition(".")[0]
        holders = [shelf for shelf in self._of(top) if shelf.has(module)]
        filed = next((shelf for shelf in holders if shelf.file(module)), None)
        return filed or (self._own if self._own.has(module) else next(iter(holders), None))

    def modules(self, top: str) -> tuple[str, ...]:
        """Return the names of all modules below a top-level package, the shortest first."""
        every = {module for shelf in (self._own, *self._of(top)) for module in shelf.modules()}
        return tuple(sorted((one for one in every if one.partition(".")[0] == top), key=lambda one: (len(one), one)))

    def defined(self, top: str, name: str) -> tuple[str, ...]:
        """Return the modules below a top-level package that define a class or function of this name."""
        found = [module for shelf in (self._own, *self._of(top)) for module in shelf.defined(name)]
        return tuple(one for one in found if one.partition(".")[0] == top)

    def _of(self, top: str) -> tuple[Shelf, ...]:
        """Return the releases beside the own one that hold a top-level package."""
        if top not in self._partners:
            self._partners[top] = ()  # a partner that asks back finds nothing
            self._partners[top] = tuple(self._search(top))
        return self._partners[top]

    def _search(self, top: str) -> Iterator[Shelf]:
        waiting, seen = [self._own], {self._own.distribution}
        while waiting and len(seen) <= MOST_PARTNERS:
            shelf = waiting.pop(0)
            for requirement in shelf.requires():
                name = canonicalize_name(requirement.name)
                if name in seen or not _kin(name, self._own.distribution, top):
                    continue
                seen.add(name)
                partner = self._partner(requirement)
                if partner and self._library.provides(partner, top):
                    waiting.append(partner)
                    yield partner

    def _partner(self, requirement: Requirement) -> Shelf | None:
        """Return the release of a requirement that was current when the own one was published."""
        name = canonicalize_name(requirement.name)
        try:
            fitting = [
                one
                for one in self._library.releases(name)
                if not one.yanked and one.files and requirement.specifier.contains(one.version, prereleases=True)
            ]
        except WebError as error:
            logger.info("%s is left out: %s", name, error)
            return None
        final = [one for one in fitting if not one.parsed.is_prerelease] or fitting
        limit = _when(self._own.release)
        early = [one for one in final if limit is None or (when := _when(one)) is None or when <= limit + TOGETHER]
        chosen = early[-1] if early else next(iter(final), None)
        return self._library.shelf(name, chosen) if chosen else None


def _kin(name: str, distribution: str, top: str) -> bool:
    """Return whether a requirement's name says that it may hold a package of the distribution."""
    package = canonicalize_name(top)
    return name == package or any(name.startswith(f"{prefix}-") for prefix in (distribution, package))


def _when(release: Release) -> datetime | None:
    return datetime.fromisoformat(release.date) if release.date else None
