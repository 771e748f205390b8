"""The store of the sandboxes that keep it in a folder of this machine."""

from __future__ import annotations

import contextlib
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def identity(folder: Path) -> str:
    """Return the id that lies in the folder, made on first use: a new folder is a new store."""
    file = folder / "id"
    with contextlib.suppress(FileExistsError), file.open("x", encoding="ascii") as new:
        new.write(uuid.uuid4().hex)
    return file.read_text("ascii", "replace").strip()
