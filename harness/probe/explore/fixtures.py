"""Makes the files that a sample reads and a reader does not have."""

import importlib
import json
import os
import pickle
import shutil
from typing import Callable, Dict, List, Optional

ROWS = 24
"""Rows of a table: enough to split, to train on and to group."""
SUPPLIED = "supplied_"
"""How the names begin that are made up."""
_TEXT = {".txt", ".md", ".log", ".rst", ".html", ".sql", ".ini", ".cfg", ".env", ".py", ""}
_FEATURES = ("feature_1", "feature_2", "feature_3")


def make(path: str, columns: List[str]) -> bool:
    """Make a file, or a folder, of the kind that its name tells; return whether it is there now."""
    parent = os.path.dirname(path)
    suffix = os.path.splitext(path)[1].lower()
    try:
        if parent:
            os.makedirs(parent, exist_ok=True)
        if path.endswith("/"):
            os.makedirs(path, exist_ok=True)
        elif suffix in (".parquet", ".feather", ".xlsx"):
            return _frame_file(path, suffix, columns)
        else:
            write(path, _content(suffix, columns))
    except OSError:
        return False
    return True


def settings(path: str) -> bool:
    """Make a file that a library looks for of one that lies in the home, where stubs put such files."""
    home, name = os.path.expanduser("~"), os.path.basename(path)
    for folder in sorted(os.listdir(home)) if os.path.isdir(home) else ():
        laid = os.path.join(home, folder, name)
        if folder.startswith(".") and os.path.isfile(laid):
            os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
            shutil.copyfile(laid, path)
            return True
    return False


def write(path: str, content: bytes) -> None:
    """Put contents into a file.

    Raises:
        OSError: If it cannot be written.
    """
    with open(path, "wb") as file:
        file.write(content)


def filled(path: str, columns: List[str]) -> bool:
    """Return whether a file is there; one whose name we made up is made when it is first looked for, as a table."""
    if os.path.basename(path).startswith(SUPPLIED) and not (os.path.lexists(path) and os.path.getsize(path)):
        make(path if os.path.splitext(path)[1] else f"{path}.csv", columns)
        if os.path.isfile(f"{path}.csv"):
            os.replace(f"{path}.csv", path)
    return os.path.lexists(path)


def folder(path: str, columns: List[str]) -> bool:
    """Make a folder with one text file in it."""
    return make(os.path.join(path, "document.txt"), columns)


def rows(columns: List[str]) -> "Dict[str, List[float]]":
    """Return a table: the columns that the sample names beside some of its own, all numbers."""
    found = {name: [float((at * 7 + number) % 11) for at in range(ROWS)] for number, name in enumerate(_FEATURES)}
    # few whole numbers serve as classes and as amounts alike
    return {**found, **{name: [at % 2 for at in range(ROWS)] for name in columns}}


def table(columns: List[str]) -> Optional[object]:
    """Return the table as a pandas DataFrame, None where there is no pandas."""
    try:
        return importlib.import_module("pandas").DataFrame(rows(columns))  # type: ignore[no-any-return]
    except Exception:
        return None


def _content(suffix: str, columns: List[str]) -> bytes:
    data = rows(columns)
    made: Dict[str, Callable[[], bytes]] = {
        ".csv": lambda: _delimited(data, ","),
        ".tsv": lambda: _delimited(data, "\t"),
        ".json": lambda: json.dumps({name: name for name in columns} or {"name": "value"}).encode(),
        ".jsonl": lambda: json.dumps({name: values[0] for name, values in data.items()}).encode() + b"\n",
        ".yaml": lambda: b"name: value\n",
        ".yml": lambda: b"name: value\n",
        ".toml": lambda: b'name = "value"\n',
        ".pkl": lambda: pickle.dumps(data),
        ".pickle": lambda: pickle.dumps(data),
    }
    plain = b"Some text.\nA second line of it.\n" if suffix in _TEXT else b""
    return made.get(suffix, lambda: plain)()


def _delimited(data: Dict[str, List[float]], mark: str) -> bytes:
    lines = [mark.join(data), *(mark.join(str(column[at]) for column in data.values()) for at in range(ROWS))]
    return ("\n".join(lines) + "\n").encode()


def _frame_file(path: str, suffix: str, columns: List[str]) -> bool:
    frame = table(columns)
    if frame is None:
        return False
    write = {".parquet": "to_parquet", ".feather": "to_feather", ".xlsx": "to_excel"}[suffix]
    try:
        getattr(frame, write)(path)
    except Exception:
        return False  # the package that writes this kind is not there
    return True
