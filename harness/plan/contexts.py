r"""What samples need and do not say, as written down by hand in ``<slug>.toml``.

::

    requires = ["mlflow>=3"]        # for every sample of the page
    timeout = 120                   # seconds
    expect = "incomplete"           # a verdict or a finding's code
    prelude = "threshold = 0.5"     # Python that runs first, in the sample's namespace
    env = {REGION = "eu-west-1"}
    files = {"data/rows.csv" = "a,b\n1,2\n"}

    [samples.1]                     # for the sample of index 1 only: lists and tables are
    requires = ["torch"]            # added to the page's, other values replace them
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NoReturn

from packaging.requirements import InvalidRequirement, Requirement

from harness.errors import ConfigError
from harness.model.matrix import Context
from harness.model.verdict import Code, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KEYS = ("requires", "files", "env", "prelude", "timeout", "expect")
_EXPECTED = frozenset({*map(str, Verdict), *map(str, Code)})


@dataclass(frozen=True, slots=True)
class PageContext:
    """The context of a page and of its samples."""

    page: Context = field(default_factory=Context)
    """What holds for every sample."""
    samples: Mapping[int, Context] = field(default_factory=dict)
    """What holds for one sample beside it, by index."""

    def of(self, index: int) -> Context:
        """Return the context of one sample: the page's, and its own on top."""
        page, own = self.page, self.samples.get(index, Context())
        return Context(
            requires=(*page.requires, *own.requires),
            files=tuple({**dict(page.files), **dict(own.files)}.items()),
            env=tuple({**dict(page.env), **dict(own.env)}.items()),
            prelude="\n".join(text for text in (page.prelude, own.prelude) if text),
            timeout=page.timeout if own.timeout is None else own.timeout,
            expect=own.expect or page.expect,
        )


def read_folder(folder: Path) -> dict[str, PageContext]:
    """Return the contexts of a folder by slug; none where there is no such folder.

    Raises:
        ConfigError: If a file is malformed; it names the file and the key.
    """
    return {path.stem: read(path) for path in sorted(folder.glob("*.toml"))}


def read(path: Path) -> PageContext:
    """Return the context in one file.

    Raises:
        ConfigError: If it is malformed; it names the file and the key.
    """
    try:
        return parse(path.read_bytes(), str(path))
    except OSError as error:
        raise _unreadable(str(path), error) from error


def parse(data: bytes, where: str) -> PageContext:
    """Return the context that a file holds.

    Args:
        data: The file's bytes.
        where: Its path, for messages.

    Raises:
        ConfigError: If it is malformed; it names the file and the key.
    """
    try:
        table = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(where, error) from error
    file = _File(where)
    samples = file.table("", table, "samples")
    return PageContext(
        page=file.context("", {key: value for key, value in table.items() if key != "samples"}),
        samples={
            file.index(key): file.context(f"samples.{key}.", file.table("samples.", samples, key)) for key in samples
        },
    )


def _unreadable(where: str, error: Exception) -> ConfigError:
    return ConfigError("this context cannot be read", where=where, cause=str(error))


@dataclass(frozen=True, slots=True)
class _File:
    """Checks the values of one file, and names the key where one is wrong."""

    path: str

    def context(self, prefix: str, table: dict[str, Any]) -> Context:
        """Return a context; ``prefix`` is the dotted path of its table."""
        for key in table:
            if key not in _KEYS:
                self.fail(prefix + key, f"is not a key of a context; the keys are {', '.join(_KEYS)}, samples")
        return Context(
            requires=self.requires(prefix, table.get("requires", [])),
            files=self.files(prefix, table),
            env=tuple(self.texts(prefix, table, "env").items()),
            prelude=self.prelude(prefix, table.get("prelude", "")),
            timeout=self.timeout(prefix, table.get("timeout")),
            expect=self.expect(prefix, table.get("expect")),
        )

    def fail(self, key: str, what: str) -> NoReturn:
        """Raise for a key."""
        raise ConfigError(f"'{key}' {what}", where=self.path, next_step="see docs/contexts.md for the format")

    def table(self, prefix: str, table: dict[str, Any], key: str) -> dict[str, Any]:
        """Return a table within a table, empty where there is none."""
        value = table.get(key, {})
        if not isinstance(value, dict):
            self.fail(prefix + key, "must be a table")
        return value

    def texts(self, prefix: str, table: dict[str, Any], key: str) -> dict[str, str]:
        """Return a table of texts."""
        values = self.table(prefix, table, key)
        for name, value in values.items():
            if not isinstance(value, str):
                self.fail(f"{prefix}{key}.{name}", "must be text in quotes")
        return values

    def index(self, key: str) -> int:
        """Return a sample's index."""
        if not key.isdecimal():
            self.fail(f"samples.{key}", "must be the index of a sample, from 0")
        return int(key)

    def requires(self, prefix: str, value: object) -> tuple[str, ...]:
        """Return requirements."""
        if not isinstance(value, list):
            self.fail(prefix + "requires", "must be a list of requirements")
        for text in value:
            try:
                Requirement(text)
            except (InvalidRequirement, TypeError):
                self.fail(prefix + "requires", f"holds {text!r}, which is not a requirement such as 'mlflow>=3'")
        return tuple(value)

    def files(self, prefix: str, table: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        """Return files; their paths stay within the sample's folder."""
        files = self.texts(prefix, table, "files")
        for name in files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or path == PurePosixPath():
                self.fail(f"{prefix}files.{name}", "must be a path within the sample's folder")
        return tuple(files.items())

    def prelude(self, prefix: str, value: object) -> str:
        """Return Python that compiles."""
        if not isinstance(value, str):
            self.fail(prefix + "prelude", "must be text in quotes")
        try:
            compile(value, self.path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            self.fail(prefix + "prelude", f"is not Python: {error}")
        return value

    def timeout(self, prefix: str, value: object) -> float | None:
        """Return seconds."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            self.fail(prefix + "timeout", "must be a number of seconds above 0")
        return float(value)

    def expect(self, prefix: str, value: object) -> str | None:
        """Return a verdict or a finding's code."""
        if value is None:
            return None
        if not isinstance(value, str) or value not in _EXPECTED:
            self.fail(prefix + "expect", f"must be a verdict ({', '.join(Verdict)}) or a finding's code")
        return value
