"""Front-matter fields that hold code: those a profile names, and those that show it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from harness.extract.language import infer
from harness.extract.lexers.base import region
from harness.extract.lexers.markdown import Scanner, Syntax
from harness.model.source import Form, Language, Region, Span
from harness.syntax_tree import LONGEST, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.extract.lexers.front_matter import Field, FrontMatter
    from harness.extract.profiles import Profile

_NAMED: Final = re.compile(r"(?:code|snippet)(?:\d+|[-_]?(?:html|example|sample|block))?\Z", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"(?:language|lang)\Z", re.IGNORECASE)
_HTML: Final = re.compile(r"<(?:pre|code)[\s>]", re.IGNORECASE)
_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FieldCode:
    """The code of one field."""

    regions: tuple[Region, ...]
    """What it holds."""
    published: bool
    """True where the profile says that readers see it."""


def code_fields(matter: FrontMatter, profile: Profile) -> Iterator[FieldCode]:
    """Yield the fields that hold code, in page order."""
    for field in matter.fields:
        text = field.text.text
        published = field.path.endswith(profile.fields) and any(_fits(field.path, path) for path in profile.fields)
        carries = "<" in text or "```" in text or "~~~" in text
        if not (published or carries or _NAMED.search(field.path)) or not text.strip() or _LANGUAGE.search(field.path):
            continue
        regions = _regions(field, _twin(matter, field.path), published=published)
        if regions:
            yield FieldCode(regions, published)


def _fits(path: str, published: str) -> bool:
    """Return whether a field is one that a profile names, at any place of the tree."""
    return path == published or path.endswith("." + published)


def _regions(field: Field, info: str, *, published: bool) -> tuple[Region, ...]:
    """Return the regions of one field."""
    text = field.text.text
    if _HTML.search(text) or _FENCE.search(text):
        fences = _FENCE.search(text) is not None
        found = list(Scanner(field.text, Syntax(fences=fences, rendered=False)).scan())
        regions = tuple(replace(item, field=field.path) for item in found if isinstance(item, Region))
        if regions:
            return regions
    if not published and not (_NAMED.search(field.path) and _is_code(text, info)):
        return ()
    span = field.text.span(0, len(text))
    whole = region(Form.FIELD, Span(span.start, span.end), field.text, info=info)
    return (replace(whole, field=field.path),)


def _twin(matter: FrontMatter, path: str) -> str:
    """Return what the field beside says of the language: ``fooLanguage`` for ``fooCode`` or ``foo``."""
    stems = {path, re.sub(r"(?:Code|Snippet|_code|_snippet|-code|-snippet)\Z", "", path)}
    names = (f"{stem}{ending}" for stem in sorted(stems) for ending in ("Language", "_language", "-language", "Lang"))
    return next((said for name in names if (said := matter.get(name))), "")


def _is_code(text: str, info: str) -> bool:
    """Return whether a text whose name says code is code: a coupon code is not."""
    if info:
        return True
    if "\n" in text.strip():
        return infer("", text)[0] is not Language.TEXT
    try:
        tree = parse(text[:LONGEST])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call) for node in tree.body)
