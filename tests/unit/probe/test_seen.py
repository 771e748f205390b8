"""What the probe writes down about exceptions, warnings, files and hosts."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.probe.running import VERSIONS, probe

if TYPE_CHECKING:
    from pathlib import Path


def raised(folder: Path, text: str, version: str = "3.13") -> list[dict[str, Any]]:
    """Return the exceptions of one run."""
    found: list[dict[str, Any]] = probe(folder, dedent(text), version)["raised"]
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_the_samples_innermost_line_is_told_not_the_librarys(tmp_path: Path, version: str) -> None:
    (seen,) = raised(tmp_path, "import json\n\ndef f(text):\n    return json.loads(text)\n\nf('{')\n", version)
    assert (seen["type"], seen["line"], seen["file"], seen["fatal"]) == (
        "json.decoder.JSONDecodeError",
        4,
        "sample.py",
        True,
    )
    assert [frame["owner"] for frame in seen["frames"]][:3] == ["sample", "sample", "stdlib"]
    assert "ValueError" in seen["bases"]


def test_columns_count_characters_also_behind_wide_ones(tmp_path: Path) -> None:
    (seen,) = raised(tmp_path, "x = 1\nprint('grüße, 世界', x.foo, 3)\n")
    assert (seen["line"], seen["column"], seen["end_column"]) == (2, 20, 25)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_exception_that_a_framework_swallows_is_seen(tmp_path: Path, version: str) -> None:
    text = """
        import functools
        import queue, threading

        def step():
            return missing

        t = threading.Timer(0, step)
        t.start()
        t.join()
    """
    seen = raised(tmp_path, text, version)
    assert [(one["type"], one["line"], one["fatal"], one["handled"]) for one in seen] == [
        ("NameError", 6, False, False)
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_exception_that_the_sample_handles_is_told_apart(tmp_path: Path, version: str) -> None:
    text = """
        def f():
            return {}["k"]
        try:
            f()
        except KeyError:
            pass
    """
    seen = raised(tmp_path, text, version)
    assert [(one["type"], one["line"], one["fatal"], one["handled"]) for one in seen] == [("KeyError", 3, False, True)]
    assert ["key", "k"] in seen[0]["attributes"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_cause_of_a_rewrapped_exception_is_kept(tmp_path: Path, version: str) -> None:
    text = """
        try:
            int("x")
        except ValueError as e:
            raise RuntimeError("wrapped") from e
    """
    *_, last = raised(tmp_path, text, version)
    assert (last["type"], last["cause"]["type"], last["cause"]["line"]) == ("RuntimeError", "ValueError", 3)


def test_attributes_tell_what_the_objects_were(tmp_path: Path) -> None:
    (seen,) = raised(tmp_path, "import json\njson.gone(1)\n")
    assert ["name", "gone"] in seen["attributes"]
    assert ["obj", "module json"] in seen["attributes"]
    assert ["name:json", "module json"] in seen["attributes"]


def test_a_syntax_error_has_its_line(tmp_path: Path) -> None:
    (seen,) = raised(tmp_path, "x = 1\ny = = 2\n")
    assert (seen["type"], seen["line"], seen["column"], seen["fatal"]) == ("SyntaxError", 2, 5, True)


def test_a_loop_of_failures_is_bounded(tmp_path: Path) -> None:
    seen = raised(tmp_path, "for i in range(20000):\n    try:\n        {}[i]\n    except KeyError:\n        pass\n")
    assert 1 <= len(seen) <= 3


def test_escape_codes_do_not_survive(tmp_path: Path) -> None:
    found = probe(tmp_path, "print('\\x1b[31mred\\x1b[0m \\u202e')\nraise ValueError('\\x1b]0;t\\x07')\n")
    assert found["stdout"] == "\\x1b[31mred\\x1b[0m \\u202e\n"
    assert found["raised"][-1]["message"] == "\\x1b]0;t\\x07"


LIBRARY = """
import warnings

def old():
    inner()

def inner():
    warnings.warn("old goes away", DeprecationWarning, stacklevel=3)

