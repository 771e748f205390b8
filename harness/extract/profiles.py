"""How a publisher reads its pages: data, by path; a new publisher is a new row, never new code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from harness.errors import ConfigError
from harness.model.source import Language


class Body(StrEnum):
    """How a publisher finds code in the body of a page."""

    COMMONMARK = "commonmark"
    """By the rules of CommonMark."""
    ANY_FENCE = "any-fence"
    """By a search for fences anywhere, inside HTML and behind other text of the line too."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How the pages whose path matches are read."""

    name: str
    """What to call it in messages."""
    paths: tuple[str, ...] = ("*",)
    """Globs over the path (``*`` crosses folders); one that begins with ``**/`` also fits without a folder."""
    language: Language | None = None
    """Language of code that does not say and does not show its own."""
    roles: tuple[str, ...] = ()
    """Roles of the first samples, in order; all others are ``sample``."""
    fields: tuple[str, ...] = ()
    """Dotted paths of front-matter fields that are published as code."""
    replaces_body: bool = True
    """True where code in ``fields``, if a page has any, is published in place of the body's."""
    body: Body = Body.COMMONMARK
    """How code is found in the body."""

    def fits(self, path: str) -> bool:
        """Return whether a page at this path is read this way."""
        rooted = "/" + path.replace("\\", "/").lstrip("/")
        return any(fnmatchcase(rooted, "/" + glob if glob.startswith("**/") else "*/" + glob) for glob in _rooted(self))


@lru_cache(maxsize=256)
def _rooted(profile: Profile) -> tuple[str, ...]:
    """Return the globs with a leading ``**/`` undone, since ``*`` crosses folders anyway."""
    return tuple(glob.removeprefix("**/").lstrip("/") for glob in profile.paths)


_FIELDS: Final = ("codeComparison.zenmlCode", "codeComparison.toolCode", "codeExampleHtml")

COMPARISON: Final = Profile(
    name="comparison",
    paths=("**/compare/*", "**/zenml-vs-*"),
    language=Language.PYTHON,
    roles=("zenml", "tool"),
    fields=_FIELDS,
    body=Body.ANY_FENCE,
)
GENERAL: Final = Profile(name="general", fields=_FIELDS)
DEFAULT_PROFILES: Final = (COMPARISON, GENERAL)


def profile_for(path: str, profiles: Sequence[Profile]) -> Profile:
    """Return the first profile that fits the path, else the general one."""
    return next((profile for profile in profiles if profile.fits(path)), GENERAL)


def parse_profiles(table: Mapping[str, object]) -> tuple[Profile, ...]:
    """Read profiles as they stand in the options, ahead of those built in.

    Args:
        table: Name to settings: ``paths``, ``language``, ``roles``, ``fields``,
            ``replaces_body`` and ``body``.

    Raises:
        ConfigError: Where a name, type or value is not known.
    """
    return (*(_parse(name, settings) for name, settings in table.items()), *DEFAULT_PROFILES)


def _parse(name: str, settings: object) -> Profile:
    """Read one profile."""
    where = f"profiles.{name}"
    if not isinstance(settings, Mapping):
        raise ConfigError("a profile is a table of settings", where=where, next_step=f"write [profiles.{name}]")
    known = [field.name for field in fields(Profile) if field.name != "name"]
    values: dict[str, object] = {}
    for key, value in settings.items():
        setting = str(key).replace("-", "_")
        if setting not in known:
            raise ConfigError(f"unknown setting {key!r}", where=where, next_step=f"use one of: {', '.join(known)}")
        values[setting] = _value(f"{where}.{key}", setting, value)
    if not values.get("paths"):
        raise ConfigError("a profile needs paths", where=where, next_step='for example paths = ["docs/**"]')
    return Profile(name=name, **values)  # type: ignore[arg-type]  # _value has checked every type


def _value(where: str, setting: str, value: object) -> object:
    """Check one setting."""
    if setting == "replaces_body":
        if not isinstance(value, bool):
            raise ConfigError("expected true or false", where=where)
        return value
    if setting in {"language", "body"}:
        choices: type[StrEnum] = Language if setting == "language" else Body
        try:
            return choices(str(value))
        except ValueError:
            raise ConfigError(
                f"unknown value {value!r}", where=where, next_step=f"use one of: {', '.join(choices)}"
            ) from None
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) and item for item in items):
        raise ConfigError("expected a list of texts", where=where)
    if setting == "fields" and (bad := [item for item in items if not re.fullmatch(r"[\w-]+(\.[\w-]+)*", item)]):
        raise ConfigError(f"not a dotted path: {bad[0]!r}", where=where, next_step="for example intro.codeHtml")
    return tuple(items)
