"""Bounds and neutralises text from a sample, which may hold anything."""

import re

TEXT = 4000
"""Characters kept of a message."""
HALF = 64 << 10
"""Bytes kept at either end of an output stream."""

# Control characters that steer a terminal, C1 codes and the marks that reorder text; \n and \t are kept.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _spell(match: "re.Match[str]") -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - one byte


def clean(text: str, limit: int = TEXT) -> str:
    """Return text that is safe to print and to encode, at most `limit` characters and a note long."""
    if len(text) > limit:
        text = f"{text[:limit]}… ({len(text) - limit} more characters)"
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return _UNSAFE.sub(_spell, text.replace("\r\n", "\n").replace("\r", "\n"))


class Stream:
    """The beginning and the end of an output stream of any length."""

    def __init__(self, half: int = HALF) -> None:
        self.total = 0
        self._half = half
        self._head = bytearray()
        self._tail = bytearray()

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self.total += len(data)
        room = self._half - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 2 * self._half:
            del self._tail[: -self._half]

    @property
    def dropped(self) -> int:
        """Bytes left out between beginning and end."""
        return max(0, self.total - 2 * self._half)

    def text(self) -> str:
        """Return what was kept as safe text, with a note where bytes are missing."""
        tail = bytes(self._tail[-self._half :])
        note = f"\n… {self.dropped} bytes left out …\n".encode() if self.dropped else b""
        whole = bytes(self._head) + note + tail
        return clean(whole.decode("utf-8", "backslashreplace"), limit=len(whole) * 4)
