"""What the stubs need to run beside a sample: an environment of their own, and secrets made anew each time."""

from __future__ import annotations

import logging
import re
import secrets
import threading
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.version import Version

from harness.errors import ResolutionError
from harness.model.environment import Request
from harness.model.matrix import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from harness.environments.provider import Provider
    from harness.model.environment import Interpreter

KEY_BITS = 2048
OLDEST = Version("3.11")
"""The oldest Python that what they run on supports."""
_PINNED = re.compile(r"^([^\s#][^\\\n]*?)\s*\\?$", re.MULTILINE)

logger = logging.getLogger(__name__)


class Stubs:
    """Makes the stubs ready once for every interpreter; safe to share by threads."""

    fault = ""
    """Why there are none after all, on no Python, in one line; jobs then run without."""

    def __init__(self, provider: Provider, lock: Path, note: Callable[[str], None]) -> None:
        """Do nothing yet.

        Args:
            provider: Installs them, as it does a sample's libraries.
            lock: The exact packages that they run on.
            note: Hears once that they cannot be installed, and why.
        """
        self._provider, self._note = provider, note
        self._requirements = tuple(_PINNED.findall(lock.read_text("utf-8")))
        self._guard = threading.Lock()
        self._pythons: dict[str, str] = {}

    def orders(self, interpreter: Interpreter) -> Mapping[str, str]:
        """Return what the probe is told of the stubs, for a job that runs on an interpreter; nothing where none are."""
        with self._guard:
            if self.lacking(interpreter.version):
                return {}  # each job would wait anew for an index that does not answer
            try:
                python = self._python(interpreter)
            except ResolutionError as error:
                # what was asked for is all that they run on: many lines that help nobody
                self.fault = "no stubs, for their environment cannot be installed"
                self._note(f"{self.fault}: {error.cause}")
                return {}
            return {**self._secrets, "python": python, "random": secrets.token_hex(16)}

    def lacking(self, python: str) -> str:
        """Return why a run on a Python has no stubs, or an empty string."""
        old = bool(python) and Version(python) < OLDEST
        return f"no stubs on Python {python}: they need {OLDEST} or newer" if old else self.fault

    def _python(self, interpreter: Interpreter) -> str:
        """Return the interpreter of the stubs' own environment, which is another for every runner."""
        if interpreter.platform not in self._pythons:
            request = Request(requirements=self._requirements, lane=Lane.CURRENT, python=interpreter.version)
            self._pythons[interpreter.platform] = self._provider.ready(request).python
        return self._pythons[interpreter.platform]

    @cached_property
    def _secrets(self) -> Mapping[str, str]:
        """Make a CA and a key for credential files: worth nothing beyond this invocation."""
        # slow to load, and a quick look runs nothing that they stand beside
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see above
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - see above
        from trustme import CA  # noqa: PLC0415 - see above

        authority = CA(organization_name="sample-harness: stubs", organization_unit_name="not for use")
        certificate = authority.cert_pem.bytes().decode()
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "certificate": certificate,
            "authority": authority.private_key_pem.bytes().decode() + certificate,
            "private_key": key.decode(),
        }
