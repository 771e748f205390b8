"""Certificates for whatever host a client asks for, signed by the run-time CA."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from trustme import CA

PROTOCOLS = ["h2", "http/1.1"]
"""What is spoken above TLS, in order of preference."""


class Certificates:
    """One TLS context per host name, made when a client names it."""

    def __init__(self, authority: CA) -> None:
        self._authority = authority
        self._contexts: dict[str, ssl.SSLContext] = {}

    def front(self, address: str) -> ssl.SSLContext:
        """Return the context that a connection begins with.

        Args:
            address: What the client connected to; the name of the certificate where the client does not say one.
        """
        context = self._context(address)
        context.sni_callback = self._choose
        return context

    @property
    def _choose(self) -> Callable[[ssl.SSLObject, str | None, ssl.SSLContext], None]:
        def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            if name:
                connection.context = self._context(name)

        return choose

    def _context(self, name: str) -> ssl.SSLContext:
        if name not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.set_alpn_protocols(PROTOCOLS)
            self._authority.issue_cert(name, "localhost", "127.0.0.1").configure_cert(context)
            self._contexts[name] = context
        return self._contexts[name]
