"""The answers to questions for names, and to what is none."""

from __future__ import annotations

import socket
import struct

import pytest

from stubs import dns

NAME = b"\x03api\x06nobody\x03dev\x00"
A, AAAA = 1, 28


def question(kind: int, name: bytes = NAME, number: int = 7) -> bytes:
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + name + struct.pack(">2H", kind, 1)


def test_every_name_is_here() -> None:
    said = dns.answer(question(A))
    number, flags, asked, found, _, _ = struct.unpack_from(">6H", said)
    assert (number, flags & 0x800F, asked, found) == (7, 0x8000, 1, 1)
    assert said.endswith(socket.inet_aton(dns.ADDRESS))
    assert NAME in said


def test_no_name_has_another_address_and_none_is_unknown() -> None:
    flags, found = struct.unpack_from(">2xH2xH", dns.answer(question(AAAA)))
    assert (flags & 0x000F, found) == (0, 0)


@pytest.mark.parametrize(
    "garbage", [b"", b"\x00" * 11, b"\xff" * 12, question(A)[:-3], question(A, b"\x3f" + b"a" * 5), b"\x00" * 600]
)
def test_garbage_is_answered_with_an_error_or_not_at_all(garbage: bytes) -> None:
    said = dns.answer(garbage)
    assert said == b"" or struct.unpack_from(">3xB", said)[0] & 0x0F == 1
