"""What the supervisor makes of what it is told."""

from __future__ import annotations

from harness.probe.gather import Evidence


def test_a_connection_that_is_no_http_gets_the_name_that_the_line_looked_up() -> None:
    seen = Evidence(["sample.py"])
    for line, target in ((2, "db.one.dev:5432"), (3, "db.two.dev:5432"), (4, "db.two.dev:3306")):
        seen.take(f'{{"kind": "host", "line": {line}, "file": "sample.py", "target": "{target}"}}'.encode())
    front = {"host": "127.77.0.1", "port": 5432}
    seen.called([front | {"line": 2}, front | {"line": 9}, front | {"port": 80}, front | {"host": "127.0.0.1"}])
    named = [(call["host"], call["port"]) for call in seen.document()["calls"]]
    assert named == [("db.one.dev", 5432), ("db.two.dev", 5432), ("127.77.0.1", 80), ("127.0.0.1", 5432)]
