"""A page from standard input, as editors and filters give it: ``harness check -``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from harness.errors import ConfigError
from harness.extract import NONE_GIVEN
from harness.extract.pages import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WORD = "-"
"""What stands for it among the pages."""
NAME = "stdin.md"
"""What a page is called that was given no name."""


def taken(pages: Sequence[str], name: str | None) -> tuple[tuple[str, ...], Mapping[str, bytes]]:
    """Return the pages by name, and the text of the one that standard input holds.

    Args:
        pages: What the user typed.
        name: The path that the text has or will have: reports, contexts and profiles go by it.

    Raises:
        ConfigError: If a name is given and no text, or a page twice.
    """
    if WORD not in pages:
        if name is not None:
            raise ConfigError(
                "--stdin-name names the page that standard input holds, and none is asked for",
                next_step=f"harness check {WORD} --stdin-name {name} < PAGE",
            )
        return tuple(pages), NONE_GIVEN
    path = name or NAME
    if path in pages:
        raise ConfigError(
            "a page is given twice, as a file and by standard input",
            where=path,
            next_step=f"leave one of {path} and {WORD} out",
        )
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    return tuple(path if page == WORD else page for page in pages), {path: data}
