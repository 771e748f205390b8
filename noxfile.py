# /// script
# requires-python = ">=3.11"
# dependencies = ["nox>=2025.10"]
# ///
"""How this project is tested, and how pages are: ``nox -l`` lists the sessions.

Sessions about the code install the hashed lock (``requirements.lock``) and the
checkout, so a desk and CI test the same packages. The sessions ``verify-…``
check pages, and are read from the pages: see ``docs/nox.md``.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent
LOCK = "requirements.lock"
EXTRAS = ("distributed", "lsp", "postgres")
"""All but the one for pytest: our own tests need a newer one than that admits."""
STUBS_LOCK = "stubs/requirements.lock"
KEPT = ROOT / ".nox"
HARNESS = KEPT / "harness"
"""An environment with the harness, whatever nox itself runs in."""
REPORTS = KEPT / "verify"
"""What each session of the matrix has reported, and what all have together."""
REPORT = REPORTS / "report.json"
BUNDLED = "samples/pages"
FOREIGN = frozenset({".git", ".nox", ".venv", "__pycache__", "node_modules"})
"""Folders that hold no page and nothing of ours."""
NAMING = frozenset({"-e", "-s", "--session", "--sessions"})
"""Flags of nox that names of sessions follow."""

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
    session.install("uv")
    session.run("uv", "build", "--wheel", "--out-dir", str(out))
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


@nox.session(python="3.11")
def minimums(session: nox.Session) -> None:
    """Run the tests that need no engine with the lowest versions that ``pyproject.toml`` admits."""
    session.install("uv")
    lowest = Path(session.create_tmp()) / "lowest.txt"
    session.run(
        "uv", "pip", "compile", "--quiet", "--no-deps", *(f"--extra={name}" for name in EXTRAS),
        "--resolution", "lowest-direct", "--python-version", "3.11", "pyproject.toml", "-o", str(lowest), silent=True,
    )  # fmt: skip
    # the harness's own requirements at their lowest, the tools that test it as they come
    session.install("--constraint", str(lowest), "--group", "unit", "-e", f".[{','.join(EXTRAS)}]")
    session.run("pytest", "-n", "2", *(session.posargs or ["tests/unit", "tests/golden"]))


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


class MatrixError(Exception):
    """Why there is no matrix."""


def harness() -> str:
    """Return the harness's program, in an environment that is made anew only where what it asks for has changed."""
    sources = (str(sys.executable).encode(), Path("pyproject.toml").read_bytes(), Path(LOCK).read_bytes())
    made_of = hashlib.sha256(b"\0".join(sources)).hexdigest()
    mark = HARNESS / "made-of"
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "harness.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.is_file() or mark.read_text() != made_of:
            tell("installing the harness into .nox/harness, once")
            shutil.rmtree(HARNESS, ignore_errors=True)
            said(sys.executable, "-m", "virtualenv", "--quiet", str(HARNESS))  # nox brings it along
            if not (uv := shutil.which("uv")):
                uv = str(HARNESS / "bin" / "uv")
                said(str(HARNESS / "bin" / "pip"), "install", "--quiet", "uv")
            # the lock bounds what the harness asks for, and holds the tools of other sessions besides
            said(uv, "pip", "install", "--quiet", "--python", str(HARNESS), "--constraint", LOCK, "--editable", ".")
            mark.write_text(made_of)
    return str(HARNESS / "bin" / "harness")


def tell(text: str) -> None:
    """Say something beside what nox says."""
    sys.stderr.write(f"nox: {text}\n")


def said(*argv: str) -> str:
    """Return what a program prints, or raise what it complains of."""
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MatrixError(done.stderr.strip() or f"{argv[0]} left with exit code {done.returncode}")
    return done.stdout


def read_matrix(pages: Sequence[str]) -> dict[str, Any]:
    """Return the matrix of these pages, or of those of the options, or of the bundled ones.

    What was read is kept as long as neither pages nor options nor the harness
    change, and for the same hour: which Pythons there are may change as well.
    """
    asked = {key: value for key, value in os.environ.items() if key.startswith("HARNESS_")}
    key = [asked, list(pages), f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H}", str(HARNESS)]
    file = KEPT / f"matrix-{hashlib.sha256(json.dumps(list(pages)).encode()).hexdigest()[:12]}.json"
    kept = json.loads(file.read_text()) if file.is_file() else {}
    if kept and kept["of"] == [key, signature(kept["matrix"])]:
        return dict(kept["matrix"])
    argv = [harness(), "plan", "--format", "matrix"]
    try:
        matrix = json.loads(said(*argv, *pages))
    except MatrixError as error:
        if pages or "no pages are given" not in str(error):
            raise
        matrix = json.loads(said(*argv, BUNDLED))
    if not any(one["missing"] for one in matrix["sessions"]):
        file.write_text(json.dumps({"of": [key, signature(matrix)], "matrix": matrix}))
    return dict(matrix)


