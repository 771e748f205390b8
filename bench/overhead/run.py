"""What the harness adds to a sample's run: ours against a bare ``docker run``, side by side.

    python bench/overhead/run.py [--rounds 15] [--limit 1.3]

Both run the same file with the same environment in the same image on the same
engine, in turns; ours also feeds the sample in, watches it with the probe and
reads the evidence back. The ratio of the medians is what counts; it ends with
1 where that is above the limit.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
import uuid
from typing import TYPE_CHECKING

from harness.extract import extract
from harness.judge import spec
from harness.model.environment import Environment, Lock
from harness.model.execution import Limits, Outcome, StoreAccess, Task
from harness.model.matrix import Job, Lane, Target
from harness.sandbox import docker_engine, docker_image, policy
from harness.sandbox.docker import DockerSandbox

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = {
    "one line": "print('hello')\n",
    "some imports": "import asyncio, json, logging, sqlite3, urllib.request\nprint(json.dumps([1]))\n",
    "a library": "import rich.console, rich.table, rich.progress\nrich.console.Console().print('hello')\n",
}
PACKAGE = "rich"
ENVIRONMENT = "/store/bench"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--limit", type=float, default=1.3)
    options = parser.parse_args()
    volume = f"sample-harness-bench-{uuid.uuid4().hex[:8]}"
    sandbox = DockerSandbox(volume)
    try:
        return compare(sandbox, volume, options.rounds, options.limit)
    finally:
        sandbox.close()
        api = docker_engine.connect().api
        api.remove_volume(volume)
        api.close()


def compare(sandbox: DockerSandbox, volume: str, rounds: int, limit: float) -> int:
    python = sandbox.prepare()[0].version
    engine = docker_engine.connect()
    image = docker_image.runner(engine, python).image
    install(sandbox, python)
    worst = 0.0
    print(f"engine {engine.version}, Python {python}, {rounds} rounds, seconds: median (best)")
    for name, code in SAMPLES.items():
        put(sandbox, python, code)
        ours, bare = alternate(rounds, harness(sandbox, python, code), docker(volume, image))
        ratio = statistics.median(ours) / statistics.median(bare)
        worst = max(worst, ratio)
        print(f"{name:14} harness {figures(ours)}   docker run {figures(bare)}   ratio {ratio:.2f}")
    engine.api.close()
    print(f"worst ratio {worst:.2f}, limit {limit:.2f}")
    return int(worst > limit)


def install(sandbox: DockerSandbox, python: str) -> None:
    uv = f"{policy.UV} --quiet"
    line = f"{uv} venv {ENVIRONMENT} && {uv} pip install --compile-bytecode --python {ENVIRONMENT} {PACKAGE}"
    env = (("UV_CACHE_DIR", "/store/cache"), ("UV_SYSTEM_CERTS", "1"))
    done = sandbox.run(
        Task(("sh", "-c", line), python, env=env, network=True, store=StoreAccess.WRITE, limits=Limits(seconds=300))
    )
    if done.code:
        sys.exit(done.stderr.decode())


def put(sandbox: DockerSandbox, python: str, code: str) -> None:
    """Lay the file into the store, where the bare run finds it without any mount of its own."""
    sandbox.run(Task(("sh", "-c", "cat > /store/sample.py"), python, stdin=code.encode(), store=StoreAccess.WRITE))


def harness(sandbox: DockerSandbox, python: str, code: str) -> Callable[[], None]:
    sample = extract("bench.md", f"```python\n{code}```\n".encode()).samples[0]
    lock = Lock(python=python, platform="", packages=(), text="")
    orders = spec.spec(Job(sample, Target(Lane.CURRENT)), Environment(lock, ENVIRONMENT))
    task = Task(("python3", "-I", f"{policy.PROBE}/supervisor.py"), python, stdin=orders)

    def run() -> None:
        seen = spec.evidence(sandbox.run(task), sample)
        if seen.outcome is not Outcome.PASSED:
            sys.exit(f"the sample failed: {seen.stderr}")

    return run


def docker(volume: str, image: str) -> Callable[[], None]:
    argv = ["docker", "run", "--rm", "--network=none", f"--volume={volume}:/store:ro", image]

    def run() -> None:
        subprocess.run([*argv, f"{ENVIRONMENT}/bin/python", "/store/sample.py"], check=True, capture_output=True)

    return run


def alternate(rounds: int, *runs: Callable[[], None]) -> tuple[list[float], ...]:
    """Time each in turn, so that what else the machine does meets all alike; the first round is for warming up."""
    times: tuple[list[float], ...] = tuple([] for _ in runs)
    for turn in range(rounds + 1):
        for run, found in zip(runs, times, strict=True):
            start = time.perf_counter()
            run()
            if turn:
                found.append(time.perf_counter() - start)
    return times


def figures(times: list[float]) -> str:
    return f"{statistics.median(times):.3f} ({min(times):.3f})"


if __name__ == "__main__":
    sys.exit(main())
