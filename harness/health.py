"""What ``harness doctor`` looks at: sandboxes, Pythons, the store, the index, the options."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

from harness.environments.index import from_host
from harness.equipping import require_store, sandboxes
from harness.errors import ConfigError, HarnessError
from harness.sandbox import assets
from harness.sandbox.base import Check
from harness.sandbox.docker import DockerSandbox
from harness.sandbox.docker_report import docker_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.options import Options
    from harness.sandbox.base import Sandbox


def examine(options: Options) -> Iterator[Check]:
    """Yield what was found, one thing after the other; slow things last."""
    yield Check("python", True, f"{platform.python_version()} at {sys.executable}")
    yield _store(options)
    yield Check("uv", True, str(assets.uv()))
    yield Check("certificates", True, str(assets.ca_bundle()))
    settings = from_host()
    yield Check("package index", True, ", ".join(settings.describe()) or "the default one")
    for note in settings.notes:
        yield Check("package index", True, note)
    for sandbox in sandboxes(options):
        yield from _sandbox(sandbox)


def _store(options: Options) -> Check:
    try:
        require_store(options)
    except ConfigError as error:
        return Check("store", False, f"{options.store}: {error.what}: {error.cause}", error.next_step)
    return Check("store", True, str(options.store))


def _sandbox(sandbox: Sandbox) -> Iterator[Check]:
    name = f"sandbox {sandbox.name}"
    reason = sandbox.unavailable()
    if sandbox.name == DockerSandbox.name:
        yield from docker_report()
    elif reason:
        yield Check(name, False, reason)
    if reason:
        return
    try:
        offered = ", ".join(one.version for one in sandbox.prepare())
        yield Check(name, True, f"offers Python {offered}; {sandbox.strength}")
    except HarnessError as error:
        yield Check(name, False, error.what, error.next_step)
    finally:
        sandbox.close()
