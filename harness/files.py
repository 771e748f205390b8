"""Files that readers see whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that readers see all of it or nothing, after a crash too.

    A link stays a link, a file keeps its permissions, and what is no file (a
    terminal, a pipe) is written to as it is. Missing folders are made.

    Args:
        path: The file.
        data: Its bytes.

    Raises:
        OSError: If it cannot be written; what was there before is there still.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode if path.exists() else None
    if mode is not None and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        path.write_bytes(data)
        return
    aside = path.with_name(f".{path.name[:32]}-{secrets.token_hex(8)}")
    try:
        with aside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            aside.chmod(stat.S_IMODE(mode))
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
