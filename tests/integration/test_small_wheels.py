"""A whole check of small distributions with known histories, made here and served by an index of the test's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness import cli, equipping
from harness.errors import EXIT_FINDINGS
from harness.sandbox import docker_engine
from tests.unit.environments.local_index import LocalIndex, served

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD = """
    import warnings

    class Session:
        def send(self): return 1

    def gone(): return 1

    def call(x, old=0, new=0):
        if old:
            warnings.warn("`old` is deprecated. Please use `new` instead.", DeprecationWarning, stacklevel=2)
        return x

    def asks(name=""): return name

    def fading(): return 1

    def parse(text, mode="loose"): return text
"""
NEW = """
    import warnings

    def call(x, new=0): return x

    def asks(column, name=""): return name

    def bright(): return 1

    def fading():
        warnings.warn("`fading` is deprecated. Use `bright` instead.", DeprecationWarning, stacklevel=2)
        return 1

    def parse(text, mode="strict"):
        if mode == "loose":
            raise ValueError("mode must be 'strict'")
        return text
"""
PAGE = """\
---
slug: small
lastUpdated: 2001-06-01
---

```python
import gadgetry
import gadgetry.ml
gadgetry.gone()
gadgetry.asks()
gadgetry.coming()
```

```python
import gadgetry

print(gadgetry.parse("a", mode="loose"))
```

```python
from gadgetry import Session, fading

import gadgetry
print(Session().send(), fading())
gadgetry.call(1, old=2)
```
"""
LANES = """\
---
lastUpdated: 2001-06-01
---

```python
import gadgetry

gadgetry.gone()
gadgetry.call(1)
```
"""
FIXED = """\
from gadgetry.core import Session
from gadgetry import bright

import gadgetry
print(Session().send(), bright())
gadgetry.call(1, new=2)
"""


def publish(index: LocalIndex) -> None:
    """Publish the history: all is well until 1.1, and 2.0 breaks it."""
    top, core = "gadgetry/__init__.py", "gadgetry/core.py"
    moved = {core: "class Session:\n    def send(self): return 1\n"}
    for version in ("1.0", "1.1"):
        index.publish("gadgetry", version, {top: OLD})
    index.publish("gadgetry", "1.2", {top: OLD}, yanked=True)
    for version in ("2.0", "2.1"):
        index.publish("gadgetry", version, {top: NEW, **moved})
    index.publish(
        "gadgetry", "2.1rc1", {top: NEW + "\n    def coming(): return 1\n", **moved}, date="2002-01-15T00:00:00Z"
    )
    index.publish("gadgetry", "3.0rc1", {top: "def parse(text): return text", **moved})


def gateway() -> str:
    """Return the address at which containers reach this machine."""
    engine = docker_engine.connect()
    try:
        return str(engine.api.inspect_network("bridge")["IPAM"]["Config"][0]["Gateway"])
    finally:
        engine.api.close()


@pytest.fixture
def index(sandbox: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalIndex]:
    with served(LocalIndex(), gateway() if sandbox == "docker" else "127.0.0.1") as running:
        publish(running)
        monkeypatch.setenv("UV_DEFAULT_INDEX", running.url)
        # no service is asked for here, and what the stubs run on is published elsewhere
        monkeypatch.setattr(equipping, "_stubs", lambda *_: None)
        yield running


def check(page: Path, *more: str) -> dict[str, Any]:
    out = page.with_name("report.json")
    code = cli.run(["check", str(page), "--format", "json", "-o", str(out), "--allow", "gadgetry", *more])
    report: dict[str, Any] = json.loads(out.read_text())
    assert code == EXIT_FINDINGS, report
    return report


def brief(sample: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what a sample's findings say: code, kind, line, symbol, last good and first bad release."""
    found = []
    for one in sample["findings"]:
        history = one["history"] or {"last_good": None, "first_bad": None}
        found.append((one["code"], one["kind"], one["line"], one["symbol"], history["last_good"], history["first_bad"]))
    return found


@pytest.mark.usefixtures("index")
def test_known_histories_are_told_and_what_is_verified_is_written(sandbox: str, tmp_path: Path) -> None:
    page = tmp_path / "small.md"
    page.write_text(PAGE, encoding="utf-8")
    report = check(page, "--store", str(tmp_path / "store"), "--sandbox", sandbox, "--fix")
    many, behaves, mended = report["samples"]
    assert brief(many) == [
        ("A001", "never-existed", 2, "gadgetry.ml", None, None),
        ("A002", "removed", 3, "gadgetry.gone", "1.1", "2.0"),
        ("A003", "signature", 4, "gadgetry.asks()", "1.1", "2.0"),
        ("A002", "never-existed", 5, "gadgetry.coming", None, None),
    ]
    assert "but the pre-release 2.1rc1 had it" in many["findings"][3]["message"]
    assert brief(behaves) == [("A003", "signature", 3, "gadgetry.parse", "1.1", "2.0")]
    assert behaves["remark"] == "was right when the page was last updated (2001-06-01); broke on 2002-01-01"
    assert brief(mended) == [
        ("A002", "removed", 1, "gadgetry.Session", "1.1", "2.0"),
        ("A005", "deprecated", 4, "gadgetry.fading", "1.1", "2.0"),
        ("A003", "signature", 5, "gadgetry.call(old=)", "1.1", "2.0"),
    ]
    assert [one["suggestion"]["verified"] for one in mended["findings"]] == [True, True, True]
    written = page.read_text(encoding="utf-8")
    assert written.endswith(f"```python\n{FIXED}```\n")
    assert written.startswith(PAGE[: PAGE.rindex("```python")]), "nothing else changes"


@pytest.mark.parametrize("sandbox", ["namespace"], indirect=True)
@pytest.mark.usefixtures("index")
def test_lanes_say_what_was_and_what_comes(sandbox: str, tmp_path: Path) -> None:
    page = tmp_path / "lanes.md"
    page.write_text(LANES, encoding="utf-8")
    lanes = ("--lanes", "current,published,next")
    report = check(page, "--store", str(tmp_path / "store"), "--sandbox", sandbox, *lanes)
    (sample,) = report["samples"]
    assert brief(sample) == [("A002", "removed", 3, "gadgetry.gone", "1.1", "2.0")]
    assert sample["remark"] == "was right when the page was last updated (2001-06-01); broke on 2002-01-01"
    runs = {run["lane"]: (run["packages"], run["notes"]) for run in sample["runs"]}
    assert runs == {
        "current": ({"gadgetry": "2.1"}, []),
        "published": ({"gadgetry": "1.1"}, ["was right when written"]),
        "next": ({"gadgetry": "3.0rc1"}, ["will break with what is coming: gadgetry.call"]),
    }
