"""The shape of the code: floors, sizes, the error tree."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import harness
from harness import errors

ROOT = Path(harness.__file__).resolve().parent
FILES = sorted(ROOT.rglob("*.py"))


def test_imports_point_down() -> None:
    """The import contract of pyproject.toml holds."""
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool], cwd=ROOT.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_small_and_say_what_they_hold(path: Path) -> None:
    """No module is above 400 lines, no function above 50, and each opens with a docstring."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says what it holds"
    assert len(text.splitlines()) <= 400
    long = {
        f"{node.name}: {end - start + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for start, end in [(node.body[0].lineno, node.end_lineno or 0)]
        if end - start + 1 > 50
    }
    assert not long


def test_the_probe_imports_only_the_standard_library() -> None:
    """The probe is shipped into sandboxes without the rest; the stubs stand beside it there."""
    own = {"stubs", *(path.stem for path in (ROOT / "probe").glob("*.py"))}
    foreign = set()
    for path in (ROOT / "probe").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            foreign |= {name.partition(".")[0] for name in names} - own - sys.stdlib_module_names
    assert not foreign


def test_exit_codes_are_unique_and_the_tree_is_drawn() -> None:
    """Every error of ours stands in the docstring of its module, with a code of its own."""
    families = errors.HarnessError.__subclasses__()
    codes = [family.exit_code for family in families] + [errors.EXIT_BUG, errors.EXIT_ERRORED, errors.EXIT_FINDINGS]
    assert len(set(codes)) == len(codes)
    for family in families:
        assert f"{family.__name__} " in (errors.__doc__ or "")
        assert f" {family.exit_code}  " in (errors.__doc__ or "")
