"""``pytest --samples PAGES``: every sample at every target is a test.

pytest imports this module in every run of everybody who has the harness
installed, so it holds the options alone; the rest is imported once pages are
named.
"""

from __future__ import annotations

import pytest

OLDEST = (8, 3)
"""The first pytest that takes ``-m "library(name='prefect')"``."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; ``samples`` in a configuration file names pages as ``testpaths`` names tests."""
    group = parser.getgroup("samples", "code samples of pages (sample-harness)")
    group.addoption("--samples", action="append", metavar="PAGES", help="test the samples on these pages; repeatable")
    group.addoption(
        "--samples-sandbox",
        choices=["auto", "docker", "namespace", "process"],
        help="what isolates the samples, in place of what harness.toml says",
    )
    parser.addini("samples", "pages and folders whose samples are tests", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers, and where pages are named have their samples collected."""
    config.addinivalue_line("markers", "sample: a sample of a page, at one target")
    config.addinivalue_line("markers", "library(name): a library that a sample asks for, by its normalised name")
    if not (config.getoption("samples") or config.getini("samples")):
        return
    if pytest.version_tuple[:2] < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise pytest.UsageError(f"samples need pytest {wanted} or newer: python -m pip install 'pytest>={wanted}'")
    from harness.pytest_plugin.collecting import Samples  # noqa: PLC0415 - nobody else shall wait for it

    config.pluginmanager.register(Samples(config), "harness-samples")
