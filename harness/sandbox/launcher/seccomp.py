"""The kernel calls that no sample needs, refused.

The namespaces and the missing capabilities hold by themselves; this makes the
kernel's attack surface smaller (new user namespaces, bpf, io_uring, keyrings) and
closes what no namespace covers (sockets to the hypervisor).
"""

from __future__ import annotations

import os
import socket
import struct

_NUMBERS = {
    "x86_64": {"arch": 0xC000003E, "column": 0},
    "aarch64": {"arch": 0xC00000B7, "column": 1},
}
_REFUSED = {
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "pidfd_getfd": (438, 438), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "open_by_handle_at": (304, 265), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "syslog": (103, 116), "acct": (163, 89), "quotactl": (179, 60), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "fanotify_init": (300, 262), "migrate_pages": (256, 238),
    "move_pages": (279, 239),
}  # fmt: skip
# "not implemented" rather than "not permitted": programs then fall back to the older call
_ABSENT = {
    "clone3": (435, 435), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "memfd_secret": (447, 447),
}  # fmt: skip
_MEMFD = (319, 279)
_CLONE, _SOCKET = (56, 220), (41, 198)
# of these the first argument may not be 1: process 1 is ours, and has the task's user where the harness is not root
_ON_INIT = {
    "prlimit64": (302, 261), "sched_setscheduler": (144, 119), "sched_setparam": (142, 118),
    "sched_setattr": (314, 274), "sched_setaffinity": (203, 122),
}  # fmt: skip
_NEW_NAMESPACES = 0x7E020000
_X32 = 0x40000000
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _FIRST = 0, 4, 16
"""Offsets in what the filter looks at."""


def program(*, network: bool, memfd: bool) -> bytes:
    """Return the filter for this machine, empty where its call numbers are not known.

    Args:
        network: True where the host's network is kept: its abstract Unix sockets are then refused.
        memfd: False to refuse files in memory, which no watch over processes can see.
    """
    machine = _NUMBERS.get(os.uname().machine)
    if machine is None:
        return b""
    column = machine["column"]
    families = [socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, *([] if network else [socket.AF_UNIX])]
    code = [_op(_LOAD, _ARCH), _op(_EQUAL, machine["arch"], 1, 0), _refuse(_ENOSYS), _op(_LOAD, _NUMBER)]
    code += [_op(_AT_LEAST, _X32, 0, 1), _refuse(_ENOSYS)]
    for number in _REFUSED.values():
        code += [_op(_EQUAL, number[column], 0, 1), _refuse(_EPERM)]
    for number in [*_ABSENT.values(), *([] if memfd else [_MEMFD])]:
        code += [_op(_EQUAL, number[column], 0, 1), _refuse(_ENOSYS)]
    code += _when(_CLONE[column], [_op(_ANY_BIT, _NEW_NAMESPACES, 0, 1), _refuse(_EPERM)])
    for number in _ON_INIT.values():
        code += _when(number[column], [_op(_EQUAL, 1, 0, 1), _refuse(_EPERM)])
    allowed = [_op(_EQUAL, family, len(families) - index, 0) for index, family in enumerate(families)]
    code += _when(_SOCKET[column], [*allowed, _refuse(_EAFNOSUPPORT)])
    return b"".join([*code, _op(_RETURN, _ALLOW)])


def _when(number: int, body: list[bytes]) -> list[bytes]:
    """Return ``body`` for one call, with its first argument at hand."""
    # a body may end behind its last instruction: the number is loaded again there
    block = [_op(_LOAD, _FIRST), *body, _op(_LOAD, _NUMBER)]
    return [_op(_EQUAL, number, 0, len(block)), *block]


def _refuse(error: int) -> bytes:
    return _op(_RETURN, _ERRNO | error)


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
