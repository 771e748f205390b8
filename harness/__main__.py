"""``python -m harness``: the command line, with nothing imported before it is needed."""

from __future__ import annotations


def main() -> None:
    """Run the command line and leave with its exit code."""
    from harness.cli import run  # noqa: PLC0415 - `import harness.__main__` stays free of side effects

    raise SystemExit(run())


if __name__ == "__main__":
    main()
