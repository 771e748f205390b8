"""The modules that a Python file imports, dotted, from its syntax alone."""

from __future__ import annotations

import ast
import warnings

from harness import syntax_tree


def parse(text: str) -> ast.Module | None:
    """Return the syntax tree, or None where the text does not parse: the run says so better."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a sample is no news of ours
            return syntax_tree.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def modules(text: str) -> tuple[str, ...]:
    """Return every absolute module named in an import statement, each once, in order."""
    tree = parse(text)
    found: list[str] = []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
            # ``from google.cloud import storage``: only the name tells which distribution is meant.
            found += [f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*"]
    return tuple(dict.fromkeys(found))