def signature(matrix: dict[str, Any]) -> str:
    """Return what changes with what a matrix was read from."""
    named = os.environ.get("HARNESS_CONFIG")
    options = [folder / name for folder in (ROOT, *ROOT.parents) for name in ("harness.toml", "pyproject.toml")]
    read = [
        *matrix["pages"],
        matrix["contexts"],
        str(ROOT / "harness"),
        *map(str, options),
        *([named] if named else []),
    ]
    marks = []
    for path in sorted({one for name in read for one in files(name)}):
        stat = path.stat()
        marks.append((str(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return hashlib.sha256(json.dumps(marks).encode()).hexdigest()


def files(name: str) -> Iterator[Path]:
    """Yield the files behind a path or a glob."""
    path = Path(name)
    if path.is_dir():
        for folder, folders, names in os.walk(path):
            folders[:] = [one for one in folders if one not in FOREIGN]
            yield from (one for one in (Path(folder, name) for name in names) if one.is_file())
    elif path.is_file():
        yield path
    else:
        yield from (one for found in glob.glob(name, recursive=True) for one in files(found))  # noqa: PTH207 - as given


def behind_dashes(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the pages and then the flags behind ``--``."""
    rest = list(argv[argv.index("--") + 1 :]) if "--" in argv else []
    pages = list(takewhile(lambda word: not word.startswith("-"), rest))
    return pages, rest[len(pages) :]


def wanted(argv: Sequence[str]) -> bool:
    """Tell whether nox may be asked for the matrix: not where it is asked for other sessions by name."""
    names, naming = os.environ.get("NOXSESSION", "").split(","), False
    for word in takewhile(lambda word: word != "--", argv):
        flag, _, value = word.partition("=")
        naming = flag in NAMING if word.startswith("-") else naming
        names += [value] if naming and value else [word] if naming and not word.startswith("-") else []
    return not any(names) or any(name.startswith(("verify", "report")) for name in names)


def register(python: str, rows: Iterable[dict[str, Any]]) -> None:
    """Make a session of each row of the matrix that has this Python."""
    told = [
        nox.param(row, id=f"{row['library']}, {row['lane']}", tags=["nightly", row["lane"], row["library"]])
        for row in rows
    ]

    # what isolates samples brings its own Pythons: nox needs none
    @nox.session(name=f"verify-{python}", python=python, venv_backend="none")
    @nox.parametrize("row", told)
    def verify(session: nox.Session, row: dict[str, Any]) -> None:
        """Check the samples that need one library, each in a sandbox; flags behind ``--`` go to ``harness check``."""
        if row["missing"]:
            (session.error if "CI" in os.environ else session.skip)(f"Python {row['python']}: {row['missing']}")
        try:
            session.notify("report", posargs=[])
        except ValueError as error:
            session.warn(f"no report is made of these sessions, `nox -s report` makes it: {error}")
        file = report_of(row)
        file.unlink(missing_ok=True)
        LEFT.append(file)
        _, flags = behind_dashes(["--", *session.posargs])
        session.run(
            harness(), "check", *MATRIX["pages"], *row["arguments"], "--no-ledger", "--output", "-",
            "--format", "console", "--format", f"json={file}", *flags, external=True,
        )  # fmt: skip


def report_of(row: dict[str, Any]) -> Path:
    """Return where a session of the matrix leaves its report."""
    return REPORTS / "sessions" / (re.sub(r"[^\w.-]+", "-", row["name"]).strip("-") + ".json")


LEFT: list[Path] = []
"""Where the sessions of this run leave their reports."""
MATRIX: dict[str, Any] = {"pages": [], "sessions": []}
FAULT = ""
if wanted(sys.argv[1:]):
    try:
        MATRIX = read_matrix(behind_dashes(sys.argv)[0])
    except MatrixError as error:
        FAULT = f"the pages give no matrix: {error}"
        tell(FAULT)
for version in dict.fromkeys(row["python"] for row in MATRIX["sessions"]):
    register(version, [row for row in MATRIX["sessions"] if row["python"] == version])


@nox.session(
    venv_backend="none", tags=["nightly"] if FAULT else [], requires=[row["name"] for row in MATRIX["sessions"]]
)
def verify(session: nox.Session) -> None:
    """Run the whole matrix, and report what all of it found."""
    if FAULT:
        session.error(FAULT)


@nox.session(venv_backend="none", tags=["nightly"])
def report(session: nox.Session) -> None:
    """Make one report of the sessions of this run, or, by itself, of all that have left one."""
    every = [report_of(row) for row in MATRIX["sessions"]]
    found = [str(file) for file in LEFT or every if file.is_file()]
    if not found:
        session.error(FAULT or "no session has left a report: nox -t nightly")
    # flags behind sessions of the matrix are for them
    flags = [] if LEFT else behind_dashes(["--", *session.posargs])[1]
    session.run(
        harness(), "report", "merge", *found, "--format", f"json={REPORT}", *flags,
        external=True, env={"HARNESS_PAGES": ",".join(MATRIX["pages"])},
    )  # fmt: skip
