"""Which harness this is: what runs jobs elsewhere must be the same one, or the results are not."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version

from harness import __version__
from harness.sandbox import assets

DIGITS = 12
"""How many digits of a digest are shown: to tell apart, not to prove."""


@cache
def identity() -> str:
    """Return the harness's version, its code as it is installed, and the tools that it comes with."""
    # what a wheel carries inside the package stands beside it in a checkout
    code = [item for item in assets.files(assets.PACKAGE) if not item[0].startswith("_data/")]
    total = hashlib.sha256(assets.digest(assets.folder("stubs")).encode())
    for name, path in code:
        total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"{__version__} (code {total.hexdigest()[:DIGITS]}), uv {version('uv')}, ty {version('ty')}"
