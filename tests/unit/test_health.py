"""What `harness doctor` says where something is missing: what, and the command that mends it."""

from pathlib import Path

import pytest

from harness import cli, health
from harness.options import load


def test_a_missing_engine_is_told_with_what_mends_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    found = {one.name: one for one in health.examine(load({"store": tmp_path / "store"}))}
    assert not found["docker engine"].ok
    assert "unix:///nowhere/docker.sock" in found["docker engine"].mend
    assert "sandbox docker" not in found  # one thing is said once
    assert found["sandbox process"].ok


def test_a_store_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = next(one for one in health.examine(load({"store": tmp_path / "file" / "store"})) if one.name == "store")
    assert not store.ok
    assert "Not a directory" in store.detail
    assert "--store FOLDER" in store.mend


@pytest.mark.parametrize("command", [["doctor"], ["env", "list"], ["check", "page.md"]])
def test_a_store_that_cannot_be_made_is_no_bug(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "page.md").write_text("```python\nprint(1)\n```\n")
    ledger = ["--no-ledger"] if command[0] == "check" else []
    assert cli.run([*command, *ledger, "--store", "file/store"]) == (5 if command[0] == "doctor" else 2)
    shown = "".join(capsys.readouterr())
    assert "the store cannot be used" in shown
    assert "Not a directory" in shown


def test_doctor_succeeds_where_a_sandbox_works(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert cli.run(["doctor", "--store", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "docker engine: " in shown
    assert "to mend it: unset DOCKER_HOST" in shown