def noise():
    warnings.warn("a matter of ours", DeprecationWarning)
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_warnings_have_the_samples_line_whatever_the_filters_show(tmp_path: Path, version: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thing.py").write_text(LIBRARY)
    (tmp_path / "work").mkdir()
    text = "import thing\nimport warnings\nwarnings.simplefilter('ignore')\nthing.old()\n\nthing.noise()\n"
    found = probe(tmp_path / "work", text, version, env={"PYTHONPATH": str(tmp_path / "site")})
    assert [(one["message"], one["line"], one["direct"]) for one in found["warned"]] == [
        ("old goes away", 4, True),
        ("a matter of ours", 6, False),
    ]
    assert [frame["owner"] for frame in found["warned"][0]["frames"]] == ["sample", "thing", "thing"]
    assert found["stderr"] == ""


def test_a_library_that_warns_about_its_caller_points_to_the_samples_line(tmp_path: Path) -> None:
    text = "import asyncio, locale\nimport datetime\ndatetime.datetime.utcnow()\n"
    (seen,) = probe(tmp_path, text)["warned"]
    assert (seen["category"], seen["line"], seen["direct"]) == ("DeprecationWarning", 3, True)


def test_logged_notices_are_seen(tmp_path: Path) -> None:
    text = "import logging\n\nlogging.getLogger('lib').warning('%s is deprecated', 'f')\n"
    (seen,) = probe(tmp_path, text)["warned"]
    assert (seen["category"], seen["message"], seen["line"]) == ("logging", "f is deprecated", 3)


@pytest.mark.parametrize("version", VERSIONS)
def test_missing_files_are_seen_as_written(tmp_path: Path, version: str) -> None:
    text = "import os\nfor f in (lambda: open('data/x.csv'), lambda: os.listdir('nowhere')):\n    try:\n        f()\n    except OSError:\n        pass\nopen('made', 'w')\n"
    found = probe(tmp_path, text, version)
    assert [(one["target"], one["line"]) for one in found["files"]] == [("data/x.csv", 2), ("nowhere", 2)]


def test_hosts_are_seen_with_the_samples_line(tmp_path: Path) -> None:
    text = "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError:\n    pass\n"
    found = probe(tmp_path, text)
    assert {(one["target"], one["line"]) for one in found["hosts"]} == {("127.0.0.1:9", 3)}


def test_importing_a_library_adds_no_missing_files(tmp_path: Path) -> None:
    assert probe(tmp_path, "import xml.dom.minidom, email.mime.text\n")["files"] == []


def test_shell_is_parsed_and_never_run(tmp_path: Path) -> None:
    entries = [{"file": "run.sh", "language": "shell"}]
    fine = probe(tmp_path, "", files={"run.sh": "touch ran\nif true; then echo x; fi\n"}, entries=entries)
    assert (fine["exit_code"], fine["raised"], (tmp_path / "ran").exists()) == (0, [], False)
    broken = probe(tmp_path, "", files={"run.sh": "echo a\nif true; then\n  echo x\n"}, entries=entries)
    (seen,) = broken["raised"]
    assert (seen["type"], seen["file"], seen["fatal"]) == ("SyntaxError", "run.sh", True)
    assert seen["line"] >= 2
    assert broken["exit_code"] == 2


def test_output_is_bounded_with_both_ends_kept(tmp_path: Path) -> None:
    found = probe(tmp_path, "print('first')\nprint('x' * 1_000_000)\nprint('last')\n")
    assert found["stdout"].startswith("first\n")
    assert found["stdout"].endswith("last\n")
    assert "bytes left out" in found["stdout"]
    assert found["truncated"]
    assert len(found["stdout"]) < 200_000


def test_what_takes_time_to_tell_of_a_warning_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "noisy.py").write_text(
        "import warnings\ndef make(old=None):\n    warnings.warn('old is deprecated', DeprecationWarning)\n"
    )
    text = "import noisy, time\nbegan = time.process_time()\nfor _ in range(3000):\n    noisy.make(old=1)\n"
    seen = probe(tmp_path, text + "print(time.process_time() - began)\n")
    assert [(one["message"], one["parameters"]) for one in seen["warned"]] == [("old is deprecated", ["old"])]
    # a walk over all objects for each of them took more than ten times as long
    assert float(seen["stdout"]) < 3.0
