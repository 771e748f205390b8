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
        ('No files found that match the pattern "conf.json"', "conf.json"),
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


DATABASE = """
import os, re

class QueryError(Exception):
    pass

def query(sql):
    name = re.search("FROM '(.*?)'", sql).group(1)
    if not os.path.exists(name):
        raise QueryError(f'IO Error: No files found that match the pattern "{name}"\\n\\nLINE 1: {sql}')
    return open(name).read().count("\\n")
"""


def test_a_file_that_stands_in_a_query_is_made_when_it_is_missed(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(DATABASE)
    text = """import base\nrows = base.query("SELECT fare / distance FROM 'data/trips.csv'")\nprint(rows > 0)\n"""
    seen = explore(tmp_path, text)
    assert not missed(seen)
    assert [(one["target"], one["line"]) for one in seen["files"]] == [("data/trips.csv", 2)]
    assert seen["stdout"] == "True\n"


def test_a_file_that_the_sample_was_to_write_is_made_for_a_query_and_not_told(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(DATABASE)
    text = """import base\nunknown.save("out.csv")\nprint(base.query("SELECT 1 FROM 'out.csv'") > 0)\n"""
    seen = explore(tmp_path, text)
    assert seen["files"] == []
    assert seen["stdout"] == "True\n"
