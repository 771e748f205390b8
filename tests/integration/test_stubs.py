"""Stubs inside the real sandboxes: what samples call is answered or refused there, and nothing leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.network

PAGE = '''\
---
slug: calls
---

```python
import urllib.error
import urllib.request

def call(url):
    try:
        return urllib.request.urlopen(url).status
    except urllib.error.HTTPError as error:
        return error.code

print("known", call("https://api.openai.com/v1/models"))
print("unknown", call("http://api.nobody.dev/x"))
print("port", call("http://localhost:5999/api/2.0/mlflow/experiments/get?experiment_id=0") > 0)
```

```python
import http.server
import threading
import urllib.request

class Mine(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"mine")

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("0.0.0.0", 8765), Mine)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(urllib.request.urlopen("http://localhost:8765/").read().decode())
server.shutdown()
```

```python
import os
import socket

out = []
for family, kind, address in [
    (socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80)),
    (socket.AF_INET, socket.SOCK_STREAM, ("172.17.0.1", 2375)),
    (socket.AF_INET, socket.SOCK_STREAM, ("1.1.1.1", 443)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("8.8.8.8", 53)),
    (socket.AF_INET6, socket.SOCK_STREAM, ("2606:4700:4700::1111", 443)),
    (socket.AF_INET6, socket.SOCK_DGRAM, ("2001:db8::1", 9)),
    (socket.AF_INET, socket.SOCK_STREAM, ("db.nobody.dev", 5432)),
]:
    try:
        with socket.socket(family, kind) as sock:
            sock.settimeout(5)
            sock.connect(address)
        out.append(str(address))
    except TimeoutError:
        out.append("waited")
    except OSError:
        pass
for path in ("/var/run/docker.sock", "/run/dbus/system_bus_socket"):
    if os.path.exists(path):
        out.append(path)
try:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
    out.append("raw")
except OSError:
    pass
out += [name for name in os.environ if "CANARY" in name]
interfaces = [name for _, name in socket.if_nameindex()]
print(out, [name for name in interfaces if name.startswith(("eth", "en", "wl", "docker"))])
```

```python
import subprocess
import sys
import time
import urllib.request

SERVER = """
import http.server, time
time.sleep(1)  # as long as a server takes to start
http.server.HTTPServer(("127.0.0.1", 8766), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
server = subprocess.Popen([sys.executable, "-c", SERVER])
for _ in range(300):
    try:
        said = urllib.request.urlopen("http://localhost:8766/").headers["Server"]
        break
    except OSError:
        time.sleep(0.1)
print(said.partition("/")[0], server.poll())
server.kill()
```

```python
import socket

try:
    socket.create_connection(("10.0.0.1", 5432), timeout=5)
except TimeoutError:
    print("waited")
```
'''


def test_calls_are_answered_or_refused_and_nothing_leaves(
    tmp_path: Path, sandbox: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("CANARY_TOKEN", "secret")
    page = tmp_path / "calls.md"
    page.write_text(PAGE)
    store = request.config.getoption("--warm-store") or str(tmp_path / "store")
    arguments = [str(page), "--sandbox", sandbox, "--store", store, "--no-ledger", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "harness", "check", *arguments], capture_output=True, check=False, timeout=1200
    )
    assert done.stdout, done.stderr.decode()
    calls, own, hostile, slow, raw = json.loads(done.stdout)["samples"]

    run = calls["runs"][0]
    assert run["stdout"] == "known 200\nunknown 501\nport True\n", run["stderr"]
    known = _call(run, "api.openai.com")
    assert (known["line"], known["page_line"], known["stub"], known["status"]) == (6, 11, "llm", 200)
    unknown = _call(run, "api.nobody.dev")
    assert (unknown["line"], unknown["stub"], unknown["status"]) == (6, "", 501)
    assert _call(run, "localhost")["port"] == 5999
    assert {"api.openai.com:443", "api.nobody.dev:80", "localhost:5999"} <= set(run["services"])

    assert own["runs"][0]["stdout"] == "mine\n", "a server of the sample's own is never in the way of"
    assert own["runs"][0]["calls"] == []

    assert hostile["runs"][0]["stdout"] == "[] []\n", hostile["runs"][0]["stderr"]
    assert hostile["runs"][0]["calls"] == []

    assert slow["runs"][0]["stdout"] == "SimpleHTTP None\n", (
        "nor is one that a process of the sample's takes time to start"
    )
    assert slow["runs"][0]["calls"] == []

    (finding,) = raw["findings"]
    assert (finding["code"], finding["line"]) == ("N301", 4)
    assert "10.0.0.1:5432" in finding["message"]
    assert (raw["verdict"], raw["runs"][0]["stdout"]) == ("ok", "")


def _call(run: dict[str, Any], host: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in run["calls"] if one["host"] == host)
    return found
