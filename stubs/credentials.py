"""What makes every SDK go where the stubs are: variables, credential files, and a CA that all of them trust.

Standard library only, Python 3.9 and newer: the probe writes it before the sample starts.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .protocol import Stub

TRUST = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "HTTPLIB2_CA_CERTS",
    "NODE_EXTRA_CA_CERTS",
    "PIP_CERT",
    "GIT_SSL_CAINFO",
    "CARGO_HTTP_CAINFO",
    "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
)
"""The variables that name the file of the CAs a program trusts."""
CA = ".harness/ca.pem"
"""Where the CA is, below the home."""


class Secrets(NamedTuple):
    """What is made anew for every invocation, and worth nothing outside of it."""

    authority: str
    """Certificate of the CA, PEM."""
    private_key: str
    """An RSA key for credential files, PEM."""
    random: str
    """Hexadecimal digits for whatever needs to look random."""


def lay_out(stubs: Iterable[Stub], secrets: Secrets, home: str) -> dict[str, str]:
    """Write the credential files of all stubs below the home and return the variables of all of them."""
    stubs = tuple(stubs)
    authority = os.path.join(home, CA)
    _write(authority, secrets.authority)
    known = {"{home}": home, "{ca}": authority, "{random}": secrets.random}
    for stub in stubs:
        for name, text in stub.files.items():
            key = json.dumps(secrets.private_key)[1:-1] if name.endswith(".json") else secrets.private_key
            _write(os.path.join(home, name), _filled(text, {**known, "{private_key}": key}))
    trusted = dict.fromkeys(TRUST, authority)
    own = {name: _filled(value, known) for stub in stubs for name, value in stub.environment.items()}
    return {**trusted, **own}


def _filled(text: str, known: Mapping[str, str]) -> str:
    """Replace the words that are known; braces of other kinds, as in JSON, stay."""
    for word, value in known.items():
        text = text.replace(word, value)
    return text


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
