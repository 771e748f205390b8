"""Foreign text made safe and legible for a terminal.

Pages, samples and libraries say what they like: escape sequences, direction
marks, half characters. Whatever is printed comes through `plain`, and each line
of it through `inert`, for a CI runner reads what its steps print.
"""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that steer a terminal, hide or cannot be encoded."""
TAB = "    "
_COMMAND = re.compile(r"^\s*::|##(?:vso)?\[")
"""What runners take for a command to them: at the beginning of a line, or wherever it stands."""


def plain(text: str, encoding: str = "utf-8") -> str:
    r"""Return text on one line whose every character shows as itself or as an escape such as ``\x1b``.

    Args:
        text: Any text.
        encoding: What the terminal takes; what it cannot show is escaped too.
    """
    shown = text.replace("\t", TAB).replace("\n", "⏎")
    if not shown.isprintable():
        shown = "".join(_escape(char) if unicodedata.category(char) in UNSAFE else char for char in shown)
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def inert(line: str) -> str:
    r"""Return a line in which no CI runner finds a command to it: ``::error::`` begins with ``\x3a`` instead.

    Args:
        line: One line, as it is about to be printed.
    """
    return _COMMAND.sub(lambda found: found[0].replace("::", r"\x3a:").replace("##", r"#\x23"), line)


def foreign(text: str, encoding: str = "utf-8") -> str:
    """Return text of several lines as `plain` and `inert` lines.

    Args:
        text: Any text; its line ends are kept.
        encoding: See `plain`.
    """
    return "\n".join(inert(plain(line, encoding)) for line in text.split("\n"))


def _escape(char: str) -> str:
    return char.encode("ascii", "backslashreplace").decode() if char > "\x7f" else f"\\x{ord(char):02x}"


def excerpt(line: str, start: int, end: int, width: int, encoding: str = "utf-8") -> tuple[str, str]:
    """Return a line of source cut to a width, and a line of marks for below it.

    Args:
        line: The source.
        start: Column where the mark begins, from 1.
        end: Column behind its end; a mark that is empty covers the whole line.
        width: Cells to fit into.
        encoding: See `plain`.
    """
    if end <= start:
        start, end = len(line) - len(line.lstrip()) + 1, len(line.rstrip()) + 1
    cut = max(0, start - 1)
    # Cutting by characters first bounds the work: a minified line may be megabytes long.
    before = plain(line[max(0, cut - width) : cut], encoding)
    marked = plain(line[cut : min(end - 1, cut + width)], encoding)
    after = plain(line[end - 1 : end - 1 + width] if end - 1 < cut + width else "", encoding)
    dots = plain("…", encoding)
    room = width // 2
    if cut > width or cell_len(before) > room:
        before = dots + _keep_end(before, room - cell_len(dots))
    marked = _keep_start(marked, width - cell_len(before), dots)
    after = _keep_start(after, width - cell_len(before + marked), dots)
    return before + marked + after, " " * cell_len(before) + "^" * max(1, cell_len(marked))


def _keep_start(text: str, cells: int, dots: str) -> str:
    """Cut text behind so that it fits."""
    if cell_len(text) <= cells:
        return text
    while text and cell_len(text) > cells - cell_len(dots):
        text = text[:-1]
    return text + dots if cell_len(dots) <= cells else text


def _keep_end(text: str, cells: int) -> str:
    """Cut text in front so that it fits."""
    while text and cell_len(text) > cells:
        text = text[1:]
    return text
