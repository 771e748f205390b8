"""What a stub declares: which hosts and paths it answers, and which credentials make an SDK go there.

Standard library only, Python 3.9 and newer.
"""

from collections.abc import Mapping
from typing import NamedTuple

REFUSED = 501
"""The status of an answer that says: nobody stands in for this."""


class Stub(NamedTuple):
    """One stand-in; ``stubs/<name>/__init__.py`` holds it as ``STUB``."""

    name: str
    """What the report calls it, e.g. ``azure``."""
    hosts: tuple[str, ...] = ()
    """Patterns of the host names it answers for, e.g. ``*.blob.core.windows.net``."""
    paths: tuple[str, ...] = ()
    """Beginnings of paths it answers on this machine's own ports and on hosts that no stub claims."""
    app: str = ""
    """The ASGI application, e.g. ``stubs.azure.app:app``; imported at the first request that is routed to it."""
    environment: Mapping[str, str] = {}
    """Variables that the SDK's default chain finds; ``{home}``, ``{ca}`` and ``{random}`` are filled in."""
    files: Mapping[str, str] = {}
    """Path below the home to text; ``{home}``, ``{ca}``, ``{random}`` and ``{private_key}`` are filled in."""
