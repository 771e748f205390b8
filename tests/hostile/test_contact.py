"""Attacks over sockets and through what comes out; each is named by how it comes out."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandboxes import Bench


@pytest.fixture
def abstract_socket() -> Iterator[str]:
    """A service of the host's that has no file, as desktops have them."""
    name = f"harness-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen()
        yield name


CONNECT = """
import socket, sys
try: socket.socket(socket.AF_UNIX).connect("\\0" + sys.argv[1]); print("connected")
except OSError: print("refused")
"""


def test_abstract_sockets_of_the_host_are_out_of_reach(bench: Bench, abstract_socket: str) -> None:
    assert bench.run(CONNECT, abstract_socket).stdout == b"refused\n"


def test_builders_do_not_reach_abstract_sockets_either(bench: Bench, abstract_socket: str) -> None:
    assert bench.run(CONNECT, abstract_socket, network=True).stdout == b"refused\n"


def test_raw_sockets_are_refused(bench: Bench) -> None:
    code = """
import json, socket
def made(*args):
    try: socket.socket(*args).close(); return True
    except OSError: return False
print(json.dumps([made(socket.AF_INET, socket.SOCK_RAW, 1), made(socket.AF_PACKET, socket.SOCK_RAW, 3)]))
"""
    assert bench.says(code) == [False, False]


def test_the_hypervisor_cannot_be_called(bench: Bench) -> None:
    code = "import socket\ntry: socket.socket(40, socket.SOCK_STREAM); print('made')\nexcept OSError: print('refused')"
    said = bench.run(code).stdout
    if bench.name == "docker" and said == b"made\n":
        pytest.skip("the default seccomp profile of engines before 23 lets these sockets through")
    assert said == b"refused\n"


def test_services_on_the_hosts_loopback_are_out_of_reach(bench: Bench) -> None:
    code = "import socket, sys\ntry: socket.create_connection(('127.0.0.1', int(sys.argv[1])), 3); print('connected')\n"
    code += "except OSError: print('refused')"
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert bench.run(code, str(server.getsockname()[1])).stdout == b"refused\n"


# What comes out


def test_escape_codes_stay_data(bench: Bench) -> None:
    data = b"\x1b]0;owned\x07\x1b[2J\x9b31m\xff\x00\r"
    done = bench.run(f"import os; os.write(1, {data!r}); os.write(2, {data!r})")
    assert (done.stdout, done.stderr) == (data, data), "neutralising is the reports' work: here nothing is lost"


def test_there_is_no_terminal_to_type_into(bench: Bench) -> None:
    code = "import os\ntry: os.open('/dev/tty', os.O_RDWR); print('opened')\nexcept OSError: print('refused')"
    assert bench.run(code).stdout == b"refused\n"


def test_it_cannot_report_in_our_name(bench: Bench) -> None:
    if bench.name == "docker":
        pytest.skip("containers have no control socket")
    code = """
import os
for number in range(3, 64):
    try: os.write(number, b'{"code": 0}\\n')
    except OSError: pass
raise SystemExit(3)
"""
    assert bench.run(code).code == 3
