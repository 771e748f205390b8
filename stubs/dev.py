"""The front by hand, for writing and testing stubs outside of any sandbox.

``python -m stubs.front`` listens on free ports, prints
``{"http": URL, "https": URL, "ca": PATH, "home": PATH, "environment": {…}}`` and then every call, one JSON object a
line, until its input ends.

``python -m stubs.front -- COMMAND…`` runs a command where every host is the front: no network but a loopback of its
own, names resolved and the CA trusted as in a sandbox. Calls go to standard error.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import secrets
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from trustme import CA

from . import credentials, dns
from .front import Orders, serve
from .registry import stubs

_INSIDE = "HARNESS_STUBS_INSIDE"
PORTS = (80, 443, 8443)
_held: list[socket.socket] = []
"""What ends the fronts when it is closed."""


def by_hand(argv: list[str]) -> int:
    """Serve, or run a command beside the front; returns the exit code."""
    if argv[:1] != ["--"]:
        return _free_ports()
    if not os.environ.get(_INSIDE):
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        again = [sys.executable, "-m", "stubs.front", *argv]
        return subprocess.run(
            ["unshare", *user, "--net", "--mount", *again], env={**os.environ, _INSIDE: "1"}, check=False
        ).returncode
    return _beside(argv[1:])


def _free_ports() -> int:
    with tempfile.TemporaryDirectory() as home:
        authority, variables = prepare(home)
        socks = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        plain, encrypted = (sock.getsockname()[1] for sock in socks)
        told = {
            "http": f"http://127.0.0.1:{plain}",
            "https": f"https://localhost:{encrypted}",
            "ca": str(Path(home, credentials.CA)),
            "home": home,
            "environment": variables,
        }
        print(json.dumps(told), flush=True)  # noqa: T201 - what the caller reads
        _start(socks, authority, sys.stdout.buffer)
        sys.stdin.read()
    return 0


def _beside(command: list[str]) -> int:
    with tempfile.TemporaryDirectory() as home:
        _raise_loopback()
        Path(home, "resolv.conf").write_text(f"nameserver {dns.ADDRESS}\noptions timeout:1 attempts:1\n", "ascii")
        subprocess.run(["mount", "--bind", f"{home}/resolv.conf", "/etc/resolv.conf"], check=True)
        authority, variables = prepare(home)
        # stubs ask the interpreter of the sample, which is what the command starts with where that is one
        python = command[0] if Path(command[0]).name.startswith("python") else sys.executable
        _start([socket.create_server((dns.ADDRESS, port)) for port in PORTS], authority, sys.stderr.buffer, python)
        named = [int(port) for port in os.environ.get("HARNESS_STUBS_PORTS", "").split()]
        _start([socket.create_server(("127.0.0.1", port)) for port in named], authority, sys.stderr.buffer, python)
        threading.Thread(target=_resolve, daemon=True).start()
        return subprocess.run(command, env={**os.environ, "HOME": home, **variables}, check=False).returncode


def prepare(home: str) -> tuple[str, dict[str, str]]:
    """Make a CA and a key, write the credentials; returns the CA with its key, and the variables."""
    authority = CA()
    certificate = authority.cert_pem.bytes().decode()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made = credentials.Secrets(certificate, key.decode(), secrets.token_hex(16))
    return authority.private_key_pem.bytes().decode() + certificate, credentials.lay_out(stubs(), made, home)


def _start(socks: list[socket.socket], authority: str, stream: BinaryIO, python: str = sys.executable) -> None:
    ours, theirs = socket.socketpair()
    for sock in socks:
        socket.send_fds(ours, [b"."], [sock.fileno()])
        sock.close()
    _held.append(ours)
    orders = Orders(theirs.detach(), -1, authority, python=python, work=str(Path.cwd()))
    threading.Thread(target=lambda: asyncio.run(serve(orders, stream)), daemon=True).start()


def _resolve() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((dns.ADDRESS, 53))
        while True:
            question, client = sock.recvfrom(4096)
            sock.sendto(dns.answer(question), client)


def _raise_loopback() -> None:
    """Bring ``lo`` up in a network of its own."""
    set_flags, up_and_running = 0x8914, 0x1 | 0x40
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, set_flags, struct.pack("16sH14x", b"lo", up_and_running))
