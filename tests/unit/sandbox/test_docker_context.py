"""What goes into a runner image, and what names it."""

from __future__ import annotations

import hashlib
import platform
import tarfile
from typing import TYPE_CHECKING

import pytest

from harness.errors import SandboxError
from harness.sandbox import assets, docker_context, docker_image

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "probe"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "__pycache__" / "child.pyc").write_bytes(b"byte code of this host")
    (folder / "child.py").write_text("print(1)", encoding="utf-8")
    monkeypatch.setattr(assets, "probe", lambda: folder)
    return folder


def test_context_is_the_same_every_time_and_holds_what_the_image_needs(probe: Path) -> None:
    digests: set[str] = set()
    names: set[str] = set()
    for _ in range(2):
        (probe / "child.py").touch()
        with docker_context.archive(platform.machine()) as file:
            digests.add(hashlib.sha256(file.read()).hexdigest())
            file.seek(0)
            with tarfile.open(fileobj=file) as tar:
                names = set(tar.getnames())
                assert {tar.getmember(name).mode for name in ("bin/uv", "bin/ty")} == {0o755}
    assert len(digests) == 1
    assert {"Dockerfile", "ca.pem", "stubs/README.md", "probe/child.py", "bin/uv"} <= names
    assert not any("__pycache__" in name for name in names)


def test_resolver_of_another_machine_is_left_out(probe: Path) -> None:
    with docker_context.archive("s390x") as file, tarfile.open(fileobj=file) as tar:
        assert not {"bin/uv", "bin/ty"} & {*tar.getnames()}


@pytest.mark.parametrize(("name", "same"), [("amd64", "x86_64"), ("x86_64", "x86_64"), ("arm64", "aarch64")])
def test_one_processor_has_two_names(name: str, same: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: same)
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    assert docker_context.fits(name)
    assert not docker_context.fits("riscv64")
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert not docker_context.fits(name)


def test_digest_follows_the_base_the_probe_and_the_certificates(
    probe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest(base: str = "sha256:1") -> str:
        return docker_context.digest(base, "x86_64")

    first = digest()
    assert digest() == first
    assert digest("sha256:2") != first
    (tmp_path / "ca.pem").write_text("another authority", encoding="ascii")
    with monkeypatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert digest() != first
    (probe / "child.py").write_text("print(2)", encoding="utf-8")
    assert digest() != first


def test_index_settings_reach_the_build_and_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in docker_context.PASSED_ON:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    monkeypatch.setenv("PIP_PASSWORD_OF_MINE", "secret")
    found = docker_context.arguments("base:3.13", "3.13")
    assert (found["BASE"], found["PIP_INDEX_URL"]) == ("base:3.13", "https://index.example/simple")
    assert "secret" not in found.values()


def test_users_word_on_certificates_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    assert assets.ca_bundle().is_file()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    assert assets.ca_bundle().is_file(), "a bundle that is not there is passed over"
    (tmp_path / "own.pem").touch()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "own.pem"))
    assert assets.ca_bundle() == tmp_path / "own.pem"


def test_shipped_folders_are_found_in_a_wheel_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (assets.folder("docker") / "Dockerfile").is_file()
    monkeypatch.setattr(assets, "PACKAGE", tmp_path / "harness")
    with pytest.raises(SandboxError, match="'docker'"):
        assets.folder("docker")
    (tmp_path / "harness" / "_data" / "docker").mkdir(parents=True)
    (tmp_path / "docker").mkdir()
    assert assets.folder("docker") == tmp_path / "harness" / "_data" / "docker"


def test_versions_sort_as_numbers() -> None:
    assert docker_image.newest_first({"3.9", "3.13", "3.10"}) == ("3.13", "3.10", "3.9")
