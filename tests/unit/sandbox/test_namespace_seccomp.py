"""The filter, run by a small machine of our own: what the kernel's would answer to any call."""

from __future__ import annotations

import os
import socket
import struct

import pytest

from harness.sandbox.launcher import seccomp

ALLOW, EPERM, ENOSYS, EAFNOSUPPORT = 0x7FFF0000, 0x00050001, 0x00050026, 0x00050061
X86, ARM, I386 = 0xC000003E, 0xC00000B7, 0x40000003


def answer(program: bytes, number: int, first: int = 0, arch: int = X86) -> int:
    """Run a filter over one call; every jump must land inside."""
    code = list(struct.iter_unpack("=HBBI", program))
    data = {0: number, 4: arch, 16: first}
    at, value = 0, 0
    while True:
        operation, if_true, if_false, operand = code[at]
        at += 1
        if operation == 0x06:
            return int(operand)
        if operation == 0x20:
            value = data[operand]
            continue
        holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[operation]
        at += if_true if holds else if_false


@pytest.fixture
def x86(monkeypatch: pytest.MonkeyPatch) -> bytes:
    return machine("x86_64", monkeypatch)


def machine(name: str, monkeypatch: pytest.MonkeyPatch, *, network: bool = False, memfd: bool = True) -> bytes:
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "h", "6.1", "", name)))
    return seccomp.program(network=network, memfd=memfd)


@pytest.mark.parametrize("number", [0, 1, 2, 9, 39, 57, 59, 202, 257, 231, 319, 302])
def test_ordinary_calls_pass(x86: bytes, number: int) -> None:
    assert answer(x86, number) == ALLOW


@pytest.mark.parametrize("number", [272, 308, 165, 101, 321, 323, 250, 298, 175])
def test_refused_calls_are_not_permitted(x86: bytes, number: int) -> None:
    assert answer(x86, number) == EPERM


def test_threads_and_processes_pass_and_namespaces_do_not(x86: bytes) -> None:
    assert answer(x86, 56, 0x003D0F00) == ALLOW
    assert answer(x86, 56, 0x01200011) == ALLOW
    assert answer(x86, 56, 0x10000000 | 17) == EPERM
    assert answer(x86, 435) == ENOSYS, "clone3 hides its flags: the C library falls back to clone"


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (socket.AF_INET, ALLOW),
        (socket.AF_INET6, ALLOW),
        (socket.AF_NETLINK, ALLOW),
        (socket.AF_UNIX, ALLOW),
        (socket.AF_PACKET, EAFNOSUPPORT),
        (40, EAFNOSUPPORT),
        (38, EAFNOSUPPORT),
    ],
)
def test_sockets_are_allowed_by_family(x86: bytes, family: int, expected: int) -> None:
    assert answer(x86, 41, family) == expected


def test_a_builder_gets_no_unix_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    program = machine("x86_64", monkeypatch, network=True)
    assert answer(program, 41, socket.AF_UNIX) == EAFNOSUPPORT
    assert answer(program, 41, socket.AF_INET) == ALLOW


def test_process_1_is_out_of_reach(x86: bytes) -> None:
    assert answer(x86, 302, 1) == EPERM
    assert answer(x86, 302, 2) == ALLOW


def test_files_in_memory_are_absent_where_memory_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(machine("x86_64", monkeypatch, memfd=False), 319) == ENOSYS


def test_calls_of_another_kind_are_absent(x86: bytes) -> None:
    assert answer(x86, 1, arch=I386) == ENOSYS
    assert answer(x86, 0x40000000 | 1) == ENOSYS


def test_the_other_machine_has_its_own_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    program = machine("aarch64", monkeypatch)
    assert answer(program, 97, arch=ARM) == EPERM
    assert answer(program, 64, arch=ARM) == ALLOW
    assert answer(program, 1, arch=X86) == ENOSYS


def test_an_unknown_machine_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine("riscv64", monkeypatch) == b""
