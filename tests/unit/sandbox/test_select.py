from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import ConfigError
from harness.sandbox.fake import FakeSandbox
from harness.sandbox.select import choose

if TYPE_CHECKING:
    from harness.sandbox.base import Sandbox


def named(name: str, unavailable: str = "") -> Sandbox:
    sandbox = FakeSandbox(unavailable=unavailable)
    sandbox.name = name
    return sandbox


STRONG, MIDDLE, WEAK = named("docker"), named("namespace"), named("process")
BROKEN = named("docker", "no engine answers; start one: docker/engine")


def test_auto_takes_the_strongest() -> None:
    choice = choose("auto", [STRONG, MIDDLE, WEAK])
    assert choice.sandbox is STRONG
    assert choice.passed_over == ()


def test_auto_says_why_it_passed_one_over() -> None:
    choice = choose("auto", [BROKEN, MIDDLE, WEAK])
    assert choice.sandbox is MIDDLE
    assert choice.passed_over == (("docker", "no engine answers; start one: docker/engine"),)


def test_the_named_one_is_taken_though_a_stronger_works() -> None:
    assert choose("process", [STRONG, MIDDLE, WEAK]).sandbox is WEAK


def test_a_named_one_that_cannot_be_used_is_never_replaced() -> None:
    with pytest.raises(ConfigError, match="start one: docker/engine") as caught:
        choose("docker", [BROKEN, MIDDLE])
    assert caught.value.exit_code == 2


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="auto, docker, namespace"):
        choose("vm", [STRONG, MIDDLE])


def test_where_none_works_every_reason_is_told() -> None:
    with pytest.raises(ConfigError, match=r"docker: no engine.*\n.*namespace: switched off"):
        choose("auto", [BROKEN, named("namespace", "switched off")])
