"""What builders are told of indexes, from the host's own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.environments.index import IndexSettings, from_host, redact
from harness.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def read(tmp_path: Path, environ: dict[str, str] | None = None, **files: str) -> IndexSettings:
    """Read settings of a machine that has these files (``home_pip``, ``etc_pip``, ``home_uv``, ``etc_uv``)."""
    places = {
        "home_pip": "home/.config/pip/pip.conf",
        "etc_pip": "etc/pip.conf",
        "home_uv": "home/.config/uv/uv.toml",
        "etc_uv": "etc/uv/uv.toml",
    }
    for name, text in files.items():
        path = tmp_path / places[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return from_host({"HOME": str(tmp_path / "home"), **(environ or {})}, system=tmp_path / "etc")


def test_nothing_configured_tells_nothing(tmp_path: Path) -> None:
    assert read(tmp_path) == IndexSettings()


def test_pip_files_are_understood(tmp_path: Path) -> None:
    text = "[global]\nindex-url = https://a.test/simple\ntimeout = 60\n[install]\nextra-index-url =\n  http://b.test\n  http://c.test\ntrusted-host = c.test\n"
    assert dict(read(tmp_path, etc_pip=text).env) == {
        "UV_DEFAULT_INDEX": "https://a.test/simple",
        "UV_INDEX": "http://b.test http://c.test",
        "UV_INSECURE_HOST": "c.test",
        "UV_HTTP_TIMEOUT": "60",
    }


def test_uv_files_are_understood(tmp_path: Path) -> None:
    text = '[[index]]\nname = "inner"\nurl = "https://i.test"\n[[index]]\nurl = "https://d.test"\ndefault = true\n[[index]]\nname = "x"\nurl = "https://x.test"\nexplicit = true\n'
    assert dict(read(tmp_path, home_uv=text).env) == {
        "UV_DEFAULT_INDEX": "https://d.test",
        "UV_INDEX": "inner=https://i.test",
    }


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, "https://uv-home.test", id="uv's own file wins over pip's"),
        pytest.param(
            {"PIP_INDEX_URL": "https://pip-env.test"}, "https://uv-home.test", id="uv's file wins over pip's variable"
        ),
        pytest.param({"UV_INDEX_URL": "https://uv-env.test"}, "https://uv-env.test", id="uv's variable wins"),
    ],
)
def test_the_nearer_setting_wins(tmp_path: Path, environ: dict[str, str], expected: str) -> None:
    settings = read(
        tmp_path,
        environ,
        etc_pip="[global]\nindex-url = https://pip-etc.test\n",
        home_pip="[global]\nindex-url = https://pip-home.test\n",
        etc_uv='index-url = "https://uv-etc.test"\n',
        home_uv='index-url = "https://uv-home.test"\n',
    )
    assert dict(settings.env)["UV_DEFAULT_INDEX"] == expected


def test_the_users_pip_file_wins_over_the_machines(tmp_path: Path) -> None:
    one, other = "[global]\nindex-url = https://etc.test\n", "[global]\nindex-url = https://home.test\n"
    assert dict(read(tmp_path, etc_pip=one, home_pip=other).env)["UV_DEFAULT_INDEX"] == "https://home.test"


def test_pip_told_to_read_no_file_reads_none(tmp_path: Path) -> None:
    text = "[global]\nindex-url = https://etc.test\n"
    assert read(tmp_path, {"PIP_CONFIG_FILE": "/dev/null"}, etc_pip=text).env == ()


def test_files_of_the_host_are_left_out_and_said(tmp_path: Path) -> None:
    settings = read(
        tmp_path, {"PIP_FIND_LINKS": "/srv/wheels", "PIP_EXTRA_INDEX_URL": "file:///srv/simple https://b.test"}
    )
    assert dict(settings.env) == {"UV_INDEX": "https://b.test"}
    assert [note.split(" is ignored")[0] for note in settings.notes] == [
        "index file:///srv/simple",
        "find-links /srv/wheels",
    ]


def test_proxies_and_credentials_reach_builders_only(tmp_path: Path) -> None:
    environ = {
        "HTTPS_PROXY": "http://me:secret@proxy.test",
        "UV_INDEX_INNER_PASSWORD": "secret",
        "PIP_INDEX_URL": "https://me:secret@a.test/simple",
    }
    settings = read(tmp_path, environ)
    assert dict(settings.env)["UV_DEFAULT_INDEX"] == "https://me:secret@a.test/simple"
    assert "secret" not in repr(settings)
    assert settings.describe() == (
        "HTTPS_PROXY=http://***@proxy.test",
        "UV_DEFAULT_INDEX=https://***@a.test/simple",
        "UV_INDEX_INNER_PASSWORD=***",
    )


@pytest.mark.parametrize(("name", "text"), [("etc_pip", "index-url\n"), ("home_uv", "index = \n")])
def test_a_broken_file_is_named(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=r"(pip\.conf|uv\.toml): (pip|uv)'s settings cannot be read"):
        read(tmp_path, None, **{name: text})


def test_only_credentials_are_struck_out() -> None:
    assert redact("at https://a:b@c.test/x and mail me@c.test") == "at https://***@c.test/x and mail me@c.test"
