"""Looks at all files of a sample: first at every use, then for what is absent, where it lives now."""

import ast
import os
import warnings
from typing import Dict, List, Optional

from .introspect_moved import search
from .introspect_notes import Notes, Send
from .introspect_use import Uses
from .introspect_walk import Walker


def look(files: Dict[str, str], send: Send) -> None:
    """Look at every file and send what is seen."""
    own = {name.partition("/")[0].rpartition(".py")[0] or name.partition("/")[0] for name in files}
    # the usual stand-in for any sample is no module that another file could mean
    every = [(Notes(name, text, send), _parse(text, os.path.basename(name))) for name, text in files.items()]
    for notes, tree in every:
        if tree is not None:
            Walker(Uses(notes, own if len(files) > 1 else set(), tree)).walk(tree)
    # what importing for the search brings along must not change what the looks above see
    for notes, _ in every:
        for number, module, names, text, works in notes.wanted:
            places: List[str] = search(module, names, text, works=works)
            if places:
                notes.moved(number, ", ".join(names), places)


def _parse(text: str, name: str) -> Optional[ast.Module]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # the run says so better
