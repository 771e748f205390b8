"""Which lines of a file can run at all."""

import dis
from types import CodeType
from typing import Set


def executable(code: CodeType) -> Set[int]:
    """Return every line that some instruction of the code, or of code within it, belongs to."""
    found = own_lines(code)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= executable(constant)
    return found


def own_lines(code: CodeType) -> Set[int]:
    """Return the lines of the code itself, without those of code within it."""
    return {line for _, line in dis.findlinestarts(code) if line}
