"""Sleeps are shortened where a library waits, and nowhere else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.unit.probe.running import SUPERVISOR, VERSIONS, interpreter

LIBRARY = """
import asyncio, time
from time import sleep

def poll(seconds):
    time.sleep(seconds)

def named(seconds):
    sleep(seconds)

async def polls(seconds):
    await asyncio.sleep(delay=seconds)
"""
SAMPLE = """
import asyncio, threading, time
from time import sleep

def own():
    time.sleep(3)
    sleep(3)
    asyncio.run(asyncio.sleep(3))
    exec("import time; time.sleep(3)", {"__name__": "__main__"})
    thread = threading.Thread(target=time.sleep, args=(3,))
    thread.start()
    thread.join()
"""
PROGRAM = """
import json, pickle, sys, time
slept = []
def sleep(seconds):
    slept.append(seconds)
sleep.__module__ = "time"
time.sleep = sleep
import asyncio, asyncio.tasks
async def asleep(delay, result=None):
    slept.append(delay)
asleep.__module__, asleep.__name__ = "asyncio.tasks", "sleep"
asyncio.sleep = asyncio.tasks.sleep = asleep
folder, probe = sys.argv[1:]
package = type(sys)("_harness_probe")
package.__path__ = [probe]
sys.modules["_harness_probe"] = package
from _harness_probe import naps
from _harness_probe.frames import Files
sys.path.insert(0, folder)
import library, sample
naps.shorten(Files(folder, ["sample.py"]))
library.poll(30), library.named(30), library.poll(0.25)
asyncio.run(library.polls(30))
short, slept[:] = slept[:], []
sample.own()
assert pickle.loads(pickle.dumps(time.sleep)) is time.sleep
assert pickle.loads(pickle.dumps(asyncio.sleep)) is asyncio.sleep
print(json.dumps([short, slept]))
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_a_library_sleeps_half_a_second_and_a_sample_as_long_as_it_says(tmp_path: Path, version: str) -> None:
    installed = tmp_path / "site-packages"
    installed.mkdir()
    (installed / "library.py").write_text(LIBRARY)
    (tmp_path / "sample.py").write_text(SAMPLE)
    argv = [interpreter(version), "-c", PROGRAM, str(tmp_path), str(SUPERVISOR.parent)]
    done = subprocess.run(argv, env={"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[0.5, 0.5, 0.25, 0.5], [3, 3, 3, 3, 3]]
