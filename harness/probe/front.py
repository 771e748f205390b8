"""The way to the stubs: every name is here, some ports listen, and the stubs start when one of them is called.

The sockets are there before the sample starts and clients wait in them, so
nobody has to wait for the stubs, and a sample that calls nothing pays for a
few sockets only.
"""

import json
import os
import selectors
import socket
import struct
import subprocess
import sys
import threading
from typing import Any, Callable, Dict, List, Optional

from . import reap

HARNESS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PORTS = (80, 443)
"""Where every host listens from the start; all others only once somebody calls, for a sample may want them itself."""
LATER = (8443,)
"""Where every host listens beside the ports that the sample's text names."""
BYTES = 4 << 20
"""Bytes of calls that are taken."""


class Front:
    """Listens for a sample, and stands between it and the stubs' process."""

    def __init__(self, orders: Dict[str, Any], folder: str) -> None:
        """Write the credentials and listen.

        Args:
            orders: What the host says of the stubs.
            folder: The sample's folder.
        """
        sys.path.insert(0, HARNESS)
        from stubs import credentials, dns, protocol, registry  # noqa: PLC0415 - only where there are stubs

        self._orders, self._folder, self._answer = orders, folder, dns.answer
        self.name = f"harness-{os.getpid()}-{orders['random'][:8]}"
        """Begins the names of the sockets between the sample's process and this one."""
        made = credentials.Secrets(orders["certificate"], orders["private_key"], orders["random"])
        stubs = registry.stubs()
        assert all(isinstance(stub, protocol.Stub) for stub in stubs)  # noqa: S101 - what the registry promises
        self.environment = credentials.lay_out(stubs, made, os.environ["HOME"])
        self._process: Optional["subprocess.Popen[bytes]"] = None
        self._calls = bytearray()
        self._selector = selectors.DefaultSelector()
        self._waiting: List[socket.socket] = []
        self._address = dns.ADDRESS
        self._listen(dns.ADDRESS)
        self._wake, self._end = os.pipe()
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _listen(self, address: str) -> None:
        names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        names.bind((address, 53))
        self._take(names, lambda: self._resolve(names))
        asked = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        asked.bind(f"\0{self.name}-port")
        asked.listen()
        self._take(asked, lambda: self._asked(asked))
        for port in PORTS:
            self._wait(address, port)

    def _take(self, sock: socket.socket, action: Callable[[], None]) -> None:
        sock.setblocking(False)
        self._selector.register(sock, selectors.EVENT_READ, action)

    def _wait(self, address: str, port: int) -> None:
        """Listen on a port, and start the stubs when somebody calls."""
        try:
            sock = socket.create_server((address, port), backlog=128)
        except OSError as exc:
            print(f"stubs: port {port}: {exc}", file=sys.stderr)
            return
        if self._process is None:
            self._waiting.append(sock)
            self._take(sock, self._start)
        else:
            self._hand_over([sock])

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                try:
                    key.data()
                except (OSError, ValueError) as exc:
                    print(f"stubs: {type(exc).__name__}: {exc}", file=sys.stderr)

    def _resolve(self, sock: socket.socket) -> None:
        question, client = sock.recvfrom(4096)
        said = self._answer(question)
        if said:
            sock.sendto(said, client)

    def _asked(self, sock: socket.socket) -> None:
        """Listen on a port that the sample is about to connect to, unless somebody does."""
        connection, _ = sock.accept()
        with connection:
            connection.settimeout(1.0)
            address, _, port = connection.recv(64).decode("ascii").partition(" ")
            known = int(port) in self._orders["ports"] or (address == self._address and int(port) in LATER)
            if known and not listened(int(port)) and not busy(_asking(connection)):
                self._wait(address if address == self._address else "127.0.0.1", int(port))
            connection.sendall(b"done")

    def _start(self) -> None:
        """Start the stubs and give them the sockets."""
        self._control, theirs = socket.socketpair()
        reading, writing = os.pipe()
        told = {
            "control": theirs.fileno(),
            "record": writing,
            "authority": self._orders["authority"],
            "line": f"{self.name}-line",
            "python": self._orders["sample"],
            "work": self._folder,
        }
        names = ("PATH", "HOME", "TMPDIR", "LANG", "TZ", "PYTHONDONTWRITEBYTECODE")
        with theirs:
            self._process = subprocess.Popen(
                [self._orders["python"], "-m", "stubs.front", "ORDERS"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                cwd=HARNESS,
                env={name: os.environ[name] for name in names if name in os.environ},
                pass_fds=[theirs.fileno(), writing],
                start_new_session=True,
            )
        os.close(writing)
        reap.SPARED.add(self._process.pid)
        assert self._process.stdin is not None  # noqa: S101 - for the type checker: it is a pipe
        self._process.stdin.write(json.dumps(told).encode())
        self._process.stdin.close()
        self._record = reading
        self._selector.register(reading, selectors.EVENT_READ, self._read)
        for sock in self._waiting:
            self._selector.unregister(sock)
        self._hand_over(self._waiting)

    def _hand_over(self, socks: List[socket.socket]) -> None:
        for sock in socks:
            socket.send_fds(self._control, [b"."], [sock.fileno()])
            sock.close()

    def _read(self) -> None:
        data = os.read(self._record, 1 << 16)
        if data:
            self._calls += data[: BYTES - len(self._calls)]
        else:
            self._selector.unregister(self._record)

    def close(self) -> List[Any]:
        """End the stubs and return the calls that they wrote down."""
        os.write(self._end, b".")
        self._thread.join()
        if self._process is not None:
            reap.SPARED.discard(self._process.pid)
            reap.end_all(self._process.pid)
            while self._record in self._selector.get_map():
                self._read()
        found = []
        for line in bytes(self._calls).splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue  # the last one, cut off
        return found


def _asking(connection: socket.socket) -> int:
    """Return the process at the other end of a Unix socket."""
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", said)[0])


def busy(process: int) -> bool:
    """Return whether a process has started others: one of them may be the server that it waits for."""
    for pid in reap.descendants(process):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                command = file.read()
        except OSError:
            continue  # it ended meanwhile
        # nothing is left of one that ended; Python starts the other by itself, and it serves nobody
        if command and b"resource_tracker" not in command:
            return True
    return False


def listened(port: int) -> bool:
    """Return whether a process of this sandbox listens on a TCP port."""
    listening, found = "0A", f":{port:04X}"
    for name in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(name, encoding="ascii") as file:
                rows = [line.split() for line in file]
        except OSError:
            continue  # no IPv6 here
        if any(row[1].endswith(found) and row[3] == listening for row in rows[1:]):
            return True
    return False
