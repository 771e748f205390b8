"""The options themselves, and how their sources are laid over one another."""

from __future__ import annotations

import dataclasses
import os
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

import platformdirs

from harness.errors import ConfigError
from harness.model.execution import Limits
from harness.model.matrix import Lane, Shard
from harness.options import read
from harness.options.choices import LOCAL, FailOn, Format, Output, SandboxChoice, WitnessChoice
from harness.options.file import NAME, SHARED, OptionsFile, load_file, search


@dataclass(frozen=True, slots=True)
class Setting:
    """One option as ``harness doctor`` shows it."""

    key: str
    """Its name in an options file."""
    value: str
    """Its value, for a person."""
    source: str
    """``default``, ``file:line``, ``HARNESS_…`` or ``--…``."""


def _cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0))


def _store() -> Path:
    """A folder in the user's cache."""
    return platformdirs.user_cache_path("sample-harness", appauthor=False)


def _as(reader: read.Reader, example: str, show: Callable[..., str] | None = None) -> dict[str, object]:
    """Say beside an option how it is read, what writing it looks like, and how it is shown."""
    return {"read": reader, "example": example, "show": show or _show}


def _show(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {item}" for key, item in value.items()) or "-"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """All options, read and checked."""

    pages: tuple[str, ...] = field(default=(), metadata=_as(read.pages, "['docs']"))
    """Pages and folders to check, as given."""
    select: tuple[str, ...] = field(default=(), metadata=_as(read.strings, "['zenml-vs-*#1']"))
    """Globs over sample and job ids; all when empty."""
    libraries: tuple[str, ...] = field(default=(), metadata=_as(read.strings, "['prefect']"))
    """Only samples that need one of these distributions, `no library` for those that need none; all when empty."""
    changed_since: str = field(default="", metadata=_as(read.text, "'origin/main'", lambda ref: ref or "-"))
    """Commit, branch or tag: only samples that changed since then are checked; empty for all."""
    shard: Shard | None = field(default=None, metadata=_as(read.shard, "'3/8'"))
    """Which part of the samples, K of N, for one machine of several; all when it is not given."""
    lanes: tuple[Lane, ...] = field(default=(Lane.CURRENT,), metadata=_as(read.lanes, "['current']"))
    """Which library versions to test."""
    as_of: str = field(default="", metadata=_as(read.day, "'2024-06-30'", lambda day: day or "-"))
    """ISO date: the index as it was at the end of that day, in place of today's; empty for today's."""
    pythons: tuple[str, ...] = field(default=(), metadata=_as(read.pythons, "['3.13']"))
    """Pythons to test on; when empty, the newest that each sample's libraries support."""
    sandbox: SandboxChoice = field(default=SandboxChoice.AUTO, metadata=_as(read.one_of(SandboxChoice), "'docker'"))
    """Which sandbox to use."""
    require_docker: bool = field(default=False, metadata=_as(read.switch, "true"))
    """Fail, instead of using a weaker sandbox, where no engine answers."""
    witnesses: WitnessChoice = field(default=WitnessChoice.ALL, metadata=_as(read.one_of(WitnessChoice), "'static'"))
    """Who is asked about a sample: everyone, or one alone for a quick look."""
    executor: str = field(default=LOCAL, metadata=_as(read.executor, "'dask://scheduler:8786'"))
    """Where jobs run: ``local`` is this machine, ``dask://HOST:PORT`` the workers of a cluster."""
    jobs: int = field(default_factory=_cores, metadata=_as(read.count, "4"))
    """Jobs that run at the same time on this machine."""
    timeout: float = field(default=Limits().seconds, metadata=_as(read.duration, "'90s'", "{:g} s".format))
    """Seconds that a sample may take."""
    memory: int = field(default=Limits().memory, metadata=_as(read.size, "'2GiB'", "{:,} bytes".format))
    """Bytes of memory that a sample may use."""
    store: Path = field(default_factory=_store, metadata=_as(read.path, "'.harness'"))
    """Folder of environments, locks and results."""
    offline: bool = field(default=False, metadata=_as(read.switch, "true"))
    """Ask no index: reuse the newest locks and what is installed."""
    refresh: bool = field(default=False, metadata=_as(read.switch, "true"))
    """Resolve anew whatever the age of the locks."""
    lock_max_age: timedelta = field(default=timedelta(hours=12), metadata=_as(read.age, "'12h'"))
    """Age from which a lock is resolved anew."""
    allow: tuple[str, ...] = field(default=(), metadata=_as(read.strings, "['my-package']"))
    """Distributions to install though the harness does not know them."""
    profiles: Mapping[str, Mapping[str, object]] = field(
        default_factory=dict,
        metadata=_as(
            read.tables,
            "{ docs = { paths = ['docs/**'], language = 'python' } }",
            lambda tables: ", ".join(tables) or "-",
        ),
    )
    """How publishers read their pages, as written; the extraction checks them."""
    format: tuple[Output, ...] = field(
        default=(Output(Format.CONSOLE),), metadata=_as(read.outputs, "['console', 'sarif=out.sarif']")
    )
    """How to report, several at once."""
    output: Path | None = field(default=None, metadata=_as(read.output, "'report.json'"))
    """File for the one format that names none; without it, standard output."""
    fail_on: FailOn = field(default=FailOn.DEPRECATED, metadata=_as(read.one_of(FailOn), "'incomplete'"))
    """What makes the exit code 1."""
    baseline: Path = field(default=Path("harness-baseline.toml"), metadata=_as(read.path, "'harness-baseline.toml'"))
    """Findings that are accepted for a while; it need not exist unless it is named."""
    ledger: str = field(default="", metadata=_as(read.ledger, "'postgresql://host/harness'", read.without_secrets))
    """Where runs are recorded: a file, or the URL of a database; empty for a file in the store."""
    no_ledger: bool = field(default=False, metadata=_as(read.switch, "true"))
    """Record nothing."""
    contexts: Path = field(default=Path("samples/contexts"), metadata=_as(read.path, "'contexts'"))
    """Folder of contexts; it need not exist."""
    no_cache: bool = field(default=False, metadata=_as(read.switch, "true"))
    """Run every job, also those whose result is known."""
    older_runs: int = field(default=6, metadata=_as(read.some_or_none, "0"))
    """How often one sample may be run in older releases, to date what no interface tells of; 0 turns it off."""
    older_time: float = field(default=900.0, metadata=_as(read.duration, "'15m'", "{:g} s".format))
    """Time for these runs of one sample; after it none begins, and the report says what was not dated."""
    docker_bases: Mapping[str, str] = field(
        default_factory=dict, metadata=_as(read.images, "{ '3.13' = 'python:3.13-slim' }")
    )
    """Base image of the runner for a Python version."""
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Field name to source, for each value that is not a default."""

    @property
    def limits(self) -> Limits:
        """The bounds of one job."""
        return Limits(seconds=self.timeout, memory=self.memory)

    def source(self, name: str) -> str:
        """Say where the value of a field comes from, for messages."""
        return self.sources.get(name, "default")

    def describe(self) -> tuple[Setting, ...]:
        """Return every option with its value and its source."""
        return tuple(
            Setting(key, item.metadata["show"](getattr(self, item.name)), self.source(item.name))
            for key, item in FIELDS.items()
        )


FIELDS = {item.name.replace("_", "-"): item for item in dataclasses.fields(Options) if item.metadata}
"""Key in an options file to field."""
_TABLES = frozenset({"profiles", "docker-bases"})
"""Options that no environment variable can hold."""
VARIABLES = {key: "HARNESS_" + key.upper().replace("-", "_") for key in FIELDS if key not in _TABLES}
"""Key in an options file to environment variable, e.g. ``HARNESS_FAIL_ON``."""
CONFIG_VARIABLE = "HARNESS_CONFIG"
"""Names the options file, in place of a search."""


def load(
    flags: Mapping[str, object] | None = None,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Options:
    """Read all options.

    Args:
        flags: Field name to value from the command line; None and () mean that a flag was not given.
        cwd: Where the search for an options file begins; the current folder if None.
        env: Environment variables; this process's if None.
        config: The options file, in place of a search (flag ``--config``).

    Raises:
        ConfigError: If a file cannot be read, a key is unknown or a value is not of its type.
    """
    here = (cwd or Path.cwd()).resolve()
    environ = os.environ if env is None else env
    named = config or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    file = load_file(here / named) if named else search(here)
    layers = [
        *(_from_file(file) if file else ()),
        *(_Given(key, environ[name], here, name) for key, name in VARIABLES.items() if environ.get(name)),
        *(_flag(name, value, here) for name, value in (flags or {}).items() if value is not None and value != ()),
    ]
    values = {FIELDS[given.key].name: _value(given) for given in layers}
    sources = {FIELDS[given.key].name: given.source for given in layers}
    options = Options(**values, sources=sources)  # type: ignore[arg-type]  # each reader gives its field's type
    _agree(options)
    return options


@dataclass(frozen=True, slots=True)
class _Given:
    """One value as somebody wrote it."""

    key: str
    value: object
    base: Path
    """What a path in it is relative to."""
    source: str
    """Where they wrote it."""


def _flag(name: str, value: object, here: Path) -> _Given:
    key = name.replace("_", "-")
    return _Given(key, value, here, f"--{key}")


def _from_file(file: OptionsFile) -> Iterator[_Given]:
    for key, value in file.table.items():
        if key not in FIELDS:
            near = get_close_matches(key.replace("_", "-"), FIELDS, n=1)
            raise ConfigError(
                f"unknown option {key!r}",
                where=file.where(key),
                cause=_unknown(value, near, shared=bool(file.prefix)),
                next_step="use one of: " + ", ".join(FIELDS),
            )
        yield _Given(key, value, file.path.parent, file.where(key))


def _unknown(value: object, near: Sequence[str], *, shared: bool) -> str:
    """Say what an unknown key may be about."""
    if isinstance(value, Mapping) and not shared:
        return f"it is a table: {NAME} holds options at its top, only {SHARED} has a table for them"
    return f"{near[0]!r} is the nearest one" if near else "no option has a similar name"


def _value(given: _Given) -> object:
    metadata = FIELDS[given.key].metadata
    try:
        return metadata["read"](given.value, given.base)
    except ValueError as error:
        raise ConfigError(
            f"{given.key} must be {error}",
            where=given.source,
            cause=f"it is {', '.join(map(repr, given.value)) if isinstance(given.value, tuple) else repr(given.value)}",
            next_step=_example(given, metadata["example"]),
        ) from error


def _example(given: _Given, example: str) -> str:
    """Say how a value is written where somebody wrote another one."""
    flag = given.source == f"--{given.key}"
    if not flag and given.source != VARIABLES.get(given.key):
        return f"write for instance {given.key} = {example} in an options file"
    value = tomllib.loads(f"value = {example}")["value"]
    word = str(value[0] if isinstance(value, list) else value)
    return f"write for instance {given.source}{' ' if flag else '='}{shlex.quote(word)}"


def _agree(options: Options) -> None:
    """Refuse options that contradict one another."""
    if options.offline and options.refresh:
        pair = ("offline", "refresh")
    elif options.require_docker and options.sandbox in {SandboxChoice.NAMESPACE, SandboxChoice.PROCESS}:
        pair = ("require_docker", "sandbox")
    else:
        return
    raise ConfigError(
        " and ".join(name.replace("_", "-") for name in pair) + " contradict one another",
        where=", ".join(dict.fromkeys(map(options.source, pair))),
        cause="each is set at one of these places",
        next_step="leave one of the two out",
    )
