"""Which distribution provides a module, read from what the installer wrote down; nothing is imported."""

import glob
import os
from typing import Dict, List


def providers(python: str, modules: List[str]) -> List[List[str]]:
    """Return (module, distribution) for the longest part of each dotted module that something installed provides.

    A namespace package has several: one pair for each.
    """
    root = os.path.dirname(os.path.dirname(python))
    wanted = sorted({part for module in modules for part in _parts(module)})
    found: Dict[str, List[str]] = {}
    for record in sorted(glob.glob(os.path.join(root, "lib", "python*", "site-packages", "*.dist-info", "RECORD"))):
        name = os.path.basename(os.path.dirname(record)).partition("-")[0]
        with open(record, encoding="utf-8", errors="replace") as file:
            text = "\n" + file.read()
        for part in wanted:
            path = part.replace(".", "/")
            if any(f"\n{path}{end}" in text for end in ("/", ".py,", ".so,", ".abi3.so,", ".cpython-")):
                found.setdefault(part, []).append(name.lower().replace("_", "-"))
    pairs: List[List[str]] = []
    for module in dict.fromkeys(modules):
        longest = next((part for part in _parts(module) if part in found), None)
        pairs += [[longest, name] for name in found[longest]] if longest else []
    return [list(pair) for pair in dict.fromkeys(tuple(pair) for pair in pairs)]


def _parts(module: str) -> List[str]:
    """Return the module and the packages it lies in, longest first."""
    words = module.split(".")
    return [".".join(words[:n]) for n in range(len(words), 0, -1)]
