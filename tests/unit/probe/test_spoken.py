"""Which file a library says it looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.probe.spoken import absent_file
from tests.unit.probe.running import probe
from tests.unit.probe.test_explore import explore, missed

LIBRARY = """
import os, json

class SettingsError(Exception):
    pass

def client():
    if not os.path.exists("settings.json"):
        raise SettingsError("Could not find settings.json in: . or in its parents. See https://example.com.")
    with open("settings.json") as file:
        return json.load(file)
"""


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("We could not find config.json in: . or in its parent directories", "config.json"),
        ("The configuration file config.json, could not be found in /work or above.", "config.json"),
        ("Unable to locate ./conf/app.toml", "./conf/app.toml"),
        ("no such file: 'prefect.yaml'", "prefect.yaml"),
        ("All is well. Missing nothing. See config.json", ""),
        ("[Errno 2] No such file or directory: '/opt/lib/config.json'", ""),
        ("model 'x' not found in config.json", ""),
        ("https://example.com/config.json was not found", ""),
        ("name is missing", ""),
    ],
)
def test_a_file_is_told_by_the_sentence_that_misses_it(message: str, name: str) -> None:
    assert absent_file(message) == name


def test_a_plain_run_tells_the_name(tmp_path: Path) -> None:
    (tmp_path / "cloud.py").write_text(LIBRARY)
    (seen,) = probe(tmp_path, "import cloud\ncloud.client()\n")["raised"]
    assert ["absent", "settings.json"] in seen["attributes"]


@pytest.mark.parametrize("laid", [True, False], ids=["as a stub lays it out", "of our own making"])
def test_a_run_that_does_not_stop_goes_on_with_the_file(tmp_path: Path, laid: bool) -> None:
    (tmp_path / "cloud.py").write_text(LIBRARY)
    home = tmp_path / "home" / ".cloud"
    home.mkdir(parents=True)
    if laid:
        (home / "settings.json").write_text('{"project": "supplied"}')
    text = "import cloud\nfound = cloud.client()\nprint(type(found).__name__, found.get('project'))\n"
    seen = explore(tmp_path, text, env={"HOME": str(home.parent)})
    assert not missed(seen)
    assert [(one["target"], one["line"]) for one in seen["files"]] == [("settings.json", 2)]
    assert ("dict supplied" if laid else "dict None") in seen["stdout"]


def test_what_the_sample_told_a_library_earlier_is_made_when_it_is_missed(tmp_path: Path) -> None:
    (tmp_path / "cloud.py").write_text(
        "import os\nclass Job:\n    def __init__(self, code):\n        self.code = code\n"
        "def submit(job):\n    if not os.path.isdir(job.code):\n"
        '        raise ValueError(f"Can\'t find directory or file: /work/{job.code}; say git+ for others")\n'
        "    return os.listdir(job.code)\n"
    )
    text = "import cloud\njob = cloud.Job(code='./src')\nfound = cloud.submit(job)\nprint('sent', found)\n"
    seen = explore(tmp_path, text)
    assert [(one["target"], one["line"]) for one in seen["files"]] == [("./src", 3)]
    assert "sent ['document.txt']" in seen["stdout"]
