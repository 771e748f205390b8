"""Profiles: data by path, read from options, wrong ones named."""

from __future__ import annotations

import pytest

from harness.errors import ConfigError
from harness.extract import DEFAULT_PROFILES, Body, Profile, parse_profiles
from harness.extract.profiles import profile_for
from harness.model.source import Language
from tests.unit.extract.helpers import page


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("compare/a.md", "comparison"),
        ("/abs/src/content/compare/a.md", "comparison"),
        ("zenml-vs-x.md", "comparison"),
        ("../shared/pages/zenml-vs-x.md", "comparison"),
        ("blog/zenml-in-practice.md", "general"),
        ("compared/a.md", "general"),
        ("a.md", "general"),
    ],
)
def test_the_path_picks_the_profile(path: str, name: str) -> None:
    assert profile_for(path, DEFAULT_PROFILES).name == name


def test_options_give_profiles_ahead_of_those_built_in() -> None:
    found = parse_profiles(
        {
            "mine": {
                "paths": ["guides/**"],
                "language": "yaml",
                "roles": "left",
                "fields": ["a.code"],
                "replaces-body": False,
                "body": "any-fence",
            }
        }
    )
    assert found[0] == Profile("mine", ("guides/**",), Language.YAML, ("left",), ("a.code",), False, Body.ANY_FENCE)
    assert found[1:] == DEFAULT_PROFILES
    assert profile_for("x/guides/a/b.md", found).name == "mine"


WRONG = {
    "no table": ({"x": 3}, "a profile is a table"),
    "unknown setting": ({"x": {"paths": ["a"], "path": "b"}}, "unknown setting 'path'"),
    "no paths": ({"x": {}}, "a profile needs paths"),
    "language": ({"x": {"paths": ["a"], "language": "pyhton"}}, "unknown value 'pyhton'"),
    "body": ({"x": {"paths": ["a"], "body": "regex"}}, "unknown value 'regex'"),
    "flag": ({"x": {"paths": ["a"], "replaces_body": "no"}}, "expected true or false"),
    "list": ({"x": {"paths": [3]}}, "expected a list of texts"),
    "field": ({"x": {"paths": ["a"], "fields": ["a b"]}}, "not a dotted path"),
}


@pytest.mark.parametrize(("table", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_profile_is_named(table: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        parse_profiles(table)
    assert caught.value.where.startswith("profiles.x")


def test_a_default_language_decides_where_the_page_does_not() -> None:
    yaml = (Profile("yaml", language=Language.YAML),)
    assert page("```\nx\n```\n", profiles=yaml).samples[0].language == "yaml"
