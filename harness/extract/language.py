"""Which language a piece of code is in: what the page says of it, else what its lines look like.

It knows no page format, and decides nothing by parsing: code that does not
parse still has a language, and gets its finding from the checker of that
language. Every pattern sees a bounded number of bounded lines.
"""

from __future__ import annotations

import re
from typing import Final

from harness.extract.evidence import EVIDENCE, IMPORT, INI_VALUE, INSTALL, OPEN_END, PROMPT, SESSION, TOML_MARK
from harness.model.source import Language

_MAX_LINES: Final = 120
_MAX_WIDTH: Final = 200
_ENOUGH: Final = 2.0
"""Score from which a language is taken without asking the default."""
_YAML_SHARE: Final = 0.6
"""Share of lines from which ``key: value`` lines make a text YAML."""
_PLAIN: Final = 1.5
"""Score from which shell is taken for Python; one line that only Python has is enough."""

_NAMES: Final = {
    Language.PYTHON: "python py py2 py3 python2 python3 python-3 ipython ipython2 ipython3 pyi sage",
    Language.YAML: "yaml yml",
    Language.JSON: "json jsonc json5 json-with-comments ipynb",
    Language.TOML: "toml",
    Language.SHELL: "shell sh bash zsh ksh shellscript shell-script",
    Language.DOCKERFILE: "dockerfile docker containerfile",
    Language.HCL: "hcl tf terraform tfvars hcl2",
    Language.JAVASCRIPT: "javascript js jsx mjs cjs node typescript ts tsx",
    Language.CONSOLE: (
        "console pycon python-console python-repl py-repl pytb py3tb python-traceback traceback shell-session "
        "shellsession sh-session bash-session session terminal term output stdout stderr log logs ansi repl doscon"
    ),
    Language.TEXT: "text txt plain plaintext plain-text none nohighlight no-highlight raw ascii",
    Language.OTHER: (
        "sql mysql postgres postgresql plsql html xml svg css scss less go golang rust rs java kotlin scala c cpp c++ "
        "h hpp csharp c# cs swift ruby rb php perl pl r lua dart elixir erlang haskell hs clojure julia matlab groovy "
        "gradle ini cfg conf properties dotenv env make makefile cmake diff patch markdown md mdx rst latex tex "
        "mermaid plantuml dot graphviz graphql proto protobuf nginx apache powershell ps1 pwsh bat batch cmd dos vim "
        "csv tsv regex http jinja jinja2 j2 django liquid handlebars vue svelte astro fish nix bicep rego cue jq awk "
        "sed asm nasm wasm solidity zig nim ocaml fsharp vb objc objective-c bibtex promql kql cypher sparql starlark"
    ),
}
_DECLARED: Final = {name: language for language, names in _NAMES.items() for name in names.split()}

_ATTRIBUTE: Final = re.compile(r"[\w:@-]+=(?:\"[^\"]*\"|'[^']*'|[^\s\"'}]*)")
_WORD: Final = re.compile(r"[^\s,;:{}()\[\]]+")
_PREFIX: Final = re.compile(r"^(?:language-|lang-|highlight-source-|highlight-|source-|sourcecode-|brush-|[.#])+")


def infer(info: str, text: str, default: Language | None = None) -> tuple[Language, bool]:
    """Return the language of a piece of code, and whether it had to be inferred because the page does not say.

    What the page says is kept even where the code is plainly something else.
    Three mistakes are so common that honouring them helps nobody: an
    interactive session or installation commands under the tag of the language
    they are about, and Python under a tag for shell. The last counts as
    inferred, since a reader does not see Python highlighted.

    Args:
        info: What the page says: an info string, a class attribute, a ``…Language`` field.
        text: The code.
        default: What the publisher takes code without a language for; it decides
            where the lines of ``text`` do not.
    """
    said = declared(info)
    if said is not None:
        return _unmask(said, text)
    found = _look(text, default)
    if found is Language.TEXT and _WORD.search(_ATTRIBUTE.sub(" ", info)):
        return Language.OTHER, False  # a name we do not know is still a name
    return found, True


def declared(info: str) -> Language | None:
    """Return the language that an info string or a class attribute names, or None.

    Args:
        info: For example ``python title="x"``, ``{.python .numberLines}``, ``language-yaml``, ``py{1,3}``.
    """
    bare = _ATTRIBUTE.sub(" ", info[:_MAX_LINES].lower())
    for word in _WORD.findall(bare):
        language = _DECLARED.get(_PREFIX.sub("", word))
        if language is not None:
            return language
    return None


