"""The rules for import names, looked up one by one."""

from __future__ import annotations

import tomllib

from harness.plan import names


def test_every_rule_is_found_on_its_line() -> None:
    rules = tomllib.loads((names._DATA / "imports.toml").read_text(encoding="utf-8"))
    assert len(rules) > 1000
    for module, wanted in rules.items():
        assert names._renamed(module) == ((wanted,) if isinstance(wanted, str) else tuple(wanted)), module
    assert names._renamed("no_such_module") == names._renamed("y.ml") == ()
