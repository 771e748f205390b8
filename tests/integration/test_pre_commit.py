"""The hooks under the real pre-commit, installed by it from a repository made of this checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from harness.extract.pages import ENDINGS
from tests.conftest import ROOT

MANIFEST = ROOT / ".pre-commit-hooks.yaml"
GOOD = "```python\nimport json\njson.dumps(1)\n```\n"
BAD = GOOD.replace("json.dumps", "json.no_such_thing")
PARSED = "```yaml\na: [1\n```\n"
"""What takes no environment: installing the stubs for a run would take longer than all the rest."""


def git(folder: Path, *arguments: str, code: int = 0) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "core.autocrlf=false")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def committed(folder: Path) -> str:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--no-verify", "-m", "first")
    return git(folder, "rev-parse", "HEAD").strip()


@pytest.fixture
def project(tmp_path: Path) -> tuple[Path, str]:
    """A repository of what git has of this checkout, as it is now, and its commit."""
    try:
        names = git(ROOT, "ls-files", "-z", "--cached").split("\0")
    except AssertionError as error:
        pytest.skip(f"this is no checkout: {error}")
    copy = tmp_path / "sample-harness"
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    shutil.copy(MANIFEST, copy / MANIFEST.name)
    return copy, committed(copy)


@pytest.fixture
def site(project: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site that uses both hooks, the full one by hand."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("HARNESS_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("HARNESS_SANDBOX", "namespace")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    (folder / ".pre-commit-config.yaml").write_text(
        f"""\
repos:
  - repo: {project[0]}
    rev: {project[1]}
    hooks:
      - id: harness-check
      - id: harness-check-full
        stages: [manual]
        args: [--fail-on, incomplete]
""",
        encoding="utf-8",
    )
    (folder / "old.md").write_text(BAD, encoding="utf-8")
    committed(folder)
    subprocess.run(["pre-commit", "install"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.network
def test_changed_pages_are_looked_at_before_each_commit(site: Path) -> None:
    (site / "new.md").write_text(BAD, encoding="utf-8")
    (site / "notes.txt").write_text(BAD, encoding="utf-8")
    git(site, "add", "-A")
    refused = git(site, "commit", "-m", "second", code=1)
    assert "new.md:3:6 A002" in refused
    assert "old.md" not in refused, "it did not change"
    (site / "new.md").write_text(GOOD, encoding="utf-8")
    git(site, "add", "-A")
    assert "harness check, a quick look" in git(site, "commit", "-m", "second")
    (site / "words.md").write_text("No code at all.\n", encoding="utf-8")
    git(site, "add", "-A")
    git(site, "commit", "-m", "third")
    everything = ["pre-commit", "run", "--all-files"]
    quick = subprocess.run(everything, cwd=site, capture_output=True, text=True, check=False)
    assert quick.returncode == 1
    assert "old.md:3:6 A002" in quick.stdout
    (site / "new.md").write_text(PARSED, encoding="utf-8")
    full = [*everything[:2], "harness-check-full", "--hook-stage", "manual", "--files", "new.md"]
    done = subprocess.run(full, cwd=site, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "new.md:2:" in done.stdout
    assert "S101" in done.stdout, "the argument of the site holds"


def test_the_hooks_take_the_pages_that_the_harness_finds() -> None:
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", MANIFEST], check=True)
    hooks = YAML(typ="safe").load(MANIFEST)
    assert [hook["id"] for hook in hooks] == ["harness-check", "harness-check-full"]
    for hook in hooks:
        assert all(re.search(hook["files"], f"a{ending}") for ending in ENDINGS)
        assert re.search(hook["files"], "A.MD")
        assert not re.search(hook["files"], "a.md.txt")
