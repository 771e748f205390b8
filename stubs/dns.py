"""Answers every question for a host's address with one address of this machine.

Standard library only, Python 3.9 and newer: the probe answers with it before any stub runs.
"""

import socket
import struct

_HEADER = struct.Struct(">6H")
_A, _IN, _TTL = 1, 1, 60
_ANSWER, _NOT_UNDERSTOOD = 0x8580, 0x8581
"""A response, authoritative, recursion available."""
ADDRESS = "127.77.0.1"
"""Where every host is: on the loopback, and out of the way of servers that the sample starts on 127.0.0.1."""


def answer(question: bytes) -> bytes:
    """Return the response to a query: one address for A, none for all others, an error for what is no query."""
    if len(question) < _HEADER.size:
        return b""
    number, _, questions, *_ = _HEADER.unpack_from(question)
    not_understood = _HEADER.pack(number, _NOT_UNDERSTOOD, 0, 0, 0, 0)
    try:
        end = _name_end(question)
        kind, _ = struct.unpack_from(">2H", question, end)
    except (struct.error, IndexError):
        return not_understood
    if questions != 1:
        return not_understood
    asked = question[_HEADER.size : end + 4]
    found = b"" if kind != _A else struct.pack(">3HIH", 0xC00C, _A, _IN, _TTL, 4) + socket.inet_aton(ADDRESS)
    return _HEADER.pack(number, _ANSWER, 1, int(bool(found)), 0, 0) + asked + found


def _name_end(question: bytes) -> int:
    """Return where the name of the first question ends."""
    at = _HEADER.size
    while question[at]:
        at += 1 + question[at]
    return at + 1
