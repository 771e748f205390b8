"""Reads in the words of a library which file it looked for by itself and did not find."""

import re
from typing import List

_SENTENCE = re.compile(r"[.!?](?=\s|$)|\n")
_ABSENT = re.compile(
    r"(?:not|n't|unable to|failed to)\s+(?:be\s+)?(?:find|found|locate|located|exist|read|load)|no such|missing|absent"
    r"|\bno\s+files?\s+(?:found|match)",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"\b(?:in|inside|of|from)\W*$", re.IGNORECASE)
"""What stands before the name of a file that is there, and lacks something."""
_NAME = re.compile(r"(?<![\w./\\<-])(?:\./)?(?:[\w-]+/)*[\w-]+\.(?:json|ya?ml|toml|ini|cfg|conf)(?![\w/.-])")
_QUOTED = re.compile(r"""(['"])(?!\w+://)([\w./*?-]*[\w*]\.[A-Za-z][A-Za-z0-9]{0,7})\1""")


def quoted_files(text: str) -> List[str]:
    """Return the files that stand in quotes within a text of another language, as in ``SELECT * FROM 'trips.csv'``."""
    return [match.group(2) for match in _QUOTED.finditer(text)]


def absences(message: str) -> str:
    """Return the sentences of a message that say that something is not there."""
    return "\n".join(sentence for sentence in _SENTENCE.split(message) if _ABSENT.search(sentence))


def absent_file(message: str) -> str:
    """Return the settings file, by a name without a place, that a message says is not there; else an empty string."""
    for sentence in absences(message).splitlines():
        name = _NAME.search(sentence)
        if name and not _WITHIN.search(sentence[: name.start()]):
            return name.group()
    return ""
