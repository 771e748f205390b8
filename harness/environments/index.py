"""Where packages come from: the host's pip and uv settings, as builders understand them.

A builder sees nothing of the host's files, so what a person has configured for
pip and uv is read here and handed to uv as environment variables. Addresses may
hold credentials: they go to the builder only, never to a log, lock or report.
"""

from __future__ import annotations

import configparser
import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
PASSED_ON = (
    "UV_HTTP_TIMEOUT", "UV_INDEX_STRATEGY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
)  # fmt: skip
"""Variables that mean the same inside as outside."""
SECRET = re.compile(r"UV_INDEX_.+_(USERNAME|PASSWORD)")
"""Variables that give credentials for an index by its name."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What builders are told of package indexes; the default is uv's own."""

    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Environment variables for uv; may hold credentials."""
    notes: tuple[str, ...] = ()
    """What was configured and cannot be used inside a sandbox, for ``harness doctor``."""

    def describe(self) -> tuple[str, ...]:
        """Return ``NAME=value`` for each variable, credentials struck out."""
        return tuple(f"{name}={'***' if SECRET.fullmatch(name) else redact(value)}" for name, value in self.env)


DEFAULT_INDEX = IndexSettings()
"""Nothing configured: uv knows where to look."""


def redact(text: str) -> str:
    """Strike out user names and passwords of all addresses in a text."""
    return CREDENTIALS.sub("***@", text)


def from_host(environ: Mapping[str, str] | None = None, *, system: Path = Path("/etc")) -> IndexSettings:
    """Read the settings of pip and uv: files first, then variables; uv's win over pip's.

    Args:
        environ: The environment variables, by default the process's own.
        system: The folder of the machine's own settings.

    Raises:
        ConfigError: If a settings file cannot be read.
    """
    environ = os.environ if environ is None else environ
    pip = _pip(environ, system)
    found = {key: value for key, value in pip.items() if value} | _uv(environ, system)
    notes: list[str] = []
    env = {}
    if usable := _usable(found.get("default", "").split(), notes):
        env["UV_DEFAULT_INDEX"] = usable[0]
    if usable := _usable(found.get("extra", "").split(), notes):
        env["UV_INDEX"] = " ".join(usable)
    if hosts := found.get("hosts", "").split():
        env["UV_INSECURE_HOST"] = " ".join(hosts)
    if timeout := found.get("timeout"):
        env["UV_HTTP_TIMEOUT"] = timeout
    if links := found.get("links", "").split():
        notes.append(f"find-links {redact(' '.join(links))} is ignored: builders use indexes only")
    env |= {name: value for name, value in environ.items() if value and (name in PASSED_ON or SECRET.fullmatch(name))}
    return IndexSettings(tuple(sorted(env.items())), tuple(notes))


def _usable(addresses: Iterable[str], notes: list[str]) -> list[str]:
    """Keep the addresses that a builder can reach, and say of the others why not."""
    kept = []
    for address in addresses:
        if re.search(r"(^|=)https?://", address):
            kept.append(address)
        else:
            notes.append(f"index {redact(address)} is ignored: a file of the host is not visible inside a sandbox")
    return kept


def _pip(environ: Mapping[str, str], system: Path) -> dict[str, str]:
    """Return pip's settings under our names: later files win over earlier ones, variables over all."""
    options: dict[str, str] = {}
    for path in _pip_files(environ, system):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                "pip's settings cannot be read", where=str(path), cause=type(error).__name__, next_step="mend the file"
            ) from error
        for section in ("global", "install"):
            if parser.has_section(section):
                options |= {key.replace("_", "-"): value for key, value in parser.items(section)}
    options |= {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith("PIP_")
    }
    return {
        "default": options.get("index-url", ""),
        "extra": options.get("extra-index-url", ""),
        "hosts": options.get("trusted-host", ""),
        "timeout": options.get("timeout") or options.get("default-timeout", ""),
        "links": options.get("find-links", ""),
    }


def _pip_files(environ: Mapping[str, str], system: Path) -> list[Path]:
    """Return pip's settings files that exist, in pip's order."""
    home = Path(environ.get("HOME", "/"))
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    paths = [system / "xdg/pip/pip.conf", system / "pip.conf", home / ".pip/pip.conf", config / "pip/pip.conf"]
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    return [path for path in [*paths, *([Path(named)] if named else [])] if path.is_file()]


def _uv(environ: Mapping[str, str], system: Path) -> dict[str, str]:
    """Return uv's settings under our names: the user's file wins over the machine's, variables over both."""
    config = Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "/")) / ".config")
    found: dict[str, str] = {}
    for path in (system / "uv/uv.toml", config / "uv/uv.toml"):
        if path.is_file():
            found |= _uv_file(path)
    names = {
        "default": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
        "extra": ("UV_INDEX", "UV_EXTRA_INDEX_URL"),
        "hosts": ("UV_INSECURE_HOST",),
        "links": ("UV_FIND_LINKS",),
    }
    for key, variables in names.items():
        if value := next((environ[name] for name in variables if environ.get(name)), ""):
            found[key] = value
    return found


def _uv_file(path: Path) -> dict[str, str]:
    """Read one settings file of uv."""
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "uv's settings cannot be read", where=str(path), cause=type(error).__name__, next_step="mend the file"
        ) from error
    indexes: list[dict[str, Any]] = table.get("index", [])
    default = next((str(index["url"]) for index in indexes if index.get("default")), table.get("index-url", ""))
    extra = [_named(index) for index in indexes if not index.get("default") and not index.get("explicit")]
    extra += table.get("extra-index-url", [])
    hosts = table.get("allow-insecure-host", [])
    found = {"default": str(default), "extra": " ".join(extra), "hosts": " ".join(hosts)}
    return {key: value for key, value in found.items() if value}


def _named(index: Mapping[str, Any]) -> str:
    """Return an index as uv's variable takes it: ``name=url`` where it has a name."""
    return f"{index['name']}={index['url']}" if "name" in index else str(index["url"])
