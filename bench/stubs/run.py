"""What the stubs cost: a sample that calls nothing with them and without, the first call, and every call after it.

    python bench/stubs/run.py [--rounds 15] [--sandbox namespace]

With and without take turns; what counts is the difference of the medians. Processor time is that of all processes of a
run: on a machine that others keep busy it says more than what a clock shows.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from harness.equipping import equipped
from harness.extract import extract
from harness.judge import spec
from harness.model.environment import Request
from harness.model.execution import Limits, Outcome, StoreAccess, Task
from harness.model.matrix import Job, Lane, Target
from harness.options import load
from harness.sandbox import policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.jobs import Equipment
    from harness.model.environment import Environment

CALLS = 50
CALL = """
import urllib.error, urllib.request
def call():
    try: urllib.request.urlopen("http://api.nobody.dev/").read()
    except urllib.error.HTTPError as error: assert error.code == 501, error.code
"""
SAMPLES = {
    "calls nothing": "print('hello')\n",
    "imports a client": "import urllib.request\n",
    "one call": CALL + "call()\n",
    f"{CALLS} calls": CALL + f"for _ in range({CALLS}): call()\n",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--sandbox", default="namespace")
    given = parser.parse_args()
    options = load(flags={"sandbox": given.sandbox, "pages": (str(Path(__file__).parent),)})
    with equipped(options, print) as equipment:
        environment = equipment.provider.ready(Request((), Lane.CURRENT))
        interpreter = next(one for one in equipment.interpreters if one.platform == environment.lock.platform)
        assert equipment.stubs is not None, "this sandbox has no stubs"
        stubs = equipment.stubs.orders(interpreter)
        for name, text in SAMPLES.items():
            calling = "call" in name and "nothing" not in name
            times: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
            for _ in range(given.rounds):
                for with_stubs in (True,) if calling else (True, False):
                    took = once(equipment, environment, text, stubs if with_stubs else None)
                    times[with_stubs].append(took)
            said = [
                f"{label} {median(times[key], 0):.0f} ms, {median(times[key], 1):.0f} ms of a processor"
                for key, label in ((True, "with"), (False, "without"))
                if times[key]
            ]
            print(f"{name:20} {'; '.join(said)}", flush=True)


def median(times: list[tuple[float, float]], which: int) -> float:
    return 1000 * statistics.median(one[which] for one in times)


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def once(
    equipment: Equipment, environment: Environment, text: str, stubs: Mapping[str, str] | None
) -> tuple[float, float]:
    sample = extract("bench.md", f"```python\n{text}```\n".encode()).samples[0]
    job = Job(sample, Target(Lane.CURRENT))
    task = Task(
        argv=(f"{environment.path}/bin/python", "-I", f"{policy.PROBE}/supervisor.py"),
        python=environment.lock.python,
        stdin=spec.spec(job, environment, Limits(), "", stubs),
        store=StoreAccess.READ,
    )
    began, used = time.perf_counter(), processor()
    done = equipment.sandbox.run(task)
    took = time.perf_counter() - began, processor() - used
    seen = spec.evidence(done, sample)
    assert seen.outcome is Outcome.PASSED, (seen.stderr, done.stderr)
    return took


if __name__ == "__main__":
    main()
