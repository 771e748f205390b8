"""Makes a site of comparison and blog pages whose code is known, so that finders of code can be held to it."""

from __future__ import annotations

import html
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WORDS = """
pipeline step artifact model metric store cloud team deploy track lineage stack schedule retry cache worker queue tenant
audit region quota token secret policy budget latency sample version release upgrade migrate rollback
""".split()  # noqa: SIM905 - a list of thirty in quotes reads worse


@dataclass(frozen=True)
class Page:
    """One page and the code on it."""

    name: str
    text: str
    codes: tuple[str, ...]


def code(rng: random.Random) -> str:
    """Return some Python."""
    lines = [f"from {rng.choice(WORDS)}_kit import {rng.choice(WORDS)} as run", ""]
    for _ in range(rng.randint(2, 5)):
        name, other = rng.sample(WORDS, 2)
        lines += [f"def {name}_{rng.randint(1, 99)}({other}: dict[str, int]) -> bool:"]
        lines += [f'    """Return whether {other} is < {rng.randint(2, 90)} & known."""']
        lines += [f"    total = run({other}[{rng.choice(WORDS)!r}], limit={rng.randint(1, 900)})", ""]
        lines += [f"    return total > {rng.randint(1, 90)}", ""]
    return "\n".join(lines[:-1]) + "\n"


def prose(rng: random.Random, size: int) -> str:
    """Return paragraphs, headings and lists of about so many characters."""
    out: list[str] = []
    length = 0
    while length < size:
        words = rng.choices(WORDS, k=rng.randint(30, 90))
        words[3] = f"`{words[3]}`"
        words[9] = f"**{words[9]}**"
        text = " ".join(words).capitalize() + "."
        kind = rng.random()
        if kind < 0.15:
            text = f"## {' '.join(words[:5])}"
        elif kind < 0.3:
            text = "\n".join(f"- {' '.join(words[n : n + 8])}" for n in range(0, 24, 8))
        elif kind < 0.36:
            text = f"<ul><li>{' '.join(words[:9])}</li><li><code>{words[0]}</code></li></ul>"
        out.append(text)
        length += len(text) + 2
    return "\n\n".join(out)


def margin(text: str, by: str) -> str:
    """Return a text with each line set in."""
    return "".join(by + line if line.strip() or ">" in by else line for line in text.splitlines(keepends=True))


FORMS = {
    "fence": lambda c: f"```python\n{c}```",
    "untagged": lambda c: f"```\n{c}```",
    "tilde": lambda c: f"~~~python\n{c}~~~",
    "four": lambda c: f"````python\n{c}````",
    "attribute": lambda c: f'```python title="a.py"\n{c}```',
    "list": lambda c: "1. Do this:\n\n" + margin(f"```python\n{c}```", "   "),
    "quote": lambda c: margin(f"```python\n{c}```", "> "),
    "glued": lambda c: f"<table><tr><td>x</td></tr></table>\n```python\n{c}```",
    "pre": lambda c: f"<div><pre><code>{html.escape(c)}</code></pre></div>",
}
WEIGHTS = (50, 14, 4, 3, 5, 6, 3, 8, 7)


def page(number: int, size: int) -> Page:
    """Return one page, always the same for a number."""
    rng = random.Random(number)
    slug = f"{rng.choice(WORDS)}-vs-{rng.choice(WORDS)}-{number}"
    codes = [code(rng) for _ in range(rng.randint(2, 8))]
    share = max(size - sum(map(len, codes)), 400) // (len(codes) + 1)
    head = f'---\ntitle: "{slug}"\nslug: "{slug}"\ncategory: "bench"\nlastUpdated: "2026-01-02"\ntags:\n  - "a"\n---\n'
    parts = [prose(rng, share)]
    for text in codes:
        form = rng.choices(list(FORMS), WEIGHTS)[0]
        parts += [FORMS[form](text), prose(rng, share)]
    body = "\n\n".join(parts)
    if number % 12 == 0:  # code in front matter, as integration pages have it
        text = code(rng)
        escaped = html.escape(text, quote=False).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        head = head[:-4] + f'exampleHtml: "<pre><code>{escaped}</code></pre>"\n---\n'
        codes.insert(0, text)
    return Page(f"{slug}.md", f"{head}\n{body}\n", tuple(codes))


def build(folder: Path, pages: int, total: int) -> list[Page]:
    """Write a site and return its pages."""
    made = [page(number, total // pages) for number in range(pages)]
    folder.mkdir(parents=True, exist_ok=True)
    for item in made:
        (folder / item.name).write_text(item.text, encoding="utf-8", newline="\n")
    return made
