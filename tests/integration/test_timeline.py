"""The timeline against what is really published, held to the labels made by experiment."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from harness.environments.index import from_host
from harness.environments.timeline import Timeline
from harness.model.history import Answer, Question, Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.network

_PATH = re.compile(r"^(?P<path>[a-z]\w*(?:\.\w+)+)(?:\((?P<keyword>\w+)=[^,)]*\))?$")
"""A label's symbol that says by itself what to ask; others are prose."""
_SENSES = {"removed": Sense.ATTRIBUTE, "never-existed": Sense.ATTRIBUTE, "protocol": Sense.PROTOCOL}


def labelled(folder: Path) -> Iterator[tuple[Question, str | None]]:
    """Yield what can be asked about the labels, and the last good release that they state."""
    for path in sorted(folder.glob("*.json")):
        label = json.loads(path.read_text())
        for one in label["findings"]:
            found = _PATH.match(one["symbol"])
            versions = {name: text.split()[0] for name, text in label.get("distributions", {}).items() if text}
            top = one["symbol"].partition(".")[0].replace("_", "-")
            name = next((each for each in versions if each == top or each.endswith(f"-{top}")), "")
            if not found or not name or one["kind"] not in {*_SENSES, "signature"}:
                continue
            if one["kind"] == "signature" and not found["keyword"]:
                continue
            sense = _SENSES.get(one["kind"], Sense.PARAMETER)
            member = "__enter__" if sense is Sense.PROTOCOL else found["keyword"] or ""
            yield Question(name, versions[name], sense, found["path"], member), one["last_good"]


def minor(version: str | None) -> list[str]:
    return version.split(".")[:2] if version else []


def agrees(answer: Answer, last_good: str | None) -> bool:
    """Say whether an answer names the same minor line, or that no release had it."""
    if answer.history is None:
        return False
    return minor(answer.history.last_good) == minor(last_good) and (last_good is not None or answer.never_existed)


@pytest.mark.timeout(900)
def test_labels_agree(shared: Path, tmp_path: Path) -> None:
    timeline = Timeline(tmp_path, from_host())
    asked = list(dict.fromkeys(labelled(shared / "labels")))
    assert len(asked) >= 20
    wrong = [
        (question.path, last_good, answer.history, answer.reason)
        for question, last_good in asked
        if not agrees(answer := timeline.ask(question), last_good)
    ]
    assert len(wrong) <= 0.1 * len(asked), wrong
