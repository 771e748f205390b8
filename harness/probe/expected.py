"""Which exceptions a ``with`` block expects: those that its context manager takes, where it is one that takes some."""

import ast
from typing import Any, List

_TAKES = ("suppress", "raises")
"""In the name of what takes exceptions: ``contextlib.suppress``, ``pytest.raises``, ``assertRaises``."""


def expected(node: Any) -> List[ast.expr]:
    """Return the expressions that name the exceptions which a ``with`` statement takes."""
    calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
    taking = [call for call in calls if any(word in _name(call.func).lower() for word in _TAKES)]
    given = [one for call in taking for one in (*call.args, *(keyword.value for keyword in call.keywords))]
    return [one for one in given if isinstance(one, (ast.Name, ast.Attribute, ast.Tuple))]


def _name(function: ast.expr) -> str:
    """Return the last word of what is called."""
    return str(getattr(function, "attr", getattr(function, "id", "")))
