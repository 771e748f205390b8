"""``harness watch`` in a process of its own: what is saved is checked, and ^C leaves nothing."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 120
"""Seconds; generous, for a busy machine."""
PAGE = "```python\nimport json\njson.{}\n```\n"


class Watching:
    """A running command, and the lines that it prints."""

    def __init__(self, *arguments: str | Path) -> None:
        # what was started in the background of a shell ignores SIGINT, and so do its children
        argv = [
            "env",
            "--default-signal=INT",
            sys.executable,
            "-m",
            "harness",
            "watch",
            *arguments,
            "--witnesses",
            "static",
        ]
        self.process = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self._lines.put(line.rstrip())

    def until_idle(self, told: str = "") -> list[str]:
        """Return what it prints until it waits for the next save, having told what is waited for."""
        found: list[str] = []
        # a save may be seen by halves, and then once more
        while found[-1:] != ["watching; ^C ends it"] or not any(line.startswith(told) for line in found):
            try:
                found.append(self._lines.get(timeout=PATIENCE))
            except queue.Empty:
                raise AssertionError(f"never said {told!r}: {found}") from None
        return found

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    @property
    def quiet(self) -> bool:
        """Whether it prints nothing for a while."""
        try:
            self._lines.get(timeout=3)
        except queue.Empty:
            return True
        return False


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "store"
    left = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False)
    assert not left.stdout, "nothing is left running"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["^C", "kill"])
def test_a_page_is_checked_whenever_it_is_saved(
    number: int, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = Path("pages/a.md")
    page.parent.mkdir()
    page.write_text(PAGE.format("dumps(1)"), encoding="utf-8")
    watching = Watching("pages", "--sandbox", "namespace", "--store", store, "--format", "lines")
    assert watching.until_idle()[0] == "checking 1 page"
    page.write_text(PAGE.format("gone(1)"), encoding="utf-8")
    watching.until_idle("pages/a.md:3:6: error: A002 ")
    # half a save, as an editor may leave it for a moment
    page.write_bytes(b"```python\ncaf\xe9")
    watching.until_idle("pages/a.md:2:4: error: P403 ")
    if number == signal.SIGINT:
        # as editors save: a new file moved into place; then the same text once more
        Path("pages/.a.swp").write_text(PAGE.format("dumps(2)"), encoding="utf-8")
        Path("pages/.a.swp").replace(page)
        assert not any("error" in line for line in watching.until_idle())
        page.write_text(PAGE.format("dumps(2)"), encoding="utf-8")
        assert watching.quiet
        page.unlink()
        assert watching.quiet
        Path("pages/b.md").write_text(PAGE.format("gone(2)"), encoding="utf-8")
        watching.until_idle("pages/b.md:3:6: error: A002 ")
    assert watching.end(number) == 130
    assert not (store / "ledger.sqlite").exists(), "drafts are no state that pages were published in"
