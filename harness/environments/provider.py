"""From requirements to an environment that is ready: the two steps and what ties them together."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from harness.environments.search import FROM_SOURCE
from harness.errors import ResolutionError

if TYPE_CHECKING:
    from harness.environments.builder import Builder
    from harness.environments.resolver import Resolver
    from harness.model.environment import Environment, Request

logger = logging.getLogger(__name__)


class Provider:
    """Makes environments ready; safe to share by threads."""

    def __init__(self, resolver: Resolver, builder: Builder) -> None:
        """Say who resolves and who builds."""
        self._resolver = resolver
        self._builder = builder

    def ready(self, request: Request) -> Environment:
        """Return an environment for a request.

        Where a source distribution does not build, wheels alone are tried: the
        lock then says so in its notes and in what is held back.

        Raises:
            ResolutionError: If there is none to be had (``unsatisfiable``) or we could not find out.
            ConfigError: If a requirement cannot be read.
        """
        lock = self._resolver.lock(request)
        try:
            return self._builder.build(lock)
        except ResolutionError as error:
            if not error.unsatisfiable or FROM_SOURCE not in lock.notes:
                raise
            logger.info("%s; wheels alone are tried", error.what)
            first = error
        try:
            return self._builder.build(self._resolver.lock(request, build=False))
        except ResolutionError as error:
            # what a reader would meet is that the source does not build
            raise first from error

    def rebuilt(self, environment: Environment) -> Environment:
        """Build an environment again that a job found gone."""
        self._builder.forget(environment.lock.digest)
        return self._builder.build(environment.lock)
