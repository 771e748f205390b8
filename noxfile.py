# /// script
# requires-python = ">=3.11"
# dependencies = ["nox>=2025.10"]
# ///
"""How this project is tested: ``nox -l`` lists the sessions.

Each session installs the hashed lock (``requirements.lock``) and the checkout,
so a desk and CI test the same packages.
"""

from __future__ import annotations

from pathlib import Path

import nox

LOCK = "requirements.lock"
STUBS_LOCK = "stubs/requirements.lock"

nox.needs_version = ">=2025.10"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["tests", "lint", "types"]


def prepare(session: nox.Session) -> None:
    """Install the lock, then the checkout itself without looking at the index again."""
    session.install("--require-hashes", "-r", LOCK)
    session.install("--no-deps", "-e", ".")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; what follows ``--`` goes to pytest."""
    prepare(session)
    workers = [] if "-n" in session.posargs else ["-n", "2", "--dist", "loadgroup"]
    session.run("pytest", *workers, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and the import contract."""
    prepare(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the package and of its tests, strictly."""
    prepare(session)
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into ``build/docs``, a broken link being an error, and check the code on its pages."""
    prepare(session)
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-E", "docs", "build/docs")
    pages = [*Path().glob("*.md"), *Path().glob("samples/**/README.md"), Path("stubs/README.md")]
    quiet = ("--fail-on", "incomplete", "--no-ledger", "--quiet")
    session.run("harness", "check", "docs", *map(str, sorted(pages)), *quiet, *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel and check the bundled pages with nothing but the wheel installed."""
    out = Path(session.create_tmp())
    session.run("uv", "build", "--wheel", "--out-dir", str(out), external=True)
    wheel = max(out.glob("*.whl"), key=lambda path: path.stat().st_mtime)
    session.install(str(wheel))
    with session.chdir(out):
        session.run("harness", "check", "--bundled", *session.posargs, success_codes=[0, 1])


@nox.session
def bench(session: nox.Session) -> None:
    """Run every benchmark side by side; figures go to ``bench/*/README.md`` by hand."""
    session.install("--group", "bench", "-e", ".")
    for script in sorted(Path("bench").glob("*/run.py")):
        session.run("python", str(script), *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Write the locks anew, ours and the stubs': hashes, every platform, no registry named."""
    session.install("uv")
    for source, target in ((("--group", "dev", "pyproject.toml"), LOCK), (("stubs/requirements.txt",), STUBS_LOCK)):
        session.run(
            "uv", "pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet",
            "--python-version", "3.11", *source, "-o", target,
        )  # fmt: skip


@nox.session
def update_data(session: nox.Session) -> None:
    """Write the list of known distributions anew; see ``python -m harness.plan.update --help``."""
    prepare(session)
    session.run("python", "-m", "harness.plan.update", *session.posargs)
