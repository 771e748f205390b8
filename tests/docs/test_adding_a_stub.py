"""The worked example of a stub works, as it is written."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.written import ROOT, blocks

README = ROOT / "stubs" / "README.md"


def test_the_worked_example_answers_and_is_recorded(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "stubs", tmp_path / "stubs")
    names = re.findall(r"`(stubs/weather/\w+\.py)`", README.read_text("utf-8"))
    python = [block for block in blocks(README) if block.language == "python"]
    assert len(names) == len(python) == 2
    for name, block in zip(names, python, strict=True):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "stubs.front"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as front:
        assert front.stdin
        assert front.stdout
        told = json.loads(front.stdout.readline())
        assert re.fullmatch(r"fake-\w+", told["environment"]["WEATHER_API_KEY"])
        connection = http.client.HTTPConnection(told["http"].removeprefix("http://"), timeout=60)
        connection.request("GET", "/v1/forecast/Bern", headers={"Host": "api.weather.example"})
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())) == (200, {"city": "Bern", "sky": "clear"})
        call = json.loads(front.stdout.readline())
        assert (call["stub"], call["name"], call["path"]) == ("weather", "forecast", "/v1/forecast/Bern")
        connection.close()
        front.stdin.close()
        assert front.wait(timeout=60) == 0
