"""What uv's answers mean; the texts are shaped like uv's own."""

from __future__ import annotations

import pytest

from harness.environments import uv
from harness.environments.uv import Fault, Said
from harness.model.environment import Request
from harness.model.matrix import Lane

HELD = """\
error: No solution found when resolving dependencies
  cause: Because only base<=2.0 is available and tool>=3.1 depends on base>=2.1, we can conclude that tool>=3.1 cannot be used.
         And because you require tool==3.1, we can conclude that your requirements are unsatisfiable.

hint: something else
"""
BOXED = """\
  \u00d7 No solution found when resolving dependencies:
  ╰─▶ Because there is no version of tool==99 and you require tool==99, we can conclude that your requirements
      are unsatisfiable.
"""
UNBUILT = """\
error: Failed to build `tool==1`
  cause: The build backend returned an error
  cause: Call to `backend.build` failed (exit status: 1)

         [stderr]
         cc: not found

hint: Build failures usually indicate a problem with the package or the build environment
"""
UNREACHED = """\
error: Request failed after 3 retries in 10.3s
  cause: Failed to fetch: http://me:secret@localhost:9/simple/six/
  cause: tcp connect error
"""
UNBUILT_UNREACHED = (
    "error: Failed to build `tool==1`\n  cause: Failed to fetch: http://localhost:9/simple/setuptools/\n"
)
OFFLINE = """\
error: No solution found when resolving dependencies
  cause: Because six was not found in the cache and you require six, we can conclude that your requirements are unsatisfiable.

hint: Packages were unavailable because the network was disabled.
"""


@pytest.mark.parametrize(
    ("stderr", "fault"),
    [
        pytest.param(HELD, Fault.UNSATISFIABLE, id="no solution"),
        pytest.param(BOXED, Fault.UNSATISFIABLE, id="no solution, drawn"),
        pytest.param(UNBUILT, Fault.BUILD, id="source does not build"),
        pytest.param(UNREACHED, Fault.NETWORK, id="index does not answer"),
        pytest.param(UNBUILT_UNREACHED, Fault.NETWORK, id="build fails for want of the index"),
        pytest.param(OFFLINE, Fault.NETWORK, id="offline is not the requirements' fault"),
        pytest.param("error: Failed to query Python interpreter", Fault.OTHER, id="something else"),
        pytest.param("error: No space left on device (os error 28)", Fault.FULL, id="full disk"),
        pytest.param("Failed to build `x==1`\n  cause: No space left on device", Fault.FULL, id="full while building"),
        pytest.param("Failed to download `x==1`\n  cause: No space left on device", Fault.FULL, id="full on the way"),
    ],
)
def test_a_failure_has_a_cause(stderr: str, fault: Fault) -> None:
    assert Said(1, "", stderr).fault is fault


def test_an_answer_has_no_fault_whatever_was_warned_of() -> None:
    assert Said(0, "six==1.17.0\n", "warning: Failed to fetch something").fault is None


@pytest.mark.parametrize(
    ("stderr", "explained"),
    [
        pytest.param(
            HELD,
            "Because only base<=2.0 is available and tool>=3.1 depends on base>=2.1, "
            "we can conclude that tool>=3.1 cannot be used.",
            id="our own question is left out",
        ),
        pytest.param(
            BOXED,
            "Because there is no version of tool==99 and you require tool==99, "
            "we can conclude that your requirements are unsatisfiable.",
            id="drawn",
        ),
        pytest.param(
            UNBUILT,
            "error: Failed to build `tool==1` / cause: The build backend returned an error / "
            "cause: Call to `backend.build` failed (exit status: 1) / [stderr] / cc: not found",
            id="last lines",
        ),
    ],
)
def test_an_explanation_is_one_line_without_hints(stderr: str, explained: str) -> None:
    assert uv.explanation(stderr) == explained


def test_an_explanation_holds_no_credentials() -> None:
    assert "secret" not in uv.explanation(UNREACHED)
    assert "http://***@localhost:9" in uv.explanation(UNREACHED)


def test_an_explanation_is_bounded() -> None:
    assert len(uv.explanation("Because " + "x" * 5000)) == uv.LONGEST
    many = uv.explanation("\n".join(f"line {number}" for number in range(100)))
    assert many == "line 0 / … / line 94 / line 95 / line 96 / line 97 / line 98 / line 99"


def test_pins_are_read_from_a_file_with_hashes_and_options() -> None:
    text = "--only-binary :all:\n\nZope.Interface==7.0 \\\n    --hash=sha256:00\nsix==1.17.0 ; sys_platform == 'linux' \\\n"
    assert uv.pins(text) == (("six", "1.17.0"), ("zope-interface", "7.0"))


def test_the_highest_release_is_taken_over_all_pythons() -> None:
    text = "tool==2.20 ; python_full_version < '3.9'\ntool==3.9.1 ; python_full_version >= '3.11'\ntool==3.10.0 ; x\n"
    assert uv.highest(uv.PIN.findall(text)) == {"tool": "3.10.0"}


def test_versions_are_compared_as_versions() -> None:
    assert uv.older("3.9", "3.10")
    assert not uv.older("3.10", "3.9")
    assert not uv.older("not a version", "1")


def test_lanes_say_which_releases_may_be_chosen() -> None:
    published = Request(("six",), Lane.PUBLISHED, before="2024-01-02")
    upcoming = Request(("six",), Lane.NEXT)
    assert uv.lane_args(Request(("six",), Lane.CURRENT)) == []
    assert uv.lane_args(published) == ["--exclude-newer", "2024-01-02"]
    assert uv.lane_args(upcoming) == ["--prerelease", "allow"]
    assert set(uv.lane_args(published)) < set(uv.compile_args(published, build=True))
    assert set(uv.lane_args(upcoming)) < set(uv.newest_args(upcoming))


def test_wheels_alone_is_written_into_the_lock() -> None:
    request = Request(("six",), Lane.CURRENT)
    assert {"--no-build", "--emit-build-options"} <= set(uv.compile_args(request, build=False))
    assert not {"--no-build", "--emit-build-options"} & set(uv.compile_args(request, build=True))
