"""Proves that the code on published pages still works."""

from importlib.metadata import version

__version__ = version("sample-harness")
