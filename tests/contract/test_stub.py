"""What every stub keeps: it is declared, answers, survives garbage, leaks nothing, and stops when told."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stubs import credentials, registry
from stubs.protocol import Stub

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
STUBS = registry.stubs()
ALL = [pytest.param(stub, id=stub.name) for stub in STUBS]
CANARY = "canary-d41d8cd98f00"
"""Stands for whatever is secret on this machine."""
GARBAGE = (
    b"\x00\xff\xfe" * 50,
    b"GET / HTTP/9.9\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -7\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 64,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40,
)


@pytest.fixture(autouse=True)
def _skip_known_failures() -> None:
    """Stubs are held to this outside of any sandbox: there is nothing to skip."""


@dataclass
class Front:
    """A front on free ports."""

    process: subprocess.Popen[bytes]
    told: dict[str, Any]

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.told["http"].removeprefix("http://").partition(":")
        return host, int(port)

    def ask(self, host: str, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        try:
            connection.request(method, path, body, {"Host": host, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def last_call(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        call: dict[str, Any] = json.loads(self.process.stdout.readline())
        return call


def start(tmp_path: Path) -> Front:
    home = tmp_path / "host-home"
    home.mkdir()
    (home / ".netrc").write_text(f"machine x login y password {CANARY}")
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "stubs.front"],
        env={**kept, "HOME": str(home), "SECRET": CANARY, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    return Front(process, json.loads(process.stdout.readline()))


def stop(front: Front) -> bytes:
    _, err = front.process.communicate(timeout=120)
    return err


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    made = start(tmp_path)
    yield made
    stop(made)


def host(stub: Stub) -> str:
    """Return a name that the stub answers for."""
    return stub.hosts[0].replace("*", "some-name") if stub.hosts else "localhost"


def path(stub: Stub) -> str:
    return "/" if stub.hosts else stub.paths[0]


def answers_here(stub: Stub) -> None:
    """Skip where what the stub runs on is not installed beside the tests."""
    for module in {"aws": ["moto", "boto3"]}.get(stub.name, []):
        pytest.importorskip(module, reason=f"the stub runs on {module}, which is not installed beside the tests")


def test_there_are_stubs() -> None:
    assert STUBS


def test_every_folder_with_a_declaration_is_one() -> None:
    folders = {file.parent.name for file in (ROOT / "stubs").glob("*/__init__.py")}
    assert {stub.name for stub in STUBS} == folders


@pytest.mark.parametrize("stub", ALL)
def test_it_is_declared_without_importing_its_application(stub: Stub) -> None:
    code = (
        f"import sys, stubs.registry as r, stubs.{stub.name}; r.stubs();"
        f" print([m for m in sys.modules if m.startswith('stubs.{stub.name}.') or m in ('starlette', 'hypercorn')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("stub", ALL)
def test_what_it_promises_belongs_to_it_alone(stub: Stub) -> None:
    for pattern in stub.hosts:
        others = [other.name for other in STUBS if other is not stub and pattern in other.hosts]
        assert others == []
    for prefix in stub.paths:
        assert prefix.startswith("/")
    assert all(not name.startswith(("/", "..")) for name in stub.files)


@pytest.mark.parametrize("stub", ALL)
def test_its_credentials_hold_nothing_of_this_machine(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", CANARY)
    made = credentials.Secrets("CERTIFICATE", "KEY\nKEY\n", "0123456789abcdef0123456789abcdef")
    variables = credentials.lay_out([stub], made, str(tmp_path))
    texts = [file.read_text() for file in tmp_path.rglob("*") if file.is_file()]
    held = "\n".join([*variables.values(), *texts])
    assert CANARY not in held
    assert str(Path.home()) not in held.replace(str(tmp_path), "")
    assert "{random}" not in held
    assert "{private_key}" not in held
    for name in (name for name in stub.files if name.endswith(".json")):
        json.loads((tmp_path / name).read_text())


@pytest.mark.parametrize("stub", [pytest.param(stub, id=stub.name) for stub in STUBS if stub.app])
def test_it_answers_survives_garbage_leaks_nothing_and_stops(stub: Stub, tmp_path: Path) -> None:
    answers_here(stub)
    front = start(tmp_path)
    said = []
    try:
        status, body = front.ask(host(stub), path(stub))
        said.append(body)
        assert 200 <= status < 600
        call = front.last_call()
        assert (call["stub"], call["status"], call["host"]) == (stub.name, status, host(stub).lower())

        for data in GARBAGE:
            with socket.create_connection(front.address, 60) as raw:
                raw.sendall(data)
        for method, where, content, kind in (
            ("POST", path(stub), b"\xff\xfe\x00not json", "application/json"),
            ("PUT", path(stub) + "%00%ff/../../etc/passwd", b"x" * 100_000, "application/octet-stream"),
            ("DELETE", path(stub) + "?" + "a=b&" * 500, b"", "text/plain"),
            ("PATCH", path(stub), b'{"a": ' * 2000, "application/json"),
            ("POST", path(stub), b"\x00\x00\x00\x00\x05hello", "application/grpc"),
        ):
            status, body = front.ask(host(stub), where, method, content, **{"Content-Type": kind})
            said.append(body)
            assert 200 <= status < 600
        assert front.process.poll() is None
        again, body = front.ask(host(stub), path(stub))
        assert 200 <= again < 600
        assert CANARY.encode() not in b"".join([*said, body])
        assert b"root:" not in b"".join(said)
    finally:
        stop(front)
    assert front.process.returncode == 0


def _read(raw: socket.socket) -> None:
    """Read what comes until it is closed; that it is closed is what counts."""
    try:
        while raw.recv(1 << 16):
            pass
    except ConnectionResetError:
        return


def test_what_nobody_claims_is_refused_and_recorded(front: Front) -> None:
    status, body = front.ask("api.nobody.dev", "/v1/things")
    assert status == 501
    assert json.loads(body)["error"]["code"] == "NotStubbed"
    call = front.last_call()
    assert (call["host"], call["stub"], call["status"], call["path"]) == ("api.nobody.dev", "", 501, "/v1/things")


def test_a_connection_that_is_no_http_is_recorded_and_closed(front: Front) -> None:
    with socket.create_connection(front.address, 60) as raw:
        raw.sendall(b"\x00\x00\x00\x08\x04\xd2\x16\x2f")
        _read(raw)
    assert front.last_call()["method"] == ""
