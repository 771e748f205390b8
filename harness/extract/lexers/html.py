"""Takes code out of HTML: ``<pre>`` and ``<code>`` elements, in HTML pages and in Markdown."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from harness.extract.lexers.base import region
from harness.extract.weave import Weaver
from harness.model.source import Form, Region, Rendering, Span

if TYPE_CHECKING:
    from harness.extract.weave import Woven

_ATTRIBUTES: Final = r"""(?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+"""
_TAG: Final = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)({_ATTRIBUTES})>")
_TOKEN: Final = re.compile(r"[<&]")
_ENTITY: Final = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,32});?")
_ATTRIBUTE: Final = re.compile(r"""([\w:-]{1,60})\s{0,20}=\s{0,20}(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")
_LANGUAGE: Final = re.compile(r"(?:language|lang|highlight-source|highlight|brush:?)[-_ ]?\S+")
_BREAKS: Final = frozenset({"div", "p", "li", "tr"})
_SHOWN: Final = frozenset(
    """
    a abbr b bdi bdo big br button cite code data del dfn div em figure font i img ins kbd label li mark nobr ol p pre q
    s samp small span strike strong sub sup svg path table tbody td thead th time tr tt u ul var wbr
    """.split()  # noqa: SIM905 - a list of fifty in quotes reads worse
)
"""Elements that a page puts inside code to colour or number it; they leave no trace in the text."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element as it stands in its source."""

    start: int
    """Offset of its start tag."""
    inner: int
    """Offset behind its start tag."""
    inner_end: int
    """Offset of its end tag."""
    end: int
    """Offset behind its end tag."""
    attributes: str
    """What stands in its start tag."""


class Finder:
    """Finds elements from left to right, each search at most once in vain."""

    def __init__(self, text: str, limit: int) -> None:
        """Take the text to search in."""
        self._text = text
        self._limit = limit
        self._next: dict[str, re.Match[str] | None] = {}

    def begins(self, name: str, start: int) -> re.Match[str] | None:
        """Return the start tag at an offset, or None where there is none of this name."""
        tag = _TAG.match(self._text, start, self._limit)
        return tag if tag and not tag[1] and tag[2].lower() == name else None

    def element(self, name: str, start: int) -> Element | None:
        """Return the element that begins at an offset, or None where none begins or it never ends."""
        tag = self.begins(name, start)
        closing = self._closing(name, tag.end()) if tag else None
        if tag is None or closing is None:
            return None
        return Element(start, tag.end(), closing.start(), closing.end(), tag[3])

    def _closing(self, name: str, start: int) -> re.Match[str] | None:
        """Return the next end tag; what an earlier search found, or did not find, is not searched again."""
        if name in self._next:
            known = self._next[name]
            if known is None or known.start() >= start:
                return known
        self._next[name] = _END_TAGS[name].search(self._text, start, self._limit)
        return self._next[name]


PRE: Final = re.compile(r"<[pP][rR][eE][\s>]")
"""The beginning of a ``<pre>``."""
_BREAK: Final = re.compile(r"\n|<[bB][rR][\s/>]")
_END_TAGS: Final = {
    "pre": re.compile(r"</[pP][rR][eE]\s{0,80}>"),
    "code": re.compile(r"</[cC][oO][dD][eE]\s{0,80}>"),
    "script": re.compile(r"</[sS][cC][rR][iI][pP][tT]\s{0,80}>"),
    "style": re.compile(r"</[sS][tT][yY][lL][eE]\s{0,80}>"),
}


def pre(source: Woven, element: Element) -> Region:
    """Return the region of a ``<pre>`` element, with or without ``<code>`` inside."""
    info = _info(element.attributes)
    inner, inner_end = element.inner, element.inner_end
    code = _TAG.match(source.text, _skip_blanks(source.text, inner, inner_end), inner_end)
    if code and not code[1] and code[2].lower() == "code":
        info = _info(code[3]) or info
        inner = code.end()
        inner_end = _before_end_tag(source.text, inner, inner_end)
    return _region(Form.PRE, source, element, (inner, inner_end), info)


def code_element(source: Woven, element: Element) -> Region | None:
    """Return the region of a ``<code>`` element that spans lines, or None where it is inline."""
    if not _BREAK.search(source.text, element.inner, element.inner_end):
        return None
    found = _region(Form.CODE, source, element, (element.inner, element.inner_end), _info(element.attributes))
    return found if found.text.count("\n") > 1 else None


def _region(form: Form, source: Woven, element: Element, inner: tuple[int, int], info: str) -> Region:
    """Decode what lies inside an element."""
    code, vanished = undo(source, *inner)
    found = region(form, source.span(element.start, element.end), code, info=info)
    return replace(found, rendering=vanished) if vanished else found


def _skip_blanks(text: str, start: int, end: int) -> int:
    """Return the offset of the first character that is no blank."""
    while start < end and text[start] in " \t\r\n":
        start += 1
    return start


def _before_end_tag(text: str, start: int, end: int) -> int:
    """Return the offset of the ``</code>`` that ends the content, or ``end``."""
    last = text.rfind("</", start, end)
    if last >= 0 and (tag := _END_TAGS["code"].match(text, last, end)) and not text[tag.end() : end].strip():
        return last
    return end


def _info(attributes: str) -> str:
    """Return what the attributes of a start tag say of the language."""
    found = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(attributes)}
    classes = html.unescape(found.get("class", ""))
    if match := _LANGUAGE.search(classes):
        return match[0].replace("brush:", "").strip()
    declared = found.get("data-lang") or found.get("data-language") or found.get("lang") or found.get("language")
    return declared or classes


def undo(source: Woven, start: int, end: int) -> tuple[Woven, tuple[Rendering, ...]]:
    """Undo the escapes of a stretch of HTML.

    Args:
        source: The text that holds the HTML.
        start: Where the stretch begins; one newline there is not content.
        end: Where it ends.

    Returns:
        The text as a reader sees it, and tags that no reader sees because they were meant as code.
    """
    text = source.text
    weaver = _Undoer(source)
    at = start + 2 if text.startswith("\r\n", start) else start + text.startswith("\n", start)
    while (token := _TOKEN.search(text, at, end)) is not None:
        weaver.copy(at, token.start())
        at = weaver.entity(token.start(), end) if token[0] == "&" else weaver.tag(token.start(), end)
    weaver.copy(at, end)
    return weaver.woven(), tuple(weaver.vanished)


class _Undoer(Weaver):
    """Writes what a reader sees of HTML."""

    def __init__(self, source: Woven) -> None:
        """Begin with nothing written."""
        super().__init__(source)
        self._html = source
        self.vanished: list[Rendering] = []
        self._comments = True

    def entity(self, start: int, end: int) -> int:
        """Write a character reference decoded; returns the offset behind it."""
        match = _ENTITY.match(self._html.text, start, end)
        decoded = html.unescape(match[0]) if match else ""
        if match is None or decoded == match[0]:
            self.copy(start, start + 1)
            return start + 1
        # Browsers copy a no-break space as a plain one: that is what a reader runs.
        self.put(decoded.replace("\xa0", " "), start, match.end())
        return match.end()

    def tag(self, start: int, end: int) -> int:
        """Drop a tag, or write what it stands for; returns the offset behind it."""
        text = self._html.text
        if self._comments and text.startswith("<!--", start):
            behind = text.find("-->", start + 4, end)
            if behind >= 0:
                return behind + 3
            self._comments = False
        match = _TAG.match(text, start, end)
        if match is None:
            self.copy(start, start + 1)
            return start + 1
        name = match[2].lower()
        if name == "br" or (match[1] and name in _BREAKS and not self.at_line_start()):
            self.put("\n", start, match.end())
        elif name not in _SHOWN:
            span = self._html.span(start, match.end())
            message = f"{match[0][:60]} stands unescaped, so it is read as a tag and vanishes; write &lt; and &gt;"
            self.vanished.append(Rendering(Span(span.start, span.end), message))
        return match.end()

    def at_line_start(self) -> bool:
        """Return whether the text written so far ends with a newline."""
        return not self._pieces or self._pieces[-1].endswith("\n")
