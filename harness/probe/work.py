"""Lays the sample's files out in its folder."""

import os
from typing import Dict


def lay_out(folder: str, files: Dict[str, str]) -> None:
    """Write every file below the folder.

    Raises:
        ValueError: If a path leads out of the folder.
    """
    root = os.path.realpath(folder)
    for name, text in files.items():
        path = os.path.realpath(os.path.join(root, name))
        if os.path.commonpath([root, path]) != root or path == root:
            raise ValueError(f"{name!r} lies outside the sample's folder")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            file.write(text)
