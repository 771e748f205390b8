"""Reads what ``bash -n`` says of a shell script."""

import re
from typing import Any, Dict, List

_COMPLAINT = re.compile(r"^[^\n]*?: line (\d+): (.*)$", re.MULTILINE)


def complaints(file: str, text: str) -> List[Dict[str, Any]]:
    """Return a syntax error for the first complaint of ``bash -n``; the others follow from it."""
    found = _COMPLAINT.search(text)
    message, line = (found.group(2), int(found.group(1))) if found else (text.strip() or "does not parse", 1)
    return [
        {"type": "SyntaxError", "message": message, "line": line, "file": file, "bases": ["Exception"], "fatal": True}
    ]
