"""Blocks found and speed of extraction, side by side with other finders of code, in one run.

    python bench/extract/run.py [--pages 2500] [--megabytes 40] [--rounds 5] [--write]

Every tool gets the same files and reads them itself. Rounds go forth and back,
and the best processor time of each tool counts, so that a busy machine tells
the same as an idle one. A block is found when a tool gives its exact text.
``--write`` puts the figures into the README.
"""

from __future__ import annotations

import argparse
import gc
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

from markdown_it import MarkdownIt
from mktestdocs.__main__ import grab_code_blocks
from pytest_examples import find_examples
from sybil.document import Document
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer

sys.path.insert(0, str(Path(__file__).parent))
from site_pages import build

from harness.extract import extract, read_pages

Finder = Callable[[list[Path]], Iterable[tuple[str, str]]]


def by_harness(paths: list[Path]) -> Iterable[tuple[str, str]]:
    for raw in read_pages(paths):
        for sample in extract(raw.path, raw.data).samples:
            yield Path(raw.path).name, sample.text


def by_pytest_examples(paths: list[Path]) -> Iterable[tuple[str, str]]:
    for example in find_examples(*paths):
        yield example.path.name, example.source


def by_mktestdocs(paths: list[Path]) -> Iterable[tuple[str, str]]:
    for path in paths:
        for block in grab_code_blocks(path.read_text("utf-8")):
            yield path.name, block


def by_sybil(paths: list[Path]) -> Iterable[tuple[str, str]]:
    lexer = FencedCodeBlockLexer(r"python|py")
    for path in paths:
        for found in lexer(Document(path.read_text("utf-8"), str(path))):
            yield path.name, str(found.lexemes["source"])


def by_markdown_it(paths: list[Path]) -> Iterable[tuple[str, str]]:
    parser = MarkdownIt("commonmark")
    for path in paths:
        for token in parser.parse(path.read_text("utf-8")):
            if token.type in {"fence", "code_block"}:
                yield path.name, token.content


FINDERS: dict[str, tuple[Finder, str]] = {
    "harness": (by_harness, "sample-harness"),
    "pytest-examples": (by_pytest_examples, "pytest-examples"),
    "sybil": (by_sybil, "sybil"),
    "mktestdocs": (by_mktestdocs, "mktestdocs"),
    "markdown-it-py": (by_markdown_it, "markdown-it-py"),
}


def measure(folder: Path, pages: int, total: int, rounds: int) -> list[str]:
    """Return the table, one line a tool."""
    made = build(folder, pages, total)
    paths = [folder / item.name for item in made]
    size = sum(path.stat().st_size for path in paths) / 1e6
    wanted = Counter((item.name, text.rstrip("\n")) for item in made for text in item.codes)
    best: dict[str, float] = {}
    found: dict[str, Counter[tuple[str, str]]] = {}
    for number in range(rounds):
        names = list(FINDERS) if number % 2 else list(reversed(FINDERS))
        for name in names:
            if name in best and best[name] > 10:
                continue  # one round of the slow ones says enough
            gc.collect()
            began = time.process_time()
            blocks = list(FINDERS[name][0](paths))
            best[name] = min(best.get(name, 1e9), time.process_time() - began)
            found[name] = Counter((page, text.rstrip("\n")) for page, text in blocks)
    count = sum(wanted.values())
    table = [
        f"{pages:,} pages, {size:.0f} MB, {count:,} blocks; Python {platform.python_version()}, best of {rounds}",
        "",
        "| tool | version | exact blocks | share | other pieces | processor seconds | MB/s |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in FINDERS:
        exact = sum((found[name] & wanted).values())
        other = sum((found[name] - wanted).values())
        table.append(
            f"| {name} | {version(FINDERS[name][1])} | {exact:,} | {exact / count:.0%} | {other:,} "
            f"| {best[name]:.2f} | {size / best[name]:.0f} |"
        )
    return table


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--pages", type=int, default=2500)
    args.add_argument("--megabytes", type=float, default=40)
    args.add_argument("--rounds", type=int, default=5)
    args.add_argument("--write", action="store_true", help="put the figures into the README beside this file")
    options = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = measure(Path(folder), options.pages, int(options.megabytes * 1e6), options.rounds)
    print("\n".join(table))
    if options.write:
        readme = Path(__file__).with_name("README.md")
        head = readme.read_text("utf-8").split("<!-- figures -->")[0] if readme.exists() else "# bench/extract\n\n"
        readme.write_text(head + "<!-- figures -->\n\n" + "\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
