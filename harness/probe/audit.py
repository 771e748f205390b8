"""Sees which files are looked for in vain and which hosts are tried, through Python's audit events."""

import os
import sys
from typing import Any, Optional, Tuple

from .bounds import clean
from .calling import HERE, Calling
from .frames import importing
from .record import Recorder

_FLAGS = 2
"""Where the event ``open`` has the flags: path, mode, flags."""
_OPENED = {"open", "os.listdir", "os.scandir", "os.chdir"}
_NATIVE = "grpc._cython.cygrpc"
"""A client that connects without telling Python."""
_REACHED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


def watch(recorder: Recorder, *, files: bool = True, calling: Optional[Calling] = None) -> None:
    """Report missing files and every host but the local sockets, where the sample's own line leads to them.

    Args:
        recorder: Who is told.
        files: False where somebody else sees to missing files.
        calling: Who is told of connections, where there are stubs.
    """

    def hook(event: str, args: Tuple[Any, ...]) -> None:
        # Thousands of events pass here: two look-ups decide.
        if event in _OPENED and files:
            _opened(recorder, args)
        elif event in _REACHED:
            _reached(recorder, event, args)
            if calling is not None:
                calling.reached(event, args)
        elif event == "import" and calling is not None and args[0] == _NATIVE:
            calling.start()

    sys.addaudithook(hook)


def _opened(recorder: Recorder, args: Tuple[Any, ...]) -> None:
    path = os.fsdecode(args[0]) if isinstance(args[0], (str, bytes)) else ""
    writes = len(args) > _FLAGS and isinstance(args[_FLAGS], int) and bool(args[_FLAGS] & os.O_CREAT)
    if not path or writes or path.startswith(sys.prefix) or os.path.lexists(path):
        return
    frame = sys._getframe(2)
    own = recorder.files.innermost(frame)
    if own is not None and not importing(frame, own):
        recorder.thing("file", frame, path, target=clean(path, 500))


def _reached(recorder: Recorder, event: str, args: Tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        if not isinstance(address, tuple):
            return  # a Unix socket: nothing that leaves the machine
        host, port = address[0], address[1]
        if host == HERE:
            return  # told when the name was looked up
    else:
        host, port = args[0], args[1] if len(args) > 1 else None
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    target = f"{name}:{port}" if port is not None else name
    recorder.thing("host", sys._getframe(2), target, target=clean(target, 300))
