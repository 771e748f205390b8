"""From requirements to an environment that is ready: the two steps and what ties them together."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.environments.search import FROM_SOURCE
from harness.errors import ResolutionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.environments.builder import Builder
    from harness.environments.resolver import Resolver
    from harness.model.environment import Environment, Lock, Request

logger = logging.getLogger(__name__)


class Provider:
    """Makes environments ready; safe to share by threads."""

    def __init__(self, resolver: Resolver, builder: Builder) -> None:
        """Say who resolves and who builds."""
        self._resolver = resolver
        self._builder = builder

    def ready(self, request: Request, *, compiled: bool = True) -> Environment:
        """Return an environment for a request.

        Where a source distribution does not build, wheels alone are tried (the
        lock then says so in its notes and in what is held back), then older
        Pythons, for which more wheels may exist.

        Args:
            request: What is asked.
            compiled: Whether it is to serve more than a run or two (`Builder.build`).

        Raises:
            ResolutionError: If there is none to be had (``unsatisfiable``) or we could not find out.
            ConfigError: If a requirement cannot be read.
        """
        lock = self._resolver.lock(request)
        try:
            return self._builder.build(lock, compiled=compiled)
        except ResolutionError as error:
            if not error.unsatisfiable or FROM_SOURCE not in lock.notes:
                raise
            first = error
        for other, build in self._alternatives(request, lock):
            try:
                return self._builder.build(self._resolver.lock(other, build=build), compiled=compiled)
            except ResolutionError as error:
                if not error.unsatisfiable:
                    raise
                logger.info("%s: no alternative either: %s", first.where, error.what)
        # what a reader would meet is that the source does not build
        raise first

    def _alternatives(self, request: Request, lock: Lock) -> Iterator[tuple[Request, bool]]:
        """Give what else to ask where a lock does not build, and whether source distributions may be used."""
        yield request, False
        if request.python is None:
            pythons = self._resolver.pythons
            for python in pythons[pythons.index(lock.python) + 1 :]:
                yield replace(request, python=python), True

    def rebuilt(self, environment: Environment) -> Environment:
        """Build an environment again that a job found gone."""
        self._builder.forget(environment.lock.digest)
        return self._builder.build(environment.lock)