def _head(text: str) -> list[str]:
    """Return the first lines of a text, cut short, so that no pattern sees a line of a megabyte."""
    bounded = text[: _MAX_LINES * _MAX_WIDTH]
    return [line[:_MAX_WIDTH].rstrip() for line in bounded.splitlines()[:_MAX_LINES]]


def _unmask(said: Language, text: str) -> tuple[Language, bool]:
    """Return the declared language, or what the code really is, and whether that had to be inferred."""
    lines = [line for line in _head(text) if line and not line.lstrip().startswith("#")]
    if said not in {Language.PYTHON, Language.SHELL} or not lines:
        return said, False
    if SESSION.match(lines[0]):
        return Language.CONSOLE, False
    if PROMPT.match(lines[0]):
        prompts = sum(1 for line in lines if PROMPT.match(line))
        only_commands = said is Language.SHELL and prompts == len(_commands(lines))
        return Language.SHELL if only_commands else Language.CONSOLE, False
    if said is Language.PYTHON:
        installs = all(INSTALL.match(line) for line in _commands(lines))
        return Language.SHELL if installs else said, False
    if any("<<" in line for line in lines):
        return said, False  # what follows in a here-document is not the language of the script
    head = "\n".join(lines)
    python = _score(head, Language.PYTHON)
    plain = python >= _PLAIN and python > 2 * _score(head, Language.SHELL)
    return (Language.PYTHON, True) if plain else (said, False)


def _commands(lines: list[str]) -> list[str]:
    """Return the lines that begin a command: those that the line above does not continue to."""
    return [line for before, line in zip(["", *lines], lines, strict=False) if not OPEN_END.search(before)]


def _look(text: str, default: Language | None) -> Language:
    """Return the language that the lines of a text speak for."""
    lines = [line for line in _head(text) if line.strip()]
    if not lines:
        return default or Language.TEXT
    code = [line for line in lines if not line.lstrip().startswith("#")] or lines
    if SESSION.match(code[0]) or PROMPT.match(code[0]):
        return Language.CONSOLE
    if IMPORT.match(code[0]):
        return Language.PYTHON  # most code that a page shows: no need to weigh the rest
    if _like_json(lines):
        return Language.JSON
    scores = _scores("\n".join(lines), len(code))
    best = max(scores, key=lambda language: scores[language])
    if scores[best] == 0:
        return default or Language.TEXT
    weak = default is not None and scores[best] < _ENOUGH and scores[default] > 0
    return default if default is not None and weak else best


def _like_json(lines: list[str]) -> bool:
    """Return whether lines are one JSON value, whole or not: brackets around quoted keys or plain values."""
    first, last = lines[0].lstrip(), lines[-1].rstrip()
    if first.startswith("{"):
        keyed = re.match(r"\{\s*(?:\"[^\"]*\"\s*:|\}?$|//)", first) is not None
        rest = "\n".join(lines[1:4])
        return keyed and last.endswith("}") and (len(first) > 1 or bool(re.match(r"\s*(?:\"[^\"]*\"\s*:|//|\})", rest)))
    return last.endswith("]") and bool(re.match(r"\[[\s\[]*(?:[{\"\d-]|\]|$)", first))


def _score(head: str, language: Language) -> float:
    """Return how many lines speak for one language, each with its weight."""
    return sum(weight * sum(1 for _ in look.finditer(head)) for weight, look in EVIDENCE[language])


def _scores(head: str, width: int) -> dict[Language, float]:
    """Return how much each language is spoken for.

    Args:
        head: The bounded lines.
        width: How many of them are code.
    """
    scores = {language: _score(head, language) for language in Language}
    # A few `key: value` lines stand in many texts: YAML is what consists of them.
    if scores[Language.YAML] < _YAML_SHARE * width:
        scores[Language.YAML] = 0
    if not TOML_MARK.search(head):
        scores[Language.TOML] = 0
    elif INI_VALUE.search(head):
        scores[Language.TOML] = 0
        scores[Language.OTHER] += 2 * _ENOUGH
    else:
        scores[Language.TOML] *= 2  # the same lines are assignments in Python
    return scores
