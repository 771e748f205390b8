"""What jobs share: a sandbox that is ready, a resolver, a builder, results; and its end."""

from __future__ import annotations

import tempfile
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from harness.environments.builder import Builder
from harness.environments.index import from_host
from harness.environments.locks import Freshness
from harness.environments.manage import Manager
from harness.environments.provider import Provider
from harness.environments.resolver import Resolver
from harness.errors import ConfigError
from harness.jobs import Equipment
from harness.ledger.results import ResultsCache
from harness.options import WitnessChoice
from harness.sandbox import assets
from harness.sandbox.namespace import NamespaceSandbox
from harness.sandbox.process import ProcessSandbox
from harness.sandbox.select import AUTO, choose
from harness.stubbing import Stubs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from harness.environments.index import IndexSettings
    from harness.environments.timeline import Timeline
    from harness.options import Options
    from harness.sandbox.base import Sandbox


def _docker(options: Options) -> Sandbox:
    from harness.sandbox.docker import DockerSandbox  # noqa: PLC0415 - its client is a quarter of all there is to load

    return DockerSandbox(bases=options.docker_bases)


_SANDBOXES: Mapping[str, Callable[[Options], Sandbox]] = {
    "docker": _docker,
    "namespace": lambda options: NamespaceSandbox(options.store),
    "process": lambda options: ProcessSandbox(options.store),
}
"""How each sandbox is made, strongest first."""


def sandboxes(options: Options, name: str = AUTO) -> tuple[Sandbox, ...]:
    """Return the sandbox of a name, or every one there is, strongest first; none is started."""
    return tuple(make(options) for known, make in _SANDBOXES.items() if name in {AUTO, known})


def require_store(options: Options) -> None:
    """Make the store's folder where it is not there yet.

    Raises:
        ConfigError: If it cannot be made or written to.
    """
    try:
        options.store.mkdir(parents=True, exist_ok=True)
        # the system's own answer: permissions say nothing of a disk that is mounted read-only
        tempfile.TemporaryFile(dir=options.store).close()
    except OSError as error:
        raise ConfigError(
            "the store cannot be used",
            where=f"{options.store} ({options.source('store')})",
            cause=error.strerror or str(error),
            next_step="name a folder that you may write to: --store FOLDER, or HARNESS_STORE",
        ) from error


@contextmanager
def opened(options: Options, note: Callable[[str], None]) -> Iterator[Sandbox]:
    """Choose a sandbox and leave nothing of it running behind.

    Args:
        options: Which one is wanted.
        note: Hears of those that were passed over, and why.

    Raises:
        ConfigError: If the one that is asked for, or the store, cannot be used here.
    """
    require_store(options)
    name = "docker" if options.require_docker else options.sandbox
    choice = choose(name, sandboxes(options, name))
    for passed_over, reason in choice.passed_over:
        note(f"not the {passed_over} sandbox: {reason}")
    try:
        yield choice.sandbox
    finally:
        choice.sandbox.close()


@contextmanager
def equipped(options: Options, note: Callable[[str], None]) -> Iterator[Equipment]:
    """Make ready what jobs share.

    Raises:
        ConfigError: If the sandbox that is asked for cannot be used here.
        SandboxError: If no runner can be made ready.
    """
    everyone = options.witnesses is WitnessChoice.ALL
    cancel = threading.Event()
    index = from_host()
    freshness = Freshness(options.lock_max_age, offline=options.offline, refresh=options.refresh)
    with opened(options, note) as sandbox:
        interpreters = sandbox.prepare(options.pythons or None)
        run = partial(sandbox.run, cancel=cancel)
        try:
            resolver = Resolver(run, interpreters, options.store, index=index, freshness=freshness)
            builder = Builder(run, interpreters, options.store, sandbox.store_id(), index=index, freshness=freshness)
            provider = Provider(resolver, builder)
            yield Equipment(
                sandbox=sandbox,
                interpreters=interpreters,
                resolver=resolver,
                provider=provider,
                results=ResultsCache(options.store),
                reuse=not options.no_cache,
                limits=options.limits,
                digests={"probe": assets.digest(assets.probe()), "stubs": assets.digest(assets.folder("stubs"))},
                cancel=cancel,
                timeline=_timeline(options, index, freshness) if everyone else None,
                explore=everyone,
                execute=options.witnesses is not WitnessChoice.STATIC,
                stubs=_stubs(sandbox, provider, note),
                as_of=options.as_of,
                older_runs=options.older_runs,
                older_time=options.older_time,
            )
        finally:
            cancel.set()


def _timeline(options: Options, index: IndexSettings, freshness: Freshness) -> Timeline:
    from harness.environments.timeline import Timeline  # noqa: PLC0415 - slow to load, and a quick look needs none

    return Timeline(options.store, index, freshness=freshness)


def _stubs(sandbox: Sandbox, provider: Provider, note: Callable[[str], None]) -> Stubs | None:
    """Return what stands in for services, where a sandbox has a network of its own for them."""
    if sandbox.name == "process":
        note("no stubs in the process sandbox: samples reach the real network")
        return None
    return Stubs(provider, assets.folder("stubs") / "requirements.lock", note)


@contextmanager
def managed(options: Options, note: Callable[[str], None]) -> Iterator[Manager]:
    """Give access to the environments in the store of the sandbox that would be used."""
    with opened(options, note) as sandbox:
        yield Manager(sandbox.run, sandbox.prepare(), options.store, sandbox.store_id())
